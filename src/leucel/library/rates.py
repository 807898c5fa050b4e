"""Rates of a jump model for many subjects at once, and what a leap needs to know of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from leucel.core import InputError, Problem, unknown_name
from leucel.model import (
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
    parse_expression,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from leucel.library.jumps import JumpModel

Values = dict[str, Any]
_FUNCTIONS: dict[str, Any] = {
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "abs": np.abs,
    "tanh": np.tanh,
    "min": lambda *a: np.minimum.reduce(np.broadcast_arrays(*a)),
    "max": lambda *a: np.maximum.reduce(np.broadcast_arrays(*a)),
    "logistic": lambda a: (1.0 + np.tanh(a / 2.0)) / 2.0,
}


def array_value(tree: Node, values: Values) -> Any:
    """Value of an equation for arrays of symbols."""
    match tree:
        case Number(value=value):
            return value
        case Name(name=name):
            return values[name]
        case Negate(operand=operand):
            return -array_value(operand, values)
        case Not(operand=operand):
            return np.logical_not(array_value(operand, values))
        case Binary(operator=operator, left=left, right=right):
            a, b = array_value(left, values), array_value(right, values)
            match operator:
                case "+":
                    return a + b
                case "-":
                    return a - b
                case "*":
                    return a * b
                case "/":
                    return np.divide(a, b)
                case _:
                    return np.power(a, b)
        case Compare(relation=relation, left=left, right=right):
            a, b = array_value(left, values), array_value(right, values)
            return {"<": a < b, "<=": a <= b, ">": a > b, ">=": a >= b}[relation]
        case Connect(connective=connective, left=left, right=right):
            join = np.logical_and if connective == "and" else np.logical_or
            return join(array_value(left, values), array_value(right, values))
        case Call(function="if" | "piecewise"):
            pairs, otherwise = branches(tree)
            found = array_value(otherwise, values)
            for condition, value in reversed(pairs):
                found = np.where(array_value(condition, values), array_value(value, values), found)
            return found
        case Call(function=function, arguments=arguments):
            return _FUNCTIONS[function](*(array_value(a, values) for a in arguments))


class Rates:
    """Rates of all reactions; subjects are named by their index."""

    __slots__ = ("_bounds", "_drivers", "_model", "_parameters", "_rates", "_subjects", "change")

    def __init__(
        self,
        model: JumpModel,
        parameters: dict[str, Any],
        drivers: dict[str, tuple[NDArray[np.float64], NDArray[np.float64]]],
        subjects: int,
        times: NDArray[np.float64],
    ) -> None:
        names = [p.name for p in model.parameters]
        problems = [unknown_name(n, names, noun="parameter") for n in parameters if n not in names]
        problems += [
            unknown_name(n, list(model.drivers), noun="driver")
            for n in drivers
            if n not in model.drivers
        ]
        problems += [
            Problem(what=f"the driver {n!r} is missing", fix="give its times and values")
            for n in model.drivers
            if n not in drivers
        ]
        if len(times) == 0 or not (np.isfinite(times).all() and (np.diff(times) > 0).all()):
            problems.append(Problem(what="the times are not rising, finite numbers"))
        if subjects < 1:
            problems.append(Problem(what="there is no subject", received=str(subjects)))
        for name, value in parameters.items():
            if np.ndim(value) and np.shape(value) != (subjects,):
                problems.append(
                    Problem(
                        what=f"{name!r} has another number of values than subjects",
                        received=str(np.shape(value)),
                        allowed=f"one or {subjects}",
                    )
                )
        if problems:
            raise InputError(problems)
        self._model, self._subjects = model, subjects
        given = {p.name: p.value for p in model.parameters} | parameters
        self._parameters = {n: np.broadcast_to(np.asarray(v, float), subjects)
                            for n, v in given.items()}  # fmt: skip
        self._drivers = drivers
        self._rates = [parse_expression(r.rate) for r in model.reactions]
        self._bounds = [parse_expression(r.bound or r.rate) for r in model.reactions]
        index = {s: j for j, s in enumerate(model.states)}
        self.change = np.zeros((len(model.reactions), len(index)))
        for i, reaction in enumerate(model.reactions):
            for state, size in reaction.change:
                self.change[i, index[state]] = size

    def initial(self) -> NDArray[np.float64]:
        """Whole numbers at time 0, (N, S)."""
        return np.stack(
            [
                np.round(
                    np.broadcast_to(
                        array_value(parse_expression(text), self._parameters), self._subjects
                    )
                )
                for text in self._model.initial.values()
            ],
            axis=1,
        ).astype(np.float64)

    def _values(self, who: NDArray[np.int64], count: NDArray[np.float64]) -> Values:
        found: Values = {n: v[who] for n, v in self._parameters.items()}
        return found | {s: count[:, j] for j, s in enumerate(self._model.states)}

    def bounds(self, who: NDArray[np.int64], count: NDArray[np.float64]) -> NDArray[np.float64]:
        """What no rate exceeds, (n, reactions)."""
        values = self._values(who, count)
        return self._all(self._bounds, values, who.size)

    def at(
        self, who: NDArray[np.int64], count: NDArray[np.float64], time: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Rates at a time, (n, reactions)."""
        values = self._values(who, count) | {self._model.time: time}
        for name, (when, level) in self._drivers.items():
            values[name] = _between(when, level, who, time)
        return self._all(self._rates, values, who.size)

    @staticmethod
    def _all(trees: list[Node], values: Values, size: int) -> NDArray[np.float64]:
        with np.errstate(all="ignore"):
            columns = [np.broadcast_to(array_value(t, values), size) for t in trees]
        return np.stack(columns, axis=1).astype(np.float64)

    def leap(
        self,
        who: NDArray[np.int64],
        count: NDArray[np.float64],
        time: NDArray[np.float64],
        epsilon: float,
    ) -> NDArray[np.float64]:
        """Step in which no state changes by more than a small share, (n,)."""
        rate = self.at(who, count, time)
        mean, spread = np.abs(rate @ self.change), rate @ self.change**2
        room = np.maximum(epsilon * count, 1.0)
        with np.errstate(divide="ignore"):
            steps = np.minimum(room / mean, room**2 / spread)
        return np.min(steps, axis=1)

    def fired(
        self,
        who: NDArray[np.int64],
        count: NDArray[np.float64],
        time: NDArray[np.float64],
        size: NDArray[np.float64],
        uniform: NDArray[np.float64],
        large: float,
    ) -> NDArray[np.float64]:
        """How often each reaction happens in a leap, with rates of its midpoint, (n, reactions)."""
        first = self.at(who, count, time)
        middle = np.maximum(count + 0.5 * size[:, None] * (first @ self.change), 0.0)
        mean = self.at(who, middle, time + 0.5 * size) * size[:, None]
        return poisson_quantile(uniform, np.maximum(mean, 0.0), large)


