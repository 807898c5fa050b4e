"""Reading model files: every fault with its line and column, all at once."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field, replace
from enum import Enum
from pathlib import Path
from typing import Any, TypeVar

from leucel.core import (
    Evidence,
    Kind,
    Mark,
    ModelError,
    Place,
    Problem,
    near_misses,
    storage_errors,
)
from leucel.model.scanning import NAME, UNIT, Fault, Scanner, without_comment
from leucel.model.spec import (
    Correlation,
    Event,
    Expression,
    ModelSpec,
    Output,
    Parameter,
    Residual,
    State,
)
from leucel.model.textfile import SECTIONS
from leucel.model.units import check_units

# After an unknown heading lines are skipped up to the next one: their faults would only be noise.
_UNKNOWN = "unknown"
Choice = TypeVar("Choice", bound=Enum)


def read_model(source: str | Path) -> ModelSpec:
    """Read a model from the text of a model file (`str`) or from a file (`Path`).

    Raises
    ------
    ModelError
        With every fault, each with file, line and column.
    StorageError
        When the file cannot be read.

    Examples
    --------
    >>> from leucel.model import read_model
    >>> read_model("model line\\ntime t [day]\\noutputs\\n  y [day] = 2*t").outputs[0].text
    '2*t'
    """
    spec, _, problems = _read(source)
    if spec is None:
        raise ModelError(problems)
    return spec


def model_file_problems(source: str | Path) -> tuple[Problem, ...]:
    """All faults of a model file, units included; empty when it is sound.

    Examples
    --------
    >>> from leucel.model import model_file_problems
    >>> print(*model_file_problems("model line\\ntime t [day]\\noutputs\\n  y [g] = 2*t"))
    4:12 (output y): the unit of the equation is not the declared one; received day; allowed: g
    """
    spec, reader, problems = _read(source)
    if spec is None:
        return problems
    return tuple(reader.locate(problem) for problem in check_units(spec))


def _read(source: str | Path) -> tuple[ModelSpec | None, _Reader, tuple[Problem, ...]]:
    if isinstance(source, Path):
        with storage_errors(source, "read"):
            raw = source.read_bytes()
        reader = _Reader(file=str(source))
        try:
            text = raw.decode("utf-8")
        except UnicodeDecodeError:
            problem = Problem(what="the file is no UTF-8 text", where=Place(file=str(source)))
            return None, reader, (problem,)
    else:
        text, reader = source, _Reader(file=None)
    # Not splitlines(), which also breaks at separators that may stand within a quoted text.
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), 1):
        reader.line(number, line)
    spec = reader.finish()
    return spec, reader, tuple(reader.problems)


@dataclass(slots=True)
class _Reader:
    file: str | None
    problems: list[Problem] = field(default_factory=list[Problem])
    _head: dict[str, Any] = field(default_factory=dict[str, Any])
    _items: dict[str, list[Any]] = field(
        default_factory=lambda: {section: [] for section in SECTIONS}
    )
    _places: dict[str, tuple[int, int]] = field(default_factory=dict[str, tuple[int, int]])
    _section: str = ""
    _number: int = 0

    def line(self, number: int, text: str) -> None:
        self._number = number
        scanner = Scanner(without_comment(text))
        if scanner.ended:
            return
        try:
            self._read_line(scanner)
        except Fault as fault:
            place = Place(file=self.file, line=number, column=fault.column)
            self.problems.append(
                Problem(what=fault.what, where=place, allowed=fault.allowed, fix=fault.fix)
            )

    def finish(self) -> ModelSpec | None:
        if "name" not in self._head:
            self.problems.insert(
                0,
                Problem(
                    what="the file does not say which model it is",
                    where=Place(file=self.file, line=1),
                    fix="begin with: model NAME",
                ),
            )
        if self.problems:
            return None
        parts: dict[str, Any] = {**self._head, **self._items}
        parts["odes"] = parts.pop("equations")
        try:
            return ModelSpec(**parts)
        except ModelError as error:
            self.problems.extend(self.locate(problem) for problem in error.problems)
            return None

    def locate(self, problem: Problem) -> Problem:
        """The problem with the line and column of the file in place of those of its equation."""
        where = problem.where or Place()
        line, column = self._places.get(where.key or "", (1, 1))
        # An equation stands on one line, so its own line is always the first.
        column += (where.column or 1) - 1
        return replace(
            problem, where=Place(file=self.file, line=line, column=column, key=where.key)
        )

    def _read_line(self, scanner: Scanner) -> None:
        start = scanner.column
        alone = scanner.take(rf"({NAME})\s*$")
        if alone:
            self._section = self._known_section(alone.group(1), start)
            return
        if self._section == _UNKNOWN:
            return
        if not self._section and scanner.take(r"model\b"):
            self._mark(f"model {self._set_head('name', scanner.need(NAME, 'a name'))}", start)
            self._head["description"] = scanner.quoted()
        elif not self._section and scanner.take(r"time\b"):
            self._set_head("time", scanner.need(NAME, "the symbol of time"))
            self._head["time_unit"] = scanner.need(UNIT, "a unit", "[day]")
            self._mark("time", start)
        elif not self._section and scanner.take(r"dose\b"):
            self._set_head("dose_state", scanner.need(NAME, "the state that doses enter"))
            self._mark("dose", start)
        elif not self._section:
            raise Fault(start, "this line belongs to no section", ", ".join(SECTIONS))
        else:
            getattr(self, f"_{self._section}")(scanner, start)
        scanner.end()

    def _known_section(self, word: str, column: int) -> str:
        if word not in SECTIONS:
            self._section = _UNKNOWN
            near = near_misses(word, SECTIONS)
            fix = f"did you mean {near[0]!r}?" if near else None
            raise Fault(column, f"unknown section {word!r}", ", ".join(SECTIONS), fix)
        return word

    def _set_head(self, key: str, value: str) -> str:
        if key in self._head:
            raise Fault(1, f"the {key.replace('_', ' ')} is given twice")
        self._head[key] = value
        return value

    def _mark(self, key: str, column: int) -> None:
        self._places.setdefault(key, (self._number, column))

    def _mark_symbol(self, name: str, column: int) -> None:
        # A symbol alone is the key of "defined twice", which is a fault of the later line.
        self._places[name] = (self._number, column)

    def _definition(self, scanner: Scanner, noun: str, start: int, key: str) -> dict[str, str]:
        """``name [unit] = equation "meaning"``, which expressions, states and outputs share."""
        name = scanner.need(NAME, f"the name of the {noun}")
        unit = scanner.need(UNIT, "a unit", "[1/day], [1] for a pure number")
        scanner.need("=", "an equals sign")
        text, column = scanner.equation()
        self._mark(key.format(name), column)
        self._mark(f"{noun} {name}", start)
        self._mark_symbol(name, start)
        return {"name": name, "unit": unit, "text": text, "meaning": scanner.quoted()}

    def _expressions(self, scanner: Scanner, start: int) -> None:
        found = self._definition(scanner, "expression", start, "expression {}")
        self._items["expressions"].append(Expression(**found))

    def _outputs(self, scanner: Scanner, start: int) -> None:
        found = self._definition(scanner, "output", start, "output {}")
        self._items["outputs"].append(Output(**found))

    def _states(self, scanner: Scanner, start: int) -> None:
        logged = scanner.take(r"log\s+(?=\w)") is not None
        found = self._definition(scanner, "state", start, "{}(0)")
        found["initial"] = found.pop("text")
        self._items["states"].append(State(**found, logged=logged))

    def _equations(self, scanner: Scanner, start: int) -> None:
        scanner.need(r"d/dt\b", "d/dt")
        name = scanner.need(NAME, "a state")
        scanner.need("=", "an equals sign")
        text, column = scanner.equation()
        self._mark(f"d/dt {name}", column)
        self._items["equations"].append((name, text))

    def _events(self, scanner: Scanner, start: int) -> None:
        events = self._items["events"]
        setting = scanner.take(rf"set\s+({NAME})\s*=")
        if setting:
            if not events:
                raise Fault(start, "no event stands before this line", "NAME when EQUATION")
            name = setting.group(1)
            text, column = scanner.equation()
            event = events[-1]
            self._mark(f"event {event.name}, {name}", column)
            events[-1] = replace(event, set=(*event.assignments, (name, text)))
            return
        name = scanner.need(NAME, "the name of the event")
        scanner.need(r"when\b", "'when'")
        text, column = scanner.equation()
        self._mark(f"event {name}", column)
        events.append(Event(name=name, when=text, meaning=scanner.quoted()))

    def _residuals(self, scanner: Scanner, start: int) -> None:
        if scanner.take(r"from\b"):
            self._attach("residuals", scanner, start)
            return
        output = scanner.need(NAME, "an output")
        kind: Any = scanner.need(NAME, "a kind", "additive, proportional, lognormal")
        sigma = scanner.number("a standard deviation")
        self._mark(f"residual {output}", start)
        self._items["residuals"].append(Residual(output=output, kind=kind, sigma=sigma))

    def _correlations(self, scanner: Scanner, start: int) -> None:
        if scanner.take(r"from\b"):
            self._attach("correlations", scanner, start)
            return
        first = scanner.need(NAME, "a parameter")
        second = scanner.need(NAME, "a second parameter")
        value = scanner.number("a correlation")
        self._mark(f"correlation {first} {second}", start)
        self._items["correlations"].append(Correlation(first=first, second=second, value=value))

    def _parameters(self, scanner: Scanner, start: int) -> None:
        if scanner.take(r"from\b"):
            self._attach("parameters", scanner, start)
            return
        name = scanner.need(NAME, "the name of the parameter")
        scanner.need("=", "an equals sign")
        value = scanner.number("a value")
        unit = scanner.need(UNIT, "a unit", "[1/day], [1] for a pure number")
        found: dict[str, Any] = {"low": -math.inf, "high": math.inf}
        while option := scanner.take(r"(omega|scale|low|high)\b"):
            word = option.group(1)
            found[word] = scanner.word("a scale") if word == "scale" else scanner.number(word)
        self._mark(f"parameter {name}", start)
        self._mark_symbol(name, start)
        self._items["parameters"].append(
            Parameter(name=name, value=value, unit=unit, meaning=scanner.quoted(), **found)
        )

    def _attach(self, section: str, scanner: Scanner, start: int) -> None:
        items = self._items[section]
        if not items:
            raise Fault(start, "no value stands before this source")
        items[-1] = replace(items[-1], evidence=_evidence(scanner))


def _evidence(scanner: Scanner) -> Evidence:
    source = scanner.word("a source")
    found: dict[str, Any] = {"source": "" if source == "-" else source, "place": scanner.quoted()}
    while option := scanner.take(r"(value|low|high|n|mark|kind|note)\b"):
        word, column = option.group(1), scanner.column
        match word:
            case "value":
                found["value"] = scanner.quoted() or scanner.number("a value")
                unit = scanner.take(UNIT)
                found["unit"] = unit.group(1) if unit else ""
            case "low" | "high":
                found[word] = scanner.number(word)
            case "n":
                found[word] = int(scanner.need(r"\d+(?![\w.])", "a number of subjects"))
            case "note":
                found[word] = scanner.quoted()
            case "mark":
                found[word] = _choice(Mark, scanner.word("a mark"), column)
            case _:
                found[word] = _choice(Kind, scanner.word("a kind"), column)
    if "value" not in found:
        raise Fault(scanner.column, "the source says no value", "value 0.1 [1/day]")
    return Evidence(**found)


def _choice(kind: type[Choice], word: str, column: int) -> Choice:
    known = {str(item.value): item for item in kind}
    if word not in known:
        raise Fault(column, f"{word!r} is not known here", ", ".join(known))
    return known[word]
