"""From SymPy expressions to a straight-line program with Jacobian and time derivative."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from leucel.compile.differentiation import Derivatives
from leucel.compile.in_symbols import SystemInSymbols
from leucel.compile.program import Builder, Op, Program
from leucel.core import ModelError, Problem, content_hash


@dataclass(frozen=True, slots=True, kw_only=True)
class LoweredEvent:
    """An event in instruction numbers.

    Attributes
    ----------
    assignments : states, each with its new value.
    chained : the same where the event was set off by a jump and not by its own crossing; None when
        that makes no difference.
    """

    name: str
    when: int
    assignments: tuple[tuple[int, int], ...]
    chained: tuple[tuple[int, int], ...] | None = None

    @property
    def when_set_off(self) -> tuple[tuple[int, int], ...]:
        """Assignments where the event was set off by a jump."""
        return self.assignments if self.chained is None else self.chained

    @property
    def numbers(self) -> tuple[int, ...]:
        """All instructions that the event needs."""
        pairs = (*self.assignments, *(self.chained or ()))
        return (self.when, *(number for _, number in pairs))


@dataclass(frozen=True, slots=True, kw_only=True)
class LoweredDelay:
    """What the leaf `Op.DELAYED` stands for.

    Attributes
    ----------
    state : index of the state.
    lag : number of the time that lies between; it depends on parameters only.
    """

    state: int
    lag: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LoweredSystem:
    """A model as one program and the numbers of its results.

    Attributes
    ----------
    program : all instructions.
    state_names, parameter_names, output_names : in the order of the indices, (S,), (P,), (O,).
    initial, rhs, time_derivative : numbers, (S,).
    jacobian : numbers by (row, column); entries that are zero everywhere are left out.
    outputs : numbers, (O,); after the model's outputs come the states whose name no
        output has.
    events : in the order of the model.
    dose_state : index of the state that doses enter, None when there is none.
    passive : how many of the states, the last ones, step control does not look at: inputs (see
        `leucel.compile.variants`) and sensitivities (see `leucel.compile.sensitivity`).
    moments : indices of the states that are zero at the begin of each jump.
    logged : indices of the states that a kernel may keep as their logarithm (see
        `leucel.compile.logarithms`); everything here is in the scale of the state itself.
    delays : by the index of `Op.DELAYED`; before the start the states have their initial values.
    """

    program: Program
    state_names: tuple[str, ...]
    parameter_names: tuple[str, ...]
    output_names: tuple[str, ...]
    initial: tuple[int, ...]
    rhs: tuple[int, ...]
    jacobian: Mapping[tuple[int, int], int]
    time_derivative: tuple[int, ...]
    outputs: tuple[int, ...]
    events: tuple[LoweredEvent, ...]
    dose_state: int | None
    passive: int = 0
    moments: tuple[int, ...] = ()
    logged: tuple[int, ...] = ()
    delays: tuple[LoweredDelay, ...] = ()

    @property
    def autonomous(self) -> bool:
        """True when the right-hand side depends on the states here and now and on nothing else."""
        return not self.delays and not self.program.uses(Op.TIME, self.rhs)

    @property
    def content_hash(self) -> str:
        """SHA-256 of what is computed; equal hashes mean equal kernels."""
        return content_hash(
            {
                "program": [
                    (i.op.value, i.args, i.index, i.value.hex()) for i in self.program.instructions
                ],
                "results": [self.initial, self.rhs, self.time_derivative, self.outputs],
                "jacobian": [(*at, number) for at, number in self.jacobian.items()],
                "events": [(e.when, e.assignments, e.chained) for e in self.events],
                "passive": [self.passive, self.moments, self.logged],
                "delays": [(d.state, d.lag) for d in self.delays],
            }
        )


def lower(system: SystemInSymbols) -> LoweredSystem:
    """Lower a symbolic model.

    The Jacobian and the time derivative are taken on the program, which is quicker than taking
    them on expressions and shares their parts with the right-hand side.

    Raises
    ------
    ModelError
        When an expression has a function or a symbol that programs do not know.
    """
    builder = Builder()
    leaves: dict[str, int] = {system.time.name: builder.time()}
    for i, symbol in enumerate(system.parameters):
        leaves[symbol.name] = builder.parameter(i)
    for i, symbol in enumerate(system.states):
        leaves[symbol.name] = builder.state(i)
    for i, delay in enumerate(system.delays):
        leaves[delay.symbol.name] = builder.delayed(i)
    translate = _Translator(builder, leaves)

    rhs = tuple(translate(e) for e in system.rhs)
    initial = tuple(translate(e) for e in system.initial)
    outputs = tuple(translate(e) for e in system.outputs)
    lags = [translate(delay.lag) for delay in system.delays]
    events = tuple(
        LoweredEvent(
            name=event.name,
            when=translate(event.when),
            assignments=tuple((i, translate(e)) for i, e in sorted(event.assignments.items())),
        )
        for event in system.events
    )
    jacobian: dict[tuple[int, int], int] = {}
    for j, symbol in enumerate(system.states):
        derivatives = Derivatives(builder, leaves[symbol.name])
        for i, number in enumerate(rhs):
            entry = derivatives.of(number)
            if builder.value(entry) != 0.0:
                jacobian[i, j] = entry
    in_time = Derivatives(builder, leaves[system.time.name])
    state_names = tuple(s.name for s in system.states)
    own_states = [name for name in state_names if name not in system.output_names]
    return LoweredSystem(
        state_names=state_names,
        parameter_names=tuple(s.name for s in system.parameters),
        output_names=(*system.output_names, *own_states),
        initial=initial,
        rhs=rhs,
        jacobian=dict(sorted(jacobian.items())),
        time_derivative=tuple(in_time.of(number) for number in rhs),
        outputs=(*outputs, *(leaves[name] for name in own_states)),
        events=events,
        dose_state=system.dose_state,
        logged=system.logged,
        delays=tuple(
            LoweredDelay(state=delay.state, lag=lag)
            for delay, lag in zip(system.delays, lags, strict=True)
        ),
        program=builder.program(),
    )


class _Translator:
    """Turns expressions into instructions; equal expressions are looked up."""

    def __init__(self, builder: Builder, leaves: Mapping[str, int]) -> None:
        self._b = builder
        self._leaves = leaves
        self._done: dict[Any, int] = {}
        # How often a value changes: 0 constant, 1 once a patient, 2 with time, 3 with states.
        self._level: list[int] = []

    def __call__(self, expression: Any) -> int:
        number = self._done.get(expression)
        if number is None:
            number = self._translate(expression)
            self._done[expression] = number
        return number

    def _translate(self, e: Any) -> int:
        import sympy
        from sympy.codegen.cfunctions import expm1, log1p

        b = self._b
        if e.is_Symbol:
            if e.name not in self._leaves:
                raise ModelError(Problem(what=f"unknown symbol {e.name!r} in an equation"))
            return self._leaves[e.name]
        if e.is_number and not e.has(sympy.I):
            return b.constant(float(e))
        if e.is_Add:
            return self._sum(e.args)
        if e.is_Mul:
            return self._product(e)
        if e.is_Pow:
            if e.base == sympy.E:
                return b.function(Op.EXP, self(e.exp))
            return b.power(self(e.base), self(e.exp))
        if isinstance(e, sympy.Piecewise):
            return self._piecewise(e)
        if isinstance(e, sympy.Min | sympy.Max):
            op = Op.MINIMUM if isinstance(e, sympy.Min) else Op.MAXIMUM
            numbers = sorted(self(a) for a in e.args)
            result = numbers[0]
            for number in numbers[1:]:
                result = b.function(op, result, number)
            return result
        for kind, op in (
            (sympy.exp, Op.EXP),
            (sympy.log, Op.LOG),
            (sympy.tanh, Op.TANH),
            (sympy.Abs, Op.ABSOLUTE),
            (sympy.erf, Op.ERF),
            (expm1, Op.EXPM1),
            (log1p, Op.LOG1P),
        ):
            if isinstance(e, kind):
                return b.function(op, self(e.args[0]))
        # The class of the model: SymPy's own is complex below 0.
        if type(e).__name__ == "lgamma":
            return b.function(Op.LGAMMA, self(e.args[0]))
        raise ModelError(
            Problem(
                what="an equation has a part that cannot be compiled",
                received=str(e),
                allowed="+ - * / **, exp, expm1, log, log1p, sqrt, min, max, abs, tanh, erf, "
                "lgamma, piecewise",
            )
        )

    def _levels(self, number: int) -> int:
        for n in range(len(self._level), number + 1):
            instruction = self._b.instructions[n]
            match instruction.op:
                case Op.CONSTANT:
                    level = 0
                case Op.PARAMETER:
                    level = 1
                case Op.TIME | Op.DELAYED:
                    level = 2
                case Op.STATE:
                    level = 3
                case _:
                    level = max(self._level[a] for a in instruction.args)
            self._level.append(level)
        return self._level[number]

    def _grouped(self, numbers: Iterable[int], combine: Any) -> int | None:
        # What changes rarely is combined first, so that it can be computed once for each patient.
        result: int | None = None
        by_level: dict[int, list[int]] = {}
        for number in numbers:
            by_level.setdefault(self._levels(number), []).append(number)
        for level in sorted(by_level):
            part: int | None = None
            for number in sorted(by_level[level]):
                part = number if part is None else combine(part, number)
            if part is not None:
                result = part if result is None else combine(result, part)
        return result

    def _sum(self, terms: Iterable[Any]) -> int:
        plus: list[int] = []
        minus: list[int] = []
        for term in terms:
            if term.could_extract_minus_sign():
                minus.append(self(-term))
            else:
                plus.append(self(term))
        positive = self._grouped(plus, self._b.add)
        negative = self._grouped(minus, self._b.add)
        if positive is None:
            return self._b.negate(negative if negative is not None else self._b.constant(0.0))
        return positive if negative is None else self._b.subtract(positive, negative)

    def _product(self, e: Any) -> int:
        above: list[int] = []
        below: list[int] = []
        for factor in e.args:
            if factor.is_Pow and factor.exp.is_number and factor.exp.is_negative:
                below.append(self._b.power(self(factor.base), self._b.constant(-float(factor.exp))))
            else:
                above.append(self(factor))
        # A quotient of constants is computed once for each subject, which saves a division.
        fixed, numerator, denominator = (
            self._grouped(part, self._b.multiply)
            for part in (
                [n for n in above if self._levels(n) < 2],
                [n for n in above if self._levels(n) >= 2],
                [n for n in below if self._levels(n) >= 2],
            )
        )
        fixed_below = self._grouped([n for n in below if self._levels(n) < 2], self._b.multiply)
        if fixed is None:
            fixed = self._b.constant(1.0)
        if fixed_below is not None:
            fixed = self._b.divide(fixed, fixed_below)
        result = fixed if numerator is None else self._b.multiply(fixed, numerator)
        return result if denominator is None else self._b.divide(result, denominator)

    def _piecewise(self, e: Any) -> int:
        result: int | None = None
        for value, condition in reversed(e.args):
            number = self(value)
            if condition == True or result is None:  # noqa: E712 (SymPy's true is no bool)
                result = number if condition == True else self._guarded(condition, number)  # noqa: E712
            else:
                result = self._b.select(self._condition(condition), number, result)
        if result is None:
            raise ModelError(Problem(what="a piecewise expression has no branch"))
        return result

    def _guarded(self, condition: Any, number: int) -> int:
        # No branch holds: the value is undefined, and NaN makes the solver report it.
        return self._b.select(self._condition(condition), number, self._b.constant(float("nan")))

    def _condition(self, e: Any) -> int:
        import sympy

        b = self._b
        if e.is_Relational:
            left, right = self(e.lhs), self(e.rhs)
            match e.rel_op:
                case "<":
                    return b.function(Op.LESS, left, right)
                case "<=":
                    return b.function(Op.LESS_EQUAL, left, right)
                case ">":
                    return b.function(Op.LESS, right, left)
                case ">=":
                    return b.function(Op.LESS_EQUAL, right, left)
                case "==":
                    return b.function(Op.EQUAL, left, right)
                case _:
                    return b.function(Op.INVERT, b.function(Op.EQUAL, left, right))
        if isinstance(e, sympy.Not):
            return b.function(Op.INVERT, self._condition(e.args[0]))
        if isinstance(e, sympy.And | sympy.Or):
            op = Op.BOTH if isinstance(e, sympy.And) else Op.EITHER
            numbers = sorted(self._condition(a) for a in e.args)
            result = numbers[0]
            for number in numbers[1:]:
                result = b.function(op, result, number)
            return result
        if e == sympy.true or e == sympy.false:
            truth = 0.0 if e == sympy.true else 1.0
            return b.function(Op.EQUAL, b.constant(truth), b.constant(0.0))
        raise ModelError(Problem(what="a condition cannot be compiled", received=str(e)))
