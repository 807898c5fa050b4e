"""Running what was asked: chunk by chunk into a file, with quantiles on the way."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from numpy.typing import NDArray

from leucel.compile import compile_model
from leucel.core import Progress, Status, write_atomic
from leucel.data import TableFile
from leucel.solve import (
    EventTimes,
    Statuses,
    StreamedQuantiles,
    Trajectories,
    simulate,
    simulate_chunks,
)

if TYPE_CHECKING:
    import pandas as pd

    from leucel.apps.cli.simulation_input import Simulation

Floats = NDArray[np.float64]
_SHARES: Final = (0.05, 0.5, 0.95)
# Rows of a table that are held at once, and values up to which quantiles are exact.
_ROWS: Final = 1_000_000
_EXACT_VALUES: Final = 20_000_000
_ACCURACY: Final = 2e-3
_DECADES: Final = 1e3


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What a simulation came to.

    Attributes
    ----------
    rows : quantiles by output and time.
    accuracy : of the quantiles, relative; 0 where they are exact.
    events : by name, the share of subjects and the median time of those to whom it happened.
    failures : ways in which subjects ended before the last time, with their sentence.
    """

    times: Floats
    rows: tuple[dict[str, Any], ...]
    accuracy: float
    events: Mapping[str, dict[str, Any]]
    statuses: Mapping[Status, int]

    @property
    def failures(self) -> tuple[dict[str, Any], ...]:
        return tuple(
            {"status": status.name, "subjects": count, "sentence": status.sentence}
            for status, count in self.statuses.items()
            if status is not Status.OK
        )

    def to_summary(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "status": {status.name: count for status, count in self.statuses.items()},
            "failures": self.failures,
            "events": self.events,
            "quantiles": self.rows,
            "quantile_accuracy": self.accuracy,
        }


