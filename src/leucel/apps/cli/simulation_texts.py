"""Texts of the command line that hold names, values or times."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_MOST_TIMES: Final = 1_000_000


def pairs(texts: Sequence[str], option: str) -> dict[str, str]:
    """Names and values of texts such as NAME=VALUE.

    Raises
    ------
    InputError
        With every text that is none, and every name that stands twice.
    """
    from leucel.core import InputError, Problem

    problems: list[Problem] = []
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = (part.strip() for part in text.partition("="))
        if not (name and equals and value):
            problems.append(Problem(what=f"{option} needs NAME=VALUE", received=repr(text)))
        elif name in found:
            problems.append(Problem(what=f"{option} is given twice for {name!r}"))
        found[name] = value
    if problems:
        raise InputError(problems)
    return found


def parse_times(text: str) -> NDArray[np.float64]:
    """Times from START:STOP:STEP or a list.

    Raises
    ------
    InputError
        When the text cannot be read, or the times do not ascend from 0 or later.
    """
    import numpy as np

    from leucel.core import InputError, Problem

    times: NDArray[np.float64] | None = None
    try:
        if ":" in text:
            start, end, step = (float(part) for part in text.split(":"))
            count = int(np.floor((end - start) / step + 1e-9)) + 1
            if step > 0 and 1 <= count <= _MOST_TIMES:
                times = np.asarray(start + step * np.arange(count), dtype=np.float64)
        else:
            times = np.array([float(part) for part in text.split(",")])
    except (ValueError, ZeroDivisionError, OverflowError):
        pass
    if times is None or not np.isfinite(times).all():
        raise InputError(
            Problem(
                what="--times cannot be read",
                received=repr(text),
                allowed="START:STOP:STEP with a positive step and at most a million times, or a "
                "list such as 0,7,14,28",
            )
        )
    falls = np.flatnonzero(np.diff(times) < 0.0)
    if len(falls):
        at = int(falls[0])
        raise InputError(
            Problem(
                what="--times are not sorted",
                received=f"{times[at]:g} before {times[at + 1]:g}",
                allowed="ascending times",
            )
        )
    if times[0] < 0.0:
        problem = Problem(what="--times begin before the start", received=f"{times[0]:g}")
        raise InputError(problem)
    return times
