"""What `leucel simulate` was asked: model, parameters, times, doses, options, checked at once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from leucel.apps.cli.collecting import Faults
from leucel.apps.cli.simulation_doses import (
    doses_of,
    events_of,
    number_of_subjects,
    refuse_no_times,
)
from leucel.apps.cli.simulation_texts import pairs, parse_times

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from leucel.core import Problem
    from leucel.model import ModelSpec
    from leucel.solve import Doses, EventDoses, SolveOptions

BackendName = Literal["cpu", "cuda", "reference"]
_MODEL_ENDINGS: Final = (".model", ".txt")
_PER_TIME: Final = re.compile(r"^1/(min|h|hour|day|week|month|year)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Texts of the command line, as they were given."""

    model: str
    patients: int | None
    seed: int
    times: str | None
    values: Sequence[str]
    choices: Sequence[str]
    dose: float | None
    doses: Path | None
    dose_parameters: Sequence[str]
    outputs: Sequence[str]
    sensitivities: Sequence[str]
    out: Path | None
    plot: Path | None
    backend: str
    options: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """What is to be simulated.

    Attributes
    ----------
    outputs : names to keep, derivatives among them; None keeps the outputs of the model.
    ids : names of the subjects of a dose table, None without one.
    sampled : where the table samples a subject, (N, T); None where times were given.
    """

    spec: ModelSpec
    parameters: Mapping[str, NDArray[np.float64]]
    subjects: int
    times: NDArray[np.float64]
    doses: Doses | None
    outputs: tuple[str, ...] | None
    sensitivities: tuple[str, ...]
    backend: BackendName
    options: SolveOptions
    ids: tuple[str, ...] | None
    sampled: NDArray[np.bool_] | None
    unused: tuple[str, ...]


def read_request(request: Request) -> Simulation:
    """Check everything that was given.

    Raises
    ------
    InputError
        With all problems of all parts.
    """
    from leucel.compile import check_backend
    from leucel.core import RandomStream
    from leucel.solve import SolveOptions

    faults = Faults()
    spec = faults.attempt(lambda: _model(request))
    values = _numbers(request.values, faults)
    options = faults.attempt(lambda: SolveOptions(**request.options))
    text = request.times
    times = faults.attempt(lambda: parse_times(text)) if text is not None else None
    stream = faults.attempt(lambda: RandomStream(request.seed))
    backend: BackendName | None = faults.attempt(lambda: check_backend(request.backend))
    _check_paths(request, faults)
    if spec is None:
        faults.raise_any()
        raise AssertionError
    names = spec.typical_values()
    faults.problems += _value_problems(spec, values)
    given = {name: value for name, value in values.items() if name in names}
    outputs = _outputs(spec, request, faults)
    events = faults.attempt(lambda: events_of(request, spec)) if request.doses else None
    doses = doses_of(request, spec, events, faults)
    subjects = number_of_subjects(request, events, faults)
    if times is None and events is not None and not len(events.times):
        faults.attempt(lambda: refuse_no_times(request))
    faults.raise_any()
    assert options is not None
    assert stream is not None
    assert backend is not None
    parameters = _parameters(spec, given, events, stream, subjects, drawn=request.patients)
    if times is None:
        times = events.times if events is not None else parse_times("0:365:1")
        sampled = events.sampled if events is not None else None
    else:
        sampled = None
    if sampled is not None and len(sampled) != subjects:
        sampled = None
    return Simulation(
        spec=spec,
        parameters=parameters,
        subjects=subjects,
        times=times,
        doses=doses,
        outputs=outputs,
        sensitivities=tuple(request.sensitivities),
        backend=backend,
        options=options,
        ids=events.subjects if events is not None and len(events.subjects) == subjects else None,
        sampled=sampled,
        unused=events.unused if events is not None else (),
    )


def is_model_file(text: str) -> bool:
    """True for what names a file rather than a model of the library."""
    path = Path(text)
    return path.suffix.casefold() in _MODEL_ENDINGS or len(path.parts) > 1 or path.is_file()


