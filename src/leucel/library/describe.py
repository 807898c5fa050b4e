"""The catalog in words: rows for a table of all models, and the equations of one as text."""

from __future__ import annotations

from dataclasses import dataclass

from leucel.library.catalog import catalog, get_model
from leucel.model import ModelSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogRow:
    """One line of the list of models."""

    id: str
    title: str
    product: str
    target: str
    states: int
    parameters: int
    checks: int
    status: str


def catalog_rows() -> tuple[CatalogRow, ...]:
    """A row for each model of the library; `states` is 0 for closed forms.

    Examples
    --------
    >>> [row.states for row in catalog_rows() if row.id == "singh_2021_idecabtagene"]
    [8]
    """
    rows: list[CatalogRow] = []
    for card in catalog():
        spec, _ = get_model(card.id)
        rows.append(
            CatalogRow(
                id=card.id,
                title=card.title,
                product=card.product,
                target=card.target,
                states=len(spec.states),
                parameters=len(spec.parameters),
                checks=len(card.checks),
                status=card.status.value,
            )
        )
    return tuple(rows)


def equation_lines(spec: ModelSpec) -> tuple[str, ...]:
    """The equations of a model as lines of text, one each.

    Examples
    --------
    >>> spec, _ = get_model("chaudhury_2020_lotka_volterra")
    >>> equation_lines(spec)[0].split(" = ")[0]
    'd/dt car'
    """
    lines = [f"{e.name} = {e.text}" for e in spec.expressions]
    lines += [f"d/dt {name} = {text}" for name, text in spec.equations]
    lines += [f"{s.name}(0) = {s.initial}" for s in spec.states]
    for event in spec.events:
        done = ", ".join(f"{name} = {text}" for name, text in event.assignments)
        lines.append(f"when {event.when} falls below 0: {done or 'restart'}  ({event.name})")
    lines += [f"{o.name}({spec.time}) = {o.text}" for o in spec.outputs]
    return tuple(lines)
