"""How the next step follows from the error of the last one, over any arithmetic.

The rules are those of the vector kernels; here they stand for kernels that advance one subject.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from typing import Final

from leucel.compile import explicit, rosenbrock
from leucel.compile.arithmetic import Arithmetic, V
from leucel.compile.stepper import Step

SAFETY: Final = 0.9
LARGEST_GROWTH: Final = 6.0
LARGEST_CUT: Final = 0.2
CUT_WHEN_BROKEN: Final = 0.1
# Both methods have an error that grows with this power of the step.
ERROR_EXPONENT: Final = max(explicit.ERROR_EXPONENT, rosenbrock.ERROR_EXPONENT)
# A step that nearly reaches the next break is stretched, so that no crumb is left over.
STRETCH: Final = 1.0001
# Shorter steps than this share of the time do not move it any more; at the start, where the time is
# zero, a share of the whole span takes its place.
SMALLEST_STEP: Final = 16 * 2.220446049250313e-16
SMALLEST_START: Final = 1e-32
# Moments closer than this share of the time are not told apart; four times the smallest step, so
# that a state that grows without bound still ends in a step too small and not beyond its pole.
TIME_BLUR: Final = 4 * SMALLEST_STEP
# At the start the resolution is that of a time of this share of the span.
START_BLUR: Final = 1e-10
# The first step is this share of the shortest turnover, which is limited by shares of the span.
FIRST_STEP: Final = 0.01
FASTEST_START: Final = 1e-4
# Sizes below it are not told apart from zero where stiffness is estimated.
SMALLEST_SIZE: Final = 1e-280
# A step whose size is stable by a hair adds to the suspicion that a subject is stiff, a calm one
# takes some of it back; at the last number the subject is handed over.
SUSPECT: Final = 1.0
CALM: Final = 0.25
CONVICTED: Final = 12.0


def tolerances(
    ar: Arithmetic[V],
    *,
    old: Sequence[V],
    new: Sequence[V],
    rtol: V,
    atol: Callable[[int], V],
    blur: V,
    logged: Collection[int],
) -> list[V]:
    """Tolerance of each state that step control looks at.

    Parameters
    ----------
    old, new : those states at both ends of the step.
    atol : gives the absolute tolerance of a state.
    blur : steps within which a change of a state is no error, the resolution of time. Without it a
        state that a switch sets in motion from zero would forbid every step across the switch.
    logged : states that are logarithms: their tolerance is the relative one of the state, and
        grows with the distance below its absolute one.
    """
    found: list[V] = []
    for i, (before, after) in enumerate(zip(old, new, strict=True)):
        moved = ar.multiply(ar.absolute(ar.subtract(after, before)), blur)
        if i in logged:
            below = ar.subtract(ar.log(atol(i)), ar.maximum(before, after))
            zero = ar.constant(0.0)
            below = ar.select(ar.less(zero, below), below, zero)
            found.append(ar.add(rtol, ar.add(below, moved)))
        else:
            size = ar.maximum(ar.absolute(before), ar.absolute(after))
            found.append(ar.multiply_add(rtol, size, ar.add(moved, atol(i))))
    return found


def mean_square(ar: Arithmetic[V], values: Sequence[V], units: Sequence[V]) -> V:
    """Mean square of values in units, such as errors in units of their tolerances."""
    total = ar.constant(0.0)
    for value, unit in zip(values, units, strict=True):
        ratio = ar.divide(value, unit)
        total = ar.multiply_add(ratio, ratio, total)
    return ar.multiply(total, ar.constant(1.0 / len(units)))


def next_step(ar: Arithmetic[V], *, step: V, power: V, squared: V, rejected: V) -> V:
    """Length of the step after one with a mean square error, which was tried before or was not.

    Parameters
    ----------
    power : `squared` to the power of -1 / (2 ERROR_EXPONENT), roughly.
    rejected : 1 when the step before this one was turned down, else 0: then it does not grow.
    """
    factor = ar.multiply(ar.constant(SAFETY), power)
    was_rejected = ar.less(ar.constant(0.5), rejected)
    ceiling = ar.select(was_rejected, ar.constant(1.0), ar.constant(LARGEST_GROWTH))
    cut = ar.constant(LARGEST_CUT)
    factor = ar.select(ar.less(factor, cut), cut, factor)
    factor = ar.select(ar.less(ceiling, factor), ceiling, factor)
    finite = ar.less(squared, ar.constant(math.inf))
    return ar.multiply(step, ar.select(finite, factor, ar.constant(CUT_WHEN_BROKEN)))


def suspicion(
    ar: Arithmetic[V], *, before: V, old: Sequence[V], taken: Step[V], step: V, good: V
) -> V:
    """How strongly a subject is suspected to be stiff after an explicit step.

    The states are compared by their own sizes: one far below its tolerance can limit the step too.

    Parameters
    ----------
    before : the suspicion until now.
    old : the states at the begin that step control looks at.
    good : condition: the step is accepted.
    """
    count = range(len(old))
    bends = [ar.subtract(taken.stages[-1][i], taken.stages[-2][i]) for i in count]
    parts = [ar.subtract(taken.states[i], taken.last_argument[i]) for i in count]
    sizes = [
        ar.add(
            ar.maximum(ar.absolute(old[i]), ar.absolute(taken.states[i])),
            ar.constant(SMALLEST_SIZE),
        )
        for i in count
    ]
    bend = ar.multiply(mean_square(ar, bends, sizes), ar.multiply(step, step))
    limit = ar.constant(explicit.STABLE_SIZE**2)
    stiff = ar.less(ar.multiply(limit, mean_square(ar, parts, sizes)), bend)
    calm = ar.select(good, ar.constant(-CALM), ar.constant(0.0))
    change = ar.select(stiff, ar.constant(SUSPECT), calm)
    return ar.maximum(ar.add(before, change), ar.constant(0.0))


def first_step(ar: Arithmetic[V], *, states: Sequence[V], slopes: Sequence[V], span: V) -> V:
    """A hundredth of the time in which the quickest state would change by its own size.

    Tolerances do not enter: a state that starts at zero would ask for steps that nothing needs, and
    a first step that is too long costs a few rejections only.
    """
    floor = ar.multiply(span, ar.constant(FASTEST_START))
    shortest = span
    for state, slope in zip(states, slopes, strict=True):
        turnover = ar.add(ar.divide(ar.absolute(state), ar.absolute(slope)), floor)
        shortest = ar.select(ar.less(turnover, shortest), turnover, shortest)
    return ar.multiply(shortest, ar.constant(FIRST_STEP))


def smallest_step(ar: Arithmetic[V], *, time: V, span: V) -> V:
    """The shortest step that still moves the time."""
    return ar.maximum(
        ar.multiply(ar.absolute(time), ar.constant(SMALLEST_STEP)),
        ar.multiply(span, ar.constant(SMALLEST_START)),
    )


def time_blur(ar: Arithmetic[V], *, end: V, span: V, inverse: V) -> V:
    """The resolution of time at the end of a step, in steps; `inverse` is 1 over the step."""
    moment = ar.maximum(ar.absolute(end), ar.multiply(span, ar.constant(START_BLUR)))
    return ar.multiply(ar.multiply(moment, inverse), ar.constant(TIME_BLUR))
