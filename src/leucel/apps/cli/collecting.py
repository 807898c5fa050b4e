"""All problems of a command at once: parts of its input are read one by one, faults are kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar, final

if TYPE_CHECKING:
    from leucel.core import Problem

T = TypeVar("T")


@final
class Faults:
    """Keeps the faults of what is tried, to tell them together."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def attempt(self, read: Callable[[], T]) -> T | None:
        """What `read` gives; None when the input is unusable, whose faults are kept."""
        from leucel.core import InputError, Problem, StorageError

        try:
            return read()
        except InputError as error:
            self.problems += error.problems
        except StorageError as error:
            self.problems.append(Problem(what=str(error)))
        return None

    def raise_any(self) -> None:
        """Raise what has been kept.

        Raises
        ------
        InputError
            With every fault once.
        """
        from leucel.core import InputError

        if self.problems:
            raise InputError(dict.fromkeys(self.problems))
