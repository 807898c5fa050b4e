"""A model as SymPy: right-hand sides, sparse Jacobian, outputs and events, ready to be lowered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from leucel.core import ModelError, Problem
from leucel.model.delays import delay_name, delays_in
from leucel.model.equations import equations_of, order_expressions
from leucel.model.grammar import parse_expression
from leucel.model.printing import text_from_tree
from leucel.model.tree import (
    Binary,
    Call,
    Compare,
    Connect,
    Name,
    Negate,
    Node,
    Not,
    Number,
    branches,
)

# Larger literals stay floating-point numbers, which print shorter and are equally exact.
_LARGEST_EXACT = 2.0**53

if TYPE_CHECKING:
    import sympy

    from leucel.model.spec import ModelSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class SymbolicEvent:
    """An event whose `when` crosses zero downwards; `assignments` by index of state."""

    name: str
    when: sympy.Expr
    assignments: dict[int, sympy.Expr]


@dataclass(frozen=True, slots=True, kw_only=True)
class SymbolicDelay:
    """A symbol of the right-hand side: the state with this index as it was `lag` ago."""

    symbol: sympy.Symbol
    state: int
    lag: sympy.Expr


@dataclass(frozen=True, slots=True, kw_only=True)
class SymbolicSystem:
    """A model in symbols.

    Only + - * / **, exp, expm1, log, log1p, sqrt, Min, Max, Piecewise, tanh, Abs, erf and lgamma
    occur, and polygamma in derivatives.

    Attributes
    ----------
    time : symbol of time.
    states, parameters : symbols, in the order of the definition.
    initial : initial values, in parameters only, (S,).
    rhs : derivatives, in time, states and parameters, (S,).
    jacobian : d rhs[i] / d state[j] by (i, j); entries that are zero everywhere are left out.
    time_derivative : partial derivative of `rhs` to time, (S,).
    outputs, output_names : what a simulation reports, (O,).
    dose_state : index of the state that doses enter; None when there is none.
    logged : indices of the states that a solver keeps as logarithms.
    delays : symbols of the right-hand side that are neither time, state nor parameter.
    """

    time: sympy.Symbol
    states: tuple[sympy.Symbol, ...]
    parameters: tuple[sympy.Symbol, ...]
    initial: tuple[sympy.Expr, ...]
    rhs: tuple[sympy.Expr, ...]
    jacobian: dict[tuple[int, int], sympy.Expr]
    time_derivative: tuple[sympy.Expr, ...]
    outputs: tuple[sympy.Expr, ...]
    output_names: tuple[str, ...]
    events: tuple[SymbolicEvent, ...]
    dose_state: int | None
    logged: tuple[int, ...] = ()
    delays: tuple[SymbolicDelay, ...] = ()


def symbolic_system(spec: ModelSpec) -> SymbolicSystem:
    """Translate a model into SymPy, with its algebraic expressions substituted.

    Equal parts of the result are one SymPy object, so that common subexpressions are found again by
    `sympy.cse` at the cost of a table look-up.

    Examples
    --------
    >>> from leucel.model import ModelSpec, Output, Parameter, State, symbolic_system
    >>> system = symbolic_system(
    ...     ModelSpec(
    ...         name="growth",
    ...         parameters=(Parameter(name="k", value=0.1, unit="1/day"),),
    ...         states=(State(name="x", unit="cells", initial="1 [cell]"),),
    ...         odes={"x": "k*x"},
    ...         outputs=(Output(name="x", text="x", unit="cells"),),
    ...     )
    ... )
    >>> system.rhs, system.jacobian
    ((k*x,), {(0, 0): k})
    """
    import sympy

    symbols: dict[str, Any] = {
        name: sympy.Symbol(name, real=True)
        for name in (
            spec.time,
            *(p.name for p in spec.parameters),
            *(s.name for s in spec.states),
        )
    }
    equations = equations_of(spec)
    trees = {e.name: e.parse() for e in equations if e.kind == "expression"}
    calls = {delay_name(c): c for e in equations for c in delays_in(e.parse())}
    known = symbols | {name: sympy.Symbol(name, real=True) for name in calls}
    for name in order_expressions(trees)[0]:
        known[name] = sympy_from_tree(trees[name], known)

    def translate(text: str) -> Any:
        return _defined(sympy_from_tree(parse_expression(text), known), text)

    states = tuple(symbols[s.name] for s in spec.states)
    index = {s.name: i for i, s in enumerate(spec.states)}
    derivatives = dict(spec.equations)
    rhs = tuple(translate(derivatives[s.name]) for s in spec.states)
    events = tuple(
        SymbolicEvent(
            name=event.name,
            when=translate(event.when),
            assignments={index[name]: translate(text) for name, text in event.assignments},
        )
        for event in spec.events
    )
    delays = tuple(
        SymbolicDelay(
            symbol=known[name],
            state=index[text_from_tree(call.arguments[0])],
            lag=sympy_from_tree(call.arguments[1], known),
        )
        for name, call in calls.items()
    )
    return SymbolicSystem(
        time=symbols[spec.time],
        states=states,
        parameters=tuple(symbols[p.name] for p in spec.parameters),
        initial=tuple(translate(s.initial) for s in spec.states),
        rhs=rhs,
        jacobian=_jacobian(rhs, states),
        time_derivative=tuple(derivative(expression, symbols[spec.time]) for expression in rhs),
        outputs=tuple(translate(output.text) for output in spec.outputs),
        output_names=tuple(output.name for output in spec.outputs),
        events=events,
        dose_state=None if spec.dose_state is None else index[spec.dose_state],
        logged=tuple(index[s.name] for s in spec.states if s.logged),
        delays=delays,
    )


def _defined(expression: Any, text: str) -> Any:
    import sympy

    if expression.has(sympy.zoo, sympy.nan, sympy.oo, -sympy.oo, sympy.I):
        raise ModelError(
            Problem(
                what="the equation has no real, finite value",
                received=text,
                fix="it divides by zero, or takes a root or logarithm of a negative number",
            )
        )
    return expression


def _jacobian(rhs: tuple[Any, ...], states: tuple[Any, ...]) -> dict[tuple[int, int], Any]:
    entries: dict[tuple[int, int], Any] = {}
    for i, expression in enumerate(rhs):
        present = expression.free_symbols
        for j, state in enumerate(states):
            if state in present:
                entry = derivative(expression, state)
                if entry != 0:
                    entries[i, j] = entry
    return entries


def derivative(expression: Any, symbol: Any) -> Any:
    """Partial derivative, in the same plain functions as the expression.

    Derivatives of min, max and abs are one-sided steps, which SymPy writes as Heaviside and sign;
    here they become Piecewise, with the value 0 on the kink itself.
    """
    import sympy

    def step(argument: Any, *_: Any) -> Any:
        return sympy.Piecewise((1, argument > 0), (0, True))

    def sign(argument: Any) -> Any:
        return sympy.Piecewise((1, argument > 0), (-1, argument < 0), (0, True))

    return expression.diff(symbol).replace(sympy.Heaviside, step).replace(sympy.sign, sign)


def sympy_from_tree(tree: Node, symbols: Mapping[str, Any]) -> Any:
    """A syntax tree as a SymPy expression; `symbols` gives what each name stands for."""
    import sympy

    def value(node: Node) -> Any:
        return sympy_from_tree(node, symbols)

    match tree:
        case Number(value=number):
            exact = number.is_integer() and abs(number) < _LARGEST_EXACT
            return sympy.Integer(int(number)) if exact else sympy.Float(number)
        case Name(name=name):
            return symbols[name]
        case Negate(operand=operand):
            return -value(operand)
        case Not(operand=operand):
            return sympy.Not(value(operand))
        case Binary(operator=operator, left=left, right=right):
            return _arithmetic(operator, value(left), value(right))
        case Compare(relation=relation, left=left, right=right):
            kinds = {"<": sympy.Lt, "<=": sympy.Le, ">": sympy.Gt, ">=": sympy.Ge}
            return kinds[relation](value(left), value(right))
        case Connect(connective=connective, left=left, right=right):
            join = sympy.And if connective == "and" else sympy.Or
            return join(value(left), value(right))
        case Call():
            return _call(tree, symbols)


def _arithmetic(operator: str, left: Any, right: Any) -> Any:
    match operator:
        case "+":
            return left + right
        case "-":
            return left - right
        case "*":
            return left * right
        case "/":
            return left / right
        case _:
            return left**right


def _call(call: Call, symbols: Mapping[str, Any]) -> Any:
    import sympy
    from sympy.codegen.cfunctions import expm1, log1p

    from leucel.model.log_gamma import lgamma

    if call.function in ("if", "piecewise"):
        pairs, otherwise = branches(call)
        chosen = [
            (sympy_from_tree(value, symbols), sympy_from_tree(condition, symbols))
            for condition, value in pairs
        ]
        return sympy.Piecewise(*chosen, (sympy_from_tree(otherwise, symbols), True))
    if call.function == "delay":
        return symbols[delay_name(call)]
    arguments = [sympy_from_tree(argument, symbols) for argument in call.arguments]
    if call.function == "logistic":
        # The same function as 1/(1 + exp(-x)), but it cannot overflow.
        return (1 + sympy.tanh(arguments[0] / 2)) / 2
    functions = {
        "exp": sympy.exp,
        "log": sympy.log,
        "sqrt": sympy.sqrt,
        "abs": sympy.Abs,
        "tanh": sympy.tanh,
        "erf": sympy.erf,
        "lgamma": lgamma,
        "expm1": expm1,
        "log1p": log1p,
        "min": sympy.Min,
        "max": sympy.Max,
    }
    return functions[call.function](*arguments)
