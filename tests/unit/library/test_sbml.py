"""SBML of the models: valid, and the same equations when read again."""

from __future__ import annotations

import math
from types import ModuleType
from typing import Any

import pytest

from leucel.core import InputError
from leucel.library import catalog, get_model, to_sbml
from leucel.model import symbolic_system

EQUATIONS = [card.id for card in catalog() if get_model(card.id)[0].states]
# Formulas are summed in another order: rounding, enlarged where growth and kill almost cancel.
SAME = 1e-9
# libSBML writes 15 digits.
WRITTEN = 1e-14
DAY = 3.5


@pytest.fixture(scope="module")
def libsbml() -> ModuleType:
    return pytest.importorskip("libsbml", reason="the extra sbml is not installed")


def value(libsbml: Any, node: Any, names: dict[str, float]) -> Any:
    """A tree of libSBML in numbers."""
    kind = node.getType()
    children = [node.getChild(i) for i in range(node.getNumChildren())]
    if kind == libsbml.AST_FUNCTION_PIECEWISE:
        for branch, when in zip(children[::2], children[1::2], strict=False):
            if value(libsbml, when, names):
                return value(libsbml, branch, names)
        return value(libsbml, children[-1], names)
    if kind == libsbml.AST_NAME_TIME:
        return names["time"]
    if kind == libsbml.AST_NAME:
        return names[node.getName()]
    if node.isNumber():
        return node.getValue()
    args = [value(libsbml, child, names) for child in children]
    functions = {
        libsbml.AST_PLUS: lambda *x: sum(x),
        libsbml.AST_TIMES: lambda *x: math.prod(x),
        libsbml.AST_MINUS: lambda *x: -x[0] if len(x) == 1 else x[0] - x[1],
        libsbml.AST_DIVIDE: lambda x, y: x / y,
        libsbml.AST_POWER: lambda x, y: x**y,
        libsbml.AST_FUNCTION_POWER: lambda x, y: x**y,
        libsbml.AST_FUNCTION_EXP: math.exp,
        libsbml.AST_FUNCTION_LN: math.log,
        libsbml.AST_FUNCTION_TANH: math.tanh,
        libsbml.AST_FUNCTION_ABS: abs,
        libsbml.AST_FUNCTION_MIN: min,
        libsbml.AST_FUNCTION_MAX: max,
        libsbml.AST_RELATIONAL_LT: lambda x, y: x < y,
        libsbml.AST_RELATIONAL_GT: lambda x, y: x > y,
        libsbml.AST_RELATIONAL_LEQ: lambda x, y: x <= y,
        libsbml.AST_RELATIONAL_GEQ: lambda x, y: x >= y,
        libsbml.AST_LOGICAL_AND: lambda *x: all(x),
        libsbml.AST_LOGICAL_OR: lambda *x: any(x),
    }
    return functions[kind](*args)


@pytest.mark.parametrize("id_", EQUATIONS)
def test_sbml_is_valid_and_says_the_same(libsbml: ModuleType, id_: str) -> None:
    spec, _ = get_model(id_)
    document = libsbml.readSBMLFromString(to_sbml(spec))
    # Units are words in notes; all other rules of SBML hold.
    document.setConsistencyChecks(libsbml.LIBSBML_CAT_UNITS_CONSISTENCY, False)
    document.checkConsistency()
    assert document.getNumErrors(libsbml.LIBSBML_SEV_ERROR) == 0, document.printErrors()
    model = document.getModel()
    system = symbolic_system(spec)
    names = {p.name: model.getParameter(p.name).getValue() for p in spec.parameters}
    assert names == pytest.approx(spec.typical_values(), rel=WRITTEN)
    names["time"] = DAY
    for factor, state in enumerate(spec.states, start=1):
        names[state.name] = 1.7 * factor
    numbers = dict(zip(system.parameters, spec.typical_values().values(), strict=True))
    at = {system.time: DAY, **numbers}
    at |= {symbol: names[str(symbol)] for symbol in system.states}
    for state, start, rate in zip(spec.states, system.initial, system.rhs, strict=True):
        first = model.getInitialAssignmentBySymbol(state.name).getMath()
        assert value(libsbml, first, names) == pytest.approx(float(start.subs(numbers)), rel=SAME)
        ode = model.getRateRuleByVariable(state.name).getMath()
        assert value(libsbml, ode, names) == pytest.approx(float(rate.subs(at)), rel=SAME)
    for output, expression in zip(spec.outputs, system.outputs, strict=True):
        name = f"output_{output.name}" if output.name in names else output.name
        seen = value(libsbml, model.getAssignmentRuleByVariable(name).getMath(), names)
        assert seen == pytest.approx(float(expression.subs(at)), rel=SAME)
    assert model.getNumEvents() == len(spec.events)
    for event, same in zip(system.events, model.getListOfEvents(), strict=True):
        trigger = value(libsbml, same.getTrigger().getMath(), names)
        assert trigger == (float(event.when.subs(at)) < 0.0)
        changes = same.getListOfEventAssignments()
        changed = {c.getVariable(): value(libsbml, c.getMath(), names) for c in changes}
        assert changed == {
            spec.states[i].name: float(e.subs(at)) for i, e in event.assignments.items()
        }


def test_a_closed_form_has_no_sbml() -> None:
    with pytest.raises(InputError, match="closed form"):
        to_sbml(get_model("stein_2019_tisagenlecleucel")[0])
