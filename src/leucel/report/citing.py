"""Marks and references as they stand beside a number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from markupsafe import Markup, escape

from leucel.core import Mark
from leucel.report.bibliography import Bibliography
from leucel.report.inputs import first, number, texts
from leucel.report.numbers import format_interval, format_limits

_MARKS = {mark.value: mark for mark in Mark}


def find_mark(name: Any) -> Mark | None:
    """The mark of a name, written as in the evidence (`own value`) or as in code (`OWN_VALUE`)."""
    if isinstance(name, Mark):
        return name
    return _MARKS.get(str(name or "").strip().casefold().replace("_", " "))


def mark_tag(names: Any) -> Markup:
    """One small tag for each mark; nothing for an unknown one."""
    found = dict.fromkeys(
        mark
        for name in ([names] if isinstance(names, Mark) else texts(names))
        if (mark := find_mark(name)) is not None
    )
    return Markup(" ").join(
        Markup('<abbr class="mark mark-{0}" title="{1}">{2}</abbr>').format(
            mark.value.replace(" ", "-"), mark.meaning, mark.value
        )
        for mark in found
    )


class Citer:
    """Writes references and sourced facts; the order of its calls numbers the bibliography."""

    def __init__(self, bibliography: Bibliography) -> None:
        self._bibliography = bibliography

    def refs(self, ids: Any) -> Markup:
        """Superscript references to sources; nothing when there are none."""
        numbers = self._bibliography.numbers(texts(ids))
        if not numbers:
            return Markup("")
        links = Markup(",").join(
            Markup('<a href="#ref-{0}">{0}</a>').format(position) for position in numbers
        )
        return Markup('<sup class="ref">{0}</sup>').format(links)

    def run(self) -> Markup:
        """The reference of a number that this run has computed: the manifest."""
        return Markup('<sup class="ref"><a href="#manifest">run</a></sup>')

    def computed(self, value: Any, low: Any = None, high: Any = None, unit: Any = "") -> Markup:
        """A number of this run with its interval and its reference."""
        return Markup('<span class="value">{0}</span>{1}').format(
            format_interval(value, low, high, unit), self.run()
        )

    def published(
        self, value: Any, low: Any, high: Any, unit: Any, ids: Any, *, bold: bool = False
    ) -> Markup:
        """A number from outside with its interval and its sources."""
        written = escape(format_interval(value, low, high, unit))
        if bold:
            written = Markup("<strong>{0}</strong>").format(written)
        return Markup('<span class="value">{0}</span>{1}').format(written, self.refs(ids))

    def fact(self, given: Any, *, marked: bool = True) -> Markup:
        """A statement or quantity of the programme file with its tag and references."""
        if given is None:
            return Markup("")
        if isinstance(given, Mapping):
            value = given.get("value")
            unit = given.get("unit", "")
            if number(value) is not None:
                written = format_interval(value, given.get("low"), given.get("high"), unit)
            else:
                written = "" if value is None else str(value)
            tag = mark_tag(given.get("mark")) if marked else Markup("")
            return Markup("{0}{1} {2}").format(
                written, self.refs(first(given, "source", "sources")), tag
            )
        if isinstance(given, Iterable) and not isinstance(given, str):
            return Markup("; ").join(self.fact(item, marked=marked) for item in given)
        return escape(str(given))


def split_value(value: Any, low: Any, high: Any, unit: Any) -> tuple[str, str]:
    """A value and its limits apart, for cards: `96.0%` and `90.2 to 98.9`."""
    return format_interval(value, None, None, unit), format_limits(low, high, unit)
