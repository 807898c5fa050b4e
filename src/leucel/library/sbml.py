"""SBML of ODE models, written with libSBML (extra `sbml`; libSBML itself is under the LGPL)."""

from __future__ import annotations

import math
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from leucel.core import InputError, Problem
from leucel.library.sbml_math import load_libsbml, sbml_tree
from leucel.library.sbml_units import define_unit
from leucel.model import (
    Compare,
    Expression,
    ModelSpec,
    Number,
    Parameter,
    parse_expression,
    text_from_tree,
)

NAMESPACE = "urn:leucel:model"
"""Namespace of the annotation that keeps what SBML has no word for."""

_LEVEL, _VERSION = 3, 2
_OUTPUT = "output_"


def to_sbml(spec: ModelSpec) -> str:
    """A model of differential equations as SBML Level 3 Version 2.

    Parameters of the model become constants; states become variables with initial assignments and
    rate rules; named expressions and outputs become variables with assignment rules, an output
    called ``output_<name>`` where its name is taken. An event fires when its condition falls below
    0, as in leucel. Units are definitions of SBML, in which everything counted is an item; unit,
    range and random effect of each symbol stand in an annotation, from which `from_sbml` takes
    them back. Residual errors, correlations and evidence are left out. A dose is not part of an
    SBML model; notes and annotation name the state that it enters.

    Raises
    ------
    InputError
        When the model is a closed form without states, or libSBML is not installed.

    Examples
    --------
    >>> from leucel.library import get_model, to_sbml
    >>> to_sbml(get_model("stein_2019_tisagenlecleucel")[0])
    Traceback (most recent call last):
        ...
    leucel.core.errors.InputError: stein_2019_tisagenlecleucel is a closed form...
    """
    if not spec.states:
        raise InputError(
            Problem(
                what=f"{spec.name} is a closed form and has no differential equations to export",
                fix="export the model of differential equations, where the library has one",
            )
        )
    return _Writer(load_libsbml(), spec).text()


class _Writer:
    __slots__ = ("_document", "_libsbml", "_model", "_spec", "_units")

    def __init__(self, libsbml: Any, spec: ModelSpec) -> None:
        self._libsbml, self._spec = libsbml, spec
        self._document = libsbml.SBMLDocument(_LEVEL, _VERSION)
        self._model = self._document.createModel()
        self._units: dict[str, str] = {}

    def text(self) -> str:
        spec, model = self._spec, self._model
        model.setId(spec.name)
        dose = "" if spec.dose_state is None else f" A dose enters {spec.dose_state}."
        _note(model, f"{spec.description}. Time in {spec.time_unit}.{dose}")
        _annotate(model, role="model", time=spec.time, dose=spec.dose_state or "")
        model.setTimeUnits(self._unit(spec.time_unit))
        for p in spec.parameters:
            self._parameter(p)
        for state in spec.states:
            made = self._variable(state.name, state.unit, state.meaning, constant=False)
            _annotate(made, role="state", unit=state.unit, logged="true" if state.logged else "")
        for e in spec.expressions:
            self._assigned(e.name, e, role="expression")
        names = {s.name for s in (*spec.parameters, *spec.states, *spec.expressions)}
        for output in spec.outputs:
            id_ = f"{_OUTPUT}{output.name}" if output.name in names else output.name
            self._assigned(id_, output, role="output", name=output.name)
        for state in spec.states:
            assignment = model.createInitialAssignment()
            assignment.setSymbol(state.name)
            assignment.setMath(self._tree(state.initial))
            rule = model.createRateRule()
            rule.setVariable(state.name)
            rule.setMath(self._tree(spec.ode(state.name)))
        self._events()
        return str(self._libsbml.writeSBMLToString(self._document))

    def _tree(self, text: str) -> Any:
        return sbml_tree(self._libsbml, text, self._spec.time, self._unit)

    def _unit(self, text: str) -> str:
        if text not in self._units:
            id_ = f"unit_{len(self._units)}"
            define_unit(self._libsbml, self._model, text, id_)
            self._units[text] = id_
        return self._units[text]

    def _variable(self, name: str, unit: str, meaning: str, *, constant: bool) -> Any:
        made = self._model.createParameter()
        made.setId(name)
        made.setConstant(constant)
        made.setUnits(self._unit(unit))
        _note(made, meaning)
        return made

    def _parameter(self, p: Parameter) -> None:
        made = self._variable(p.name, p.unit, p.meaning, constant=True)
        made.setValue(p.value)
        more = {"omega": "" if p.omega is None else repr(p.omega), "scale": p.scale}
        more["low"] = "" if p.low == -math.inf else repr(p.low)
        more["high"] = "" if p.high == math.inf else repr(p.high)
        _annotate(made, role="parameter", unit=p.unit, **more)

    def _assigned(self, id_: str, item: Any, *, role: str, name: str = "") -> None:
        found = Expression(name=id_, text=item.text, unit=item.unit, meaning=item.meaning)
        made = self._variable(id_, found.unit, found.meaning, constant=False)
        _annotate(made, role=role, unit=found.unit, name=name)
        rule = self._model.createAssignmentRule()
        rule.setVariable(id_)
        rule.setMath(self._tree(found.text))

    def _events(self) -> None:
        for event in self._spec.events:
            made = self._model.createEvent()
            made.setId(f"event_{event.name}")
            _note(made, event.meaning)
            _annotate(made, role="event", name=event.name)
            made.setUseValuesFromTriggerTime(True)
            trigger = made.createTrigger()
            # What is below 0 from the start does not fall below it.
            trigger.setInitialValue(True)
            trigger.setPersistent(True)
            below = Compare(
                relation="<", left=parse_expression(event.when), right=Number(value=0.0)
            )
            trigger.setMath(self._tree(text_from_tree(below)))
            for name, value in event.assignments:
                change = made.createEventAssignment()
                change.setVariable(name)
                change.setMath(self._tree(value))


def _note(element: Any, text: str) -> None:
    if text:
        element.setNotes(f'<p xmlns="http://www.w3.org/1999/xhtml">{escape(text)}</p>')


def _annotate(element: Any, **words: str) -> None:
    shown = " ".join(f"{key}={quoteattr(value)}" for key, value in words.items() if value)
    element.appendAnnotation(
        f'<annotation><leucel:symbol xmlns:leucel="{NAMESPACE}" {shown}/></annotation>'
    )
