"""Typical courses of a published model: simulated for its picture, with the numbers of its card."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from leucel.core import RandomStream

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from leucel.library import Line, ModelCard, Panel, Picture
    from leucel.model import ModelSpec

_TIMES = 241
_PATIENTS = 400
_SEED = 2021
_LOW, _HIGH = 0.05, 0.95
_TIGHT = 1e-8


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """One line of a panel; `low` and `high` bound 90% of virtual patients, where they vary."""

    label: str
    values: NDArray[np.float64]
    low: NDArray[np.float64] | None = None
    high: NDArray[np.float64] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CoursePanel:
    """One output of a model over time, or over an input.

    Attributes
    ----------
    x, x_name : values and name with unit of the horizontal axis.
    points : printed values on the first line or another one: x, value, index of the line.
    """

    output: str
    title: str
    unit: str
    log: bool
    floor: float | None
    limit: float | None
    x: NDArray[np.float64]
    x_name: str
    courses: tuple[Course, ...]
    points: tuple[tuple[float, float, int], ...]


def model_courses(id: str, *, patients: int = _PATIENTS) -> tuple[CoursePanel, ...]:
    """Typical courses of a model of the library, as its catalogue page draws them.

    Parameters
    ----------
    patients : virtual patients behind the band of a model with random effects; 0 for no band.

    Examples
    --------
    >>> from leucel.report import model_courses
    >>> panel, = model_courses("stein_2019_tisagenlecleucel", patients=0)
    >>> float(panel.courses[0].values.max()) <= 24000.0
    True
    """
    import numpy as np

    from leucel.library import get_model, picture_of

    picture = picture_of(id)
    _, card = get_model(id)
    if picture.sweep is None:
        x = np.linspace(0.0, picture.end, _TIMES)
    else:
        x = np.geomspace(picture.sweep[1], picture.end, _TIMES)
    runs = [_run(id, picture, line, x, patients) for line in picture.lines]
    spec = runs[0][0]
    return tuple(_panel(panel, picture, card, spec, x, runs) for panel in picture.panels)


def _run(
    id: str, picture: Picture, line: Line, x: NDArray[np.float64], patients: int
) -> tuple[ModelSpec, dict[str, Course]]:
    import numpy as np

    from leucel.compile import compile_model
    from leucel.library import get_model
    from leucel.model import draw_effects, individual_values, random_effects, with_values
    from leucel.solve import Doses, SolveOptions, simulate

    spec = with_values(get_model(id, **dict(line.choices))[0], dict(line.values))
    model = compile_model(spec)
    given = [(0.0, line.dose)] if line.dose is not None else []
    records = [Doses.bolus(amount, time=day) for day, amount in (*given, *line.doses)]
    doses = Doses(records=tuple(r for each in records for r in each.records)) if records else None
    options = SolveOptions(rtol=_TIGHT)
    if picture.sweep is not None:
        found = simulate(
            model, parameters={picture.sweep[0]: x}, times=np.array([0.0]), options=options
        )
        return spec, {
            p.output: Course(label=line.label, values=found.output(p.output)[:, 0])
            for p in picture.panels
        }
    typical = simulate(model, parameters={}, times=x, doses=doses, options=options)
    typical.require_ok()
    bands: dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]] = {}
    # One band is enough to show how far patients differ; several would hide each other.
    if patients and random_effects(spec) and len(picture.lines) == 1:
        etas = draw_effects(spec, RandomStream(_SEED), subjects=patients)
        drawn = simulate(
            model,
            parameters=individual_values(spec, etas),
            times=x,
            doses=doses,
            options=options,
        )
        for p in picture.panels:
            low, high = np.nanquantile(drawn.output(p.output), [_LOW, _HIGH], axis=0)
            bands[p.output] = (low, high)
    return spec, {
        p.output: Course(
            label=line.label,
            values=typical.output(p.output)[0],
            low=bands[p.output][0] if p.output in bands else None,
            high=bands[p.output][1] if p.output in bands else None,
        )
        for p in picture.panels
    }


def _panel(
    panel: Panel, picture: Picture, card: ModelCard, spec: ModelSpec, x: NDArray[np.float64],
    runs: list[tuple[ModelSpec, dict[str, Course]]],
) -> CoursePanel:  # fmt: skip
    output = next(o for o in spec.outputs if o.name == panel.output)
    x_name = spec.time_unit + ("s" if spec.time_unit == "day" else "")
    if picture.sweep is not None:
        swept = spec.parameter(picture.sweep[0])
        x_name = f"{swept.meaning} [{swept.unit}]"
    return CoursePanel(
        output=panel.output,
        title=output.meaning or panel.output,
        unit=output.unit,
        log=panel.log,
        floor=panel.floor,
        limit=panel.limit,
        x=x,
        x_name=x_name,
        courses=tuple(found[panel.output] for _, found in runs),
        points=tuple(_points(panel.output, picture, card)),
    )


def _points(output: str, picture: Picture, card: ModelCard) -> list[tuple[float, float, int]]:
    """Values that others printed for one of the lines, to stand on it."""
    if picture.sweep is not None:
        return []
    found: list[tuple[float, float, int]] = []
    for index, line in enumerate(picture.lines):
        for check in card.checks:
            same = (
                check.quantity == "value"
                and check.output == output
                and check.outside
                and check.end <= picture.end
                and check.dose == line.dose
                and check.doses == line.doses
                and card.resolve(dict(check.choices)) == card.resolve(dict(line.choices))
                and check.cohort in ((), (line.values,))
                and not check.against
            )
            if same:
                found.append((check.end, check.expected, index))
    return found
