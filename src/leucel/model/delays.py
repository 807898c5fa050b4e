"""Delays: what a state was a fixed time ago, as `delay(state, lag)` in the equations of states."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from leucel.core import Place, Problem
from leucel.model.equations import Equation
from leucel.model.printing import text_from_tree
from leucel.model.tree import Call, Name, Node, names_in, walk

if TYPE_CHECKING:
    from leucel.model.spec import ModelSpec

_ALLOWED = ("ode", "expression")


def delays_in(tree: Node) -> tuple[Call, ...]:
    """Every place where a delay is used.

    Examples
    --------
    >>> from leucel.model.grammar import parse_expression
    >>> [delay_name(call) for call in delays_in(parse_expression("k*delay(x, tau) - k*x"))]
    ['delay(x, tau)']
    """
    return tuple(
        found for found in walk(tree) if isinstance(found, Call) and found.function == "delay"
    )


def delay_name(call: Call) -> str:
    """A delay as text; equal delays have equal texts."""
    return text_from_tree(call)


def delay_problems(spec: ModelSpec, trees: Mapping[Equation, Node]) -> Iterator[Problem]:
    """Delays of what is no state, by what is not fixed, or where they have no meaning."""
    states = {s.name for s in spec.states}
    fixed = {p.name for p in spec.parameters}
    carrying: set[str] = set()
    for equation, tree in trees.items():
        for call in delays_in(tree):
            what, lag = call.arguments
            where = Place(line=call.at[0], column=call.at[1], key=equation.key)
            if not (isinstance(what, Name) and what.name in states):
                yield Problem(
                    what="only a state can be delayed",
                    where=where,
                    received=text_from_tree(what),
                    allowed=", ".join(sorted(states)),
                )
            moving = sorted({n.name for n in names_in(lag)} - fixed)
            if moving or delays_in(lag):
                yield Problem(
                    what="a delay is not fixed",
                    where=where,
                    received=text_from_tree(lag),
                    allowed="numbers and parameters",
                )
            if equation.kind not in _ALLOWED:
                yield _misplaced(equation, where)
        if equation.kind == "expression" and delays_in(tree):
            carrying.add(equation.name)
    grown = True
    while grown:
        more = {
            equation.name
            for equation, tree in trees.items()
            if equation.kind == "expression" and {n.name for n in names_in(tree)} & carrying
        }
        grown = not more <= carrying
        carrying |= more
    for equation, tree in trees.items():
        if equation.kind not in _ALLOWED and {n.name for n in names_in(tree)} & carrying:
            yield _misplaced(equation, Place(key=equation.key))


def _misplaced(equation: Equation, where: Place) -> Problem:
    return Problem(
        what=f"a delay cannot stand in an equation of kind {equation.kind}",
        where=where,
        allowed="the equation of a state, also by way of expressions",
        fix="let a state follow what is needed here",
    )
