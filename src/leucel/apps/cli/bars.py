"""Progress bars on stderr: one for each part, with the step it is at."""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING, final

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from leucel.core import Progress as ProgressProtocol


def progress_bars(*, show: bool) -> RichBars | SilentBars:
    """Bars for a person, or nothing for a program."""
    return RichBars() if show else SilentBars()


@final
class SilentBars:
    """Shows nothing."""

    def __enter__(self) -> ProgressProtocol:
        from leucel.core import SILENT

        return SILENT

    def __exit__(self, *_: object) -> None:
        return None


@final
class RichBars:
    """A bar for each outermost piece of work; pieces inside it move that bar."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import (
            BarColumn,
            Progress,
            SpinnerColumn,
            TaskProgressColumn,
            TextColumn,
            TimeElapsedColumn,
        )

        self._display: Progress = Progress(
            SpinnerColumn(finished_text="[green]✓"),
            TextColumn("{task.fields[part]:<24}"),
            BarColumn(bar_width=30),
            TaskProgressColumn(),
            TimeElapsedColumn(),
            TextColumn("[dim]{task.fields[step]}"),
            console=Console(stderr=True),
        )
        self._task: TaskID | None = None
        self._depth = 0
        self._total = 1

    def __enter__(self) -> RichBars:
        self._display.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._display.stop()

    def start(self, name: str, total: int) -> None:
        """Open a bar, or name the step inside the open one."""
        self._depth += 1
        if self._depth == 1:
            self._total = max(1, total)
            self._task = self._display.add_task("", total=self._total, part=name, step="")
        elif self._task is not None:
            self._display.update(self._task, step=name, total=max(1, total), completed=0)

    def advance(self, units: int = 1) -> None:
        """Move the bar."""
        if self._task is not None:
            self._display.advance(self._task, units)

    def finish(self) -> None:
        """Close the step, or the bar when no step is open."""
        self._depth = max(0, self._depth - 1)
        if self._task is not None:
            task = self._task
            if self._depth == 0:
                self._display.update(task, total=1, completed=1, step="")
                self._task = None
            else:
                self._display.update(task, step="", total=self._total, completed=0)
