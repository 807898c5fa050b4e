"""Numbers of checks, taken from output on a grid."""

from __future__ import annotations

import numpy as np
import pytest

from leucel.core import InputError, Mark
from leucel.library import (
    Check,
    check_model,
    check_number,
    check_times,
    formula_value,
    get_model,
    measure,
)

TIMES = np.array([0.0, 1.0, 1.5, 2.0, 2.5])
VALUES = np.array([9.0, 4.0, 7.0, 1.0, 3.0])
BASE = {
    "output": "transgene",
    "formula": "2*t_max + omega_c_max",
    "start": 1.0,
    "end": 2.5,
    "step": 0.5,
}
PREY = "chaudhury_2020_lotka_volterra"


def check(quantity: str, **parts: object) -> Check:
    return Check(
        name="test",
        quantity=quantity,  # type: ignore[arg-type]
        expected=2.0,
        ours=2.1,
        tolerance=0.1,
        reason="none",
        unit="1",
        mark=Mark.OWN_VALUE,
        source="leucel",
        **(BASE | parts),  # type: ignore[arg-type]
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
    with pytest.raises(InputError, match="check_number"):
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


def test_an_equilibrium_is_found_from_near_it() -> None:
    """Predator and prey hold each other at the quotients of their rates."""
    near = (("car", 900.0), ("tumor", 80.0))
    for output, expected in (("car_t", 0.15 / 0.00015), ("tumor_cells", 0.16 / 0.0018)):
        asked = check("equilibrium", output=output, near=near)
        assert check_number(PREY, asked, no_solver) == pytest.approx(expected, rel=1e-12)
    with pytest.raises(InputError, match="no equilibrium was found"):
        # Without prey and predator the slopes are singular.
        check_number(
            PREY,
            check("equilibrium", output="car_t", near=(("car", 0.0), ("tumor", 0.0))),
            no_solver,
        )


def test_a_threshold_is_where_the_output_crosses_the_level() -> None:
    def run(spec: object, values: dict[str, float], *rest: object) -> np.ndarray:
        return np.array([0.0, values["t_max"] ** 2])

    def number(low: float, high: float) -> float:
        asked = check("threshold", vary=("t_max", low, high), level=30.0)
        return check_number("stein_2019_tisagenlecleucel", asked, run)

    assert number(1.0, 20.0) == pytest.approx(30.0**0.5, rel=1e-9)
    with pytest.raises(InputError, match="does not cross the level"):
        number(6.0, 20.0)
    with pytest.raises(InputError, match="varies no parameter"):
        check_number("stein_2019_tisagenlecleucel", check("threshold"), run)


def test_a_number_can_be_divided_by_that_of_other_values() -> None:
    def run(spec: object, values: dict[str, float], *rest: object) -> np.ndarray:
        return np.array([0.0, 3.0 * values.get("c_max", 24000.0)])

    asked = check("value", cohort=((("c_max", 6000.0),),), against_values=(("c_max", 2000.0),))
    assert check_number("stein_2019_tisagenlecleucel", asked, run) == 3.0


def no_solver(*given: object) -> np.ndarray:
    raise AssertionError(given)
