"""Errors of leucel, and the one place where their messages are built.

::

    LeucelError                 anything leucel raises on purpose; the command line exits with 1
    ├── InputError              the input is unusable; exits with 2; carries every problem found
    │   ├── ModelError          a model definition is wrong (syntax, units, unknown symbol)
    │   ├── UnitError           a unit is unknown or two units do not fit
    │   └── ScaleError          rates on different scales are mixed (age-standardized against crude)
    ├── SolveError              a single simulation could not be finished
    ├── StorageError            the file system refused (disk full, not writable, already there)
    └── MissingEvidenceError    a number is needed that no source gives; the user has to supply it
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where in a user's file a problem stands; lines and columns count from 1."""

    file: str | None = None
    line: int | None = None
    column: int | None = None
    key: str | None = None

    def __str__(self) -> str:
        spot = ":".join(
            str(part) for part in (self.file, self.line, self.column) if part is not None
        )
        if self.key and spot:
            return f"{spot} ({self.key})"
        return spot or (self.key or "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing that is wrong with an input, in words its author understands.

    Attributes
    ----------
    what : the fault in one sentence.
    where : the place in the input, if it has one.
    allowed : what would have been accepted.
    received : what was given.
    fix : what to do now.
    """

    what: str
    where: Place | None = None
    allowed: str | None = None
    received: str | None = None
    fix: str | None = None

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where and str(self.where) else self.what
        parts = [head]
        if self.received is not None:
            parts.append(f"received {self.received}")
        if self.allowed is not None:
            parts.append(f"allowed: {self.allowed}")
        if self.fix is not None:
            parts.append(self.fix)
        return "; ".join(parts)


class LeucelError(Exception):
    """Base of every error that leucel raises on purpose."""

    exit_code: int = 1


class InputError(LeucelError):
    """The input cannot be used; `problems` holds all of its faults, not only the first."""

    exit_code = 2

    def __init__(self, problems: str | Problem | Iterable[Problem]) -> None:
        if isinstance(problems, str):
            problems = Problem(what=problems)
        if isinstance(problems, Problem):
            problems = (problems,)
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class ModelError(InputError):
    """A model definition is wrong."""


class UnitError(InputError):
    """A unit is unknown, or two units do not fit together."""


class ScaleError(InputError):
    """Rates on different scales were added, compared or tested against each other."""


class SolveError(LeucelError):
    """A single simulation did not finish; the message says why."""


class StorageError(LeucelError):
    """The file system refused a read or a write."""


class UnreadableFileError(StorageError):
    """A file that was named as input cannot be read."""

    exit_code = 2


class MissingEvidenceError(InputError):
    """A number is needed that no usable source gives."""


_LISTED = 40  # a longer list of names hides the message


def near_misses(name: str, allowed: Iterable[str], *, limit: int = 3) -> tuple[str, ...]:
    """Names among `allowed` that `name` was probably meant to be, best first.

    Examples
    --------
    >>> near_misses("sponser", ["sponsor", "names", "target"])
    ('sponsor',)
    """
    folded = {candidate.casefold(): candidate for candidate in allowed}
    found = difflib.get_close_matches(name.casefold(), folded, n=limit, cutoff=0.6)
    return tuple(folded[match] for match in found)


def unknown_name(
    name: str, allowed: Sequence[str], *, noun: str, where: Place | None = None
) -> Problem:
    """The problem "no such `noun`", with the nearest names that exist."""
    near = near_misses(name, allowed)
    if not allowed:
        names = f"there is no {noun} yet"
    elif len(allowed) <= _LISTED:
        names = ", ".join(sorted(allowed))
    else:
        names = f"one of {len(allowed)} names"
    return Problem(
        what=f"unknown {noun} {name!r}",
        where=where,
        allowed=names,
        fix=f"did you mean {' or '.join(repr(match) for match in near)}?" if near else None,
    )
