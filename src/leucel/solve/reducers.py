"""Reducers: what is kept of an ensemble whose courses do not fit in memory.

A reducer sees the chunks of an ensemble in the order of the subjects and keeps either a number for
each subject or counts. Nothing is summed in floating point, so that results do not depend on the
size of the chunks, to the bit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol, final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from leucel.compile import CompiledModel
from leucel.core import SILENT, InputError, Problem, Progress, Status, unknown_name
from leucel.solve.doses import Doses
from leucel.solve.options import SolveOptions
from leucel.solve.streaming import CHUNK, Draw, StreamedQuantiles, simulate_chunks
from leucel.solve.trajectories import Trajectories

Floats = NDArray[np.float64]
Side = Literal["above", "below"]
_SIDES: Final = ("above", "below")


class Reducer(Protocol):
    """Takes the chunks of an ensemble, one after the other."""

    @property
    def outputs(self) -> tuple[str, ...]:
        """Names of the outputs that it looks at."""
        ...

    def add(self, part: Trajectories) -> None:
        """Take in the next subjects."""
        ...


def reduce_chunks(
    model: CompiledModel,
    reducers: Sequence[Reducer],
    *,
    subjects: int,
    parameters: Mapping[str, ArrayLike] | Draw | None = None,
    times: ArrayLike,
    doses: Doses | None = None,
    options: SolveOptions | None = None,
    chunk: int = CHUNK,
    progress: Progress = SILENT,
) -> None:
    """Simulate subjects in chunks and give each chunk to every reducer.

    Only the outputs that a reducer looks at are computed; arguments as in `simulate_chunks`.

    Raises
    ------
    InputError
        As `simulate_chunks`, and when there is no reducer.

    Examples
    --------
    >>> from leucel.compile import compile_model
    >>> from leucel.model import ModelSpec, Output, Parameter, State
    >>> decay = ModelSpec(
    ...     name="decay",
    ...     parameters=(Parameter(name="k", value=0.1),),
    ...     states=(State(name="x", initial="100"),),
    ...     odes={"x": "-k*x"},
    ...     outputs=(Output(name="x", text="x"),),
    ... )
    >>> gone = FirstPassage("x", "below", 10.0)
    >>> model = compile_model(decay, backend="reference")
    >>> reduce_chunks(model, [gone], subjects=3, parameters={"k": [0.1, 0.5, 0]}, times=range(60))
    >>> gone.times.tolist()
    [24.0, 5.0, inf]
    """
    if not reducers:
        raise InputError(Problem(what="there is no reducer", fix="give one or more"))
    wanted = tuple(dict.fromkeys(name for reducer in reducers for name in reducer.outputs))
    for _, part in simulate_chunks(
        model,
        subjects=subjects,
        parameters=parameters,
        times=np.asarray(times, dtype=np.float64),
        doses=doses,
        outputs=wanted or None,
        options=options,
        chunk=chunk,
        progress=progress,
    ):
        for reducer in reducers:
            reducer.add(part)


def _require_side(side: str) -> None:
    if side not in _SIDES:
        raise InputError(unknown_name(side, _SIDES, noun="side"))


def _beyond(values: Floats, side: Side, threshold: float | Floats) -> NDArray[np.bool_]:
    with np.errstate(invalid="ignore"):
        return values >= threshold if side == "above" else values <= threshold


@final
class Quantiles:
    """Quantiles of an output at each time; see `StreamedQuantiles` for their accuracy."""

    def __init__(self, output: str, *, accuracy: float = 5e-3) -> None:
        self._output = output
        self.counts = StreamedQuantiles(accuracy=accuracy)

    @property
    def outputs(self) -> tuple[str, ...]:
        return (self._output,)

    def add(self, part: Trajectories) -> None:
        self.counts.add(part.output(self._output))

    def quantile(self, share: float) -> Floats:
        """One quantile at each time, (T,); subjects that failed are left out from there on."""
        return self.counts.quantile(share)


@final
@dataclass(slots=True)
class ShareBeyond:
    """Share of subjects whose output lies at or beyond a threshold, by time.

    Attributes
    ----------
    side : "above" or "below".
    threshold : in the unit of the output.
    """

    output: str
    side: Side
    threshold: float
    _beyond: NDArray[np.int64] | None = field(default=None, init=False, repr=False)
    _known: NDArray[np.int64] | None = field(default=None, init=False, repr=False)

    def __post_init__(self) -> None:
        _require_side(self.side)

    @property
    def outputs(self) -> tuple[str, ...]:
        return (self.output,)

    def add(self, part: Trajectories) -> None:
        values = part.output(self.output)
        beyond = _beyond(values, self.side, self.threshold).sum(axis=0)
        known = (~np.isnan(values)).sum(axis=0)
        self._beyond = beyond if self._beyond is None else self._beyond + beyond
        self._known = known if self._known is None else self._known + known

    @property
    def known(self) -> NDArray[np.int64]:
        """Subjects with a value at each time, (T,)."""
        return np.zeros(0, dtype=np.int64) if self._known is None else self._known

    @property
    def count(self) -> NDArray[np.int64]:
        """Subjects at or beyond the threshold at each time, (T,)."""
        return np.zeros(0, dtype=np.int64) if self._beyond is None else self._beyond

    @property
    def share(self) -> Floats:
        """Of the subjects with a value, (T,); not a number where there is none."""
        with np.errstate(invalid="ignore"):
            return np.asarray(self.count / self.known, dtype=np.float64)


@final
@dataclass(slots=True)
class FirstPassage:
    """First output time at which an output lies at or beyond a threshold, for each subject.

    Response, relapse, progression, clearance: any of them is a first passage. A time between two
    outputs is that of a straight line between them, or, on demand, of a straight line between the
    logarithms.

    Attributes
    ----------
    side : "above" or "below".
    threshold : in the unit of the output.
    relative_to_start : the threshold is a share of the subject's own first value.
    after : times before this one do not count.
    between : "outputs" takes the output time, "line" and "log" go between two of them.
    """

    output: str
    side: Side
    threshold: float
    relative_to_start: bool = False
    after: float = 0.0
    between: Literal["outputs", "line", "log"] = "outputs"
    _parts: list[Floats] = field(default_factory=list, init=False, repr=False)

    def __post_init__(self) -> None:
        _require_side(self.side)
        allowed = ("outputs", "line", "log")
        if self.between not in allowed:
            raise InputError(unknown_name(self.between, allowed, noun="way between outputs"))

    @property
    def outputs(self) -> tuple[str, ...]:
        return (self.output,)

    def add(self, part: Trajectories) -> None:
        values = part.output(self.output)
        threshold: float | Floats = self.threshold
        if self.relative_to_start:
            threshold = self.threshold * values[:, :1]
        beyond = _beyond(values, self.side, threshold) & (part.times >= self.after)
        first = np.argmax(beyond, axis=1)
        found = beyond.any(axis=1)
        moment = part.times[first]
        if self.between != "outputs":
            moment = self._between(part.times, values, first, threshold)
        # A course that broke off without a passage is not known to have none.
        broken = np.isnan(values).any(axis=1)
        self._parts.append(np.where(found, moment, np.where(broken, np.nan, np.inf)))

    def _between(
        self, times: Floats, values: Floats, first: NDArray[np.intp], threshold: float | Floats
    ) -> Floats:
        rows = np.arange(len(values))
        before = np.maximum(first - 1, 0)
        low, high = values[rows, before], values[rows, first]
        goal = np.broadcast_to(threshold, (len(values), 1))[:, 0]
        with np.errstate(divide="ignore", invalid="ignore"):
            if self.between == "log":
                low, high, goal = np.log(low), np.log(high), np.log(goal)
            share = (goal - low) / (high - low)
        # Where the logarithm or the line does not exist, the output time is taken.
        share = np.where(np.isfinite(share), np.clip(share, 0.0, 1.0), 1.0)
        start = times[before]
        moment = start + share * (times[first] - start)
        return np.maximum(np.where(first == 0, times[0], moment), self.after)

    @property
    def times(self) -> Floats:
        """Time of each subject, (N,): infinity when it never happens, not a number when the
        subject failed before.
        """
        return np.concatenate(self._parts) if self._parts else np.zeros(0)

    @property
    def share(self) -> float:
        """Share of the subjects, failed ones left out, to whom it happens."""
        times = self.times
        known = ~np.isnan(times)
        return float(np.isfinite(times).sum() / known.sum()) if known.any() else float("nan")


@final
@dataclass(slots=True)
class Extremes:
    """Largest or smallest value of an output, and its first time, for each subject.

    Attributes
    ----------
    side : "above" for the largest, "below" for the smallest value.
    """

    output: str
    side: Side
    _values: list[Floats] = field(default_factory=list, init=False, repr=False)
    _times: list[Floats] = field(default_factory=list, init=False, repr=False)

    def __post_init__(self) -> None:
        _require_side(self.side)

    @property
    def outputs(self) -> tuple[str, ...]:
        return (self.output,)

    def add(self, part: Trajectories) -> None:
        values = part.output(self.output)
        at = np.argmax(values if self.side == "above" else -values, axis=1)
        # argmax gives the first value that is not a number where there is one.
        found = values[np.arange(len(values)), at]
        self._values.append(found)
        self._times.append(np.where(np.isnan(found), np.nan, part.times[at]))

    @property
    def values(self) -> Floats:
        """(N,); not a number for a subject that failed."""
        return np.concatenate(self._values) if self._values else np.zeros(0)

    @property
    def times(self) -> Floats:
        """(N,)."""
        return np.concatenate(self._times) if self._times else np.zeros(0)


@final
class EventTimes:
    """First time of an event of the model, for each subject."""

    def __init__(self, event: str) -> None:
        self._event = event
        self._parts: list[Floats] = []

    @property
    def outputs(self) -> tuple[str, ...]:
        return ()

    def add(self, part: Trajectories) -> None:
        if self._event not in part.event_times:
            raise InputError(unknown_name(self._event, tuple(part.event_times), noun="event"))
        times = part.event_times[self._event]
        self._parts.append(np.where(part.failed & np.isinf(times), np.nan, times))

    @property
    def times(self) -> Floats:
        """(N,): infinity when it never happens, not a number when the subject failed before."""
        return np.concatenate(self._parts) if self._parts else np.zeros(0)


@final
class Statuses:
    """How many subjects ended in each way."""

    def __init__(self) -> None:
        self._counts: dict[Status, int] = {}

    @property
    def outputs(self) -> tuple[str, ...]:
        return ()

    def add(self, part: Trajectories) -> None:
        for status, count in part.count_by_status().items():
            self._counts[status] = self._counts.get(status, 0) + count

    @property
    def counts(self) -> Mapping[Status, int]:
        """Subjects by status; ways that did not occur are left out."""
        return dict(sorted(self._counts.items()))
