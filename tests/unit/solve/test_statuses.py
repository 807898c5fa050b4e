"""Every way in which a simulation can end does happen: alone an error, in ensembles a row."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from leucel.compile import compile_model
from leucel.core import SolveError, Status
from leucel.model import Event, ModelSpec, Output, Parameter, State, read_model
from leucel.solve import Doses, SolveOptions, simulate

TIMES = np.array([0.0, 5.0, 20.0])


def spec_of(rhs: str, *events: Event) -> ModelSpec:
    return ModelSpec(
        name="fate",
        parameters=(Parameter(name="bad", value=1.0),),
        states=(State(name="x", initial="1"), State(name="flag", initial="1")),
        odes={"x": rhs, "flag": "0"},
        events=events,
        outputs=(Output(name="x", text="x"),),
        dose_state="x",
    )


# With `bad` = 1 a subject ends in this way, with `bad` = 0 it decays and arrives.
CASES: dict[Status, tuple[ModelSpec, dict[str, Any]]] = {
    Status.MAX_STEPS: (
        spec_of("-x + bad*1e6*(2 - x - t)"),
        {"options": SolveOptions(max_steps=130, method="explicit")},
    ),
    # The pole of 1 / (1 - t).
    Status.STEP_TOO_SMALL: (
        spec_of("bad*x^2 - (1 - bad)*x"),
        {"options": SolveOptions(method="explicit")},
    ),
    Status.NON_FINITE: (spec_of("-x + bad*log(9 - t*bad)"), {}),
    Status.LEFT_DOMAIN: (
        spec_of("bad*x - (1 - bad)*x"),
        {"options": SolveOptions(state_limit=1e3)},
    ),
    Status.ENDLESS_EVENTS: (
        spec_of(
            "-x",
            Event(name="begin", when="x - 0.5*bad", set={"flag": "-1"}),
            Event(name="up", when="flag", set={"flag": "1"}),
            Event(name="down", when="0.5 - flag*bad", set={"flag": "-1"}),
        ),
        {},
    ),
    Status.NO_STEADY_STATE: (
        spec_of("bad*x - (1 - bad)*x"),
        {"doses": Doses.bolus(1.0, interval=3.0, steady_state="replace")},
    ),
}


def test_every_status_has_a_case_and_a_sentence() -> None:
    assert set(CASES) | {Status.OK} == set(Status)
    assert len({status.sentence for status in Status}) == len(Status)


@pytest.mark.parametrize("status", CASES, ids=lambda status: status.name)
def test_it_happens(status: Status) -> None:
    spec, more = CASES[status]
    model = compile_model(spec)
    result = simulate(model, parameters={"bad": np.array([0.0, 1.0, 0.0])}, times=TIMES, **more)
    assert [Status(int(s)) for s in result.status] == [Status.OK, status, Status.OK]
    assert result.count_by_status() == {Status.OK: 2, status: 1}
    assert np.isfinite(result.values[[0, 2]]).all()
    assert np.isnan(result.values[1, 0, -1])
    assert result.to_frame().query("subject == 1").status.unique().tolist() == [status.name]
    with pytest.raises(SolveError, match="1 of 3 subjects") as error:
        result.require_ok()
    assert status.sentence in str(error.value)


def test_conditions_on_parameters_alone() -> None:
    """Kept for each patient are numbers, not conditions."""
    spec = spec_of("if(bad > 0.5 and bad < 2, -1, if(bad > 3, -3, -2))*x")
    for backend in ("cpu", "reference"):
        bad = np.array([1.0, 2.5, 4.0])
        result = simulate(
            compile_model(spec, backend=backend), parameters={"bad": bad}, times=[1.0]
        )
        np.testing.assert_allclose(result.output("x")[:, 0], np.exp([-1.0, -2.0, -3.0]), rtol=1e-5)
        assert not result.failed.any()


POLE_TEXT = """model pole "a pole in time that hardly moves a large state"
time t [day]

parameters
  c = 9 [day]
  scale = 1 [cells]

states
  x [cells] = 1e6 [cells]

equations
  d/dt x = scale/(c - t)
{events}
outputs
  cells [cells] = x
"""
POLE_EVENT = """
events
  pole when c - t
    set x = log((c - t)/1 [day] - 1)*1 [cells]

"""


@pytest.mark.parametrize("method", ["auto", "explicit", "rosenbrock"])
def test_an_event_tells_a_pole_that_the_tolerance_hides(method: Any) -> None:
    poles = np.linspace(1.0, 19.0, 37)
    found: list[Any] = []
    for events in ("", POLE_EVENT):
        model = compile_model(read_model(POLE_TEXT.format(events=events)))
        options = SolveOptions(method=method)
        done = simulate(model, parameters={"c": poles}, times=[0.0, 20.0], options=options)
        found.append(done.status)
    hidden, told = found
    assert np.all(hidden == Status.OK)  # the limit of error control that the theory page names
    assert not np.any(told == Status.OK)
