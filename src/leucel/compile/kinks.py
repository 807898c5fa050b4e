"""Kinks of a right-hand side, locked: within a step it is smooth, and events change its side.

A kink is where a condition turns, where the smaller or larger of two changes, and where the
argument of an absolute value passes zero. Step control sees little of it and sensitivities nothing,
and a step that has crossed a kink carries what it has met beyond. So each kink gets a state, its
side, which the right-hand side obeys in place of the comparison, and two events that change it
where the comparison turns (discontinuity locking: Park and Barton, ACM Trans. Model. Comput. Simul.
6:137, 1996, doi:10.1145/232807.232809). At the start and after a jump events put each side right.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from leucel.compile.lowering import LoweredEvent, LoweredSystem
from leucel.compile.program import LEAVES, Builder, Op, Program
from leucel.compile.symbols import symbols

_COMPARISONS: Final = (Op.LESS, Op.LESS_EQUAL)
_KINKS: Final = (*_COMPARISONS, Op.MINIMUM, Op.MAXIMUM, Op.ABSOLUTE)
_HALF: Final = 0.5
# A comparison that has just turned lies within rounding of zero. To turn back it has to go a little
# further, which is what lets an event see it; a course that slides along a kink has no derivative.
_FURTHER: Final = 1e-15
_SMALLEST: Final = 1e-300


@dataclass(frozen=True, slots=True, kw_only=True)
class Locked:
    """A system whose right-hand side obeys sides.

    Attributes
    ----------
    system : without the states of the sides, but with their events.
    first, kinks : index of the first side, and how many there are.
    folds : the sides at which the right-hand side bends and does not jump: min, max, abs.
    """

    system: LoweredSystem
    first: int
    kinks: int
    folds: frozenset[int]


def lock_kinks(system: LoweredSystem, *, first: int) -> Locked:
    """Replace the comparisons of a right-hand side by sides, states from index `first` on."""
    program = system.program
    b = Builder(program.instructions)
    fixed = program.constant_in_time()
    arithmetic = symbols(b)
    mapped: dict[int, int] = {}
    events: list[LoweredEvent] = []
    folds: set[int] = set()
    for number in program.needed(system.rhs):
        instruction = program.instructions[number]
        if instruction.op in LEAVES:
            mapped[number] = number
            continue
        args = [mapped[a] for a in instruction.args]
        if instruction.op not in _KINKS or number in fixed:
            mapped[number] = getattr(arithmetic, instruction.op.value)(*args)
            continue
        one = args[0]
        other = args[1] if len(args) > 1 else b.constant(0.0)
        side = first + len(events) // 2
        if instruction.op not in _COMPARISONS:
            folds.add(side)
        is_less = b.function(Op.LESS, b.constant(_HALF), b.state(side))
        match instruction.op:
            case Op.MINIMUM:
                mapped[number] = b.select(is_less, one, other)
            case Op.MAXIMUM:
                mapped[number] = b.select(is_less, other, one)
            case Op.ABSOLUTE:
                mapped[number] = b.select(is_less, b.negate(one), one)
            case _:
                mapped[number] = is_less
        events += _turns(b, one, other, side)
    locked = replace(
        system,
        program=b.program(),
        rhs=tuple(mapped[number] for number in system.rhs),
        events=(*system.events, *events),
    )
    return Locked(system=locked, first=first, kinks=len(events) // 2, folds=frozenset(folds))


def _turns(b: Builder, one: int, other: int, side: int) -> list[LoweredEvent]:
    """The events in which one becomes less than other, and no longer less."""
    gap = b.subtract(one, other)
    state = b.state(side)
    down, up = gap, b.negate(gap)
    if Program(tuple(b.instructions)).uses(Op.STATE, [gap]):
        size = b.add(b.function(Op.ABSOLUTE, one), b.function(Op.ABSOLUTE, other))
        further = b.add(b.multiply(size, b.constant(_FURTHER)), b.constant(_SMALLEST))
        down = b.add(gap, b.multiply(further, b.subtract(b.constant(1.0), state)))
        up = b.subtract(b.multiply(further, state), gap)
    return [
        LoweredEvent(
            name=f"kink {side} {value:g}",
            when=when,
            assignments=((side, b.constant(value)),),
        )
        for when, value in ((down, 1.0), (up, 0.0))
    ]
