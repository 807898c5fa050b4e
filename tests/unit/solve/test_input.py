"""Wrong input: one clear error that names everything at once."""

from __future__ import annotations

import numpy as np
import pytest

from leucel.compile import CompiledModel, compile_model
from leucel.core import InputError, SolveError, Status
from leucel.solve import Dose, Doses, SolveOptions, simulate


def problems(call: object, *args: object, **named: object) -> str:
    with pytest.raises(InputError) as caught:
        call(*args, **named)
    return str(caught.value)


def test_all_problems_are_said_at_once(decay: CompiledModel) -> None:
    said = problems(
        simulate,
        decay,
        parameters={"kk": 1.0, "threshold": np.nan, "x_0": np.ones(3), "k": np.ones(2)},
        times=[0.0, 2.0, 1.0],
        outputs=["cell"],
    )
    for part in ("'kk'", "'threshold'", "not sorted", "'cell'", "number of subjects"):
        assert part in said
    assert "did you mean 'k'" in said
    assert "did you mean 'cells'" in said


def test_ranges_of_parameters_hold(decay: CompiledModel) -> None:
    said = problems(simulate, decay, parameters={"k": np.array([1.0, -2.0])}, times=[0.0])
    assert "-2 (subject 1)" in said


@pytest.mark.parametrize("times", [[], [-1.0, 0.0], [0.0, np.nan], [[0.0]]])
def test_times_have_to_make_sense(decay: CompiledModel, times: object) -> None:
    assert "time" in problems(simulate, decay, times=times)


def test_no_subject_is_no_simulation(decay: CompiledModel) -> None:
    assert "0 subjects" in problems(simulate, decay, times=[0.0], subjects=0)
    empty = {"k": np.array([])}
    assert "0 subjects" in problems(simulate, decay, parameters=empty, times=[0.0])


@pytest.mark.parametrize("subjects", [-1, 2.5, True, "3"])
def test_subjects_are_counted_in_whole_numbers(decay: CompiledModel, subjects: object) -> None:
    assert "whole number" in problems(simulate, decay, times=[0.0], subjects=subjects)


def test_an_output_is_asked_for_once(decay: CompiledModel) -> None:
    said = problems(simulate, decay, times=[0.0], outputs=["cells", "x", "cells"])
    assert "more than once" in said


def test_doses_have_to_make_sense(decay: CompiledModel, closed_form: CompiledModel) -> None:
    assert "-1" in problems(Doses.bolus, -1.0)
    assert "nan" in problems(Dose, amount=np.array([1.0, np.nan]))
    assert "time" in problems(Doses.bolus, 1.0, time=np.nan)
    assert "axes" in problems(Doses.bolus, np.ones((2, 2)))
    early = Doses.bolus(1.0, time=-1.0)
    assert "before the start" in problems(simulate, decay, times=[0.0], doses=early)
    stray = Doses.bolus(1.0, state="y")
    assert "unknown state" in problems(simulate, decay, times=[0.0], doses=stray)
    dose = Doses.bolus(1.0)
    assert "no state that doses enter" in problems(simulate, closed_form, times=[0.0], doses=dose)
    lengths = Doses.bolus(np.ones(2))
    said = problems(simulate, decay, parameters={"k": np.ones(3)}, times=[0.0], doses=lengths)
    assert "3 in" in said
    assert "2 in" in said


def test_options_have_to_make_sense(decay: CompiledModel) -> None:
    said = problems(SolveOptions, rtol=-1.0, atol=0.0, max_steps=0, threads=0)
    for name in ("rtol", "atol", "max_steps", "threads"):
        assert name in said
    assert "rtol" in problems(SolveOptions, rtol=float("nan"))
    options = SolveOptions(atol={"y": 1e-9})
    assert "'y'" in problems(simulate, decay, times=[0.0], options=options)


def test_an_unknown_backend_is_said(decay: CompiledModel) -> None:
    assert "backend" in problems(compile_model, decay.spec, backend="gpu")


def test_tolerances_can_be_given_by_state(decay: CompiledModel) -> None:
    coarse = SolveOptions(atol={"x": 10.0})
    assert simulate(decay, times=[0.0, 30.0], options=coarse).steps[0] < 15


def test_failures_raise_when_asked(growth: CompiledModel) -> None:
    result = simulate(growth, parameters={"p": np.array([1.0, 2.0])}, times=[0.0, 30.0])
    with pytest.raises(SolveError, match=r"1 of 2 subjects .* subject 1"):
        result.require_ok()
    assert sum(result.count_by_status().values()) == 2
    assert result.count_by_status()[Status.OK] == 1
    fine = simulate(growth, times=[0.0, 1.0])
    assert fine.require_ok() is fine


def test_results_cannot_be_changed(decay: CompiledModel) -> None:
    result = simulate(decay, times=[0.0, 1.0])
    with pytest.raises(ValueError, match="read-only"):
        result.values[0, 0, 0] = 1.0
    assert "unknown output" in problems(result.output, "cell")


def test_frames_are_long(decay: CompiledModel) -> None:
    result = simulate(decay, times=[0.0, 1.0, 2.0], subjects=2, outputs=["cells", "x"])
    frame = result.to_frame()
    assert list(frame.columns) == ["subject", "time", "output", "unit", "value", "status"]
    assert len(frame) == 12
    picked = frame[(frame.subject == 1) & (frame.output == "x")]
    assert picked.value.tolist() == result.output("x")[1].tolist()
