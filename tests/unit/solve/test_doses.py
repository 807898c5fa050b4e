"""Dosing records against closed forms of one and two compartments, on both backends."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.linalg import expm

from leucel.compile import CompiledModel, compile_model
from leucel.core import InputError, Status
from leucel.model import Event, ModelSpec, Output, Parameter, State
from leucel.solve import Dose, Doses, SolveOptions, simulate

RTOL = 1e-9
# Global error after tens of steps and jumps, each within RTOL.
CLOSE = 1e-6
OPTIONS = SolveOptions(rtol=RTOL)
TIMES = np.linspace(0.0, 72.0, 145)
# Absorption, loss from the center, exchange with the periphery [1/h].
KA, K, KCP, KPC = 1.5, 0.3, 0.2, 0.1
RATES = np.array([[-KA, 0.0, 0.0], [KA, -K - KCP, KPC], [0.0, KCP, -KPC]])
STATES = ("depot", "center", "periphery")


def compartments() -> ModelSpec:
    """Depot, center and periphery; without exchange it has one compartment."""
    values = {"ka": KA, "k": K, "kcp": KCP, "kpc": KPC, "wait": 2.5, "share": 0.7, "long": 3.0}
    return ModelSpec(
        name="compartments",
        parameters=tuple(Parameter(name=n, value=v) for n, v in values.items()),
        states=tuple(State(name=n) for n in STATES),
        odes={
            "depot": "-ka*depot",
            "center": "ka*depot - (k + kcp)*center + kpc*periphery",
            "periphery": "kcp*center - kpc*periphery",
        },
        outputs=(Output(name="level", text="center"),),
        dose_state="center",
    )


@pytest.fixture(scope="module", params=["cpu", "reference"])
def model(request: pytest.FixtureRequest) -> CompiledModel:
    return compile_model(compartments(), backend=request.param)


def level(model: CompiledModel, doses: Doses, **parameters: float) -> np.ndarray:
    result = simulate(model, parameters=parameters, times=TIMES, doses=doses, options=OPTIONS)
    return result.require_ok().output("level")[0]


SPEEDS, MODES = np.linalg.eig(RATES)


def bolus_response(after: np.ndarray, state: str = "center") -> np.ndarray:
    """Center after a unit bolus, by the eigenvectors of the rates."""
    parts = MODES[1] * np.linalg.solve(MODES, np.eye(3)[STATES.index(state)])
    values = np.exp(np.multiply.outer(np.maximum(after, 0.0), SPEEDS)) @ parts
    return np.where(after >= 0.0, values, 0.0)


def infusion_response(after: np.ndarray, duration: float, state: str = "center") -> np.ndarray:
    """Center after an infusion at a unit rate: the integral of the response to a bolus."""
    parts = MODES[1] * np.linalg.solve(MODES, np.eye(3)[STATES.index(state)]) / SPEEDS
    started = np.exp(np.multiply.outer(np.maximum(after, 0.0), SPEEDS))
    stopped = np.exp(np.multiply.outer(np.maximum(after - duration, 0.0), SPEEDS))
    return (started - stopped) @ parts


def test_one_compartment_by_hand(model: CompiledModel) -> None:
    found = level(model, Doses.infusion(100.0, rate=20.0, time=1.0), kcp=0.0, kpc=0.0)
    after = TIMES - 1.0
    during = 20.0 / K * (1.0 - np.exp(-K * np.clip(after, 0.0, 5.0)))
    expected = during * np.exp(-K * np.clip(after - 5.0, 0.0, None))
    np.testing.assert_allclose(found, expected, rtol=CLOSE, atol=1e-12)
    oral = level(model, Doses.bolus(100.0, state="depot"), kcp=0.0, kpc=0.0)
    expected = 100.0 * KA / (KA - K) * (np.exp(-K * TIMES) - np.exp(-KA * TIMES))
    np.testing.assert_allclose(oral, expected, rtol=CLOSE, atol=1e-12)


@pytest.mark.parametrize("state", ["center", "depot"])
def test_boluses_with_lag_share_and_repeats(model: CompiledModel, state: str) -> None:
    doses = Doses.bolus(
        10.0, time=1.25, state=state, lag=2.5, bioavailability=0.7, additional=3, interval=12.0
    )
    expected = sum(7.0 * bolus_response(TIMES - 3.75 - 12.0 * i, state) for i in range(4))
    np.testing.assert_allclose(level(model, doses), expected, rtol=CLOSE, atol=1e-12)


def test_infusions_by_rate_keep_the_rate_and_by_duration_the_duration(model: CompiledModel) -> None:
    by_rate = Doses.infusion(10.0, rate=4.0, bioavailability=0.6, time=2.0)
    expected = 4.0 * infusion_response(TIMES - 2.0, 1.5)
    np.testing.assert_allclose(level(model, by_rate), expected, rtol=CLOSE, atol=1e-12)
    by_duration = Doses.infusion(10.0, duration=4.0, bioavailability=0.6, time=2.0)
    expected = 1.5 * infusion_response(TIMES - 2.0, 4.0)
    np.testing.assert_allclose(level(model, by_duration), expected, rtol=CLOSE, atol=1e-12)


def test_numbers_of_a_dose_can_be_parameters(model: CompiledModel) -> None:
    doses = Doses.infusion(10.0, duration="long", lag="wait", bioavailability="share")
    expected = 7.0 / 3.0 * infusion_response(TIMES - 2.5, 3.0)
    np.testing.assert_allclose(level(model, doses), expected, rtol=CLOSE, atol=1e-12)
    each = np.array([1.0, 6.0])
    result = simulate(model, parameters={"wait": each}, times=TIMES, doses=doses, options=OPTIONS)
    for row, wait in zip(result.output("level"), each, strict=True):
        expected = 7.0 / 3.0 * infusion_response(TIMES - wait, 3.0)
        np.testing.assert_allclose(row, expected, rtol=CLOSE, atol=1e-12)


def test_infusions_overlap_and_leave_nothing_behind(model: CompiledModel) -> None:
    doses = Doses.infusion(0.3, rate=0.1, additional=4, interval=2.0)
    doses = doses + Doses.infusion(0.7, duration=5.0, time=1.0, state="depot")
    expected = sum(0.1 * infusion_response(TIMES - 2.0 * i, 3.0) for i in range(5))
    expected = expected + 0.14 * infusion_response(TIMES - 1.0, 5.0, "depot")
    np.testing.assert_allclose(level(model, doses), expected, rtol=CLOSE, atol=1e-12)


def test_records_of_one_time_all_count(model: CompiledModel) -> None:
    doses = Doses.bolus(5.0, time=3.0) + Doses.infusion(6.0, rate=2.0, time=3.0)
    doses = doses + Doses.bolus(1.0, time=3.0)
    expected = 6.0 * bolus_response(TIMES - 3.0) + 2.0 * infusion_response(TIMES - 3.0, 3.0)
    np.testing.assert_allclose(level(model, doses), expected, rtol=CLOSE, atol=1e-12)


@pytest.mark.parametrize("lag", [0.0, 3.0, 8.0, 19.0])
@pytest.mark.parametrize("duration", [0.0, 2.0, 8.0, 13.0])
def test_a_steady_state_is_that_of_doses_since_ever(
    model: CompiledModel, lag: float, duration: float
) -> None:
    interval, past = 8.0, 60
    rate = 10.0 / duration if duration else None
    doses = Doses(
        records=(
            Dose(
                amount=10.0,
                rate=rate,
                lag=lag,
                interval=interval,
                additional=3,
                steady_state="replace",
            ),
        )
    )
    expected = np.zeros_like(TIMES)
    for i in range(-past, 4):
        after = TIMES - interval * i - lag
        if rate:
            expected = expected + rate * infusion_response(after, duration)
        else:
            expected = expected + 10.0 * bolus_response(after)
    np.testing.assert_allclose(level(model, doses), expected, rtol=CLOSE)


def test_steady_states_of_several_drugs_add_up(model: CompiledModel) -> None:
    one = Dose(amount=10.0, interval=24.0, additional=2, steady_state="replace")
    two = Dose(amount=3.0, time=12.0, interval=24.0, additional=2, steady_state="add")
    expected = sum(10.0 * bolus_response(TIMES - 24.0 * i) for i in range(-20, 3))
    own = sum(3.0 * bolus_response(TIMES - 12.0 - 24.0 * i) for i in range(-20, 3))
    expected = expected + np.where(TIMES >= 12.0, own, 0.0)
    np.testing.assert_allclose(level(model, Doses(records=(one, two))), expected, rtol=CLOSE)


def test_an_infusion_since_ever_ends_at_its_record(model: CompiledModel) -> None:
    doses = Doses.infusion(0.0, rate=6.0, time=4.0, steady_state="replace")
    rest = -np.linalg.solve(RATES, [0.0, 6.0, 0.0])
    expected = [expm(RATES * (t - 4.0))[1] @ rest if t >= 4.0 else 0.0 for t in TIMES]
    np.testing.assert_allclose(level(model, doses), expected, rtol=CLOSE, atol=1e-12)


def test_a_reset_clears_states_infusions_and_what_is_pending(model: CompiledModel) -> None:
    doses = (
        Doses.infusion(50.0, rate=2.0, time=5.0)
        + Doses.bolus(10.0, additional=5, interval=6.0)
        + Doses.bolus(7.0, time=9.0, lag=4.0)
        + Doses.reset(10.0)
        + Doses.bolus(3.0, time=10.0)
    )
    found = level(model, doses)
    after = TIMES >= 10.0
    expected = 3.0 * bolus_response(TIMES - 10.0)
    np.testing.assert_allclose(found[after], expected[after], rtol=CLOSE, atol=1e-12)
    before = 10.0 * (bolus_response(TIMES) + bolus_response(TIMES - 6.0))
    before = before + 2.0 * infusion_response(TIMES - 5.0, 25.0)
    np.testing.assert_allclose(found[~after], before[~after], rtol=CLOSE)


@pytest.mark.parametrize("backend", ["cpu", "reference"])
def test_a_nonlinear_steady_state_repeats_itself(backend: str) -> None:
    spec = ModelSpec(
        name="saturable",
        parameters=(Parameter(name="v_max", value=4.0), Parameter(name="km", value=5.0)),
        states=(State(name="x"),),
        odes={"x": "-v_max*x/(km + x)"},
        outputs=(Output(name="out", text="x"),),
        dose_state="x",
    )
    dose = Dose(amount=20.0, interval=8.0, additional=2, steady_state="replace")
    v_max = np.array([4.0, 6.0, 1.0])
    result = simulate(
        compile_model(spec, backend=backend),
        parameters={"v_max": v_max},
        times=[0.0, 8.0, 16.0],
        doses=Doses(records=(dose,)),
        options=OPTIONS,
    )
    # 1/day of elimination cannot keep up with 20 every 8 days.
    assert result.status.tolist() == [0, 0, int(Status.NO_STEADY_STATE)]
    assert np.isnan(result.output("out")[2]).all()
    rows = result.output("out")[:2]
    np.testing.assert_allclose(rows, rows[:, :1] * np.ones(3), rtol=1e-7)
    # Over an interval: km ln(peak / trough) + 20 = v_max 8.
    trough = 20.0 / np.expm1((8.0 * v_max[:2] - 20.0) / 5.0)
    np.testing.assert_allclose(rows[:, 0], trough + 20.0, rtol=1e-6)


def test_infusions_and_steady_states_do_not_depend_on_neighbors(model: CompiledModel) -> None:
    dose = Dose(
        amount=10.0, rate="long", lag="wait", interval=8.0, additional=2, steady_state="replace"
    )
    doses, wait = Doses(records=(dose,)), np.linspace(0.0, 7.0, 11)
    together = simulate(model, parameters={"wait": wait}, times=TIMES, doses=doses)
    for i in (0, 5, 10):
        alone = simulate(model, parameters={"wait": wait[[i]]}, times=TIMES, doses=doses)
        assert np.array_equal(alone.values[0], together.values[i])


@pytest.mark.parametrize("backend", ["cpu", "reference"])
def test_the_limit_of_states_does_not_look_at_rates(backend: str) -> None:
    spec = compartments()
    doses = Doses.infusion(1.0, rate=1e6)
    options = SolveOptions(state_limit=10.0)
    model = compile_model(spec, backend=backend)
    assert not simulate(model, times=TIMES, doses=doses, options=options).failed.any()


@pytest.mark.parametrize("backend", ["cpu", "reference"])
def test_an_infusion_sets_off_events(backend: str) -> None:
    spec = ModelSpec(
        name="filling",
        parameters=(Parameter(name="full", value=5.0),),
        states=(State(name="x"), State(name="n")),
        odes={"x": "0", "n": "0"},
        outputs=(Output(name="out", text="n"),),
        events=(Event(name="flush", when="full - x", set={"x": "0", "n": "n + 1"}),),
        dose_state="x",
    )
    doses = Doses.infusion(100.0, rate=2.0, time=1.0)
    result = simulate(compile_model(spec, backend=backend), times=[0.0, 60.0], doses=doses)
    assert result.event_times["flush"][0] == pytest.approx(3.5)
    # The twentieth moment is the end of the infusion, where rounding decides.
    assert result.output("out")[0, -1] in (19.0, 20.0)


def test_doses_that_make_no_sense_are_refused() -> None:
    cases = [
        ({"rate": 1.0, "duration": 1.0}, "both a rate and a duration"),
        ({"additional": 2}, "interval"),
        ({"additional": 1.5, "interval": 1.0}, "whole number"),
        ({"additional": -1, "interval": 1.0}, "negative"),
        ({"steady_state": "replace"}, "interval"),
        ({"steady_state": "soon"}, "steady state"),
        ({"lag": -1.0}, "lag"),
        ({"rate": 0.0}, "rate"),
        ({"bioavailability": math.nan}, "bioavailability"),
    ]
    for given, said in cases:
        with pytest.raises(InputError, match=said):
            Dose(amount=1.0, **given)
    with pytest.raises(InputError, match="neither rate nor duration"):
        Doses.infusion(1.0)
    with pytest.raises(InputError, match="time"):
        Doses.reset(math.nan)


def test_names_and_values_of_parameters_in_doses_are_checked(model: CompiledModel) -> None:
    with pytest.raises(InputError, match="unknown parameter 'wiat'"):
        simulate(model, times=TIMES, doses=Doses.bolus(1.0, lag="wiat"))
    with pytest.raises(InputError, match="lag of a dose"):
        simulate(model, parameters={"wait": -1.0}, times=TIMES, doses=Doses.bolus(1.0, lag="wait"))


def test_a_model_that_depends_on_time_has_no_steady_state(chain: CompiledModel) -> None:
    dose = Dose(amount=1.0, interval=1.0, steady_state="replace")
    with pytest.raises(InputError, match="depends on time"):
        simulate(chain, times=TIMES, doses=Doses(records=(dose,)))
