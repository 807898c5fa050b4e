"""SciPy's LSODA with a right-hand side and a Jacobian compiled by Numba."""

from __future__ import annotations

import time
import warnings
from collections.abc import Callable
from functools import cache
from typing import Any

import numba
import numpy as np
import scipy
import sympy
from scipy.integrate import ODEintWarning, odeint
from sympy.printing.pycode import PythonCodePrinter

from leucel.model import ModelSpec, symbolic_system
from peer_cases import DAYS, Answer, Array, Case

SEGMENT = len(DAYS) - 1
MOST_STEPS = 5000
SECONDS_PER_PATIENT = 5.0


@cache
def compiled_functions(spec: ModelSpec) -> tuple[Callable[..., Array], Callable[..., Array]]:
    """Right-hand side f(t, y, p) and Jacobian of a model as machine code."""
    system = symbolic_system(spec)
    size = len(system.states)
    names = {str(s): f"y[{i}]" for i, s in enumerate(system.states)}
    names |= {str(s): f"p[{i}]" for i, s in enumerate(system.parameters)}
    names[str(system.time)] = "t"

    def function(entries: dict[str, sympy.Expr], shape: str) -> Callable[..., Array]:
        shared, results = sympy.cse(list(entries.values()), symbols=sympy.numbered_symbols("c_"))
        printer = PythonCodePrinter({"fully_qualified_modules": False})
        used = {str(s) for e in entries.values() for s in e.free_symbols}
        lines = [f"    {name} = {names[name]}" for name in sorted(used) if name in names]
        lines = [line for line in lines if not line.strip().startswith("t = ")]
        lines += [f"    {name} = {printer.doprint(value)}" for name, value in shared]
        lines += [f"    out = zeros({shape})"]
        lines += [
            f"    out[{at}] = {printer.doprint(value)}"
            for at, value in zip(entries, results, strict=True)
        ]
        source = "def function(t, y, p):\n" + "\n".join(lines) + "\n    return out\n"
        from math import exp, log, sqrt, tanh

        scope: dict[str, Any] = {
            "exp": exp, "log": log, "sqrt": sqrt, "tanh": tanh, "zeros": np.zeros
        }  # fmt: skip
        exec(source, scope)
        made = numba.njit(scope["function"], error_model="numpy")
        made(0.0, np.ones(size), np.ones(len(system.parameters)))
        return made

    rhs = function({str(i): e for i, e in enumerate(system.rhs)}, f"{size}")
    jacobian = function(
        {f"{i}, {j}": e for (i, j), e in system.jacobian.items()}, f"({size}, {size})"
    )
    return rhs, jacobian


class OutOfTime(Exception):
    """A solver asks for more than it was given."""


def limited(rhs: Callable[..., Array], parameters: Array, seconds: float) -> Callable[..., Array]:
    """The right-hand side f(t, y), which ends a solver that takes too long."""
    end = time.perf_counter() + seconds

    def call(t: float, y: Array) -> Array:
        if time.perf_counter() > end:
            raise OutOfTime
        return rhs(t, y, parameters)

    return call


def solve(case: Case, rtol: float, atol: float) -> Answer:
    """All patients one after another; extinction is looked for at each day, at no cost."""
    start = time.process_time()
    rhs, jacobian = compiled_functions(case.spec)
    apart = time.process_time() - start
    table = case.table
    values = np.full((case.count, len(DAYS), case.initial.shape[1]), np.nan)
    start = time.process_time()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ODEintWarning)
        for patient in range(case.count):
            course = _course(case, rhs, jacobian, case.initial[patient], table[patient], rtol, atol)
            values[patient, : len(course)] = course
    seconds = time.process_time() - start
    return Answer(
        values=values,
        seconds=seconds,
        program=f"SciPy {scipy.__version__} odeint (LSODA), right-hand side and Jacobian by Numba "
        f"{numba.__version__}",
        apart=f"compiled in {apart:.1f} s",
    )


def _course(
    case: Case,
    rhs: Callable[..., Array],
    jacobian: Callable[..., Array],
    initial: Array,
    parameters: Array,
    rtol: float,
    atol: float,
) -> Array:
    """States of one patient; shorter than the days when the solver or the time gave out."""
    parts, at, state, dead = [initial[None]], 0, initial, False
    end = time.perf_counter() + SECONDS_PER_PATIENT
    while at < len(DAYS) - 1:
        days = DAYS[at : at + SEGMENT + 1]
        got, info = odeint(
            rhs, state, days, args=(parameters,), Dfun=jacobian, tfirst=True, rtol=rtol, atol=atol,
            mxstep=MOST_STEPS, full_output=True,
        )  # fmt: skip
        if "successful" not in info["message"] or time.perf_counter() > end:
            break
        if case.extinct is not None and not dead:
            watched, factor, limit, zeroed = case.extinct
            below = got[:, watched] * factor < limit
            if below.any():
                dead = True
                got = got[: int(below.argmax()) + 1].copy()
                got[-1, list(zeroed)] = 0.0
        parts.append(got[1:])
        at += len(got) - 1
        state = got[-1]
    return np.concatenate(parts)
