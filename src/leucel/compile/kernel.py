"""What a backend is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Final, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
# Rounds of events that set each other off at one moment; a model that needs more never ends.
LONGEST_CHAIN: Final = 1000


class Method(IntEnum):
    """By which formula a subject was integrated at its end."""

    EXPLICIT = 0
    ROSENBROCK = 1
    REFERENCE = 2
    CLOSED_FORM = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Ensemble:
    """N subjects of one model; everything is checked before it comes here.

    Attributes
    ----------
    subjects : N.
    columns : one array for each parameter, (N,), or (1,) when all subjects share the value.
    times : output times [day], (T,), ascending, none before `start`.
    start : time at which the initial values hold [day].
    jump_times : times at which a state jumps, ascending in each row, none before `start`, infinity
        where a subject has fewer jumps than others, (N, D). Jumps of one time follow their order.
    jump_values : what is added to a state, or what it is set to, (N, D).
    jump_states : index of the state, (N, D).
    jump_sets : 1 where the state is set, 0 where the value is added, (N, D).
    outputs : indices of the outputs that are kept, (O,).
    """

    subjects: int
    columns: tuple[Floats, ...]
    times: Floats
    start: float
    jump_times: Floats
    jump_values: Floats
    jump_states: Ints
    jump_sets: Ints
    outputs: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Controls:
    """How accurately and how long to integrate.

    Attributes
    ----------
    rtol : relative tolerance.
    atol : absolute tolerance of each state, (S,).
    max_steps : steps tried for one subject.
    max_step : longest step [day].
    state_limit : a state beyond this size has left the domain; inputs are not looked at.
    threads : workers; never changes a result.
    method : "auto" starts each subject with the explicit method and gives it to the Rosenbrock
        method where it turns out to be stiff.
    """

    rtol: float
    atol: Floats
    max_steps: int
    max_step: float
    state_limit: float
    threads: int
    method: Literal["auto", "explicit", "rosenbrock"] = "auto"


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """What came out.

    Attributes
    ----------
    values : (N, O, T), NaN from the moment at which a subject failed.
    status : `leucel.core.Status` as a number, (N,).
    steps : steps tried, (N,).
    methods : `Method` at the end of each subject as a number, (N,).
    event_times : time of the first occurrence of each event [day], infinity when it did not
        happen, (N, E).
    """

    values: Floats
    status: Ints
    steps: Ints
    methods: Ints
    event_times: Floats


class Kernel(Protocol):
    """A model made ready by a backend."""

    def solve(
        self, ensemble: Ensemble, controls: Controls, advance: Callable[[int], None]
    ) -> Solution:
        """Simulate all subjects; `advance` is told how many more are done."""
        ...
