"""A machine that runs PTX word for word, one thread after the other, on the memory of this process.

It knows the instructions that the kernels use and no others. Registers hold bits; an operation on
doubles is done as IEEE 754 has it, with one rounding, as a GPU does it.
"""

from __future__ import annotations

import ctypes
import math
import operator
import re
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

_WORD = 2**64 - 1
_HEAD = re.compile(r"\.(?:func|entry)\s+(?:\(\.param \.\w+ (\w+)\)\s*)?(\w+)\s*\(?")
_CALL = re.compile(r"call\.uni\s+(?:\((\w+)\),\s*)?(\w+)(?:,\s*\(([^)]*)\))?;")
_PLACE = re.compile(r"\[([%$\w]+)(?:\+(-?\d+))?\]")


def number(bits: int) -> float:
    """The double that has these bits."""
    return struct.unpack("<d", struct.pack("<Q", bits))[0]


def bits(value: float) -> int:
    """The bits of a double."""
    return struct.unpack("<Q", struct.pack("<d", value))[0]


def signed(value: int, width: int = 64) -> int:
    """An integer of two's complement."""
    return value - (1 << width) if value >> (width - 1) else value


def fused(a: float, b: float, c: float) -> float:
    """a * b + c, rounded once."""
    if not all(map(math.isfinite, (a, b, c))):
        return a * b + c
    (an, ad), (bn, bd), (cn, cd) = (x.as_integer_ratio() for x in (a, b, c))
    above = an * bn * cd + cn * ad * bd
    if above == 0:
        return a * b + c
    try:
        return above / (ad * bd * cd)
    except OverflowError:
        return math.copysign(math.inf, above)


def quotient(a: float, b: float) -> float:
    """a / b."""
    if b != 0.0:
        return a / b
    if a == 0.0 or math.isnan(a):
        return math.nan
    return math.copysign(math.inf, a) * math.copysign(1.0, b)


def larger(a: float, b: float) -> float:
    """The larger one; what is not a number loses, and -0 is below 0."""
    if math.isnan(a) or math.isnan(b):
        return b if math.isnan(a) else a
    return max((a, math.copysign(1.0, a)), (b, math.copysign(1.0, b)))[0]


def truncated(a: float) -> int:
    """Toward zero, within 64 bits."""
    if math.isnan(a):
        return 0
    return int(min(max(a, -(2.0**63)), math.nextafter(2.0**63, 0.0)))


DOUBLES: dict[str, Callable[..., float]] = {
    "abs.f64": abs,
    "add.rn.f64": operator.add,
    "copysign.f64": lambda a, b: math.copysign(b, a),
    "cvt.rmi.f64.f64": lambda a: float(math.floor(a)) if math.isfinite(a) else a,
    "div.rn.f64": quotient,
    "fma.rn.f64": fused,
    "max.f64": larger,
    "mul.rn.f64": operator.mul,
    "neg.f64": operator.neg,
    "rcp.rn.f64": lambda a: quotient(1.0, a),
    "sqrt.rn.f64": lambda a: math.sqrt(a) if a >= 0.0 else math.nan,
    "sub.rn.f64": operator.sub,
}
WORDS: dict[str, Callable[..., int]] = {
    "add.s64": operator.add,
    "add.u64": operator.add,
    "and.b32": operator.and_,
    "and.b64": operator.and_,
    "cvt.rn.f64.s64": lambda a: bits(float(signed(a))),
    "cvt.rn.f64.u32": lambda a: bits(float(a)),
    "cvt.rzi.s64.f64": lambda a: truncated(number(a)),
    "cvt.s64.s32": lambda a: signed(a, 32),
    "cvt.u64.u32": lambda a: a,
    "cvta.local.u64": lambda a: a,
    "cvta.to.global.u64": lambda a: a,
    "mad.lo.s64": lambda a, b, c: signed(a) * signed(b) + c,
    "mov.b32": lambda a: a,
    "mov.b64": lambda a: a,
    "mov.u32": lambda a: a,
    "mul.lo.s64": lambda a, b: signed(a) * signed(b),
    "mul.wide.s32": lambda a, b: signed(a, 32) * signed(b, 32),
    "mul.wide.u32": operator.mul,
    "or.b64": operator.or_,
    "selp.b32": lambda a, b, p: a if p else b,
    "selp.b64": lambda a, b, p: a if p else b,
    "selp.f64": lambda a, b, p: a if p else b,
    "shl.b64": lambda a, b: a << b,
    "shr.s64": lambda a, b: signed(a) >> b,
    "sub.s64": operator.sub,
    "and.pred": lambda a, b: a & b,
    "mov.pred": lambda a: a & 1,
    "not.pred": lambda a: 1 - a,
    "or.pred": lambda a, b: a | b,
}
RELATIONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}


