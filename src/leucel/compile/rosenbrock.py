"""Rodas5P: a stiffly accurate, L-stable Rosenbrock method of order 5 with dense output of order 4.

Steinebach G. Construction of Rosenbrock-Wanner method Rodas5P and numerical benchmarks within the
Julia Differential Equations package. BIT Numer Math 63:27 (2023),
doi:10.1007/s10543-023-00967-x, table of coefficients in the form of Hairer and Wanner, Solving
Ordinary Differential Equations II, section IV.7: stages k_i with
W k_i = f(t + c_i h, y + sum a_ij k_j) + sum (C_ij / h) k_j + h d_i df/dt, W = I / (gamma h) - J.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from leucel.compile.arithmetic import Arithmetic, V
from leucel.compile.elimination import EliminationPlan, factorize, solve_factored
from leucel.compile.stepper import Rhs, Step, weighted

STAGES: Final = 8
ORDER: Final = 5
# The embedded solution has order 4, so the error of a step grows with the fifth power of h.
ERROR_EXPONENT: Final = 5
GAMMA: Final = 0.21193756319429014
# Rows 7 and 8 add the stage before them to the row above: the method is stiffly accurate.
A: Final = (
    (),
    (3.0,),
    (2.849394379747939, 0.45842242204463923),
    (-6.954028509809101, 2.489845061869568, -10.358996098473584),
    (2.8029986275628964, 0.5072464736228206, -0.3988312541770524, -0.04721187230404641),
    (
        -7.502846399306121,
        2.561846144803919,
        -11.627539656261098,
        -0.18268767659942256,
        0.030198172008377946,
    ),
)
C: Final = (
    (),
    (-14.155112264123755,),
    (-17.97296035885952, -2.859693295451294),
    (147.12150275711716, -1.41221402718213, 71.68940251302358),
    (165.43517024871676, -0.4592823456491126, 42.90938336958603, -5.961986721573306),
    (
        24.854864614690072,
        -3.0009227002832186,
        47.4931110020768,
        5.5814197821558125,
        -0.6610691825249471,
    ),
    (
        30.91273214028599,
        -3.1208243349937974,
        77.79954646070892,
        34.28646028294783,
        -19.097331116725623,
        -28.087943162872662,
    ),
    (
        37.80277123390563,
        -3.2571969029072276,
        112.26918849496327,
        66.9347231244047,
        -40.06618937091002,
        -54.66780262877968,
        -9.48861652309627,
    ),
)
TIME_NODES: Final = (
    0.0,
    0.6358126895828704,
    0.4095798393397535,
    0.9769306725060716,
    0.4288403609558664,
    1.0,
    1.0,
    1.0,
)
TIME_SLOPES: Final = (
    0.21193756319429014,
    -0.42387512638858027,
    -0.3384627126235924,
    1.8046452872882734,
    2.325825639765069,
    0.0,
    0.0,
    0.0,
)
DENSE: Final = (
    (
        25.948786856663858,
        -2.5579724845846235,
        10.433815404888879,
        -2.3679251022685204,
        0.524948541321073,
        1.1241088310450404,
        0.4272876194431874,
        -0.17202221070155493,
    ),
    (
        -9.91568850695171,
        -0.9689944594115154,
        3.0438037242978453,
        -24.495224566215796,
        20.176138334709044,
        15.98066361424651,
        -6.789040303419874,
        -6.710236069923372,
    ),
    (
        11.419903575922262,
        2.8879645146136994,
        72.92137995996029,
        80.12511834622643,
        -52.072871366152654,
        -59.78993625266729,
        -0.15582684282751913,
        4.883087185713722,
    ),
)


def take_step(
    arithmetic: Arithmetic[V],
    plan: EliminationPlan,
    rhs: Rhs[V],
    *,
    time: V,
    states: Sequence[V],
    step: V,
    slope: Sequence[V],
    jacobian: Mapping[tuple[int, int], V],
    time_derivative: Sequence[V] | None,
) -> Step[V]:
    """Advance by one step over any arithmetic.

    Parameters
    ----------
    plan : elimination of matrices with the structure of the Jacobian.
    rhs : the right-hand side at a time and states.
    slope, jacobian, time_derivative : right-hand side and its derivatives at `time` and `states`;
        the last is None for a system that does not depend on time.
    """
    ar = arithmetic
    size = len(states)
    inverse_step = ar.divide(ar.constant(1.0), step)
    diagonal = ar.multiply(inverse_step, ar.constant(1.0 / GAMMA))
    factors = factorize(ar, plan, diagonal, jacobian)
    stages: list[list[V]] = []
    at: list[V] = list(states)
    for s in range(STAGES):
        if s == 0:
            values = list(slope)
        else:
            if s < len(A):
                at = [weighted(ar, A[s], stages, i, states[i]) for i in range(size)]
            else:
                at = [ar.add(at[i], stages[s - 1][i]) for i in range(size)]
            moved = time
            if time_derivative is not None:
                moved = ar.multiply_add(step, ar.constant(TIME_NODES[s]), time)
            values = list(rhs(moved, at))
            for i in range(size):
                past = weighted(ar, C[s], stages, i, None)
                values[i] = ar.multiply_add(past, inverse_step, values[i])
        if time_derivative is not None and TIME_SLOPES[s] != 0.0:
            scale = ar.multiply(step, ar.constant(TIME_SLOPES[s]))
            values = [ar.multiply_add(scale, time_derivative[i], values[i]) for i in range(size)]
        stages.append(solve_factored(ar, factors, values))
    new = tuple(ar.add(at[i], stages[-1][i]) for i in range(size))
    return Step(new, tuple(stages[-1]), tuple(tuple(k) for k in stages))


def dense_coefficients(
    arithmetic: Arithmetic[V], stages: Sequence[Sequence[V]]
) -> tuple[tuple[V, ...], ...]:
    """Three coefficients of each state, (3, S), for `leucel.compile.stepper.interpolate`."""
    size = len(stages[0])
    return tuple(
        tuple(weighted(arithmetic, row, stages, i, None) for i in range(size)) for row in DENSE
    )
