"""Tsit5: an explicit Runge-Kutta pair of order 5(4) with dense output of order 4.

Tsitouras C. Runge-Kutta pairs of order 5(4) satisfying only the first column simplifying
assumption. Comput Math Appl 62:770 (2011), doi:10.1016/j.camwa.2011.06.002. Seven stages, the last
of which is the first of the next step.

Stages 6 and 7 are both taken at the end of the step, so the quotient of the differences of their
slopes and arguments estimates the largest eigenvalue of the Jacobian (Hairer and Wanner, Solving
Ordinary Differential Equations II, section IV.2).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from leucel.compile.arithmetic import Arithmetic, V
from leucel.compile.stepper import Rhs, Step, weighted

STAGES: Final = 7
ORDER: Final = 5
# The embedded solution has order 4, so the error of a step grows with the fifth power of h.
ERROR_EXPONENT: Final = 5
# The region of stability reaches from -3.5 to 0 on the real axis. Where the step and not the size
# stiff mode settles, step control holds the step at about 2.6; accuracy alone keeps it below 1.5.
STABLE_SIZE: Final = 2.0
A: Final = (
    (),
    (0.161,),
    (-0.008480655492356989, 0.335480655492357),
    (2.8971530571054935, -6.359448489975075, 4.3622954328695815),
    (5.325864828439257, -11.748883564062828, 7.4955393428898365, -0.09249506636175525),
    (
        5.86145544294642,
        -12.92096931784711,
        8.159367898576159,
        -0.071584973281401,
        -0.028269050394068383,
    ),
    (
        0.09646076681806523,
        0.01,
        0.4798896504144996,
        1.379008574103742,
        -3.290069515436081,
        2.324710524099774,
    ),
)
TIME_NODES: Final = (0.0, 0.161, 0.327, 0.9, 0.9800255409045097, 1.0, 1.0)
# Weights of the solution less those of the embedded one.
ERROR: Final = (
    -0.00178001105222577714,
    -0.0008164344596567469,
    0.007880878010261995,
    -0.1447110071732629,
    0.5823571654525552,
    -0.45808210592918697,
    0.015151515151515152,
)
# Weights of the stages in the interpolant, by powers of the fraction from the first to the fourth.
POWERS: Final = (
    (1.0, -2.763706197274826, 2.9132554618219126, -1.0530884977290216),
    (0.0, 0.13169999999999998, -0.2234, 0.1017),
    (0.0, 3.9302962368947516, -5.941033872131505, 2.490627285651253),
    (0.0, -12.411077166933676, 30.33818863028232, -16.548102889244902),
    (0.0, 37.50931341651104, -88.1789048947664, 47.37952196281928),
    (0.0, -27.896526289197286, 65.09189467479366, -34.87065786149661),
    (0.0, 1.5, -4.0, 2.5),
)


def _dense(column: int) -> tuple[float, ...]:
    """Weights of the stages in one coefficient of the common interpolant."""
    solution = (*A[-1], 0.0)
    return tuple(
        row[0] - weight + sum(row[1 : column + 1])
        for row, weight in zip(POWERS, solution, strict=True)
    )


DENSE: Final = tuple(_dense(column) for column in range(3))


def take_step(
    arithmetic: Arithmetic[V],
    rhs: Rhs[V],
    *,
    time: V,
    states: Sequence[V],
    step: V,
    slope: Sequence[V],
    timed: bool,
) -> Step[V]:
    """Advance by one step over any arithmetic.

    Parameters
    ----------
    rhs : the right-hand side at a time and states.
    slope : right-hand side at `time` and `states`: the last stage of the step before.
    timed : false for a right-hand side that does not look at the time.
    """
    ar = arithmetic
    size = range(len(states))
    stages: list[Sequence[V]] = [slope]
    at: Sequence[V] = states
    before: Sequence[V] = states
    for weights, node in zip(A[1:], TIME_NODES[1:], strict=True):
        before = at
        # Each weight times the step first: it is shared by all states.
        scaled = [ar.multiply(ar.constant(w), step) for w in weights]
        at = [states[i] for i in size]
        for factor, stage in zip(scaled, stages, strict=True):
            at = [ar.multiply_add(factor, stage[i], at[i]) for i in size]
        moved = ar.multiply_add(step, ar.constant(node), time) if timed else time
        stages.append(list(rhs(moved, at)))
    error = tuple(ar.multiply(step, weighted(ar, ERROR, stages, i, None)) for i in size)
    return Step(tuple(at), error, tuple(tuple(k) for k in stages), tuple(before))


def dense_coefficients(
    arithmetic: Arithmetic[V], stages: Sequence[Sequence[V]], step: V
) -> tuple[tuple[V, ...], ...]:
    """Three coefficients of each state, (3, S), for `leucel.compile.stepper.interpolate`."""
    ar = arithmetic
    return tuple(
        tuple(ar.multiply(step, weighted(ar, row, stages, i, None)) for i in range(len(stages[0])))
        for row in DENSE
    )
