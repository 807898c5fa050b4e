"""`leucel models`: the list of published models, and the card of one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from leucel.apps.cli.options import JsonOption
from leucel.apps.cli.output import guarded, print_json, print_table, screen

if TYPE_CHECKING:
    from leucel.core import Evidence
    from leucel.library import ModelCard
    from leucel.model import ModelSpec, Parameter


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command(epilog="Example: leucel models stein_2019_tisagenlecleucel")(guarded(models))


def models(
    model: Annotated[
        str | None, typer.Argument(metavar="[ID]", help="A model; all of them when not given.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """List the published models and those left out, or show the card of one."""
    from leucel.library import absent_models, catalog, get_model

    if model is None:
        rows = [
            {
                "id": card.id,
                "title": card.title,
                "product": card.product,
                "target": card.target,
                "population": card.population,
                "status": card.status.value,
                "doi": card.source.doi,
            }
            for card in catalog()
        ]
        if json:
            print_json(rows)
        else:
            print_table(
                rows, {"id": "id", "product": "product", "target": "target", "status": "status"}
            )
            print_table(
                ({"name": m.name, "missing": m.missing} for m in absent_models()),
                {"name": "not in the catalog", "missing": "because this is missing"},
            )
        return
    spec, card = get_model(model)
    if json:
        print_json(_card_data(spec, card))
    else:
        _show_card(spec, card)


def _card_data(spec: ModelSpec, card: ModelCard) -> dict[str, Any]:
    return {
        "card": card,
        "model": {
            "name": spec.name,
            "parameters": [_parameter_row(parameter, card) for parameter in spec.parameters],
            "states": list(spec.states),
            "equations": dict(spec.odes),
            "outputs": list(spec.outputs),
        },
    }


def _parameter_row(parameter: Parameter, card: ModelCard) -> dict[str, Any]:
    evidence: Evidence | None = parameter.evidence
    return {
        "name": parameter.name,
        "symbol": card.symbol(parameter.name),
        "value": parameter.value,
        "unit": parameter.unit,
        "omega": parameter.omega,
        "meaning": parameter.meaning,
        "source": evidence.source if evidence else "",
        "place": evidence.place if evidence else "",
        "mark": evidence.mark.value if evidence else "",
    }


def _show_card(spec: ModelSpec, card: ModelCard) -> None:
    console = screen()
    console.print(f"[bold]{card.title}[/bold]  ({card.id}, {card.status.value})")
    console.print(f"{card.source.citation}  {card.source.link or ''}")
    for head, text in (
        ("product", card.product),
        ("target", card.target),
        ("population", card.population),
        ("assay", card.assay),
        ("data", card.data),
    ):
        console.print(f"[dim]{head}:[/dim] {text}")
    print_table(
        (_parameter_row(parameter, card) for parameter in spec.parameters),
        {
            "name": "parameter",
            "symbol": "symbol",
            "value": "value",
            "unit": "unit",
            "omega": "omega",
            "mark": "mark",
            "place": "place",
        },
    )
    for choice in card.choices:
        options = "; ".join(f"{name}: {text}" for name, text in choice.options)
        console.print(f"[dim]choice {choice.name}:[/dim] {options}")
    for defect in card.defects:
        console.print(f"[dim]defect:[/dim] {defect.what} [dim]resolved:[/dim] {defect.resolution}")
    for limit in card.limits:
        console.print(f"[dim]limit:[/dim] {limit}")
    if card.checks:
        print_table(
            (
                {
                    "name": check.name,
                    "expected": check.expected,
                    "ours": check.ours,
                    "deviation": f"{100 * check.deviation:+.2f}%",
                    "unit": check.unit,
                    "mark": check.mark.value,
                }
                for check in card.checks
            ),
            {
                "name": "it reproduces",
                "expected": "expected",
                "ours": "leucel",
                "deviation": "deviation",
                "unit": "unit",
                "mark": "mark",
            },
        )
