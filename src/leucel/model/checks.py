"""What makes a model definition consistent; every fault is reported, not only the first."""

from __future__ import annotations

import keyword
import math
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, get_args

from leucel.core import ModelError, Place, Problem, UnitError, parse_unit, unknown_name
from leucel.model.delays import delay_problems
from leucel.model.equations import Equation, equations_of, order_expressions
from leucel.model.grammar import RESERVED
from leucel.model.tree import Node, is_condition, names_in

if TYPE_CHECKING:
    from leucel.model.spec import ModelSpec, Parameter

_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def require_valid(spec: ModelSpec) -> None:
    """Raise `ModelError` with all faults of a definition."""
    problems = (
        *_names(spec),
        *_units(spec),
        *(problem for p in spec.parameters for problem in _parameter(p)),
        *_structure(spec),
        *_correlations(spec),
        *_equations(spec),
    )
    if problems:
        raise ModelError(problems)


def _names(spec: ModelSpec) -> Iterator[Problem]:
    yield from _identifier(spec.name, "model")
    symbols = [spec.time]
    for noun, group in (
        ("parameter", spec.parameters),
        ("expression", spec.expressions),
        ("state", spec.states),
    ):
        for item in group:
            symbols.append(item.name)
            yield from _identifier(item.name, noun)
    yield from _identifier(spec.time, "time")
    yield from _repeated(symbols, "symbol")
    for noun, group in (("output", spec.outputs), ("event", spec.events)):
        for item in group:
            yield from _identifier(item.name, noun)
        yield from _repeated((item.name for item in group), noun)
    yield from _repeated((name for name, _ in spec.equations), "equation of state")


def _identifier(name: str, noun: str) -> Iterator[Problem]:
    if not _IDENTIFIER.fullmatch(name):
        yield Problem(
            what=f"{name!r} cannot be the name of a {noun}",
            where=Place(key=f"{noun} {name}"),
            allowed="a letter, then letters, digits and underscores",
        )
    elif name in RESERVED or keyword.iskeyword(name):
        yield Problem(
            what=f"{name!r} is a reserved word",
            where=Place(key=f"{noun} {name}"),
            fix=f"call the {noun} something else, {name}_0 for instance",
        )


def _repeated(names: Iterable[str], noun: str) -> Iterator[Problem]:
    seen: set[str] = set()
    reported: set[str] = set()
    for name in names:
        if name in seen and name not in reported:
            reported.add(name)
            yield Problem(what=f"the {noun} {name!r} is defined twice", where=Place(key=name))
        seen.add(name)


def _units(spec: ModelSpec) -> Iterator[Problem]:
    groups = (
        ("parameter", spec.parameters),
        ("expression", spec.expressions),
        ("state", spec.states),
        ("output", spec.outputs),
    )
    declared = [(f"{noun} {item.name}", item.unit) for noun, group in groups for item in group]
    for key, unit in (*declared, ("time", spec.time_unit)):
        try:
            parse_unit(unit)
        except UnitError as error:
            first = error.problems[0]
            yield Problem(
                what=first.what, where=Place(key=key), received=first.received, fix=first.fix
            )


def _parameter(parameter: Parameter) -> Iterator[Problem]:
    where = Place(key=f"parameter {parameter.name}")
    value, low, high = parameter.value, parameter.low, parameter.high
    if not math.isfinite(value):
        yield Problem(what="the value is no finite number", where=where, received=repr(value))
        return
    if math.isnan(low) or math.isnan(high) or not low <= value <= high:
        yield Problem(
            what="the value lies outside its range",
            where=where,
            received=repr(value),
            allowed=f"{low!r} to {high!r}",
        )
    omega = parameter.omega
    if omega is not None and not (math.isfinite(omega) and omega >= 0):
        yield Problem(
            what="omega is no standard deviation",
            where=where,
            received=repr(omega),
            allowed="a finite number, 0 or more",
        )
    if parameter.scale not in ("log", "logit"):
        yield Problem(
            what=f"unknown scale {parameter.scale!r}", where=where, allowed="log or logit"
        )
    if omega is None:
        return
    if parameter.scale == "log" and value <= 0:
        yield Problem(
            what="a log-normal random effect needs a positive value",
            where=where,
            received=repr(value),
        )
    if parameter.scale == "logit" and not (
        math.isfinite(low) and math.isfinite(high) and low < value < high
    ):
        yield Problem(
            what="a logit random effect needs a value strictly between two finite limits",
            where=where,
            received=f"{value!r} in {low!r} to {high!r}",
        )


