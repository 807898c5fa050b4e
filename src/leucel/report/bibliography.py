"""References numbered in the order in which the text cites them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from leucel.core import Mark, Source
from leucel.report.inputs import texts


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of the bibliography.

    Attributes
    ----------
    number : the number that the text uses, from 1.
    source : the source; a made-up one that says so when the id is not known.
    known : False when a number names a source that nobody described.
    cited : False when nothing in the text refers to it.
    """

    number: int
    source: Source
    known: bool
    cited: bool

    @property
    def anchor(self) -> str:
        """The name of this entry as a place in the document."""
        return f"ref-{self.number}"

    @property
    def link(self) -> str | None:
        """The address a reader can open; only http and https are let through."""
        link = self.source.link
        return link if link and link.lower().startswith(("https://", "http://")) else None


def marks_by_source(*given: Any) -> dict[str, tuple[Mark, ...]]:
    """The marks under which plain data use each source, best first.

    Parameters
    ----------
    given : nested data; a mapping with `source` or `sources` and `mark` or `marks` counts.

    Examples
    --------
    >>> marks_by_source([{"source": "a", "mark": "derived"}, {"sources": ["a"], "marks": ["seen"]}])
    {'a': (<Mark.SEEN: 'seen'>, <Mark.DERIVED: 'derived'>)}
    """
    found: dict[str, set[Mark]] = {}
    _collect(given, found)
    order = list(Mark)
    return {name: tuple(sorted(marks, key=order.index)) for name, marks in sorted(found.items())}


def _collect(value: Any, found: dict[str, set[Mark]]) -> None:
    if isinstance(value, Mapping):
        marks = {
            mark
            for name in (*texts(value.get("mark")), *texts(value.get("marks")))
            if (mark := _MARKS.get(name.replace("_", " ").casefold())) is not None
        }
        if marks:
            for name in (*texts(value.get("source")), *texts(value.get("sources"))):
                found.setdefault(name, set()).update(marks)
        for item in value.values():
            _collect(item, found)
    elif isinstance(value, list | tuple):
        for item in value:
            _collect(item, found)


_MARKS = {mark.value: mark for mark in Mark}


class Bibliography:
    """Gives numbers to sources as they are cited.

    The numbers depend only on the order of the calls, so the same text has the same bibliography.

    Examples
    --------
    >>> wang = Source(id="wang_2021", citation="Wang D. Blood.")
    >>> bibliography = Bibliography({"wang_2021": wang})
    >>> bibliography.numbers(["wang_2021", "elsewhere"])
    (1, 2)
    >>> [entry.known for entry in bibliography.entries()]
    [True, False]
    """

    def __init__(self, sources: Mapping[str, Source]) -> None:
        self._sources = sources
        self._order: dict[str, int] = {}

    def numbers(self, ids: Iterable[str]) -> tuple[int, ...]:
        """The numbers of the named sources, smallest first; new sources get the next number."""
        found = {self._order.setdefault(name, len(self._order) + 1) for name in ids if name}
        return tuple(sorted(found))

    def entries(self) -> tuple[Entry, ...]:
        """All cited sources by number, then the others of the programme by their ids."""
        rest = sorted(set(self._sources) - set(self._order))
        return tuple(
            Entry(
                number=position,
                source=self._sources.get(name) or Source(id=name, citation=name, kind="unknown"),
                known=name in self._sources,
                cited=name in self._order,
            )
            for position, name in enumerate([*self._order, *rest], start=1)
        )
