"""One step by one of the methods: the formula, its error, and the next length.

Lanes take it together and a thread of a GPU alone; nothing here looks at how many they are.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

from leucel.compile import explicit, rosenbrock
from leucel.compile.backends.cpu_history import History
from leucel.compile.backends.cpu_memory import Emitter, Slot
from leucel.compile.backends.cpu_values import F64, POINTER
from leucel.compile.elimination import plan_elimination
from leucel.compile.kernel import Method
from leucel.compile.stepper import Step

_SAFETY: Final = 0.9
_LARGEST_GROWTH: Final = 6.0
_LARGEST_CUT: Final = 0.2
_CUT_WHEN_BROKEN: Final = 0.1
_SMALLEST_ERROR: Final = 1e-30
# Sizes below it are not told apart from zero where stiffness is estimated.
_SMALLEST_SIZE: Final = 1e-280
_ONE_BITS: Final = float(0x3FF0000000000000)
# A step whose size is stable by a hair adds one to the suspicion that a subject is stiff, a calm
# one takes a quarter back.
_SUSPECT: Final = 1.0
_CALM: Final = 0.25
# Suspicion at which a subject is handed over.
_CONVICTED: Final = 12.0
# A state that grows by this factor in one step was nothing before it.
_LEAVES_ZERO: Final = 100.0


def take_step(
    e: Emitter,
    method: Method,
    time: Any,
    step: Any,
    states: Sequence[Any],
    known: Any,
    history: History | None = None,
) -> Step[Any]:
    """The step of a method from states at a time."""
    system = e.system
    size = len(states)

    def rhs(at: Any, moved: Any) -> list[Any]:
        if history is None:
            return e.run(list(system.rhs), time=at, states=list(moved), known=known)
        delayed = history.at(e, at, known, after=False)
        return e.run(list(system.rhs), time=at, states=list(moved), known=known, delayed=delayed)

    if method is Method.EXPLICIT:
        slope = [e.get(e.layout.slope + i) for i in range(size)]
        return explicit.take_step(
            e.ar,
            rhs,
            time=time,
            states=states,
            step=step,
            slope=slope,
            timed=not system.autonomous,
        )
    entries = list(system.jacobian)
    moving = not system.autonomous
    wanted = [*system.rhs, *system.jacobian.values(), *(system.time_derivative if moving else ())]
    values = e.run(wanted, time=time, states=list(states), known=known)
    return rosenbrock.take_step(
        e.ar,
        plan_elimination(size, entries),
        rhs,
        time=time,
        states=states,
        step=step,
        slope=values[:size],
        jacobian=dict(zip(entries, values[size : size + len(entries)], strict=True)),
        time_derivative=values[size + len(entries) :] if moving else None,
    )


def dense_rows(e: Emitter, method: Method, taken: Step[Any], step: Any) -> Sequence[Sequence[Any]]:
    """Coefficients of the interpolant, by row and state."""
    if method is Method.EXPLICIT:
        return explicit.dense_coefficients(e.ar, taken.stages, step)
    return rosenbrock.dense_coefficients(e.ar, taken.stages)


def weights(e: Emitter, states: Sequence[Any], taken: Step[Any], blur: Any) -> list[Any]:
    """Reciprocal tolerance of each state that step control looks at.

    What a state changes within `blur` steps, the resolution of time, is no error. Without it a
    state that a switch sets in motion from zero would forbid every step across the switch. A state
    that was there before forgives nothing: it would lose its accuracy wherever it moves quickly.

    The tolerance of a logarithm is the relative tolerance of the state; below the absolute
    tolerance of the state it grows with the distance.
    """
    ar = e.ar
    rtol = e.broadcast(e.slot(Slot.RTOL, F64))
    atol, log_atol = e.slot(Slot.ATOL, POINTER), e.slot(Slot.LOG_ATOL, POINTER)
    result: list[Any] = []
    for i in range(len(states) - e.layout.passive):
        old, new = states[i], taken.states[i]
        in_logs = i in e.system.logged
        moved = ar.absolute(ar.subtract(new, old))
        if not in_logs:
            moved = ar.multiply_add(ar.absolute(old), ar.constant(-_LEAVES_ZERO), moved)
            moved = ar.maximum(moved, ar.constant(0.0))
        moved = ar.multiply(moved, blur)
        floor = e.broadcast(e.load(e.item(log_atol if in_logs else atol, e.integer(i))))
        if in_logs:
            below = ar.subtract(floor, ar.maximum(old, new))
            below = e.b.select(ar.less(ar.constant(0.0), below), below, ar.constant(0.0))
            tolerance = ar.add(rtol, ar.add(below, moved))
        else:
            size = ar.maximum(ar.absolute(old), ar.absolute(new))
            tolerance = ar.multiply_add(rtol, size, ar.add(moved, floor))
        result.append(ar.divide(ar.constant(1.0), tolerance))
    return result


def squared_error(e: Emitter, taken: Step[Any], scales: Sequence[Any]) -> Any:
    """Mean square of the errors in units of their tolerances."""
    return _mean_square(e, taken.error[: len(scales)], scales)


def _mean_square(e: Emitter, values: Sequence[Any], scales: Sequence[Any]) -> Any:
    ar = e.ar
    total = ar.constant(0.0)
    for value, scale in zip(values, scales, strict=True):
        ratio = ar.multiply(value, scale)
        total = ar.multiply_add(ratio, ratio, total)
    return ar.multiply(total, ar.constant(1.0 / len(scales)))


def suspicion(e: Emitter, states: Sequence[Any], taken: Step[Any], step: Any, good: Any) -> Any:
    """How strongly a subject is suspected to be stiff after an explicit step.

    The states are compared by their own sizes: one far below its tolerance can limit the step too.
    """
    ar, b = e.ar, e.b
    count = range(len(states) - e.layout.passive)
    bends = [ar.subtract(taken.stages[-1][i], taken.stages[-2][i]) for i in count]
    parts = [ar.subtract(taken.states[i], taken.last_argument[i]) for i in count]
    scales: list[Any] = []
    for i in count:
        if i in e.system.logged:
            scales.append(ar.constant(1.0))
            continue
        size = ar.maximum(ar.absolute(states[i]), ar.absolute(taken.states[i]))
        scales.append(ar.divide(ar.constant(1.0), ar.add(size, ar.constant(_SMALLEST_SIZE))))
    bend = ar.multiply(_mean_square(e, bends, scales), ar.multiply(step, step))
    limit = ar.constant(explicit.STABLE_SIZE**2)
    stiff = ar.less(ar.multiply(limit, _mean_square(e, parts, scales)), bend)
    calm = b.select(good, ar.constant(-_CALM), ar.constant(0.0))
    change = b.select(stiff, ar.constant(_SUSPECT), calm)
    return ar.maximum(ar.add(e.get(e.layout.suspicion), change), ar.constant(0.0))


def next_step(e: Emitter, step: Any, squared: Any) -> Any:
    """Length of the next step.

    The error grows with the fifth power of the step. The tenth root of its square is taken from
    the bits of the number, to better than one in a hundred.
    """
    b, ar = e.b, e.ar
    root = -0.5 / rosenbrock.ERROR_EXPONENT
    bits = b.sitofp(b.bitcast(ar.add(squared, ar.constant(_SMALLEST_ERROR)), e.whole), e.double)
    bits = ar.multiply_add(bits, ar.constant(root), ar.constant((1.0 - root) * _ONE_BITS))
    power = b.bitcast(b.fptosi(bits, e.whole), e.double)
    factor = ar.multiply(ar.constant(_SAFETY), power)
    # After a step that was turned down, the next one does not grow.
    was_rejected = ar.less(ar.constant(0.5), e.get(e.layout.rejected))
    ceiling = b.select(was_rejected, ar.constant(1.0), ar.constant(_LARGEST_GROWTH))
    factor = b.select(ar.less(factor, ar.constant(_LARGEST_CUT)), ar.constant(_LARGEST_CUT), factor)
    factor = b.select(ar.less(ceiling, factor), ceiling, factor)
    broken = b.not_(ar.less(squared, ar.constant(math.inf)))
    factor = b.select(broken, ar.constant(_CUT_WHEN_BROKEN), factor)
    return ar.multiply(step, factor)


def is_convicted(e: Emitter, suspected: Any) -> Any:
    """Mask of the lanes that are stiff beyond doubt."""
    return e.ar.less_equal(e.ar.constant(_CONVICTED), suspected)
