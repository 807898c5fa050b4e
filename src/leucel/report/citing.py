"""Marks and references as they stand beside a number."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from markupsafe import Markup, escape

from leucel.core import Mark
from leucel.report.bibliography import Bibliography
from leucel.report.inputs import first, number, texts
from leucel.report.numbers import format_given_interval, format_interval

_MARKS = {mark.value: mark for mark in Mark}


def find_mark(name: Any) -> Mark | None:
    """The mark of a name, written as in the evidence (`own value`) or as in code (`OWN_VALUE`)."""
    if isinstance(name, Mark):
        return name
    return _MARKS.get(str(name or "").strip().casefold().replace("_", " "))


def mark_tag(names: Any, *, remarks: bool = True) -> Markup:
    """One small tag for each mark or remark; marks alone when `remarks` is false.

    A mark shows its meaning on hover. Other remarks (`contested by SA-ODD-THR-02`) stand in a plain
    tag; a remark that begins with a quantity and its mark (`prevalence derived (cases)`) takes the
    color of that mark.
    """
    given = [names] if isinstance(names, Mark) else texts(names)
    return Markup(" ").join(
        _tag(name) for name in dict.fromkeys(given) if remarks or find_mark(name) is not None
    )


def _tag(name: Any) -> Markup:
    mark = find_mark(name)
    if mark is not None:
        return _abbreviation(mark, mark.value, mark.meaning)
    text = str(name)
    for mark in Mark:
        found = re.match(rf"(\w+) {re.escape(mark.value)}\b", text)
        if found:
            return _abbreviation(mark, f"{found.group(1)}: {mark.value}", f"{text}: {mark.meaning}")
    return Markup('<span class="mark remark">{0}</span>').format(text)


def _abbreviation(mark: Mark, text: str, title: str) -> Markup:
    return Markup('<abbr class="mark mark-{0}" title="{1}">{2}</abbr>').format(
        mark.value.replace(" ", "-"), title, text
    )


def value_with_limits(text: str) -> Markup:
    """A written interval that may break only before its parenthesis."""
    head, parenthesis, tail = text.partition(" (")
    written = Markup('<span class="value">{0}</span>').format(head)
    if parenthesis:
        written += Markup(' <span class="value">({0}</span>').format(tail)
    return written


def use_tag(row: Mapping[str, Any]) -> Markup:
    """Whether the published value of an endpoint row was used to calibrate or is a test."""
    use = str(row.get("used_for") or "")
    if use not in {"calibration", "prediction"} or number(row.get("published")) is None:
        return Markup("")
    return Markup('<span class="use use-{0}">{0}</span>').format(use)


def _runs(numbers: tuple[int, ...]) -> list[tuple[int, int]]:
    """Sorted numbers as runs: 1, 2, 3, 7 becomes 1 to 3 and 7 to 7."""
    runs: list[tuple[int, int]] = []
    for position in numbers:
        if runs and position == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], position)
        else:
            runs.append((position, position))
    return runs


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
            Markup("–" if last - start > 1 else ",").join(
                Markup('<a href="#ref-{0}">{0}</a>').format(position)
                for position in dict.fromkeys((start, last))
            )
            for start, last in _runs(numbers)
        )
        return Markup('<sup class="ref">{0}</sup>').format(links)

    def run(self) -> Markup:
        """The reference of a number that this run has computed: the manifest."""
        return Markup('<sup class="ref"><a href="#manifest">run</a></sup>')

    def computed(self, value: Any, low: Any = None, high: Any = None, unit: Any = "") -> Markup:
        """A number of this run with its interval and its reference."""
        return value_with_limits(format_interval(value, low, high, unit)) + self.run()

    def published(self, value: Any, low: Any, high: Any, unit: Any, ids: Any) -> Markup:
        """A number from outside, written as it was given, with its interval and its sources."""
        return value_with_limits(format_given_interval(value, low, high, unit)) + self.refs(ids)

    def fact(self, given: Any, *, marked: bool = True) -> Markup:
        """A statement or quantity of the programme file with its tag and references."""
        if given is None:
            return Markup("")
        if isinstance(given, Mapping):
            value = given.get("value")
            unit = given.get("unit", "")
            if number(value) is not None:
                written = format_given_interval(value, given.get("low"), given.get("high"), unit)
            else:
                written = "" if value is None else str(value)
            tag = mark_tag(given.get("mark")) if marked else Markup("")
            return Markup("{0}{1} {2}").format(
                written, self.refs(first(given, "source", "sources")), tag
            )
        if isinstance(given, Iterable) and not isinstance(given, str):
            return Markup("; ").join(self.fact(item, marked=marked) for item in given)
        return escape(str(given))
