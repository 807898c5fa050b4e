"""Where steps begin and end: the first one, the shortest, and moments that are not told apart.

The rules are those of the vector kernels; here they stand over any arithmetic, for kernels that
advance one subject.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Final

from leucel.compile.arithmetic import Arithmetic, V

# A step that nearly reaches the next break is stretched, so that no crumb is left over.
STRETCH: Final = 1.0001
# Shorter steps than this share of the time do not move it any more; at the start, where the time is
# zero, a share of the whole span takes its place.
SMALLEST_STEP: Final = 16 * 2.220446049250313e-16
SMALLEST_START: Final = 1e-32
# An output this close to the moment of an event lies behind it.
MOMENT_BLUR: Final = 4 * 2.220446049250313e-16
# Moments closer than this share of the time are not told apart; four times the smallest step, so
# that a state that grows without bound still ends in a step too small and not beyond its pole.
TIME_BLUR: Final = 4 * SMALLEST_STEP
# At the start the resolution is that of a time of this share of the span.
START_BLUR: Final = 1e-10
# The first step is this share of the shortest turnover, which is limited by shares of the span.
FIRST_STEP: Final = 0.01
FASTEST_START: Final = 1e-4


def first_step(
    ar: Arithmetic[V],
    *,
    states: Sequence[V],
    slopes: Sequence[V],
    span: V,
    logged: Collection[int] = (),
) -> V:
    """A hundredth of the time in which the quickest state would change by its own size.

    Tolerances do not enter: a state that starts at zero would ask for steps that nothing needs, and
    a first step that is too long costs a few rejections only.

    Parameters
    ----------
    states, slopes : those that step control looks at, and their derivatives.
    logged : states that are logarithms, whose size is 1.
    """
    floor = ar.multiply(span, ar.constant(FASTEST_START))
    shortest = span
    for i, (state, slope) in enumerate(zip(states, slopes, strict=True)):
        size = ar.constant(1.0) if i in logged else ar.absolute(state)
        turnover = ar.add(ar.divide(size, ar.absolute(slope)), floor)
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
