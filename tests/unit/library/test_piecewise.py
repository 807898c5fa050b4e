"""The piecewise family: members agree with each other and with Stein 2019."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest

from leucel.compile import compile_model
from leucel.core import InputError
from leucel.library import Piecewise, get_model, piecewise_model
from leucel.model import Expression, ModelSpec, Parameter, check_units, with_values
from leucel.solve import SolveOptions, simulate

OGASAWARA = "ogasawara_2021_lisocabtagene"
TIMES = np.linspace(0.0, 100.0, 401)
# Two solvers at a relative tolerance of 1e-9 a step.
SOLVER = 1e-6
TIGHT = SolveOptions(rtol=1e-9, atol=1e-12)


def level(spec: ModelSpec) -> np.ndarray:
    found = simulate(compile_model(spec, backend="reference"), times=TIMES, options=TIGHT)
    return found.require_ok().output(spec.outputs[0].name)[0]


def test_stein_is_a_member() -> None:
    stein, _ = get_model("stein_2019_tisagenlecleucel")
    rate = Expression(
        name="k_expansion", text="log(fold_expansion)/t_max", unit="1/day", meaning="rate"
    )
    member = piecewise_model(
        "member", Piecewise(), parameters=stein.parameters, expressions=(rate,)
    )
    assert level(member) == pytest.approx(level(stein), rel=1e-12)
    pools = piecewise_model(
        "member", Piecewise(), parameters=stein.parameters, expressions=(rate,), form="ode"
    )
    assert level(pools) == pytest.approx(level(stein), rel=SOLVER)


@pytest.mark.parametrize(
    ("switch", "growth", "decline", "form"),
    list(
        itertools.product(
            ("hard", "smooth"),
            ("exponential", "saturable"),
            ("biexponential", "monoexponential"),
            ("shortest", "ode"),
        )
    ),
)
def test_every_member_is_consistent(switch: str, growth: str, decline: str, form: str) -> None:
    spec, _ = get_model(OGASAWARA, switch=switch, growth=growth, decline=decline, form=form)
    assert check_units(spec) == ()
    found = level(spec)
    assert np.isfinite(found).all()
    assert (found > 0.0).all()
    # Whatever the member, the level rises by a factor of more than ten and falls again.
    assert found.max() > 10 * found[0]
    assert found[-1] < 0.5 * found.max()


def test_a_narrow_gate_is_a_hard_switch() -> None:
    hard, _ = get_model(OGASAWARA, form="ode")
    smooth, _ = get_model(OGASAWARA, switch="smooth")
    narrow = with_values(smooth, {"t_gate": 0.002})
    assert level(narrow) == pytest.approx(level(hard), rel=0.02)


def test_growth_without_limit_is_exponential() -> None:
    hard, _ = get_model(OGASAWARA, form="ode")
    saturable, _ = get_model(OGASAWARA, growth="saturable")
    free = with_values(saturable, {"km_expansion": 1e9})
    assert level(free) == pytest.approx(level(hard), rel=SOLVER)
    assert level(saturable).max() < level(hard).max()


def test_nothing_happens_in_the_lag() -> None:
    spec, _ = get_model(OGASAWARA)
    found = level(spec)
    lag = spec.parameter("t_lag").value
    assert np.ptp(found[lag >= TIMES]) == 0.0
    assert (np.diff(found[(lag + 0.25 <= TIMES) & (TIMES <= 9.0)]) > 0.0).all()


def test_missing_parameters_and_unknown_options_are_named() -> None:
    given = (Parameter(name="t_max", value=1.0, unit="day"),)
    with pytest.raises(InputError) as caught:
        piecewise_model("short", Piecewise(lag=True), parameters=given)
    for name in ("t_lag", "c_max", "k_expansion", "fraction_slow"):
        assert name in str(caught.value)
    with pytest.raises(InputError, match="did you mean 'smooth'"):
        replace(Piecewise(), switch="smoth")  # type: ignore[arg-type]
