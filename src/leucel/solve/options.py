"""How to solve: tolerances, limits and threads."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from leucel.core import InputError, Problem

DEFAULT_ATOL = 1e-100
_RTOL_RANGE = (1e-13, 0.1)
MethodName = Literal["auto", "explicit", "rosenbrock"]


def processors() -> int:
    """Number of processors that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SolveOptions:
    """Accuracy and limits of a simulation.

    Attributes
    ----------
    rtol : relative tolerance of a step, 1e-13 to 0.1.
    atol : absolute tolerance of a step in the units of the states, above 0; one number for all
        states or a number for each state named (the others take the default). States far below it
        are not resolved, and noise of that size can grow: cell numbers that fall to 1e-40 and come
        back need the default, which makes the tolerance relative over 100 orders of magnitude.
    max_steps : steps that one subject may try; beyond it the subject ends as `MAX_STEPS`.
    max_step : longest step [time unit of the model], above 0.
    state_limit : a subject with a state beyond this size ends as `LEFT_DOMAIN`; by default growth
        is followed up to the largest number that the machine knows.
    method : "auto" starts each subject with an explicit method and goes on with a Rosenbrock method
        where it turns out to be stiff; "explicit" and "rosenbrock" keep to one of them. With
        sensitivities "auto" is "rosenbrock". The reference backend has its own.
    threads : workers; None takes all processors that this process may use. Results are bitwise
        the same for any number.

    Raises
    ------
    InputError
        With every value that is out of range.

    Examples
    --------
    >>> SolveOptions(rtol=1e-8).max_steps
    50000
    """

    rtol: float = 1e-6
    atol: float | Mapping[str, float] = DEFAULT_ATOL
    max_steps: int = 50_000
    max_step: float = math.inf
    state_limit: float = math.inf
    method: MethodName = "auto"
    threads: int | None = None

    def __post_init__(self) -> None:
        problems: list[Problem] = []

        def require(holds: bool, name: str, value: object, allowed: str) -> None:
            if not holds:
                what = f"the option {name} is out of range"
                problems.append(Problem(what=what, received=repr(value), allowed=allowed))

        low, high = _RTOL_RANGE
        require(low <= self.rtol <= high, "rtol", self.rtol, f"{low:g} to {high:g}")
        absolute = self.atol if isinstance(self.atol, Mapping) else {"": self.atol}
        for state, value in absolute.items():
            name = f"atol of {state}" if state else "atol"
            require(0.0 < value < math.inf, name, value, "a finite number above 0")
        require(self.max_steps >= 1, "max_steps", self.max_steps, "1 or more")
        require(self.max_step > 0.0, "max_step", self.max_step, "above 0")
        require(self.state_limit > 0.0, "state_limit", self.state_limit, "above 0")
        methods = get_args(MethodName)
        require(self.method in methods, "method", self.method, ", ".join(methods))
        require(
            self.threads is None or self.threads >= 1, "threads", self.threads, "1 or more, or None"
        )
        if problems:
            raise InputError(problems)
