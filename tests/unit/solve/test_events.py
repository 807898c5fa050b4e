"""Events that meet: ties, chains, steps that another event cuts short, limits."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from leucel.compile import CompiledModel, compile_model
from leucel.core import Status
from leucel.model import Event, ModelSpec, Output, Parameter, State
from leucel.solve import SolveOptions, Trajectories, simulate

BACKENDS = ("cpu", "reference")
TIMES = (0.0, 5.0, 20.0)


def counting_model(backend: str, *events: Event) -> CompiledModel:
    """A decay (half at 6.9 days), a state at rest, and three counters for events."""
    names = ("x", "y", "na", "nb", "nc")
    spec = ModelSpec(
        name="events",
        parameters=(Parameter(name="k", value=0.1, unit="1/day"),),
        states=tuple(State(name=n, unit="1", initial="1" if n in "xy" else "0") for n in names),
        odes={"x": "-k*x", **dict.fromkeys(names[1:], "0 [1/day]")},
        outputs=tuple(Output(name=f"out_{n}", unit="1", text=n) for n in names),
        events=events,
    )
    return compile_model(spec, backend=backend)


def last(backend: str, *events: Event, **options: float) -> dict[str, float]:
    """States at the last time."""
    result = run(backend, *events, **options).require_ok()
    return {name.removeprefix("out_"): result.output(name)[0, -1] for name in result.names}


def run(backend: str, *events: Event, **options: float) -> Trajectories:
    return simulate(counting_model(backend, *events), times=TIMES, options=SolveOptions(**options))


@pytest.mark.parametrize("backend", BACKENDS)
def test_events_of_the_same_moment_all_happen(backend: str) -> None:
    a = Event(name="a", when="x - 0.5", set={"na": "na + 1"})
    b = Event(name="b", when="x - 0.5", set={"nb": "nb + 1"})
    assert last(backend, a, b)["na"] == last(backend, a, b)["nb"] == 1.0


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_event_may_pull_another_down(backend: str) -> None:
    a = Event(name="a", when="x - 0.5", set={"x": "0.1", "na": "na + 1"})
    b = Event(name="b", when="x - 0.45", set={"nb": "nb + 1"})
    found = last(backend, a, b)
    assert (found["na"], found["nb"]) == (1.0, 1.0)


@pytest.mark.parametrize("backend", BACKENDS)
def test_what_lies_beyond_the_first_event_of_a_step_has_not_happened(backend: str) -> None:
    a = Event(name="a", when="x - 0.5", set={"na": "na + 1"})
    # Below zero at the start, so it happens once there; it rises for good after event a.
    b = Event(name="b", when="0.499 - x", set={"nb": "nb + 1"})
    found = last(backend, a, b)
    assert (found["na"], found["nb"]) == (1.0, 1.0)


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_a_chain_does_not_depend_on_the_order_of_the_list(
    backend: str, order: tuple[int, ...]
) -> None:
    chain = (
        Event(name="a", when="x - 0.5", set={"x": "0.2", "na": "na + 1"}),
        Event(name="b", when="x - 0.3", set={"y": "0", "nb": "nb + 1"}),
        Event(name="c", when="y - 0.5", set={"nc": "nc + 1"}),
    )
    found = last(backend, *(chain[i] for i in order))
    assert [found[n] for n in ("na", "nb", "nc")] == [1.0, 1.0, 1.0]


@pytest.mark.parametrize("backend", BACKENDS)
def test_events_that_set_each_other_off_without_end_have_a_status(backend: str) -> None:
    a = Event(name="a", when="x - 0.5", set={"x": "1", "y": "0"})
    b = Event(name="b", when="y - 0.5", set={"y": "1", "x": "0"})
    result = run(backend, a, b)
    assert result.status.tolist() == [int(Status.ENDLESS_EVENTS)]
    assert np.isfinite(result.output("out_x")[0, :2]).all()
    assert np.isnan(result.output("out_x")[0, 2])


@pytest.mark.parametrize("backend", BACKENDS)
def test_limits_are_judged_where_an_event_ends_the_step(backend: str) -> None:
    spec = ModelSpec(
        name="reset",
        parameters=(Parameter(name="k", value=2.0, unit="1/day"),),
        states=(State(name="x", unit="1", initial="1"),),
        odes={"x": "k*x"},
        outputs=(Output(name="out", unit="1", text="x"),),
        events=(Event(name="a", when="10 - x", set={"x": "1"}),),
    )
    options = SolveOptions(rtol=1e-3, state_limit=10.5)
    result = simulate(compile_model(spec, backend=backend), times=[0.0, 20.0], options=options)
    assert result.status.tolist() == [int(Status.OK)]
    # 40 / ln 10 = 17.4 periods.
    assert result.output("out")[0, -1] == pytest.approx(np.exp(40.0 - 17.0 * np.log(10.0)), rel=0.1)


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_event_sits_on_a_kink_that_wakes_a_state_from_zero(backend: str) -> None:
    spec = ModelSpec(
        name="pools",
        parameters=(Parameter(name="t_max", value=9.3, unit="day"),),
        states=(State(name="x", unit="1", initial="1"), State(name="y", unit="1")),
        odes={
            "x": "if(t < t_max, 0.7 [1/day], -0.2 [1/day])*x",
            "y": "if(t < t_max, 0 [1/day], 0.1 [1/day]*x)",
        },
        outputs=(Output(name="out", unit="1", text="y"),),
        events=(Event(name="peak", when="t_max - t", set={}),),
    )
    model = compile_model(spec, backend=backend)
    result = simulate(model, times=[0.0, 9.3, 20.0]).require_ok()
    peak = np.exp(0.7 * 9.3)
    expected = 0.5 * peak * (1.0 - np.exp(-0.2 * 10.7))
    np.testing.assert_allclose(result.output("out")[0], [0.0, 0.0, expected], rtol=1e-4, atol=1e-9)


@pytest.mark.parametrize("backend", BACKENDS)
def test_an_output_without_value_spoils_its_own_column_only(backend: str) -> None:
    spec = ModelSpec(
        name="logarithm",
        parameters=(Parameter(name="k", value=0.1, unit="1/day"),),
        states=(State(name="x", unit="1", initial="1"),),
        odes={"x": "-k*x"},
        outputs=(
            Output(name="bad", unit="1", text="log(x - 0.5)"),
            Output(name="good", unit="1", text="x"),
        ),
    )
    model = compile_model(spec, backend=backend)
    both = simulate(model, times=TIMES)
    assert both.status.tolist() == [int(Status.NON_FINITE)]
    assert np.isnan(both.output("bad")[0]).tolist() == [False, False, True]
    assert np.isfinite(both.output("good")).all()
    assert not simulate(model, times=TIMES, outputs=["good"]).failed.any()
