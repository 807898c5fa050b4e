"""Numbers of checks, taken from output on a grid."""

from __future__ import annotations

import numpy as np
import pytest

from leucel.core import InputError, Mark
from leucel.library import Check, check_model, check_times, formula_value, get_model, measure

TIMES = np.array([0.0, 1.0, 1.5, 2.0, 2.5])
VALUES = np.array([9.0, 4.0, 7.0, 1.0, 3.0])


def check(quantity: str, **parts: float) -> Check:
    return Check(
        name="test",
        quantity=quantity,  # type: ignore[arg-type]
        output="transgene",
        formula="2*t_max + omega_c_max",
        expected=2.0,
        ours=2.1,
        tolerance=0.1,
        reason="none",
        unit="1",
        mark=Mark.OWN_VALUE,
        source="leucel",
        **({"start": 1.0, "end": 2.5, "step": 0.5} | parts),
    )


@pytest.mark.parametrize(
    ("quantity", "number"),
    [
        ("value", 3.0),
        ("area", 3.0),
        ("maximum", 7.0),
        ("minimum", 1.0),
        ("time_of_maximum", 1.5),
        ("time_of_minimum", 2.0),
    ],
)
def test_numbers_are_taken_after_the_start(quantity: str, number: float) -> None:
    assert measure(check(quantity), TIMES, VALUES) == number


def test_grids_begin_at_zero() -> None:
    assert check_times(check("maximum")).tolist() == TIMES.tolist()
    assert check_times(check("maximum", start=0.0, end=1.0)).tolist() == [0.0, 0.5, 1.0]
    assert check_times(check("value")).tolist() == [0.0, 2.5]


def test_formulas_use_typical_values_and_omegas() -> None:
    spec, _ = get_model("stein_2019_tisagenlecleucel", random_effects="standard_deviations")
    assert formula_value(spec, check("formula")) == pytest.approx(2 * 9.3 + 0.65)
    with pytest.raises(InputError, match="formula_value"):
        measure(check("formula"), TIMES, VALUES)


def test_areas_are_carried_as_states() -> None:
    spec, _ = get_model("singh_2021_idecabtagene")
    assert check_model(spec, check("value")) == (spec, "transgene")
    longer, output = check_model(spec, check("area"))
    assert output == "auc_transgene"
    assert longer.states[-1].name == output


def test_deviations_and_tolerances() -> None:
    found = check("value")
    assert found.deviation == pytest.approx(0.05)
    assert found.accepts(2.19)
    assert not found.accepts(2.21)
