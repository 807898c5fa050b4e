"""`leucel models`: the list of published models, the card of one, and models as files."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from leucel.apps.cli import extinction
from leucel.apps.cli.model_files import as_text, import_sbml, write_files, write_text
from leucel.apps.cli.options import JsonOption
from leucel.apps.cli.output import guarded, print_json, print_table, screen

if TYPE_CHECKING:
    from leucel.core import Evidence
    from leucel.library import ModelCard
    from leucel.model import ModelSpec, Parameter

_IMPORT = "import"
_SKETCH = 76
# A band costs hundreds of courses, and dots cannot show it.
_NO_BAND = 0


def register(app: typer.Typer) -> None:
    """Add the commands of the library."""
    app.command(
        epilog="Example: leucel models stein_2019_tisagenlecleucel | "
        "leucel models singh_2021_idecabtagene --sbml singh.xml | "
        "leucel models import other.xml --out other.txt"
    )(guarded(models))
    extinction.register(app)


def models(
    model: Annotated[
        str | None,
        typer.Argument(
            metavar="[ID|import]",
            help="A model, all of them when not given; or the word import, to read SBML.",
        ),
    ] = None,
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="The SBML file to import.")
    ] = None,
    choices: Annotated[
        list[str] | None,
        typer.Option("--choice", help="NAME=OPTION of the model's card; may be repeated."),
    ] = None,
    text: Annotated[
        bool, typer.Option("--text", help="The model as a model file.", rich_help_panel="Files")
    ] = False,
    antimony: Annotated[
        bool, typer.Option("--antimony", help="The model in Antimony.", rich_help_panel="Files")
    ] = False,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="Where the model file or the Antimony goes; the screen when not given.",
            rich_help_panel="Files",
        ),
    ] = None,
    sbml: Annotated[
        Path | None,
        typer.Option("--sbml", help="Write the model as SBML here.", rich_help_panel="Files"),
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(
            "--plot", help="Draw its typical courses here (.svg).", rich_help_panel="Files"
        ),
    ] = None,
    json: JsonOption = False,
) -> None:
    """List the published models and those left out, show one, write it, or import SBML."""
    given = {
        "--text": text,
        "--antimony": antimony,
        "--out": out is not None,
        "--sbml": sbml is not None,
        "--plot": plot is not None,
    }
    _check_options(model, file, {k for k, v in given.items() if v}, bool(choices))
    if model is None:
        _list(json=json)
        return
    if model == _IMPORT and file is not None:
        import_sbml(file, out, json=json)
        return
    from leucel.library import get_model

    spec, card = get_model(model, **_options(choices))
    wrote = [path for path in (sbml, plot) if path is not None]
    if sbml is not None or plot is not None:
        write_files(card, spec, sbml, plot)
    if text or antimony:
        written = as_text(spec, antimony=antimony)
        if out is None:
            # Not through rich, which would break and color what another program reads.
            typer.echo(written, nl=False)
        else:
            write_text(out, written)
            wrote.append(out)
    if json:
        print_json(_card_data(spec, card))
    elif not (text or antimony or wrote):
        _show_card(spec, card)
    elif wrote and not ((text or antimony) and out is None):
        for path in wrote:
            screen().print(f"wrote [bold]{path}[/bold]")


def _check_options(model: str | None, file: Path | None, given: set[str], choices: bool) -> None:
    from leucel.core import InputError, Problem

    problems: list[Problem] = []
    if model is None and (given or choices):
        options = ", ".join(sorted(given | ({"--choice"} if choices else set())))
        problems.append(Problem(what=f"{options} needs a model", fix="give the id of one"))
    if model == _IMPORT:
        if file is None:
            problems.append(
                Problem(
                    what="there is no file to import",
                    fix="leucel models import FILE.xml --out model.txt",
                )
            )
        unused = sorted(given - {"--out", "--text"}) + (["--choice"] if choices else [])
        if unused:
            problems.append(
                Problem(what=f"{', '.join(unused)} has no meaning for an import", allowed="--out")
            )
    elif file is not None:
        problems.append(
            Problem(
                what="a file belongs to an import only",
                received=str(file),
                fix="leucel models import FILE.xml",
            )
        )
    if model is not None and model != _IMPORT:
        if {"--text", "--antimony"} <= given:
            problems.append(Problem(what="--text and --antimony are two answers", fix="take one"))
        if "--out" in given and not given & {"--text", "--antimony"}:
            problems.append(
                Problem(
                    what="--out does not know what to write",
                    fix="add --text or --antimony; SBML goes to --sbml FILE",
                )
            )
    if problems:
        raise InputError(problems)


def _options(texts: list[str] | None) -> dict[str, str]:
    from leucel.core import InputError, Problem

    found = [text.partition("=") for text in texts or ()]
    problems = [
        Problem(what="--choice needs NAME=OPTION", received="".join(parts))
        for parts in found
        if not all(part.strip() for part in parts)
    ]
    if problems:
        raise InputError(problems)
    return {name.strip(): option.strip() for name, _, option in found}


def _list(*, json: bool) -> None:
    from leucel.library import absent_models, catalog, catalog_rows

    states = {row.id: row.states for row in catalog_rows()}
    rows: list[dict[str, Any]] = [
        {
            "id": card.id,
            "title": card.title,
            "product": card.product,
            "target": card.target,
            "population": card.population,
            "states": states[card.id],
            "status": card.status.value,
            "doi": card.source.doi,
            "missing": "; ".join(card.lacking) or None,
        }
        for card in catalog()
    ]
    absent = absent_models()
    if json:
        rows += [
            {
                "id": None,
                "title": m.name,
                "product": None,
                "target": None,
                "population": None,
                "states": None,
                "status": "absent",
                "doi": None,
                "citation": m.citation or None,
                "known": m.known,
                "missing": m.missing,
            }
            for m in absent
        ]
        print_json(rows)
        return
    _show_list(rows)
    print_table(
        ({"name": m.name, "missing": m.missing} for m in absent),
        {"name": "not in the catalog", "missing": "because this is missing"},
    )
    reviewed = sum(row["status"] == "reviewed" for row in rows)
    screen().print(f"{len(rows)} models, {reviewed} of them reviewed; leucel models ID shows one")


def _show_list(rows: list[dict[str, Any]]) -> None:
    """The table of models; an id is never broken, so that it can be copied."""
    from rich import box
    from rich.markup import escape
    from rich.table import Table

    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    table.add_column("id, product", min_width=33)
    table.add_column("target", max_width=24)
    table.add_column("states", justify="right", no_wrap=True)
    table.add_column("status", no_wrap=True, min_width=12)
    for row in rows:
        # A model without states is a closed form.
        states = str(row["states"] or "closed")
        named = f"{row['id']}\n[dim]{escape(row['product'])}[/dim]"
        table.add_row(named, escape(row["target"]), states, row["status"])
    screen().print(table)


def _card_data(spec: ModelSpec, card: ModelCard) -> dict[str, Any]:
    return {
        "card": card,
        "model": {
            "name": spec.name,
            "parameters": [_parameter_row(parameter, card) for parameter in spec.parameters],
            "states": list(spec.states),
            "expressions": list(spec.expressions),
            "equations": dict(spec.odes),
            "events": list(spec.events),
            "outputs": list(spec.outputs),
            "residuals": list(spec.residuals),
            "correlations": list(spec.correlations),
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
    from rich.markup import escape

    from leucel.library import equation_lines

    console = screen()
    console.print(f"[bold]{card.title}[/bold]  ({card.id}, {card.status.value})")
    console.print(f"{escape(card.source.citation)}  {card.source.link or ''}")
    for head, text in (
        ("product", card.product),
        ("target", card.target),
        ("population", card.population),
        ("assay", card.assay),
        ("data", card.data),
        ("a dose enters", spec.dose_state or "nowhere"),
        ("license", card.license),
    ):
        console.print(f"[dim]{head}:[/dim] {escape(text)}")
    _sketches(card)
    console.print("\n[bold]equations[/bold]")
    for line in equation_lines(spec):
        console.print(f"  {escape(line)}", soft_wrap=True)
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
    for c in spec.correlations:
        console.print(
            f"[dim]correlation of random effects:[/dim] {c.first} and {c.second} {c.value:.3g}"
        )
    for choice in card.choices:
        options = "; ".join(f"{name}: {text}" for name, text in choice.options)
        console.print(f"[dim]choice {choice.name}:[/dim] {escape(options)}")
    for defect in card.defects:
        console.print(
            f"[dim]defect:[/dim] {escape(defect.what)} [dim]resolved:[/dim] "
            f"{escape(defect.resolution)}"
        )
    for limit in card.limits:
        console.print(f"[dim]limit:[/dim] {escape(limit)}")
    for text in card.lacking:
        console.print(f"[dim]missing for reviewed:[/dim] {escape(text)}")
    if card.missing:
        console.print(f"[dim]looked for:[/dim] {escape(card.missing)}")
    _show_checks(card)
    for check in card.checks:
        if check.disagreement:
            console.print(f"[dim]not met:[/dim] {escape(f'{check.name}. {check.disagreement}')}")


def _sketches(card: ModelCard) -> None:
    from leucel.apps.cli.sketch import sketch
    from leucel.report import model_courses

    console = screen()
    if not (console.encoding or "").casefold().startswith("utf"):
        return
    for panel in model_courses(card.id, patients=_NO_BAND)[:2]:
        console.print()
        for line in sketch(panel, width=min(console.width, _SKETCH)):
            console.print(line)


def _show_checks(card: ModelCard) -> None:
    if not card.checks:
        return
    print_table(
        (
            {
                "name": check.name,
                "expected": check.expected,
                "ours": check.ours,
                "deviation": f"{100 * check.deviation:+.2f}%",
                "unit": check.unit,
                "mark": check.mark.value,
                "met": "no" if check.disagreement else "yes",
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
            "met": "met",
        },
    )
