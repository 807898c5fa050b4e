"""Progress as an argument: long work reports, whoever calls decides what to show."""

from __future__ import annotations

from typing import Protocol, final


class Progress(Protocol):
    """Receives the progress of one piece of work."""

    def start(self, name: str, total: int) -> None:
        """Work called `name` of `total` units begins."""
        ...

    def advance(self, units: int = 1) -> None:
        """`units` more are done."""
        ...

    def finish(self) -> None:
        """The work has ended."""
        ...


@final
class SilentProgress:
    """Shows nothing."""

    def start(self, name: str, total: int) -> None:
        """Ignore the start."""

    def advance(self, units: int = 1) -> None:
        """Ignore the advance."""

    def finish(self) -> None:
        """Ignore the end."""


SILENT: Progress = SilentProgress()
