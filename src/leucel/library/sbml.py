"""SBML of ODE models, written with libSBML (extra `sbml`; libSBML itself is under the LGPL)."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from leucel.core import InputError, Problem
from leucel.model import ModelSpec, symbolic_system

if TYPE_CHECKING:
    import sympy

_LEVEL, _VERSION = 3, 2
_OUTPUT = "output_"
_JOINED = {
    "Add": " + ",
    "Mul": " * ",
    "Pow": "^",
    "StrictLessThan": " < ",
    "StrictGreaterThan": " > ",
    "LessThan": " <= ",
    "GreaterThan": " >= ",
    "And": " && ",
    "Or": " || ",
}
_NAMES = {"log": "ln", "Min": "min", "Max": "max", "Abs": "abs"}


def to_sbml(spec: ModelSpec) -> str:
    """A model of differential equations as SBML Level 3 Version 2, time in days.

    Parameters of the model become constants; states become variables with initial assignments and
    rate rules; outputs become variables with assignment rules, called ``output_<name>`` where a
    state has their name. Algebraic expressions are substituted. An event fires when its condition
    falls below 0, as in leucel. Units, random effects, residual errors and evidence stand in the
    notes of each element or are left out: SBML has no place for them. A dose is not part of the
    model; the notes name the state that it enters.

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
    libsbml = _libsbml()
    system = symbolic_system(spec)
    document = libsbml.SBMLDocument(_LEVEL, _VERSION)
    model = document.createModel()
    model.setId(spec.name)
    dose = "" if spec.dose_state is None else f" A dose enters {spec.dose_state}."
    _note(model, f"{spec.description}. Time in days.{dose} Content {spec.content_hash}.")
    written = _Formulas(libsbml, model, str(system.time))

    for p in spec.parameters:
        _variable(model, p.name, f"{p.meaning} [{p.unit}]", constant=True).setValue(p.value)
    for state in spec.states:
        _variable(model, state.name, f"{state.meaning} [{state.unit}]", constant=False)
    taken = {*(p.name for p in spec.parameters), *(s.name for s in spec.states)}
    names = [f"{_OUTPUT}{o.name}" if o.name in taken else o.name for o in spec.outputs]
    for name, output in zip(names, spec.outputs, strict=True):
        _variable(model, name, f"{output.meaning} [{output.unit}]", constant=False)

    for state, start, rate in zip(spec.states, system.initial, system.rhs, strict=True):
        assignment = model.createInitialAssignment()
        assignment.setSymbol(state.name)
        assignment.setMath(written.tree(start))
        rule = model.createRateRule()
        rule.setVariable(state.name)
        rule.setMath(written.tree(rate))
    for name, value in zip(names, system.outputs, strict=True):
        rule = model.createAssignmentRule()
        rule.setVariable(name)
        rule.setMath(written.tree(value))
    for event in system.events:
        made = model.createEvent()
        made.setId(f"event_{event.name}")
        made.setUseValuesFromTriggerTime(True)
        trigger = made.createTrigger()
        # What is below 0 from the start does not fall below it.
        trigger.setInitialValue(True)
        trigger.setPersistent(True)
        trigger.setMath(written.tree(event.when < 0))
        for index, value in event.assignments.items():
            change = made.createEventAssignment()
            change.setVariable(spec.states[index].name)
            change.setMath(written.tree(value))
    return str(libsbml.writeSBMLToString(document))


def _libsbml() -> Any:
    try:
        return importlib.import_module("libsbml")
    except ImportError:
        raise InputError(
            Problem(
                what="libSBML is not installed", fix="pip install 'leucel[sbml]' (python-libsbml)"
            )
        ) from None


def _variable(model: Any, name: str, note: str, *, constant: bool) -> Any:
    made = model.createParameter()
    made.setId(name)
    made.setConstant(constant)
    _note(made, note)
    return made


def _note(element: Any, text: str) -> None:
    from xml.sax.saxutils import escape

    element.setNotes(f'<p xmlns="http://www.w3.org/1999/xhtml">{escape(text)}</p>')


class _Formulas:
    """Expressions as trees of libSBML, by way of its text of formulas."""

    __slots__ = ("_libsbml", "_settings", "_time")

    def __init__(self, libsbml: Any, model: Any, time: str) -> None:
        self._libsbml, self._time = libsbml, time
        self._settings = libsbml.L3ParserSettings()
        # Names of the model win over those of functions and constants.
        self._settings.setModel(model)
        self._settings.setComparisonCaseSensitivity(libsbml.L3P_COMPARE_BUILTINS_CASE_SENSITIVE)

    def tree(self, expression: sympy.Basic | bool) -> Any:
        text = self._text(expression)
        tree = self._libsbml.parseL3FormulaWithSettings(text, self._settings)
        if tree is None:
            raise InputError(
                Problem(
                    what="an equation has no form in SBML",
                    received=text,
                    fix=str(self._libsbml.getLastParseL3Error()),
                )
            )
        return tree

    def _text(self, e: Any) -> str:
        import sympy

        if isinstance(e, bool | sympy.logic.boolalg.BooleanAtom):
            return "true" if e else "false"
        if isinstance(e, sympy.Symbol):
            return "time" if str(e) == self._time else str(e)
        if isinstance(e, sympy.Rational):
            return f"({e.p}/{e.q})" if e.q != 1 else f"({e.p})"
        if e.is_number:
            return f"({float(e)!r})"
        if isinstance(e, sympy.Piecewise):
            pairs = [(self._text(p.args[0]), self._text(p.args[1])) for p in e.args]
            *cases, (last, when) = pairs
            listed = [part for pair in cases for part in pair]
            listed += [last] if when == "true" else [last, when]
            return f"piecewise({', '.join(listed)})"
        parts = [self._text(a) for a in e.args]
        name = e.func.__name__
        if name in _JOINED:
            return "(" + _JOINED[name].join(parts) + ")"
        return f"{_NAMES.get(name, name)}({', '.join(parts)})"
