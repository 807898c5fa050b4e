"""What commands put on the screen: JSON, tables, panels for errors, progress bars."""

from __future__ import annotations

import functools
import json
import logging
import os
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

import typer

if TYPE_CHECKING:
    from rich.console import Console

_P = ParamSpec("_P")
_R = TypeVar("_R")
_INTERRUPTED = 130
_FAILED = 1
_UNUSABLE = 2
# Characters between two columns of a table, wide and narrow, and at both its edges.
_WIDE_GAP, _NARROW_GAP, _EDGES = 3, 2, 2


def guarded(command: Callable[_P, _R]) -> Callable[_P, _R]:
    """Turn every error of a command into one panel on stderr and an exit code.

    0 is success, 1 a failure, 2 unusable input, 130 an interruption.
    """

    @functools.wraps(command)
    def run(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            return command(*args, **kwargs)
        except (typer.Exit, typer.Abort):
            raise
        except KeyboardInterrupt:
            hint = (
                "the finished parts are kept: run the same command with --resume"
                if command.__name__ == "run"
                else ""
            )
            show_error("Interrupted", [hint or "nothing was kept"])
            raise typer.Exit(_INTERRUPTED) from None
        except BrokenPipeError:
            # The reader of our output has gone away; that is its right.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(_FAILED) from None
        except Exception as error:
            raise typer.Exit(_explain(error)) from error

    return run


def _explain(error: Exception) -> int:
    from leucel.core import InputError, LeucelError

    if isinstance(error, InputError):
        count = len(error.problems)
        title = "1 problem with the input" if count == 1 else f"{count} problems with the input"
        show_error(title, [str(problem) for problem in error.problems])
        return error.exit_code
    if isinstance(error, LeucelError):
        unusable = error.exit_code == _UNUSABLE
        title = "1 problem with the input" if unusable else "leucel could not finish"
        show_error(title, [str(error)])
        return error.exit_code
    logging.getLogger(__name__).debug("unexpected error", exc_info=error)
    if isinstance(error, MemoryError):
        show_error("leucel could not finish", ["there is not enough memory; use fewer patients"])
        return _FAILED
    where = _innermost_place(error)
    show_error(
        "A fault in leucel",
        [
            f"{type(error).__name__}: {error} ({where})",
            "This is not your fault: please report it with the command that led here.",
        ],
    )
    return _FAILED


def _innermost_place(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return "place unknown"
    return f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}"


def show_error(title: str, lines: Sequence[str]) -> None:
    """Print a panel on stderr."""
    from rich import box
    from rich.panel import Panel
    from rich.text import Text

    text = Text("\n".join(f"• {line}" if len(lines) > 1 else line for line in lines))
    screen(error=True).print(
        Panel(text, title=title, title_align="left", border_style="red", box=box.ROUNDED)
    )


def screen(*, error: bool = False) -> Console:
    """The terminal, stdout or stderr."""
    from rich.console import Console

    return Console(stderr=error, highlight=False, soft_wrap=False)


def print_json(data: Any) -> None:
    """Print data as JSON on stdout; NaN and infinity become null."""
    from leucel.programme import plain

    sys.stdout.write(json.dumps(plain(data), indent=2, ensure_ascii=False, allow_nan=False) + "\n")


def print_table(
    rows: Iterable[Mapping[str, Any]], columns: Mapping[str, str], *, title: str = ""
) -> None:
    """Print rows as a table; `columns` maps keys to heads."""
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    found = [dict(row) for row in rows]
    cells = {key: [shown(row.get(key)) for row in found] for key in columns}
    texts = [(head, *cells[key]) for key, head in columns.items()]
    words = [max(len(word) for text in column for word in text.split() or [""]) for column in texts]
    lines = [
        max(len(line) for text in column for line in text.splitlines() or [""]) for column in texts
    ]
    # Where whole words do not fit, the columns move together before words are broken.
    narrow = screen().width - _EDGES - _WIDE_GAP * (len(words) - 1) < sum(words)
    gaps = (_NARROW_GAP if narrow else _WIDE_GAP) * (len(words) - 1)
    widths = _column_widths(words, lines, screen().width - _EDGES - gaps)
    table = Table(
        title=title or None,
        title_justify="left",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        padding=(0, 1, 0, 0) if narrow else (0, 1),
    )
    for (key, head), width in zip(columns.items(), widths, strict=True):
        numeric = any(isinstance(row.get(key), int | float) for row in found)
        table.add_column(
            escape(head), justify="right" if numeric else "left", overflow="fold", width=width
        )
    for row in zip(*cells.values(), strict=True):
        table.add_row(*map(escape, row))
    screen().print(table)


def _column_widths(words: Sequence[int], lines: Sequence[int], room: int) -> list[int] | list[None]:
    """Widths between the longest word and the longest line of each column, the short lines first.

    Without room for whole words, none: the columns then share the width as the table likes.
    """
    left = room - sum(words)
    if left < 0:
        return [None] * len(words)
    widths = list(words)
    for index in sorted(range(len(words)), key=lambda i: lines[i] - words[i]):
        wanted = min(lines[index] - words[index], left)
        widths[index] += wanted
        left -= wanted
    return widths


def shown(value: Any) -> str:
    """A value in a cell: four digits at most, a dash for nothing.

    Examples
    --------
    >>> shown(12345.678), shown(0.24561), shown(None), shown(["a", "b"])
    ('12,346', '0.2456', '–', 'a, b')
    """
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        if abs(value) >= 1e7:
            return f"{value:.3g}"
        return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"
    if isinstance(value, list | tuple):
        return ", ".join(map(str, value))
    return str(value)


def with_limits(value: Any, low: Any, high: Any) -> str:
    """A value with its limits in brackets, short enough for a cell.

    Examples
    --------
    >>> with_limits(96.04, 90.2, 98.9), with_limits(151557.2, 142608, None)
    ('96 (90.2-98.9)', '152k (143k-–)')
    """
    if value is None or (low is None and high is None):
        return _short(value)
    return f"{_short(value)} ({_short(low)}-{_short(high)})"


def _short(value: Any) -> str:
    if not isinstance(value, int | float):
        return shown(value)
    for size, letter in ((1e9, "G"), (1e6, "M"), (1e4, "k")):
        if abs(value) >= size:
            return f"{value / (1e3 if letter == 'k' else size):.3g}{letter}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def show_endpoints(trial: Mapping[str, Any]) -> None:
    """Print the endpoints of a virtual trial beside the published ones, subgroups last."""
    print_table(
        (
            {
                **row,
                "endpoint": _labeled(row),
                "simulated": with_limits(row["value"], row["ci_low"], row["ci_high"]),
                "published": with_limits(
                    row["published"], row["published_low"], row["published_high"]
                ),
                "used_for": row["used_for"] if row["published"] is not None else None,
            }
            for row in (*trial["endpoints"], *trial.get("subgroups", ()))
        ),
        {
            "endpoint": "endpoint",
            "month": "month",
            "simulated": "simulated (95% CI)",
            "published": "published (95% CI)",
            "used_for": "used for",
        },
        title="Simulated beside published",
    )


def _labeled(row: Mapping[str, Any]) -> str:
    """An endpoint with its unit, where the name does not say it."""
    name, unit = str(row["endpoint"]), str(row["unit"])
    if row.get("group"):
        return f"{name}, {row['group']} [{unit}]"
    return name if name.endswith(f"_{unit}s") else f"{name} [{unit}]"


def write_frame(frame: Any, path: Path) -> None:
    """Write a table as Parquet or CSV, by the ending of the path.

    Raises
    ------
    InputError
        When the ending is neither.
    StorageError
        When the file system refuses.
    """
    from leucel.core import InputError, Problem, write_atomic
    from leucel.programme import parquet_bytes

    ending = path.suffix.casefold()
    if ending == ".parquet":
        write_atomic(path, parquet_bytes(frame))
    elif ending == ".csv":
        write_atomic(path, frame.to_csv(index=False))
    else:
        raise InputError(
            Problem(
                what="the ending of --out does not say what to write",
                received=path.name,
                allowed=".parquet or .csv",
            )
        )