def compared(relation: str, kind: str, a: int, b: int) -> int:
    """What `setp` gives."""
    if kind == "f64":
        x, y = number(a), number(b)
        unordered = math.isnan(x) or math.isnan(y)
        if relation in ("num", "nan"):
            return int(unordered == (relation == "nan"))
        if relation.endswith("u") and relation[:-1] in RELATIONS:
            return int(unordered or RELATIONS[relation[:-1]](x, y))
        return int(not unordered and RELATIONS[relation](x, y))
    if kind.startswith("s"):
        width = int(kind[1:])
        return int(RELATIONS[relation](signed(a, width), signed(b, width)))
    return int(RELATIONS[relation](a, b))


@dataclass
class Function:
    """A function of a module."""

    parameters: list[str] = field(default_factory=list)
    result: str | None = None
    lines: list[tuple[str | None, bool, str, list[str], str]] = field(default_factory=list)
    labels: dict[str, int] = field(default_factory=dict)
    depots: dict[str, int] = field(default_factory=dict)


def parse(text: str) -> dict[str, Function]:
    """All functions of a module."""
    found: dict[str, Function] = {}
    current = Function()
    for raw in text.splitlines():
        line = raw.split("//")[0].strip()
        head = _HEAD.search(line)
        if head:
            current = found[head.group(2)] = Function(result=head.group(1))
        elif re.match(r"\.param .*_param_\d+,?$", line):
            current.parameters.append(line.rstrip(",").split()[-1])
        elif line.startswith(".local"):
            name, size = re.findall(r"(\w+)\[(\d+)\]", line)[0]
            current.depots[name] = int(size)
        elif line.endswith(":"):
            current.labels[line[:-1]] = len(current.lines)
        elif line.endswith(";") and not line.startswith("."):
            guard = re.match(r"@(!?)(%\w+)\s+", line)
            body = line[guard.end() :] if guard else line
            op, _, rest = body.rstrip(";").partition(" ")
            operands = re.findall(r"\[[^]]*\]|[^,\s]+", rest)
            predicate = guard.group(2) if guard else None
            negated = bool(guard and guard.group(1))
            current.lines.append((predicate, negated, op.strip(), operands, body))
    return found


class PtxMachine:
    """Runs the entry of a module over numbers of threads."""

    def __init__(self, text: str) -> None:
        self.functions = parse(text)
        self.executed = 0

    def launch(self, entry: str, record: int, count: int, block: int = 64) -> None:
        """As many threads as whole blocks have, so that some are beyond the last subject."""
        for thread in range(-(-count // block) * block):
            special = {"%ctaid.x": thread // block, "%tid.x": thread % block, "%ntid.x": block}
            self._run(self.functions[entry], [record, count], special)

    def _run(self, function: Function, arguments: list[int], special: dict[str, int]) -> int:
        held = {name: ctypes.create_string_buffer(n) for name, n in function.depots.items()}
        registers = special | {name: ctypes.addressof(held[name]) for name in held}
        space = dict(zip(function.parameters, arguments, strict=True))
        at = 0
        while True:
            predicate, negated, op, operands, body = function.lines[at]
            at += 1
            self.executed += 1
            if predicate is not None and bool(registers[predicate]) == negated:
                continue
            kind, *more = op.split(".")
            if kind == "bra":
                at = function.labels[operands[0]]
            elif kind == "ret":
                return space.get(function.result or "", 0)
            elif kind == "call":
                match = _CALL.match(body + ("" if body.endswith(";") else ";"))
                assert match is not None, body
                result, name, given = match.groups()
                names = [n.strip() for n in given.split(",")] if given else []
                value = self._run(self.functions[name], [space[n] for n in names], special)
                if result:
                    space[result] = value
            elif kind in ("ld", "st"):
                self._move(kind, more, operands, registers, space)
            else:
                values = [self._value(o, registers) for o in operands[1:]]
                registers[operands[0]] = self._apply(op, values)

    @staticmethod
    def _value(operand: str, registers: dict[str, int]) -> int:
        if operand in registers:
            return registers[operand]
        if operand.startswith("0d"):
            return int(operand[2:], 16)
        return int(operand) & _WORD

    def _move(
        self,
        kind: str,
        more: list[str],
        operands: list[str],
        registers: dict[str, int],
        space: dict[str, int],
    ) -> None:
        target, source = operands
        found = _PLACE.fullmatch(source if kind == "ld" else target)
        assert found is not None, operands
        base, offset = found.group(1), int(found.group(2) or 0)
        if "param" in more:
            if kind == "ld":
                registers[target] = space[base]
            else:
                space[base] = self._value(source, registers)
            return
        word = ctypes.c_uint64 if more[-1] == "b64" else ctypes.c_uint32
        place = word.from_address((registers[base] + offset) & _WORD)
        if kind == "ld":
            registers[target] = place.value
        else:
            place.value = self._value(source, registers)

    @staticmethod
    def _apply(op: str, values: list[int]) -> int:
        if op in DOUBLES:
            return bits(DOUBLES[op](*map(number, values)))
        if op.startswith("setp."):
            _, relation, kind = op.split(".")
            return compared(relation, kind, *values)
        result = WORDS[op](*values)
        return result & (2**32 - 1 if op.endswith("b32") or op == "mov.u32" else _WORD)


@pytest.fixture(scope="session")
def ptx_machine() -> type[PtxMachine]:
    """The machine, for tests that give it a module."""
    return PtxMachine
