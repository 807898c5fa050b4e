"""What a backend is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int32]
# Rounds of events that set each other off at one moment; a model that needs more never ends.
LONGEST_CHAIN: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Ensemble:
    """N subjects of one model; everything is checked before it comes here.

    Attributes
    ----------
    subjects : N.
    columns : one array for each parameter, (N,), or (1,) when all subjects share the value.
    times : output times [day], (T,), ascending, none before `start`.
    start : time at which the initial values hold [day].
    bolus_times : times of boluses, ascending in each row, none before `start`, (N, D).
    bolus_amounts : what is added, (N, D).
    bolus_states : index of the state that it is added to, (N, D).
    outputs : indices of the outputs that are kept, (O,).
    """

    subjects: int
    columns: tuple[Floats, ...]
    times: Floats
    start: float
    bolus_times: Floats
    bolus_amounts: Floats
    bolus_states: Ints
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
    state_limit : a state beyond this size has left the domain.
    threads : workers; never changes a result.
    """

    rtol: float
    atol: Floats
    max_steps: int
    max_step: float
    state_limit: float
    threads: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """What came out.

    Attributes
    ----------
    values : (N, O, T), NaN from the moment at which a subject failed.
    status : `leucel.core.Status` as a number, (N,).
    steps : steps tried, (N,).
    event_times : time of the first occurrence of each event [day], infinity when it did not
        happen, (N, E).
    """

    values: Floats
    status: Ints
    steps: Ints
    event_times: Floats


class Kernel(Protocol):
    """A model made ready by a backend."""

    def solve(
        self, ensemble: Ensemble, controls: Controls, advance: Callable[[int], None]
    ) -> Solution:
        """Simulate all subjects; `advance` is told how many more are done."""
        ...
