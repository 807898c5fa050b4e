"""Populations that change by one event at a time: exact simulation and tau-leaping.

Exact: waiting times and events are drawn by thinning (Lewis and Shedler 1979), which is Gillespie's
direct method (1977, doi:10.1021/j100540a008) where rates depend on the state alone, and stays exact
where they also change with time. Tau-leaping: many events in one step, Poisson numbers at the
midpoint (Gillespie 2001, doi:10.1063/1.1378322) with the step of Cao, Gillespie and Petzold (2006,
doi:10.1063/1.2159468); where a step would hold few events, events are drawn one by one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from leucel.core import InputError, Place, Problem, RandomStream, Status, unknown_name
from leucel.library.rates import Rates
from leucel.model import Parameter, names_in, parse_expression

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

JumpMethod = Literal["exact", "tau_leaping"]
# A leap that holds fewer events than this is dearer than the events themselves.
_FEW = 10.0
# Largest relative change of a rate within a leap.
_EPSILON = 0.03
_BLOCK = 128
_LARGE = 1e3


@dataclass(frozen=True, slots=True, kw_only=True)
class Reaction:
    """An event: how often it happens, and what it changes.

    Attributes
    ----------
    rate : events per unit of time, an equation in time, states, parameters and drivers.
    change : change of each state, whole numbers; given as a mapping, kept as pairs.
    bound : an equation in states and parameters that the rate never exceeds; needed where the rate
        depends on time or a driver.
    """

    name: str
    rate: str
    change: Mapping[str, int] | tuple[tuple[str, int], ...]
    bound: str = ""

    def __post_init__(self) -> None:
        pairs = self.change.items() if isinstance(self.change, Mapping) else self.change
        object.__setattr__(self, "change", tuple(pairs))


@dataclass(frozen=True, slots=True, kw_only=True)
class JumpModel:
    """A model of whole numbers that reactions change.

    Attributes
    ----------
    initial : equation of each state at time 0, in parameters; rounded to a whole number.
    drivers : names of courses that come from outside and act on rates.

    Raises
    ------
    InputError
        With every unknown symbol and every missing bound.

    Examples
    --------
    >>> deaths = JumpModel(
    ...     name="deaths",
    ...     parameters=(Parameter(name="k", value=1.0, unit="1/day"),),
    ...     initial={"cells": "100"},
    ...     reactions=(Reaction(name="death", rate="k*cells", change={"cells": -1}),),
    ... )
    >>> deaths.states
    ('cells',)
    """

    name: str
    parameters: tuple[Parameter, ...]
    initial: Mapping[str, str]
    reactions: tuple[Reaction, ...]
    drivers: tuple[str, ...] = ()
    time: str = "t"

    def __post_init__(self) -> None:
        fixed = {p.name for p in self.parameters}
        known = fixed | set(self.initial)
        problems: list[Problem] = []

        def look(text: str, allowed: set[str], key: str) -> set[str]:
            used = {n.name for n in names_in(parse_expression(text, key=key))}
            problems.extend(
                unknown_name(n, sorted(allowed), noun="symbol", where=Place(key=key))
                for n in sorted(used - allowed)
            )
            return used

        for state, text in self.initial.items():
            look(text, fixed, f"{state}(0)")
        for reaction in self.reactions:
            key = f"reaction {reaction.name}"
            used = look(reaction.rate, known | set(self.drivers) | {self.time}, key)
            if reaction.bound:
                look(reaction.bound, known, f"{key}, bound")
            elif used & {*self.drivers, self.time}:
                problems.append(
                    Problem(
                        what="a rate that changes with time needs a bound",
                        where=Place(key=key),
                        fix="give what the rate never exceeds, in states and parameters",
                    )
                )
            problems.extend(
                unknown_name(s, list(self.initial), noun="state", where=Place(key=key))
                for s, _ in reaction.change
                if s not in self.initial
            )
        if problems:
            raise InputError(problems)

    @property
    def states(self) -> tuple[str, ...]:
        """Names of the states, in order."""
        return tuple(self.initial)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """A moment to note: the first time that a state is at or beyond a level.

    Attributes
    ----------
    rising : True for at least `level`, False for at most.
    ends : True to end the subject there.
    """

    name: str
    state: str
    level: float | NDArray[np.float64]
    rising: bool
    ends: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class JumpCourses:
    """What a simulation of jumps gives.

    Attributes
    ----------
    counts : numbers of each state at `times`, (N, T); after a subject has ended they stay.
    moments : first time of each watch, (N,); infinite where it did not come.
    status : (N,) of `Status`.
    steps : events and leaps of each subject, (N,).
    """

    times: NDArray[np.float64]
    counts: dict[str, NDArray[np.float64]]
    moments: dict[str, NDArray[np.float64]]
    status: NDArray[np.int8]
    steps: NDArray[np.int64]


@dataclass(slots=True, kw_only=True)
class _Run:
    """Everything that moves while jumps are simulated."""

    time: NDArray[np.float64]
    count: NDArray[np.float64]
    next: NDArray[np.int64]
    done: NDArray[np.bool_]
    steps: NDArray[np.int64]
    status: NDArray[np.int8]
    moments: dict[str, NDArray[np.float64]] = field(default_factory=dict)


def simulate_jumps(
    model: JumpModel,
    *,
    times: NDArray[np.float64],
    stream: RandomStream,
    subjects: int,
    parameters: Mapping[str, float | NDArray[np.float64]] | None = None,
    drivers: Mapping[str, tuple[NDArray[np.float64], NDArray[np.float64]]] | None = None,
    watches: tuple[Watch, ...] = (),
    method: JumpMethod = "exact",
    largest_step: float = 0.1,
    most_steps: int = 1_000_000,
) -> JumpCourses:
    """Simulate jumps of N subjects.

    Parameters
    ----------
    times : output times, rising, (T,); the last one ends the simulation.
    stream : random numbers; a subject has the same ones whatever `subjects` is.
    parameters : values in place of typical ones, one or (N,).
    drivers : times, (M,), and values, (M,) or (N, M), of each driver; linear between its times.
    watches : moments to note, which may end a subject.
    largest_step : longest leap, so that drivers are seen.
    most_steps : a subject that needs more ends with `Status.MAX_STEPS`.

    Raises
    ------
    InputError
        For unknown or missing names, times that do not rise, and arrays of another size.

    Examples
    --------
    >>> import numpy as np
    >>> from leucel.core import RandomStream
    >>> birth = Reaction(name="birth", rate="b*n", change={"n": 1})
    >>> b = Parameter(name="b", value=0.5, unit="1/day")
    >>> growth = JumpModel(name="growth", parameters=(b,), initial={"n": "5"}, reactions=(birth,))
    >>> found = simulate_jumps(
    ...     growth, times=np.array([0.0, 1.0]), stream=RandomStream(1), subjects=3
    ... )
    >>> found.counts["n"][:, 0]
    array([5., 5., 5.])
    """
    import numpy as np

    rates = Rates(model, dict(parameters or {}), dict(drivers or {}), subjects, times)
    run = _Run(
        time=np.full(subjects, float(times[0])),
        count=rates.initial(),
        next=np.zeros(subjects, dtype=np.int64),
        done=np.zeros(subjects, dtype=np.bool_),
        steps=np.zeros(subjects, dtype=np.int64),
        status=np.full(subjects, int(Status.OK), dtype=np.int8),
        moments={w.name: np.full(subjects, np.inf) for w in watches},
    )
    outputs = np.zeros((subjects, len(times), len(model.states)))
    _look(run, watches, model, np.arange(subjects))
    block = 0
    while not run.done.all():
        here = np.flatnonzero(~run.done)
        if here.size and run.steps[here].min() >= most_steps:
            run.status[here] = int(Status.MAX_STEPS)
            break
        # Contiguous subjects share a draw; a subject's numbers depend on its own steps alone.
        drawn = stream.uniform(
            f"jumps_{model.name}",
            subjects=int(here[-1] - here[0]) + 1,
            size=_BLOCK * (2 + len(model.reactions)),
            replicate=block,
            first=int(here[0]),
        ).reshape(-1, _BLOCK, 2 + len(model.reactions))
        for k in range(_BLOCK):
            active = here[~run.done[here]]
            if not active.size:
                break
            numbers = drawn[active - here[0], k]
            _step(run, rates, active, numbers, method, largest_step, outputs, times)
            _look(run, watches, model, active)
            run.done[active] |= run.next[active] >= len(times)
        block += 1
    for i in range(subjects):
        outputs[i, run.next[i] :] = run.count[i]
    return JumpCourses(
        times=times,
        counts={s: outputs[:, :, j] for j, s in enumerate(model.states)},
        moments=run.moments,
        status=run.status,
        steps=run.steps,
    )


def _step(
    run: _Run,
    rates: Rates,
    active: NDArray[np.int64],
    numbers: NDArray[np.float64],
    method: JumpMethod,
    largest_step: float,
    outputs: NDArray[np.float64],
    times: NDArray[np.float64],
) -> None:
    """One event, or one leap, of each active subject."""
    import numpy as np

    count, start = run.count[active], run.time[active]
    end = np.full(active.size, float(times[-1]))
    most = rates.bounds(active, count)
    total = most.sum(axis=1)
    sound = np.isfinite(total) & (most >= 0.0).all(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        wait = np.where(total > 0.0, -np.log(numbers[:, 0]) / total, np.inf)
    moved = start + wait
    changed = count.copy()
    leap = np.zeros(active.size, dtype=np.bool_)
    if method == "tau_leaping":
        size = np.minimum(rates.leap(active, count, start, _EPSILON), largest_step)
        # A leap ends at the next output, so that courses are read off whole steps.
        size = np.minimum(size, times[np.minimum(run.next[active], len(times) - 1)] - start)
        leap = sound & (size * total > _FEW)
        if leap.any():
            inside = active[leap]
            fired = rates.fired(
                inside, count[leap], start[leap], size[leap], numbers[leap, 2:], _LARGE
            )
            after = count[leap] + fired @ rates.change
            kept = (after >= 0.0).all(axis=1)
            chosen = np.flatnonzero(leap)
            leap[chosen[~kept]] = False
            changed[chosen[kept]] = after[kept]
            moved[chosen[kept]] = (start + size)[chosen[kept]]
    single = ~leap & sound & (moved < end)
    if single.any():
        actual = rates.at(active[single], count[single], moved[single])
        edges = np.cumsum(actual, axis=1)
        aim = numbers[single, 1] * total[single]
        which = (aim[:, None] >= edges).sum(axis=1)
        real = which < edges.shape[1]
        rows = np.flatnonzero(single)[real]
        changed[rows] += rates.change[which[real]]
        wrong = (actual < 0.0).any(axis=1) | (edges[:, -1] > total[single] * (1.0 + 1e-9))
        sound[np.flatnonzero(single)[wrong]] = False
    moved = np.minimum(moved, end)
    _record(run, active, moved, outputs, times, leap, changed)
    run.count[active] = changed
    run.time[active] = moved
    run.steps[active] += 1
    bad = active[~sound]
    run.status[bad] = int(Status.NON_FINITE)
    run.done[bad] = True


def _record(
    run: _Run,
    active: NDArray[np.int64],
    moved: NDArray[np.float64],
    outputs: NDArray[np.float64],
    times: NDArray[np.float64],
    leap: NDArray[np.bool_],
    changed: NDArray[np.float64],
) -> None:
    """Write the counts at all output times that a step has passed."""
    import numpy as np

    while True:
        left = run.next[active] < len(times)
        at = times[np.minimum(run.next[active], len(times) - 1)]
        passed = left & (
            (at < moved) | ((at == moved) & (at == times[-1])) | (leap & (at <= moved))
        )
        if not passed.any():
            return
        rows = active[passed]
        # After a leap the count belongs to its end; before an event the old count still holds.
        value = np.where((leap & (at >= moved))[:, None], changed, run.count[active])[passed]
        outputs[rows, run.next[rows]] = value
        run.next[rows] += 1


def _look(
    run: _Run, watches: tuple[Watch, ...], model: JumpModel, active: NDArray[np.int64]
) -> None:
    import numpy as np

    for watch in watches:
        column = run.count[active, model.states.index(watch.state)]
        level = np.broadcast_to(np.asarray(watch.level, dtype=np.float64), run.done.shape)[active]
        hit = column >= level if watch.rising else column <= level
        new = active[hit & np.isinf(run.moments[watch.name][active])]
        run.moments[watch.name][new] = run.time[new]
        if watch.ends:
            run.done[new] = True
