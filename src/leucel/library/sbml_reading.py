"""SBML models of differential equations, read into a `ModelSpec` (libSBML, extra `sbml`).

A species is what its id stands for in the formulas of SBML: a concentration, or an amount when the
file says `hasOnlySubstanceUnits`. Where the size of its compartment changes, the amount becomes
the state and the concentration an expression, so that dilution is right.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from leucel.core import InputError, ModelError, Place, Problem, storage_errors
from leucel.library.sbml_checks import (
    construct_problems,
    reading_problems,
    rule_problems,
    unit_warnings,
)
from leucel.library.sbml_math import TIME, Foreign, load_libsbml, margin, substituted
from leucel.library.sbml_species import add_compartment, add_parameter, add_species
from leucel.library.sbml_symbols import Symbols, annotation, plain_note
from leucel.library.sbml_units import unit_ratio, unit_text
from leucel.model import (
    Binary,
    Event,
    Expression,
    ModelSpec,
    Name,
    Node,
    Number,
    Output,
    Parameter,
    evaluate,
    names_in,
    parse_expression,
    text_from_tree,
)

_LEVEL, _VERSION = 3, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedModel:
    """A model that was read from SBML.

    Attributes
    ----------
    renamed : pairs of an id of the file and the name that it has in the model, where they differ.
    notes : what was dropped or assumed, with lines of the file.
    """

    spec: ModelSpec
    renamed: tuple[tuple[str, str], ...]
    notes: tuple[Problem, ...]


def from_sbml(source: str | Path, *, name: str | None = None) -> ImportedModel:
    """Read a model of differential equations from SBML (all levels) as text or from a file.

    Compartments, species (as concentrations or amounts), global and local parameters, reactions
    with rates and stoichiometry, rate, assignment and initial-assignment rules, function
    definitions, conversion factors, delays of states, events without delay, and units are read.
    What leucel has no word for is refused, all of it at once, with lines and what to do: algebraic
    rules, events with a delay, fast reactions, required packages, equality of numbers in formulas.

    Parameters
    ----------
    name : name of the model in place of its id in the file.

    Raises
    ------
    InputError
        When the text breaks a rule of SBML, says something that leucel cannot say, or libSBML is
        not installed.
    StorageError
        When the file cannot be read.

    Examples
    --------
    >>> from leucel.library import from_sbml, get_model, to_sbml
    >>> spec, _ = get_model("leon_triana_2020_leukemia")
    >>> from_sbml(to_sbml(spec)).spec.ode("car") == spec.ode("car")
    True
    """
    libsbml = load_libsbml()
    file = None
    if isinstance(source, Path):
        file = str(source)
        with storage_errors(source, "read"):
            raw = source.read_bytes()
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise InputError(
                Problem(what="the file is no UTF-8 text", where=Place(file=file))
            ) from None
    else:
        text = source
    document = libsbml.readSBMLFromString(text)
    problems = reading_problems(libsbml, document, file)
    if not problems and document.getModel() is None:
        problems = (Problem(what="there is no model in this SBML", where=Place(file=file, line=1)),)
    if not problems:
        problems = rule_problems(libsbml, document, file)
    if problems:
        raise InputError(problems)
    found = tuple(construct_problems(document, file))
    warned, line = unit_warnings(libsbml, document)
    if document.getLevel() < _LEVEL:
        document.getErrorLog().clearLog()
        if not document.setLevelAndVersion(_LEVEL, _VERSION, False):
            raise InputError(
                [
                    *found,
                    Problem(
                        what="libSBML cannot bring the model to Level 3",
                        where=Place(file=file, line=1),
                        fix="export it as Level 3 from the program that made it",
                    ),
                ]
            )
    symbols = Symbols(libsbml=libsbml, model=document.getModel(), file=file)
    symbols.problems.extend(found)
    if warned:
        symbols.note(f"libSBML finds {warned} inconsistent units; the first one stands here", line)
    return _Reader(symbols=symbols).read(name)


@dataclass(slots=True, kw_only=True)
class _Reader:
    symbols: Symbols
    events: list[Event] = field(default_factory=list[Event])
    sources: dict[str, Any] = field(default_factory=dict[str, Any])

    def read(self, name: str | None) -> ImportedModel:
        model = self.symbols.model
        self.symbols.collect()
        own = annotation(model)
        time = self.symbols.free(own.get("time") or "t")
        self.symbols.names[TIME] = time
        for compartment in model.getListOfCompartments():
            add_compartment(self.symbols, compartment)
        for parameter in model.getListOfParameters():
            add_parameter(self.symbols, parameter)
        for species in model.getListOfSpecies():
            add_species(self.symbols, species)
        self._reactions()
        self._references()
        for event in model.getListOfEvents():
            self._event(event)
        if not self.symbols.outputs:
            self._say_outputs()
        if self.symbols.problems:
            raise InputError(self.symbols.problems)
        self._initial_values()
        if self.symbols.problems:
            raise InputError(self.symbols.problems)
        try:
            spec = ModelSpec(
                name=name or self.symbols.plain(model.getId() or "model"),
                description=model.getName() or (plain_note(model) if own else ""),
                parameters=tuple(self.symbols.parameters.values()),
                expressions=tuple(self.symbols.expressions.values()),
                states=tuple(self.symbols.states.values()),
                odes={
                    s: text_from_tree(self.symbols.rates.get(s, Number(value=0.0)))
                    for s in self.symbols.states
                },
                events=tuple(self.events),
                outputs=tuple(self.symbols.outputs),
                dose_state=own.get("dose") or None,
                time=time,
                time_unit=self._time_unit(),
            )
        except ModelError as error:
            # What the grammar refuses although each part could be read, a circle of rules say.
            raise InputError(error.problems) from None
        self._first_moment(spec)
        if self.symbols.problems:
            raise InputError(self.symbols.problems)
        renamed = tuple((k, v) for k, v in self.symbols.names.items() if k != v and k != TIME)
        return ImportedModel(spec=spec, renamed=renamed, notes=tuple(self.symbols.notes))

    def _time_unit(self) -> str:
        id_ = self.symbols.model.getTimeUnits()
        if not id_:
            self.symbols.note("the file does not say in which unit time runs; taken as days")
            return "day"
        text = unit_text(self.symbols.libsbml, self.symbols.model, id_)
        if text is None or text == "1":
            self.symbols.note(f"the unit of time {id_!r} is none of time; taken as days")
            return "day"
        if text != "day":
            self.symbols.note(f"time runs in {text}: doses and output times are in {text} too")
        return text

    def _references(self) -> None:
        """Stoichiometries that formulas name stand for their numbers."""
        for reaction in self.symbols.model.getListOfReactions():
            for reference in (*reaction.getListOfReactants(), *reaction.getListOfProducts()):
                id_ = reference.getId()
                used = id_ and any(
                    id_ in {n.name for n in names_in(t)}
                    for t in (*self.symbols.trees.values(), *self.symbols.rates.values())
                )
                if used:
                    self.symbols.fault("a formula uses a stoichiometry", reference, id_,
                               "write its number, or a parameter, in the formula")  # fmt: skip

    def _reactions(self) -> None:
        extent = self.symbols.model.getExtentUnits() or self.symbols.model.getSubstanceUnits()
        for reaction in self.symbols.model.getListOfReactions():
            law = reaction.getKineticLaw()
            if law is None or law.getMath() is None:
                continue
            name, key = self.symbols.names[reaction.getId()], f"reaction {reaction.getId()}"
            local: dict[str, Node] = {}
            for parameter in law.getListOfLocalParameters():
                id_ = parameter.getId()
                label = self.symbols.free(f"{name}_{id_}")
                self.symbols.names[f"{reaction.getId()}.{id_}"] = label
                local[id_] = Name(name=f"{reaction.getId()}.{id_}")
                if not parameter.isSetValue():
                    self.symbols.fault("there is no value", parameter, f"{key}, {id_}")
                    continue
                self.symbols.parameters[label] = Parameter(
                    name=label,
                    value=float(parameter.getValue()),
                    unit=self.symbols.unit(parameter.getUnits(), parameter),
                    meaning=f"{parameter.getName() or id_} of {name}",
                )
            unit = self.symbols.unit(extent, reaction)
            time = self.symbols.units.get(self.symbols.model.getTimeUnits()) or unit_text(
                self.symbols.libsbml, self.symbols.model, self.symbols.model.getTimeUnits()
            )
            self.symbols.express(
                name,
                self.symbols.tree(law, key, local),
                unit_ratio(unit, time or "1"),
                reaction.getName(),
                {},
            )

    def _event(self, event: Any) -> None:
        own = annotation(event)
        label = own.get("name") or self.symbols.free(
            event.getId() or f"event_{len(self.events) + 1}"
        )
        key = f"event {event.getId() or label}"
        trigger = event.getTrigger()
        if trigger is None or trigger.getMath() is None:
            return
        when: Node = Number(value=1.0)
        try:
            when = margin(self.symbols.tree(trigger, key))
        except Foreign as error:
            if not self.symbols.problems:
                self.symbols.fault(f"the event has {error.what}", event, key, error.fix)
        if event.isSetPriority():
            self.symbols.note(
                f"{key}: events have no priorities here; it is left out", event.getLine()
            )
        changes: dict[str, str] = {}
        raw = {a.getVariable(): a for a in event.getListOfEventAssignments()}
        for id_, assignment in raw.items():
            tree = self.symbols.tree(assignment, key)
            if id_ in self.symbols.amounts:
                home = self.symbols.model.getSpecies(id_).getCompartment()
                size: Node = Name(name=self.symbols.names[home])
                if home in raw:
                    size = self.symbols.tree(raw[home], key)
                changes[self.symbols.amounts[id_]] = text_from_tree(
                    Binary(operator="*", left=tree, right=size)
                )
            elif id_ in self.symbols.names:
                changes[self.symbols.names[id_]] = text_from_tree(tree)
        meaning = plain_note(event) if own else event.getName()
        self.events.append(
            Event(name=label, when=text_from_tree(when), set=changes, meaning=meaning)
        )
        if trigger.isSetInitialValue() and not trigger.getInitialValue():
            self.sources[label] = event

    def _say_outputs(self) -> None:
        reactions = {self.symbols.names[r.getId()] for r in self.symbols.model.getListOfReactions()}
        shown = [(s.name, s.unit, s.meaning) for s in self.symbols.states.values()
                 if s.name not in self.symbols.amounts.values()]  # fmt: skip
        shown += [
            (e.name, e.unit, e.meaning)
            for e in self.symbols.expressions.values()
            if e.name not in reactions
            and e.name not in self.symbols.starts
            # A delay can drive a state, but cannot be reported.
            and "delay(" not in e.text
        ]
        self.symbols.outputs.extend(Output(name=n, text=n, unit=u, meaning=m) for n, u, m in shown)

    def _initial_values(self) -> None:
        """Initial values in parameters only: what changes with time stands at its start."""
        fixed = set(self.symbols.parameters)
        going: list[str] = []

        def at_start(name: str) -> Node | None:
            if name in fixed:
                return None
            if name == self.symbols.names[TIME]:
                return Number(value=0.0)
            tree = self.symbols.starts.get(name, self.symbols.trees.get(name))
            if tree is None:
                return None
            if name in going:
                raise InputError(
                    Problem(what=f"initial values go in a circle: {', '.join(going)}",
                            where=Place(file=self.symbols.file, key=name))
                )  # fmt: skip
            going.append(name)
            found = substituted(tree, at_start)
            going.pop()
            return found

        for name, state in self.symbols.states.items():
            text = text_from_tree(substituted(self.symbols.starts[name], at_start))
            self.symbols.states[name] = replace(state, initial=text)
        for name in [n for n in self.symbols.starts if n in self.symbols.expressions]:
            # Fixed by an initial assignment: it keeps the value that it had at the start.
            text = text_from_tree(substituted(self.symbols.trees[name], at_start))
            e = self.symbols.expressions[name]
            self.symbols.expressions[name] = Expression(
                name=name, text=text, unit=e.unit, meaning=e.meaning
            )

    def _first_moment(self, spec: ModelSpec) -> None:
        """Events that would act at time 0 itself have no place among events that fall below 0."""
        values = spec.typical_values() | {spec.time: 0.0}
        for s in spec.states:
            values[s.name] = evaluate(_expanded(spec, s.initial), values)
        for event in spec.events:
            source = self.sources.get(event.name)
            if source is None:
                continue
            if evaluate(_expanded(spec, event.when), values) < 0.0:
                self.symbols.fault("the event acts at time 0", source, f"event {event.name}",
                           "put what it sets into the initial values")  # fmt: skip


def _expanded(spec: ModelSpec, text: str) -> str:
    trees = {e.name: parse_expression(e.text) for e in spec.expressions}

    def inside(name: str) -> Node | None:
        return substituted(trees[name], inside) if name in trees else None

    return text_from_tree(substituted(parse_expression(text), inside))