def _between(
    when: NDArray[np.float64],
    level: NDArray[np.float64],
    who: NDArray[np.int64],
    time: NDArray[np.float64],
) -> NDArray[np.float64]:
    if level.ndim == 1:
        return np.interp(time, when, level)
    right = np.clip(np.searchsorted(when, time), 1, len(when) - 1)
    width = when[right] - when[right - 1]
    share = np.clip((time - when[right - 1]) / width, 0.0, 1.0)
    return (1.0 - share) * level[who, right - 1] + share * level[who, right]


def poisson_quantile(
    uniform: NDArray[np.float64], mean: NDArray[np.float64], large: float = 1e3
) -> NDArray[np.float64]:
    """Poisson numbers by inversion; above `large` by the expansion of Cornish and Fisher.

    At a mean of 1,000 the expansion is off by one at most, in one of some hundred draws.
    """
    from scipy.special import ndtri, pdtr, pdtrik

    with np.errstate(all="ignore"):
        normal = ndtri(uniform)
        many = np.floor(mean + np.sqrt(mean) * normal + (normal**2 - 1.0) / 6.0 + 0.5)
        few = np.ceil(pdtrik(uniform, np.where(mean < large, mean, 1.0)))
        below = np.maximum(few - 1.0, 0.0)
        few = np.where(pdtr(below, mean) >= uniform, below, few)
    # Where even no event is likelier than the number drawn, the inverse has no value.
    few = np.where(uniform <= np.exp(-np.minimum(mean, large)), 0.0, few)
    return np.maximum(np.where(mean >= large, many, few), 0.0)
