"""Straight-line programs: numbered instructions in single-assignment form, equal ones shared.

A `Builder` folds constants and identities while a program grows, so what is left is what has to be
computed. `evaluate` runs a program over any `Arithmetic`: over floats or arrays it gives numbers,
over values of a compiler it emits code.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from leucel.compile.arithmetic import Arithmetic, V


class Op(Enum):
    """What an instruction does; the comparisons and connectives give conditions."""

    CONSTANT = "constant"
    TIME = "time"
    STATE = "state"
    PARAMETER = "parameter"
    DELAYED = "delayed"
    ADD = "add"
    SUBTRACT = "subtract"
    MULTIPLY = "multiply"
    DIVIDE = "divide"
    NEGATE = "negate"
    EXP = "exp"
    LOG = "log"
    POWER = "power"
    SQRT = "sqrt"
    MINIMUM = "minimum"
    MAXIMUM = "maximum"
    ABSOLUTE = "absolute"
    TANH = "tanh"
    EXPM1 = "expm1"
    LOG1P = "log1p"
    ERF = "erf"
    LGAMMA = "lgamma"
    DIGAMMA = "digamma"
    TRIGAMMA = "trigamma"
    LESS = "less"
    LESS_EQUAL = "less_equal"
    EQUAL = "equal"
    BOTH = "both"
    EITHER = "either"
    INVERT = "invert"
    SELECT = "select"


CONDITIONS: Final = (Op.LESS, Op.LESS_EQUAL, Op.EQUAL, Op.BOTH, Op.EITHER, Op.INVERT)
LEAVES: Final = (Op.CONSTANT, Op.TIME, Op.STATE, Op.PARAMETER, Op.DELAYED)
# Larger integer powers are rare in models and cheaper as a call than as a chain of products.
_LARGEST_EXPANDED_POWER: Final = 16


@dataclass(frozen=True, slots=True)
class Instruction:
    """One operation on earlier instructions; leaves carry an index or a value."""

    op: Op
    args: tuple[int, ...] = ()
    index: int = 0
    value: float = 0.0


class Builder:
    """Grows a program; the same operation on the same arguments is written once."""

    def __init__(self, instructions: Iterable[Instruction] = ()) -> None:
        self.instructions: list[Instruction] = list(instructions)
        self._known: dict[object, int] = {
            _identity(instruction): n for n, instruction in enumerate(self.instructions)
        }

    def _emit(self, instruction: Instruction) -> int:
        key = _identity(instruction)
        number = self._known.get(key)
        if number is None:
            number = len(self.instructions)
            self.instructions.append(instruction)
            self._known[key] = number
        return number

    def constant(self, value: float) -> int:
        """Number of the constant `value`; minus zero counts as zero."""
        return self._emit(Instruction(Op.CONSTANT, value=float(value) + 0.0))

    def time(self) -> int:
        """Number of the time."""
        return self._emit(Instruction(Op.TIME))

    def state(self, index: int) -> int:
        """Number of a state."""
        return self._emit(Instruction(Op.STATE, index=index))

    def parameter(self, index: int) -> int:
        """Number of a parameter."""
        return self._emit(Instruction(Op.PARAMETER, index=index))

    def delayed(self, index: int) -> int:
        """Number of a delay: a state as it was some time ago."""
        return self._emit(Instruction(Op.DELAYED, index=index))

    def value(self, number: int) -> float | None:
        """The value of an instruction that is a constant, else None."""
        instruction = self.instructions[number]
        return instruction.value if instruction.op is Op.CONSTANT else None

    def _is(self, number: int, value: float) -> bool:
        return self.value(number) == value

    def add(self, a: int, b: int) -> int:
        """a + b."""
        x, y = self.value(a), self.value(b)
        if x is not None and y is not None:
            return self.constant(x + y)
        if x == 0.0:
            return b
        if y == 0.0:
            return a
        for left, right in ((a, b), (b, a)):
            if self.instructions[right].op is Op.NEGATE:
                return self.subtract(left, self.instructions[right].args[0])
        return self._emit(Instruction(Op.ADD, (min(a, b), max(a, b))))

    def subtract(self, a: int, b: int) -> int:
        """a - b."""
        x, y = self.value(a), self.value(b)
        if x is not None and y is not None:
            return self.constant(x - y)
        if y == 0.0:
            return a
        if x == 0.0:
            return self.negate(b)
        if a == b:
            return self.constant(0.0)
        if self.instructions[b].op is Op.NEGATE:
            return self.add(a, self.instructions[b].args[0])
        return self._emit(Instruction(Op.SUBTRACT, (a, b)))

    def multiply(self, a: int, b: int) -> int:
        """a * b; a symbolic zero wins over anything."""
        x, y = self.value(a), self.value(b)
        if x is not None and y is not None:
            return self.constant(x * y)
        if x == 0.0 or y == 0.0:
            return self.constant(0.0)
        if x == 1.0:
            return b
        if y == 1.0:
            return a
        if x == -1.0:
            return self.negate(b)
        if y == -1.0:
            return self.negate(a)
        for left, right in ((a, b), (b, a)):
            if self.instructions[right].op is Op.NEGATE:
                return self.negate(self.multiply(left, self.instructions[right].args[0]))
        return self._emit(Instruction(Op.MULTIPLY, (min(a, b), max(a, b))))

    def divide(self, a: int, b: int) -> int:
        """a / b; division by a power of two becomes a product, which is exact."""
        x, y = self.value(a), self.value(b)
        if x is not None and y is not None and y != 0.0:
            return self.constant(x / y)
        if x == 0.0:
            return a
        if y is not None and y != 0.0 and abs(math.frexp(y)[0]) == 0.5:
            return self.multiply(a, self.constant(1.0 / y))
        if self.instructions[a].op is Op.NEGATE:
            return self.negate(self.divide(self.instructions[a].args[0], b))
        if self.instructions[b].op is Op.NEGATE:
            return self.negate(self.divide(a, self.instructions[b].args[0]))
        return self._emit(Instruction(Op.DIVIDE, (a, b)))

    def negate(self, a: int) -> int:
        """-a."""
        x = self.value(a)
        if x is not None:
            return self.constant(-x)
        instruction = self.instructions[a]
        if instruction.op is Op.NEGATE:
            return instruction.args[0]
        if instruction.op is Op.SUBTRACT:
            return self.subtract(instruction.args[1], instruction.args[0])
        return self._emit(Instruction(Op.NEGATE, (a,)))

    def function(self, op: Op, *args: int) -> int:
        """A function of one or two arguments (exp ... tanh) or a condition."""
        if op in (Op.MINIMUM, Op.MAXIMUM, Op.EQUAL, Op.BOTH, Op.EITHER):
            args = tuple(sorted(args))
        values = [self.value(a) for a in args]
        if op in _FOLDED and all(v is not None for v in values):
            return self.constant(_FOLDED[op](*[v for v in values if v is not None]))
        return self._emit(Instruction(op, args))

    def power(self, a: int, b: int) -> int:
        """a ** b; small whole exponents become products, halves square roots."""
        x, y = self.value(a), self.value(b)
        if x is not None and y is not None:
            return self.constant(x**y)
        if y is None:
            return self.function(Op.POWER, a, b)
        if y < 0.0:
            return self.divide(self.constant(1.0), self.power(a, self.constant(-y)))
        if y.is_integer() and y <= _LARGEST_EXPANDED_POWER:
            return self._whole_power(a, int(y))
        if (2.0 * y).is_integer() and y <= _LARGEST_EXPANDED_POWER:
            root = self.function(Op.SQRT, a)
            return self.multiply(self._whole_power(a, int(y)), root)
        return self.function(Op.POWER, a, b)

    def _whole_power(self, a: int, exponent: int) -> int:
        result, square = self.constant(1.0), a
        while exponent:
            if exponent & 1:
                result = self.multiply(result, square)
            exponent >>= 1
            if exponent:
                square = self.multiply(square, square)
        return result

    def select(self, condition: int, a: int, b: int) -> int:
        """a where the condition holds, else b."""
        if a == b:
            return a
        return self._emit(Instruction(Op.SELECT, (condition, a, b)))

    def program(self) -> Program:
        """What has been built so far."""
        return Program(tuple(self.instructions))


def _identity(instruction: Instruction) -> object:
    return (instruction.op, instruction.args, instruction.index, instruction.value)


_FOLDED: Final[dict[Op, Any]] = {
    Op.EXP: lambda x: math.exp(x) if x < 709.0 else math.inf,
    Op.EXPM1: lambda x: math.expm1(x) if x < 709.0 else math.inf,
    Op.TANH: math.tanh,
    Op.ERF: math.erf,
    Op.ABSOLUTE: abs,
    Op.MINIMUM: min,
    Op.MAXIMUM: max,
    Op.LOG: lambda x: math.log(x) if x > 0.0 else (-math.inf if x == 0.0 else math.nan),
    Op.SQRT: lambda x: math.sqrt(x) if x >= 0.0 else math.nan,
}


@dataclass(frozen=True, slots=True)
class Program:
    """Instructions in an order in which each uses earlier ones only."""

    instructions: tuple[Instruction, ...]

    def needed(self, wanted: Iterable[int], known: Iterable[int] = ()) -> tuple[int, ...]:
        """Numbers of the instructions behind `wanted`, in order, not looking behind `known`."""
        stop = set(known)
        found: set[int] = set()
        stack = list(wanted)
        while stack:
            number = stack.pop()
            if number in found:
                continue
            found.add(number)
            if number not in stop:
                stack.extend(self.instructions[number].args)
        return tuple(sorted(found))

    def uses(self, op: Op, wanted: Iterable[int]) -> bool:
        """True when an instruction behind `wanted` has this operation."""
        return any(self.instructions[n].op is op for n in self.needed(wanted))

    def constant_in_time(self) -> frozenset[int]:
        """Numbers of the instructions that depend on parameters and constants only."""
        fixed: set[int] = set()
        for number, instruction in enumerate(self.instructions):
            if instruction.op in LEAVES:
                if instruction.op in (Op.CONSTANT, Op.PARAMETER):
                    fixed.add(number)
            elif all(a in fixed for a in instruction.args):
                fixed.add(number)
        return frozenset(fixed)

    def border_of_constants(self, wanted: Iterable[int]) -> tuple[int, ...]:
        """Numbers that can be computed once for each patient and are read by the rest.

        Constants are not among them; parameters are, so that the border together with time and
        states is all that the rest reads. Conditions are not among them either, but what they
        compare: what is kept for each patient are numbers.
        """
        fixed = self.constant_in_time()
        goals = list(wanted)
        border = {n for n in goals if n in fixed}
        for number in self.needed(goals, known=border):
            if number in fixed:
                continue
            waiting = list(self.instructions[number].args)
            while waiting:
                argument = waiting.pop()
                if argument not in fixed:
                    continue
                if self.instructions[argument].op in CONDITIONS:
                    waiting += self.instructions[argument].args
                else:
                    border.add(argument)
        return tuple(sorted(n for n in border if self.instructions[n].op is not Op.CONSTANT))


def evaluate(
    program: Program,
    arithmetic: Arithmetic[V],
    wanted: Sequence[int],
    *,
    time: V | None = None,
    states: Sequence[V] = (),
    parameters: Sequence[V] = (),
    delayed: Sequence[V] = (),
    known: Mapping[int, V] | None = None,
) -> list[V]:
    """Run the instructions behind `wanted` over an arithmetic.

    Parameters
    ----------
    wanted : numbers of the results, in the order in which they are returned.
    time, states, parameters, delayed : values of the leaves; a leaf that is not needed may be
        missing.
    known : values of instructions that are not to be computed again.

    Examples
    --------
    >>> from leucel.compile.arithmetic import NumpyArithmetic
    >>> b = Builder()
    >>> x = b.state(0)
    >>> y = b.power(b.add(x, b.constant(1.0)), b.constant(2.0))
    >>> evaluate(b.program(), NumpyArithmetic(), [y], states=[2.0])
    [9.0]
    """
    values: dict[int, V] = dict(known or {})
    for number in program.needed(wanted, known=values):
        if number in values:
            continue
        instruction = program.instructions[number]
        match instruction.op:
            case Op.CONSTANT:
                values[number] = arithmetic.constant(instruction.value)
            case Op.TIME:
                if time is None:
                    raise ValueError("the program needs the time")
                values[number] = time
            case Op.STATE:
                values[number] = states[instruction.index]
            case Op.PARAMETER:
                values[number] = parameters[instruction.index]
            case Op.DELAYED:
                values[number] = delayed[instruction.index]
            case op:
                apply: Callable[..., V] = getattr(arithmetic, op.value)
                values[number] = apply(*(values[a] for a in instruction.args))
    return [values[number] for number in wanted]
