"""Covariates and comedication on the parameters of any model."""

from __future__ import annotations

import numpy as np
import pytest

from leucel.compile import compile_model
from leucel.core import InputError
from leucel.library import get_model, with_comedication, with_covariate
from leucel.model import ModelSpec, check_units
from leucel.solve import SolveOptions, simulate

STEIN = "stein_2019_tisagenlecleucel"
TIMES = np.linspace(0.0, 60.0, 121)
# Two solutions of the same equations at a relative tolerance of 1e-9 a step.
SOLVER = 1e-6


def level(spec: ModelSpec, **values: float) -> np.ndarray:
    found = simulate(
        compile_model(spec, backend="reference"),
        parameters=values,
        times=TIMES,
        options=SolveOptions(rtol=1e-9, atol=1e-9),
    )
    return found.require_ok().output("transgene")[0]


@pytest.mark.parametrize(
    ("effect", "factor"),
    [("power", 2.0**-0.3), ("fraction", 1.0 - 0.3 * 70.0), ("exponential", np.exp(-0.3 * 70.0))],
)
def test_a_covariate_moves_its_parameter(effect: str, factor: float) -> None:
    spec, _ = get_model(STEIN)
    changed = with_covariate(
        spec, "c_max", "weight", beta=-0.3, reference=70.0, unit="kg", effect=effect
    )
    assert check_units(changed) == ()
    assert level(changed) == pytest.approx(level(spec), rel=1e-12)
    assert level(changed, weight=140.0) == pytest.approx(factor * level(spec), rel=1e-12)
    assert changed.parameter("typical_c_max").omega == spec.parameter("c_max").omega


def test_covariates_join() -> None:
    spec, _ = get_model(STEIN)
    once = with_covariate(spec, "c_max", "weight", beta=1.0, reference=70.0, unit="kg")
    twice = with_covariate(once, "c_max", "female", beta=0.5, reference=0.0, effect="fraction")
    both = with_covariate(twice, "t_max", "weight", beta=0.0, reference=70.0, unit="kg")
    assert check_units(both) == ()
    doubled = level(both, weight=140.0, female=1.0)
    assert doubled == pytest.approx(3.0 * level(spec), rel=1e-12)


def test_comedication_acts_from_its_start() -> None:
    spec, _ = get_model(f"{STEIN}_ode")
    treated = with_comedication(spec, "k_decline_fast", "steroid", factor=2.0, start=20.0)
    assert check_units(treated) == ()
    plain, other = level(spec), level(treated)
    assert other[TIMES <= 20.0] == pytest.approx(plain[TIMES <= 20.0], rel=SOLVER)
    assert (other[TIMES > 21.0] < plain[TIMES > 21.0]).all()
    # A factor of 1 is no drug.
    none = with_comedication(spec, "k_decline_fast", "steroid", factor=1.0, start=20.0)
    assert level(none) == pytest.approx(plain, rel=SOLVER)


def test_tocilizumab_speeds_the_expansion_of_stein() -> None:
    """The multiplier of 1.2 that the paper tried, from its median day on, in closed form."""
    spec, _ = get_model(f"{STEIN}_ode")
    treated = with_comedication(spec, "k_expansion", "tocilizumab", factor=1.2, start=5.7)
    assert check_units(treated) == ()
    p = spec.typical_values()
    rate = np.log(p["fold_expansion"]) / p["t_max"]
    more = np.exp(0.2 * rate * (p["t_max"] - 5.7))
    late = p["t_max"] < TIMES
    assert level(treated)[late] == pytest.approx(more * level(spec)[late], rel=SOLVER)


def test_a_drug_leaves_the_start_of_the_family_as_it_is() -> None:
    spec, _ = get_model("ogasawara_2021_lisocabtagene", form="ode")
    treated = with_comedication(spec, "k_expansion", "steroid", factor=0.5, start=5.0)
    assert check_units(treated) == ()
    assert treated.states[0].initial == spec.states[0].initial.replace(
        "k_expansion", "typical_k_expansion"
    )


def test_what_cannot_be_done_is_said() -> None:
    spec, _ = get_model(STEIN)
    with pytest.raises(InputError, match="closed form"):
        with_comedication(spec, "c_max", "steroid", factor=2.0, start=7.0)
    with pytest.raises(InputError, match="did you mean 'c_max'"):
        with_covariate(spec, "cmax", "weight", beta=1.0, reference=70.0)
    with pytest.raises(InputError, match="positive reference"):
        with_covariate(spec, "c_max", "female", beta=1.0, reference=0.0)
    with pytest.raises(InputError, match="unknown effect"):
        with_covariate(spec, "c_max", "weight", beta=1.0, reference=1.0, effect="log")  # type: ignore[arg-type]