def _structure(spec: ModelSpec) -> Iterator[Problem]:
    from leucel.model.spec import ResidualKind

    states = [state.name for state in spec.states]
    moved = [name for name, _ in spec.equations]
    for name in states:
        if name not in moved:
            yield Problem(
                what=f"the state {name!r} has no equation",
                where=Place(key=f"d/dt {name}"),
                fix=f"give d/dt {name}; 0 when nothing but doses and events moves it",
            )
    for name in dict.fromkeys(moved):
        if name not in states:
            yield unknown_name(name, states, noun="state", where=Place(key=f"d/dt {name}"))
    for event in spec.events:
        for name, _ in event.assignments:
            if name not in states:
                yield unknown_name(
                    name, states, noun="state", where=Place(key=f"event {event.name}, {name}")
                )
    if spec.dose_state is not None and spec.dose_state not in states:
        yield unknown_name(spec.dose_state, states, noun="state", where=Place(key="dose"))
    if not spec.outputs:
        yield Problem(what="the model has no output", fix="say at least one thing to report")
    outputs = [output.name for output in spec.outputs]
    for residual in spec.residuals:
        where = Place(key=f"residual {residual.output}")
        if residual.output not in outputs:
            yield unknown_name(residual.output, outputs, noun="output", where=where)
        if residual.kind not in get_args(ResidualKind):
            yield Problem(
                what=f"unknown residual error {residual.kind!r}",
                where=where,
                allowed=", ".join(get_args(ResidualKind)),
            )
        if not (math.isfinite(residual.sigma) and residual.sigma >= 0):
            yield Problem(
                what="sigma is no standard deviation",
                where=where,
                received=repr(residual.sigma),
                allowed="a finite number, 0 or more",
            )


def _correlations(spec: ModelSpec) -> Iterator[Problem]:
    varying = {p.name for p in spec.parameters if p.omega is not None}
    names = [p.name for p in spec.parameters]
    seen: set[frozenset[str]] = set()
    sound = True
    for c in spec.correlations:
        where = Place(key=f"correlation {c.first} {c.second}")
        faults: list[Problem] = []
        for name in dict.fromkeys((c.first, c.second)):
            if name not in names:
                faults.append(unknown_name(name, names, noun="parameter", where=where))
            elif name not in varying:
                faults.append(
                    Problem(
                        what=f"{name!r} has no random effect that could be correlated",
                        where=where,
                        fix="give the parameter an omega, or leave the correlation out",
                    )
                )
        pair = frozenset((c.first, c.second))
        if len(pair) == 1:
            faults.append(Problem(what="a random effect is correlated with itself", where=where))
        elif pair in seen:
            faults.append(Problem(what="the correlation is given twice", where=where))
        seen.add(pair)
        # NaN fails the comparison too.
        if not -1.0 < c.value < 1.0:
            faults.append(
                Problem(
                    what="the correlation is out of range",
                    where=where,
                    received=repr(c.value),
                    allowed="between -1 and 1, both excluded",
                    fix="a covariance is divided by both omegas",
                )
            )
        sound = sound and not faults
        yield from faults
    if spec.correlations and sound:
        yield from _definite(spec)


def _definite(spec: ModelSpec) -> Iterator[Problem]:
    import numpy as np

    from leucel.model.variability import effect_correlations

    names, matrix = effect_correlations(spec)
    smallest = float(np.linalg.eigvalsh(matrix)[0])
    # Below this the factor of the matrix is rounding and nothing else.
    if smallest < len(names) * 1e-14:
        yield Problem(
            what="no random effects can have these correlations together: the matrix is not"
            " positive definite",
            where=Place(
                key=f"correlation {spec.correlations[0].first} {spec.correlations[0].second}"
            ),
            received=f"smallest eigenvalue {smallest:.3g} among {', '.join(names)}",
            allowed="an eigenvalue above 0",
            fix="correlations of one block must fit each other; check their signs",
        )


def _equations(spec: ModelSpec) -> Iterator[Problem]:
    trees: dict[Equation, Node] = {}
    for equation in equations_of(spec):
        try:
            trees[equation] = equation.parse()
        except ModelError as error:
            yield from error.problems
    parameters = {p.name for p in spec.parameters}
    states = {s.name for s in spec.states}
    named = {e.name for e in spec.expressions}
    everything = sorted({spec.time} | parameters | states | named)
    for equation, tree in trees.items():
        yield from _used_names(equation, tree, everything)
    yield from delay_problems(spec, trees)
    expressions = {e.name: tree for e, tree in trees.items() if e.kind == "expression"}
    order, circle = order_expressions(expressions)
    if circle:
        yield Problem(
            what="these expressions need themselves: " + ", ".join(circle),
            where=Place(key=f"expression {circle[0]}"),
        )
    fixed = set(parameters)
    for name in order:
        if all(found.name in fixed for found in names_in(expressions[name])):
            fixed.add(name)
    for equation, tree in trees.items():
        if equation.kind == "initial":
            yield from _initial(equation, tree, fixed, set(everything))


def _used_names(equation: Equation, tree: Node, known: list[str]) -> Iterator[Problem]:
    if is_condition(tree):
        yield Problem(
            what="a condition stands where a number is needed",
            where=Place(line=tree.at[0], column=tree.at[1], key=equation.key),
            fix="write if(condition, value, otherwise)",
        )
    reported: set[str] = set()
    for found in names_in(tree):
        if found.name not in known and found.name not in reported:
            reported.add(found.name)
            where = Place(line=found.at[0], column=found.at[1], key=equation.key)
            yield unknown_name(found.name, known, noun="symbol", where=where)


def _initial(equation: Equation, tree: Node, fixed: set[str], known: set[str]) -> Iterator[Problem]:
    for found in names_in(tree):
        if found.name in known and found.name not in fixed:
            yield Problem(
                what=f"an initial value cannot depend on {found.name!r}, which changes with time",
                where=Place(line=found.at[0], column=found.at[1], key=equation.key),
                allowed="parameters, and expressions made of parameters",
            )
