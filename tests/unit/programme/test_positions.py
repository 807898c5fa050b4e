"""The scanner finds the place of every key and value that tomllib gives."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from leucel.programme.positions import Path, map_positions

TEXT = '''# a comment
title = "x"
[a.b]
"quoted key".c = """two
lines \\""" of text""" # trailing
list = [1, # first
  {q = 2, r.s = [3]},
]
[[item]]
when = 1979-05-27 07:32:00
[[item]]
[item.sub]
m = 'x # ] }'
[[item.deep]]
p = 1
[[item.deep]]
p = 0x1F
'''


def leaves(node: Any, path: Path = ()) -> list[Path]:
    if isinstance(node, dict):
        return [p for key, item in node.items() for p in leaves(item, (*path, key))]
    if isinstance(node, list):
        return [p for index, item in enumerate(node) for p in leaves(item, (*path, index))]
    return [path]


def test_every_leaf_of_tomllib_has_a_place() -> None:
    places = map_positions(TEXT)
    paths = leaves(tomllib.loads(TEXT))
    assert len(paths) == 9
    assert set(paths) <= set(places.values)


@pytest.mark.parametrize(
    ("path", "spot"),
    [
        (("title",), (2, 9)),
        (("a", "b", "quoted key", "c"), (4, 18)),
        (("a", "b", "list", 0), (6, 9)),
        (("a", "b", "list", 1, "r", "s", 0), (7, 18)),
        (("item", 0, "when"), (10, 8)),
        (("item", 1, "sub", "m"), (13, 5)),
        (("item", 1, "deep", 1, "p"), (17, 5)),
    ],
)
def test_values_stand_where_an_editor_shows_them(path: Path, spot: tuple[int, int]) -> None:
    assert map_positions(TEXT).of_value(path) == spot


def test_a_missing_thing_is_placed_at_what_surrounds_it() -> None:
    places = map_positions(TEXT)
    assert places.of_value(("item", 1, "nothing")) == (11, 1)
    assert places.of_key(("a", "b", "list", 1, "q")) == (7, 4)
    assert places.of_key(("nowhere",)) is None


def test_a_text_without_a_last_line_end_and_with_only_comments() -> None:
    assert map_positions("a = 1").of_value(("a",)) == (1, 5)
    assert map_positions("# nothing").values == {}
    assert map_positions("").values == {}


def test_empty_containers() -> None:
    places = map_positions('a = []\nb = {}\nc = \'\'\nd = """"""\ne = 5')
    assert places.of_value(("e",)) == (5, 5)
