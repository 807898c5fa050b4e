"""The symbols of an SBML model while it is read: names, units, formulas, and what acts on them."""

from __future__ import annotations

import keyword
import math
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from leucel.core import InputError, Place, Problem
from leucel.library.sbml import NAMESPACE
from leucel.library.sbml_math import Foreign, FormulaReader, substituted
from leucel.library.sbml_units import unit_text
from leucel.model import (
    Expression,
    Name,
    Node,
    Number,
    Output,
    Parameter,
    State,
    evaluate,
    text_from_tree,
)

_FORBIDDEN = frozenset(
    ("exp", "log", "sqrt", "abs", "tanh", "logistic", "min", "max", "if", "piecewise")
) | frozenset(keyword.kwlist)


@dataclass(slots=True, kw_only=True)
class Symbols:
    """The parts of a model while its SBML is being read, by name; faults and notes on the way.

    Attributes
    ----------
    names : name in the model by id of the file.
    starts : value at time 0, by name, where it is not the parameter itself.
    trees, rates : formulas of expressions and derivatives of states, by name.
    assigned, moved, initial : assignment rules, rate rules and initial assignments by id.
    set_by_events : ids that an event sets.
    amounts : state that holds the amount, by id of a species in a compartment of changing size.
    """

    libsbml: Any
    model: Any
    file: str | None
    problems: list[Problem] = field(default_factory=list[Problem])
    notes: list[Problem] = field(default_factory=list[Problem])
    names: dict[str, str] = field(default_factory=dict[str, str])
    parameters: dict[str, Parameter] = field(default_factory=dict[str, Parameter])
    expressions: dict[str, Expression] = field(default_factory=dict[str, Expression])
    states: dict[str, State] = field(default_factory=dict[str, State])
    starts: dict[str, Node] = field(default_factory=dict[str, Node])
    trees: dict[str, Node] = field(default_factory=dict[str, Node])
    rates: dict[str, Node] = field(default_factory=dict[str, Node])
    outputs: list[Output] = field(default_factory=list[Output])
    formulas: Any = None
    assigned: dict[str, Any] = field(default_factory=dict[str, Any])
    moved: dict[str, Any] = field(default_factory=dict[str, Any])
    initial: dict[str, Any] = field(default_factory=dict[str, Any])
    set_by_events: set[str] = field(default_factory=set[str])
    amounts: dict[str, str] = field(default_factory=dict[str, str])
    units: dict[str, str] = field(default_factory=dict[str, str])

    def note(self, what: str, line: int = 0, fix: str | None = None) -> None:
        """Say what was dropped or assumed."""
        self.notes.append(
            Problem(what=what, where=Place(file=self.file, line=line or None), fix=fix)
        )

    def fault(self, what: str, element: Any, key: str, fix: str | None = None) -> None:
        """Say what is wrong, with the line of the element."""
        place = Place(file=self.file, line=element.getLine() or None, key=key)
        self.problems.append(Problem(what=what, where=place, fix=fix))

    def collect(self) -> None:
        """Take the names, rules and functions of the file."""
        model = self.model
        functions = {
            f.getId(): (
                tuple(f.getArgument(i).getName() for i in range(f.getNumArguments())),
                f.getBody(),
            )
            for f in model.getListOfFunctionDefinitions()
        }
        self.formulas = FormulaReader(
            libsbml=self.libsbml,
            functions=functions,
            unit_of=lambda id_: unit_text(self.libsbml, self.model, id_),
        )
        for rule in model.getListOfRules():
            if not rule.isAlgebraic():
                (self.assigned if rule.isAssignment() else self.moved)[rule.getVariable()] = rule
        for assignment in model.getListOfInitialAssignments():
            self.initial[assignment.getSymbol()] = assignment
        for event in model.getListOfEvents():
            self.set_by_events |= {a.getVariable() for a in event.getListOfEventAssignments()}
        listed = (
            *model.getListOfCompartments(),
            *model.getListOfParameters(),
            *model.getListOfSpecies(),
            *model.getListOfReactions(),
        )
        for element in listed:
            self.names[element.getId()] = self.free(element.getId())

    def plain(self, id_: str) -> str:
        """The id as the grammar allows it."""
        plain = id_.lstrip("_") or "x"
        plain = plain if plain[0].isalpha() else f"x{plain}"
        return f"{plain}_" if plain in _FORBIDDEN else plain

    def free(self, wanted: str) -> str:
        """A name that nothing has yet, as near to the wanted one as the grammar allows."""
        taken = set(self.names.values())
        plain = self.plain(wanted)
        return next(
            name
            for name in (plain, *(f"{plain}_{i}" for i in range(1, 10_000)))
            if name not in taken
        )

    def unit(self, id_: str, element: Any) -> str:
        """Text of a unit of the file; "1" with a note where the house has none."""
        if id_ not in self.units:
            text = unit_text(self.libsbml, self.model, id_)
            if text is None:
                self.note(f"the unit {id_!r} has no equal here and is left out", element.getLine())
            self.units[id_] = text or "1"
        return self.units[id_]

    def tree(self, element: Any, key: str, local: Mapping[str, Node] | None = None) -> Node:
        """The formula of an element in names of the model; a fault gives 0 and goes on."""
        formula = element.getMath()
        if formula is None:
            self.fault("the formula is missing", element, key)
            return Number(value=0.0)
        try:
            found = self.formulas.tree(formula, local)
        except Foreign as error:
            self.fault(f"the formula uses {error.what}", element, key, error.fix)
            return Number(value=0.0)
        return substituted(found, lambda n: Name(name=self.names[n]) if n in self.names else None)

    def symbol(
        self, element: Any, unit: str, *, start: Node | None, tree_of: Node | None = None
    ) -> None:
        """One symbol as parameter, expression or state, by the rules that act on it."""
        id_ = element.getId()
        name, key = self.names[id_], f"{element.getElementName()} {element.getId()}"
        own = annotation(element)
        unit = own.get("unit") or unit
        given = "" if element.getName() == id_ else element.getName()
        meaning = plain_note(element) if own else given
        if id_ in self.assigned:
            rule = self.assigned[id_]
            self.express(name, self.tree(rule, key), unit, meaning, own)
            return
        if id_ in self.initial:
            start = self.tree(self.initial[id_], key)
        if start is None:
            self.fault(
                "there is no initial value", element, key, "give a value or an initialAssignment"
            )
            start = Number(value=0.0)
        if id_ in self.moved:
            self.rates[name] = self.tree(self.moved[id_], key)
        elif tree_of is not None:
            self.rates[name] = tree_of
        elif id_ not in self.set_by_events:
            self.constant(name, start, unit, meaning, own)
            return
        logged = own.get("logged") == "true"
        self.states[name] = State(name=name, unit=unit, meaning=meaning, logged=logged)
        self.starts[name] = start

    def constant(
        self, name: str, start: Node, unit: str, meaning: str, own: Mapping[str, str]
    ) -> None:
        """A symbol that never changes: a parameter, or an expression of parameters."""
        try:
            value = evaluate(text_from_tree(start), {})
        except InputError:
            self.express(name, start, unit, meaning, {}, fixed=True)
            return
        self.parameters[name] = Parameter(
            name=name,
            value=value,
            unit=unit,
            meaning=meaning,
            omega=float(own["omega"]) if own.get("omega") else None,
            scale="logit" if own.get("scale") == "logit" else "log",
            low=float(own.get("low") or -math.inf),
            high=float(own.get("high") or math.inf),
        )

    def express(
        self,
        name: str,
        tree: Node,
        unit: str,
        meaning: str,
        own: Mapping[str, str],
        *,
        fixed: bool = False,
    ) -> None:
        """A symbol that a formula gives; one that leucel wrote as an output becomes one again."""
        text = text_from_tree(tree)
        if own.get("role") == "output":
            label = own.get("name") or name
            self.outputs.append(Output(name=label, text=text, unit=unit, meaning=meaning))
            return
        self.expressions[name] = Expression(name=name, text=text, unit=unit, meaning=meaning)
        self.trees[name] = tree
        if fixed:
            self.starts[name] = tree


def annotation(element: Any) -> dict[str, str]:
    """What leucel wrote about an element; empty in files of others."""
    text = element.getAnnotationString()
    if NAMESPACE not in text:
        return {}
    for found in ElementTree.fromstring(text).iter(f"{{{NAMESPACE}}}symbol"):
        return dict(found.attrib)
    return {}


def plain_note(element: Any) -> str:
    """The notes of an element as one line of text."""
    text = element.getNotesString()
    if not text:
        return ""
    words = "".join(ElementTree.fromstring(text).itertext())
    return " ".join(words.split())