def _model(request: Request) -> ModelSpec:
    from leucel.core import InputError, Problem
    from leucel.library import get_model
    from leucel.model import model_file_problems, read_model

    choices = pairs(request.choices, "--choice")
    if not is_model_file(request.model):
        return get_model(request.model, **choices)[0]
    if choices:
        raise InputError(Problem(what="a model file has no choices", received=", ".join(choices)))
    path = Path(request.model)
    problems = model_file_problems(path)
    if problems:
        raise InputError(problems)
    return read_model(path)


def _numbers(texts: Sequence[str], faults: Faults) -> dict[str, float]:
    from leucel.core import Problem

    found: dict[str, float] = {}
    for name, text in (faults.attempt(lambda: pairs(texts, "--set")) or {}).items():
        try:
            found[name] = float(text)
        except ValueError:
            faults.problems.append(
                Problem(
                    what="--set needs a number",
                    received=f"{name}={text}",
                    allowed="NAME=NUMBER",
                )
            )
    return found


def _value_problems(spec: ModelSpec, values: Mapping[str, float]) -> list[Problem]:
    import math

    from leucel.core import Problem, unknown_name

    problems: list[Problem] = []
    for name, value in values.items():
        if name not in spec.typical_values():
            problems.append(unknown_name(name, list(spec.typical_values()), noun="parameter"))
            continue
        parameter = spec.parameter(name)
        low, high = parameter.low, parameter.high
        is_rate = name.startswith("k_") or _PER_TIME.match(parameter.unit)
        # A model that says nothing of its range is not asked to run a loss backwards by mistake.
        if is_rate and parameter.value > 0.0 and low == -math.inf:
            low = 0.0
        if not (math.isfinite(value) and low <= value <= high):
            what = "the rate" if is_rate else "the parameter"
            problems.append(
                Problem(
                    what=f"{what} {name!r} is out of range",
                    received=f"{value:g} {parameter.unit}",
                    allowed=f"{low:g} to {high:g}",
                )
            )
    return problems


def _check_paths(request: Request, faults: Faults) -> None:
    from leucel.core import Problem
    from leucel.data import table_path_problems

    if request.out is not None:
        faults.problems += table_path_problems(request.out)
    if request.plot is not None:
        if request.plot.suffix.casefold() != ".svg":
            faults.problems.append(
                Problem(
                    what="a figure is written as SVG", received=request.plot.name, allowed=".svg"
                )
            )
        if not request.plot.parent.is_dir():
            faults.problems.append(
                Problem(
                    what="there is no such folder to write to", received=str(request.plot.parent)
                )
            )


def _outputs(spec: ModelSpec, request: Request, faults: Faults) -> tuple[str, ...] | None:
    from leucel.compile import sensitivity_name
    from leucel.core import unknown_name

    outputs = [output.name for output in spec.outputs]
    known = (*outputs, *(state.name for state in spec.states if state.name not in outputs))
    for name in request.outputs:
        if name not in known:
            faults.problems.append(unknown_name(name, known, noun="output"))
    directions = [p.name for p in spec.parameters]
    directions += [f"eta_{p.name}" for p in spec.parameters if p.omega]
    for name in request.sensitivities:
        if name not in directions:
            noun = "parameter or random effect"
            faults.problems.append(unknown_name(name, directions, noun=noun))
    if not request.sensitivities:
        return tuple(request.outputs) or None
    kept = tuple(request.outputs) or tuple(outputs)
    more = tuple(sensitivity_name(o, name) for o in kept for name in request.sensitivities)
    return (*kept, *more)


def _parameters(
    spec: ModelSpec,
    values: Mapping[str, float],
    events: EventDoses | None,
    stream: Any,
    subjects: int,
    *,
    drawn: int | None,
) -> dict[str, NDArray[np.float64]]:
    """Typical values with random effects where patients are asked for; the table comes last."""
    import numpy as np

    from leucel.model import draw_effects, individual_values, with_values

    own = with_values(spec, values) if values else spec
    vary = drawn is not None and subjects > 1
    etas = draw_effects(own, stream, subjects=subjects) if vary else {}
    found = {name: np.full(subjects, value) for name, value in values.items()}
    found |= individual_values(own, etas)
    if events is not None:
        for name, column in events.parameters.items():
            found[name] = np.array(np.broadcast_to(column, (subjects,)))
    return found
