"""The method of steps on SciPy's dense outputs: what the states were, and where they kink."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from typing import Any, Final, final

import numpy as np

from leucel.compile.kernel import Floats

_BLUR: Final = 64 * np.finfo(np.float64).eps
# A kink this many delays after a jump is too smooth for any of the solvers to matter.
_WEAKEST: Final = 12


@final
class Past:
    """The course of one subject so far.

    Parameters
    ----------
    start : time at which the initial states hold.
    initial : states before it.
    lags : lengths of the delays.
    """

    def __init__(self, start: float, initial: Floats, lags: Sequence[float]) -> None:
        self._start, self._initial = start, initial
        self._lags = [float(lag) for lag in lags]
        self._ends: list[float] = []
        self._pieces: list[Callable[[float], Any]] = []
        self._jumps: list[float] = [start]

    def states(self, k: int, time: float, *, after: bool) -> Floats:
        """The states as they were delay k before a time.

        `after` decides about a moment at which they jumped.
        """
        moment = time - self._lags[k]
        blur = _BLUR * abs(time)
        if after:
            place = bisect_right(self._ends, moment + blur)
            early = moment < self._start - blur
        else:
            place = bisect_left(self._ends, moment - blur)
            early = moment <= self._start + blur
        if early or not self._ends:
            return self._initial
        place = min(place, len(self._ends) - 1)
        return np.asarray(self._pieces[place](moment), dtype=np.float64)

    def keep(self, end: float, piece: Callable[[float], Any]) -> None:
        """Remember a step and its dense output."""
        self._ends.append(end)
        self._pieces.append(piece)

    def jumped(self, time: float) -> None:
        """Remember a jump, at which the delays will kink."""
        self._jumps.append(time)

    def bound(self, time: float) -> float:
        """How far the derivatives are known and smooth."""
        soonest = time + min(self._lags)
        for jump in self._jumps:
            for lag in self._lags:
                for n in range(1, _WEAKEST + 1):
                    kink = jump + n * lag
                    if kink > time * (1.0 + _BLUR):
                        soonest = min(soonest, kink)
                        break
        return soonest
