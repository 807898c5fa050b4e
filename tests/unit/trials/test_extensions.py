"""The carrying capacity: regrowth ends, and what happens before it does not change."""

from __future__ import annotations

import numpy as np
import pytest

from leucel.compile import compile_model
from leucel.core import InputError
from leucel.library import get_model, with_resistant_clone
from leucel.model import check_units, with_values
from leucel.solve import Doses, simulate
from leucel.trials.extensions import EDITS, check_edits, with_carrying_capacity

DOSE = Doses.bolus(7e7)
# Growth is slowed by burden/capacity, 8e-4 at baseline: no more than that may move.
SMALL = 2e-3


def test_units_hold() -> None:
    spec, _ = get_model("singh_2021_idecabtagene")
    for model in (with_carrying_capacity(spec), with_carrying_capacity(with_resistant_clone(spec))):
        assert check_units(model) == ()


def test_the_course_before_relapse_stays_as_it_was() -> None:
    spec, _ = get_model("singh_2021_idecabtagene")
    days = np.array([7.0, 14.0, 28.0, 60.0])
    for name in ("m_protein_relative", "transgene"):
        plain = simulate(compile_model(spec), times=days, doses=DOSE).output(name)
        bounded = simulate(
            compile_model(with_carrying_capacity(spec)), times=days, doses=DOSE
        ).output(name)
        assert np.allclose(plain, bounded, rtol=SMALL)


def test_the_tumor_ends_at_the_capacity() -> None:
    spec, _ = get_model("singh_2021_idecabtagene")
    spec = with_values(
        with_carrying_capacity(with_resistant_clone(spec, fraction=0.5)),
        {"k_growth_resistant": 0.3, "cap_tumor": 1e12},
    )
    runs = simulate(compile_model(spec), times=[200.0, 1000.0], doses=DOSE)
    assert not runs.failed.any()
    assert np.allclose(runs.output("tumor_relative"), 1e12 / 2.5e9, rtol=1e-3)


def test_only_models_with_a_tumor_have_room_for_it() -> None:
    spec, _ = get_model("stein_2019_tisagenlecleucel")
    with pytest.raises(InputError, match="no place for a carrying capacity"):
        with_carrying_capacity(spec)


def test_edits_by_name() -> None:
    assert check_edits(tuple(EDITS)) == ()
    assert "did you mean 'resistant_clone'" in str(check_edits(("resistant_clones",))[0])
