"""From event tables to doses: what a row means, in which order, and what a model cannot take."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pytest

from leucel.compile import CompiledModel, compile_model
from leucel.core import InputError
from leucel.data import read_events
from leucel.model import ModelSpec, Output, Parameter, State
from leucel.solve import Doses, EventDoses, SolveOptions, doses_from_events, simulate

OPTIONS = SolveOptions(rtol=1e-9)
# Two ways to one integration at 1e-9.
SAME = 1e-7


def oral_spec(**more: float) -> ModelSpec:
    values = {"ka": 1.5, "k": 0.3, "wt": 70.0, **more}
    return ModelSpec(
        name="oral",
        parameters=tuple(Parameter(name=n, value=v) for n, v in values.items()),
        states=(State(name="depot"), State(name="central")),
        odes={"depot": "-ka*depot", "central": "ka*depot - k*70/wt*central"},
        outputs=(Output(name="c", text="central"),),
        dose_state="depot",
    )


def read(columns: Mapping[str, list[object]], spec: ModelSpec) -> EventDoses:
    return doses_from_events(read_events(pd.DataFrame(columns)), spec)


def course(model: CompiledModel, events: EventDoses, times: np.ndarray) -> np.ndarray:
    return (
        simulate(
            model,
            parameters=events.parameters,
            times=times,
            doses=events.doses,
            subjects=len(events.subjects),
            options=OPTIONS,
        )
        .require_ok()
        .output("c")
    )


def test_subjects_with_other_records_share_a_simulation() -> None:
    """Each subject of a mixed table is as if it were alone."""
    frame = pd.DataFrame(
        [
            ("a", 0.0, 1, 10.0, 0.0, 0, 0.0, 0, 1),
            ("a", 9.0, 1, 5.0, 2.0, 0, 0.0, 0, 2),
            ("a", 12.0, 0, 0.0, 0.0, 0, 0.0, 0, 2),
            ("b", 0.0, 1, 5.0, 2.0, 3, 4.0, 0, 2),
            ("b", 1.0, 1, 7.0, 0.0, 0, 0.0, 0, 1),
            ("b", 6.0, 3, 0.0, 0.0, 0, 0.0, 0, 0),
            ("b", 6.0, 1, 3.0, 0.0, 0, 0.0, 0, 1),
            ("b", 7.0, 0, 0.0, 0.0, 0, 0.0, 0, 2),
            ("c", 2.0, 1, 8.0, 0.0, 2, 6.0, 1, 1),
            ("c", 5.0, 4, 8.0, 4.0, 0, 0.0, 0, 2),
            ("c", 7.0, 0, 0.0, 0.0, 0, 0.0, 0, 2),
        ],
        columns=["ID", "TIME", "EVID", "AMT", "RATE", "ADDL", "II", "SS", "CMT"],
    )
    spec = oral_spec()
    model = compile_model(spec)
    times = np.linspace(0.0, 15.0, 16)
    whole = doses_from_events(read_events(frame), spec)
    assert whole.times.tolist() == [7.0, 12.0]
    assert whole.sampled.tolist() == [[False, True], [True, False], [True, False]]
    together = course(model, whole, times)
    for n, (_, rows) in enumerate(frame.groupby("ID")):
        alone = course(model, doses_from_events(read_events(rows), spec), times)
        np.testing.assert_allclose(together[n], alone[0], rtol=SAME, atol=1e-12)


def test_records_of_one_moment_follow_their_order() -> None:
    spec = oral_spec()
    model = compile_model(spec)
    columns = {"ID": [1] * 3, "TIME": [2.0] * 3, "CMT": [1] * 3, "AMT": [10.0, 0.0, 4.0]}
    dose_last = read({**columns, "EVID": [1, 3, 1]}, spec)
    reset_last = read({**columns, "EVID": [1, 1, 3], "AMT": [10.0, 4.0, 0.0]}, spec)
    both = read({"ID": [1], "TIME": [2.0], "EVID": [4], "AMT": [4.0], "CMT": [1]}, spec)
    times = np.array([2.0, 3.0])
    given = Doses.bolus(4.0, time=2.0)
    expected = simulate(model, times=times, doses=given, options=OPTIONS).output("c")
    for events in (dose_last, both):
        np.testing.assert_allclose(course(model, events, times), expected, rtol=SAME)
    assert course(model, reset_last, times).tolist() == [[0.0, 0.0]]


def test_lag_and_share_come_from_the_model_or_the_table() -> None:
    spec = oral_spec(lag_depot=0.5, f_depot=0.8, rate_central=2.0, duration_depot=3.0)
    model = compile_model(spec)
    times = np.linspace(0.0, 10.0, 21)
    base: dict[str, list[object]] = {"ID": [1], "TIME": [0.0], "EVID": [1], "AMT": [10.0]}
    for row, doses in (
        ({}, Doses.bolus(10.0, lag=0.5, bioavailability=0.8)),
        ({"LAG": [1.5]}, Doses.bolus(10.0, lag=1.5, bioavailability=0.8)),
        ({"LAG": [0.0], "F": [1.0]}, Doses.bolus(10.0)),
        ({"CMT": [2], "RATE": [-1]}, Doses.infusion(10.0, rate=2.0, state="central")),
        (
            {"CMT": ["depot"], "RATE": [-2]},
            Doses.infusion(10.0, duration=3.0, lag=0.5, bioavailability=0.8),
        ),
        ({"DUR": [2.5], "CMT": [2]}, Doses.infusion(10.0, duration=2.5, state="central")),
    ):
        expected = simulate(model, times=times, doses=doses, options=OPTIONS).output("c")
        got = course(model, read({**base, **row}, spec), times)
        np.testing.assert_allclose(got, expected, rtol=SAME, atol=1e-12)


def test_parameters_may_be_named() -> None:
    spec = oral_spec(alag=2.0)
    events = doses_from_events(
        read_events(pd.DataFrame({"ID": [1], "TIME": [0.0], "AMT": [3.0]})),
        spec,
        named={"lag": {"depot": "alag"}},
    )
    assert events.doses.doses[0].lag == "alag"


def test_columns_named_like_parameters_are_covariates() -> None:
    """A value at the first row holds from the start, a later one from its row on."""
    spec = oral_spec()
    model = compile_model(spec)
    columns = {
        "ID": [1, 1, 1, 2],
        "TIME": [0.0, 4.0, 6.0, 0.0],
        "AMT": [10.0, 0.0, 0.0, 10.0],
        "EVID": [1, 2, 0, 1],
        "wt": [60.0, 90.0, np.nan, 50.0],
        "arm": [1.0, 1.0, 1.0, 2.0],
    }
    events = read(columns, spec)
    assert events.unused == ("arm",)
    assert events.parameters["wt"].tolist() == [60.0, 50.0]
    times = np.linspace(0.0, 10.0, 21)
    got = course(model, events, times)
    doses = Doses.bolus(10.0) + Doses.switch("wt", 90.0, time=4.0)
    for n, (weight, own) in enumerate(((60.0, doses), (50.0, Doses.bolus(10.0)))):
        expected = simulate(
            model, parameters={"wt": weight}, times=times, doses=own, options=OPTIONS
        ).output("c")[0]
        np.testing.assert_allclose(got[n], expected, rtol=SAME, atol=1e-12)


def test_what_the_model_cannot_take_is_told_at_once() -> None:
    columns = {
        "ID": [1, 1, 1, 1],
        "TIME": [0.0, 1.0, 2.0, 3.0],
        "AMT": [1.0, 1.0, 1.0, 1.0],
        "CMT": ["3", "gut", "1", "2"],
        "RATE": [0, 0, -1, -2],
    }
    with pytest.raises(InputError) as error:
        read(columns, oral_spec())
    said = [str(problem) for problem in error.value.problems]
    assert len(said) == 4
    assert "row 0: the model has no such compartment; received 3" in said[0]
    assert "1 depot, 2 central" in said[1]
    assert "add a parameter 'rate_depot'" in said[2]
    assert "add a parameter 'duration_central'" in said[3]
    spec = oral_spec()
    table = read_events(pd.DataFrame({"ID": [1], "TIME": [0.0], "AMT": [3.0]}))
    for named in ({"lag": {"dpot": "ka"}}, {"lag": {"depot": "kaa"}}, {"lagg": {"depot": "ka"}}):
        with pytest.raises(InputError, match="did you mean"):
            doses_from_events(table, spec, named=named)
    closed = ModelSpec(name="closed", outputs=(Output(name="y", text="t"),))
    with pytest.raises(InputError, match="no state that doses enter"):
        doses_from_events(table, closed)