def run_simulation(asked: Simulation, *, out: Path | None, progress: Progress) -> Found:
    """Simulate, and write the courses when asked to.

    Raises
    ------
    SolveError
        When a single subject was asked for and could not be simulated to the end.
    """
    model = compile_model(asked.spec, backend=asked.backend)
    if asked.sensitivities:
        model = model.with_sensitivities(asked.sensitivities)
    common: dict[str, Any] = {
        "times": asked.times,
        "doses": asked.doses,
        "outputs": asked.outputs,
        "options": asked.options,
    }
    kept = len(asked.outputs or asked.spec.outputs) * len(asked.times)
    exact = asked.subjects * kept <= _EXACT_VALUES
    statuses = Statuses()
    events = {name: EventTimes(name) for name in model.event_names}
    parts: list[Trajectories] = []
    streams: dict[str, StreamedQuantiles] = {}
    with contextlib.ExitStack() as stack:
        file = stack.enter_context(TableFile(out)) if out is not None else None
        if asked.subjects == 1:
            alone = simulate(model, parameters=asked.parameters, progress=progress, **common)
            chunks = iter([(0, alone.require_ok())])
        else:
            chunks = simulate_chunks(
                model,
                subjects=asked.subjects,
                parameters=asked.parameters,
                chunk=max(1, min(20_000, _ROWS // kept)),
                progress=progress,
                **common,
            )
        for first, part in chunks:
            for reducer in (statuses, *events.values()):
                reducer.add(part)
            if file is not None:
                file.append(_frame(asked, part, first))
            if exact:
                parts.append(part)
            else:
                for name in part.names:
                    quantiles = streams.setdefault(name, StreamedQuantiles(accuracy=_ACCURACY))
                    values = part.output(name)
                    if asked.sampled is not None:
                        mask = asked.sampled[first : first + part.subjects]
                        values = np.where(mask, values, np.nan)
                    quantiles.add(values)
    rows = _exact_rows(asked, parts) if exact else _streamed_rows(asked, streams)
    return Found(
        times=asked.times,
        rows=tuple(rows),
        accuracy=0.0 if exact else _ACCURACY,
        events={name: _event(reducer.times) for name, reducer in events.items()},
        statuses=statuses.counts,
    )


def _event(times: Floats) -> dict[str, Any]:
    happened = times[np.isfinite(times)]
    known = int((~np.isnan(times)).sum())
    return {
        "share": len(happened) / known if known else 0.0,
        "median": float(np.median(happened)) if len(happened) else None,
    }


def _frame(asked: Simulation, part: Trajectories, first: int) -> pd.DataFrame:
    """Rows of the table; of a dose table only those in which a subject is sampled."""
    frame = part.to_frame(first=first)
    if asked.ids is not None:
        import pandas as pd

        codes = frame["subject"].to_numpy()
        frame.insert(0, "id", pd.Categorical.from_codes(codes, categories=list(asked.ids)))
    if asked.sampled is None:
        return frame
    mask = asked.sampled[first : first + part.subjects]
    return frame.loc[np.repeat(mask, len(part.names), axis=0).reshape(-1)]


def _exact_rows(asked: Simulation, parts: list[Trajectories]) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for name in parts[0].names:
        values = np.concatenate([part.output(name) for part in parts])
        solved = ~np.isnan(values).any(axis=1)
        if asked.sampled is not None:
            values = np.where(asked.sampled, values, np.nan)
        values = values[solved]
        seen = ~np.isnan(values).all(axis=0) if len(values) else np.zeros(values.shape[1], bool)
        found = np.full((len(_SHARES), values.shape[1]), np.nan)
        if seen.any():
            found[:, seen] = np.nanquantile(values[:, seen], _SHARES, axis=0)
        rows += _rows(asked, name, parts[0].unit(name), found)
    return rows


def _streamed_rows(
    asked: Simulation, streams: Mapping[str, StreamedQuantiles]
) -> list[dict[str, Any]]:
    units = {s.name: s.unit for s in asked.spec.states}
    units |= {o.name: o.unit for o in asked.spec.outputs}
    rows: list[dict[str, Any]] = []
    for name, stream in streams.items():
        found = np.array([stream.quantile(share) for share in _SHARES])
        rows += _rows(asked, name, units.get(name, ""), found)
    return rows


def _rows(asked: Simulation, name: str, unit: str, found: Floats) -> list[dict[str, Any]]:
    return [
        {
            "output": name,
            "time": float(time),
            "q05": float(low),
            "q50": float(middle),
            "q95": float(high),
            "unit": unit,
        }
        for time, low, middle, high in zip(asked.times, *found, strict=True)
        if not np.isnan(middle)
    ]


def draw_courses(asked: Simulation, found: Found, path: Path) -> None:
    """Draw the median of each output, with the middle 90% of many subjects, as SVG."""
    from leucel.report import Course, CoursePanel, courses_file

    titles = {output.name: output.meaning or output.name for output in asked.spec.outputs}
    panels: list[CoursePanel] = []
    for name in dict.fromkeys(row["output"] for row in found.rows):
        rows = [row for row in found.rows if row["output"] == name]
        time, low, middle, high = (
            np.array([row[key] for row in rows]) for key in ("time", "q05", "q50", "q95")
        )
        band = asked.subjects > 1
        values = np.concatenate([low, middle, high])
        positive = values[values > 0.0]
        spread = len(positive) > 0 and positive.max() > _DECADES * positive.min()
        log = bool(spread and (values >= 0.0).all())
        floor = max(float(positive.min()), float(positive.max()) * 1e-12) if log else None
        panels.append(
            CoursePanel(
                output=name,
                title=str(titles.get(name, name)),
                unit=rows[0]["unit"],
                log=log,
                floor=floor,
                limit=None,
                x=time,
                x_name=f"time, {asked.spec.time_unit}",
                courses=(
                    Course(
                        label="median and middle 90%" if band else "",
                        values=middle,
                        low=low if band else None,
                        high=high if band else None,
                    ),
                ),
                points=(),
            )
        )
    write_atomic(path, courses_file(panels, asked.spec.name))
