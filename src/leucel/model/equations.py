"""The equations of a model in one list, and the order in which expressions need each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from leucel.model.grammar import parse_expression
from leucel.model.tree import Node, names_in

if TYPE_CHECKING:
    from leucel.model.spec import ModelSpec

EquationKind = Literal["initial", "expression", "ode", "event", "assignment", "output"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Equation:
    """One text of the model and what it defines.

    Attributes
    ----------
    kind : what sort of equation it is.
    name : the state, expression, event or output it belongs to (the state, for an assignment).
    owner : the event an assignment belongs to, else "".
    unit : declared unit of the value; for an ODE that of the state; "" for the zero of an event.
    """

    kind: EquationKind
    name: str
    text: str
    unit: str = ""
    owner: str = ""

    @property
    def key(self) -> str:
        """How messages call it."""
        match self.kind:
            case "initial":
                return f"{self.name}(0)"
            case "ode":
                return f"d/dt {self.name}"
            case "assignment":
                return f"event {self.owner}, {self.name}"
            case _:
                return f"{self.kind} {self.name}"

    def parse(self) -> Node:
        """The syntax tree; raises `ModelError` with line and column."""
        return parse_expression(self.text, key=self.key)


def equations_of(spec: ModelSpec) -> tuple[Equation, ...]:
    """All equations of a model, in the order of its definition."""
    units = {state.name: state.unit for state in spec.states}
    found = [
        Equation(kind="expression", name=e.name, text=e.text, unit=e.unit) for e in spec.expressions
    ]
    found += [
        Equation(kind="initial", name=s.name, text=s.initial, unit=s.unit) for s in spec.states
    ]
    found += [
        Equation(kind="ode", name=name, text=text, unit=units.get(name, "1"))
        for name, text in spec.equations
    ]
    for event in spec.events:
        found.append(Equation(kind="event", name=event.name, text=event.when))
        found += [
            Equation(
                kind="assignment",
                name=name,
                text=text,
                unit=units.get(name, "1"),
                owner=event.name,
            )
            for name, text in event.assignments
        ]
    found += [Equation(kind="output", name=o.name, text=o.text, unit=o.unit) for o in spec.outputs]
    return tuple(found)


def order_expressions(trees: dict[str, Node]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Expressions sorted so that each one only uses earlier ones, and the names of a circle.

    Parameters
    ----------
    trees : syntax tree of each expression by name.

    Returns
    -------
    The order (without the members of circles) and the expressions that need themselves; the second
    is empty for a sound model.
    """
    needs = {
        name: {found.name for found in names_in(tree)} & trees.keys()
        for name, tree in trees.items()
    }
    order: list[str] = []
    placed: set[str] = set()
    while len(order) < len(trees):
        ready = [name for name in trees if name not in placed and needs[name] <= placed]
        if not ready:
            break
        order.extend(ready)
        placed.update(ready)
    return tuple(order), tuple(name for name in trees if name not in placed)
