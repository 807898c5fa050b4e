"""Hashes by content: equal contents give equal texts, other contents other ones."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from leucel.core import Mark, canonical_json, content_hash, library_versions


@dataclass(frozen=True)
class Thing:
    name: str
    values: tuple[float, ...]


def test_the_order_of_keys_and_members_does_not_matter() -> None:
    assert content_hash({"b": 1, "a": {2, 1}}) == content_hash({"a": {1, 2}, "b": 1})


def test_containers_of_one_content_are_one() -> None:
    forms = [(1.5, 2.0), [1.5, 2.0], np.array([1.5, 2.0])]
    assert len({content_hash(form) for form in forms}) == 1
    assert canonical_json(np.float64(0.1)) == canonical_json(0.1) == "0.1"
    assert canonical_json(np.int32(3)) == "3"


def test_dataclasses_enums_and_dates_are_plain_in_json() -> None:
    text = canonical_json({"thing": Thing("a", (1.0,)), "mark": Mark.SEEN, "day": date(2025, 5, 9)})
    assert json.loads(text) == {
        "thing": {"name": "a", "values": [1.0]},
        "mark": "seen",
        "day": "2025-05-09",
    }


@pytest.mark.parametrize(
    ("left", "right"),
    [
        (1.0, 1.0000000000000002),
        ([1, 2], [2, 1]),
        ({"a": 1}, {"a": 2}),
        (None, "None"),
        (float("inf"), float("-inf")),
    ],
)
def test_other_contents_have_other_hashes(left: object, right: object) -> None:
    assert content_hash(left) != content_hash(right)


def test_json_never_holds_nan() -> None:
    text = canonical_json({"x": float("nan"), "y": np.array([np.inf])})
    assert json.loads(text) == {"x": "nan", "y": ["inf"]}


def test_a_hash_is_that_of_the_written_out_form() -> None:
    """Caches and manifests outlive a session: the form is part of the promise."""
    form = '{"a":[1,2.5,"x",null,true],"ö":{}}'
    value = {"ö": {}, "a": (1, 2.5, "x", None, True)}
    assert canonical_json(value) == form
    assert content_hash(value) == hashlib.sha256(form.encode()).hexdigest()


def test_what_has_no_plain_form_is_refused() -> None:
    with pytest.raises(TypeError, match=r"PosixPath|WindowsPath"):
        canonical_json({"path": Path("x")})


def test_versions_name_the_libraries_and_say_what_is_absent() -> None:
    versions = library_versions(["numpy", "no-such-library"])
    assert versions["numpy"] == np.__version__
    assert versions["no-such-library"] == "not installed"
    assert {"python", "leucel"} <= set(versions)
