"""Derivatives of programs: new instructions beside the old ones, sharing what they can."""

from __future__ import annotations

import math

from leucel.compile.program import Builder, Instruction, Op
from leucel.core import ModelError, Problem


class Derivatives:
    """Partial derivatives of instructions with respect to one leaf, memoized.

    Minimum, maximum, absolute value and select have one-sided derivatives: that of the branch
    which is taken. A power, and a square root, has derivative 0 where its base is exactly 0 and the
    exponent is not 1: the true one may be infinite there, and a state that has been set to zero
    would then turn every state that it feeds into NaN (infinity times its own derivative 0).
    """

    def __init__(self, builder: Builder, leaf: int) -> None:
        self._b = builder
        self._leaf = leaf
        self._done: dict[int, int] = {}

    def of(self, number: int) -> int:
        """Number of d instruction / d leaf."""
        # Depth-first without recursion: long sums make deep programs.
        stack = [number]
        while stack:
            top = stack[-1]
            if top in self._done:
                stack.pop()
                continue
            instruction = self._b.instructions[top]
            waiting = [a for a in self._dependencies(instruction) if a not in self._done]
            if waiting:
                stack.extend(waiting)
                continue
            self._done[top] = self._rule(top, instruction)
            stack.pop()
        return self._done[number]

    @staticmethod
    def _dependencies(instruction: Instruction) -> tuple[int, ...]:
        return instruction.args[1:] if instruction.op is Op.SELECT else instruction.args

    def _rule(self, number: int, instruction: Instruction) -> int:
        b = self._b
        if number == self._leaf:
            return b.constant(1.0)
        zero = b.constant(0.0)
        args = instruction.args
        d = [self._done[a] for a in self._dependencies(instruction)]
        if all(b.value(x) == 0.0 for x in d):
            return zero
        match instruction.op:
            case Op.ADD:
                return b.add(d[0], d[1])
            case Op.SUBTRACT:
                return b.subtract(d[0], d[1])
            case Op.NEGATE:
                return b.negate(d[0])
            case Op.MULTIPLY:
                return b.add(b.multiply(d[0], args[1]), b.multiply(args[0], d[1]))
            case Op.DIVIDE:
                return b.divide(b.subtract(d[0], b.multiply(number, d[1])), args[1])
            case Op.EXP:
                return b.multiply(number, d[0])
            case Op.LOG:
                return b.divide(d[0], args[0])
            case Op.SQRT:
                slope = b.divide(b.multiply(b.constant(0.5), d[0]), number)
                return b.select(b.function(Op.EQUAL, number, zero), zero, slope)
            case Op.TANH:
                slope = b.subtract(b.constant(1.0), b.multiply(number, number))
                return b.multiply(slope, d[0])
            case Op.EXPM1:
                return b.multiply(b.add(number, b.constant(1.0)), d[0])
            case Op.LOG1P:
                return b.divide(d[0], b.add(args[0], b.constant(1.0)))
            case Op.ERF:
                bell = b.function(Op.EXP, b.negate(b.multiply(args[0], args[0])))
                slope = b.multiply(b.constant(2.0 / math.sqrt(math.pi)), bell)
                return b.multiply(slope, d[0])
            case Op.LGAMMA:
                return b.multiply(b.function(Op.DIGAMMA, args[0]), d[0])
            case Op.DIGAMMA:
                return b.multiply(b.function(Op.TRIGAMMA, args[0]), d[0])
            case Op.TRIGAMMA:
                raise ModelError(Problem(what="lgamma has no third derivative here"))
            case Op.ABSOLUTE:
                negative = b.function(Op.LESS, args[0], zero)
                return b.select(negative, b.negate(d[0]), d[0])
            case Op.MINIMUM:
                return b.select(b.function(Op.LESS_EQUAL, args[0], args[1]), d[0], d[1])
            case Op.MAXIMUM:
                return b.select(b.function(Op.LESS_EQUAL, args[0], args[1]), d[1], d[0])
            case Op.SELECT:
                return b.select(args[0], d[0], d[1])
            case Op.POWER:
                return self._power_rule(number, args, d)
            case _:
                return zero

    def _power_rule(self, number: int, args: tuple[int, ...], d: list[int]) -> int:
        b = self._b
        base, exponent = args
        zero, one = b.constant(0.0), b.constant(1.0)
        at_zero = zero
        if b.value(exponent) is None and b.value(d[0]) != 0.0:
            is_one = b.function(Op.EQUAL, exponent, one)
            at_zero = b.multiply(b.select(is_one, one, zero), d[0])
        slope = b.multiply(b.divide(b.multiply(exponent, number), base), d[0])
        if b.value(d[1]) != 0.0:
            log_base = b.function(Op.LOG, base)
            slope = b.add(slope, b.multiply(b.multiply(number, log_base), d[1]))
        return b.select(b.function(Op.EQUAL, base, zero), at_zero, slope)
