"""`leucel manufacture`: lots of a cohort, their copies, failures, causes and times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from leucel.apps.cli.options import JsonOption, PatientsOption, ProgrammeArgument, SeedOption
from leucel.apps.cli.output import guarded, print_json, print_table, screen

_PATIENTS = 1000
_OUTCOMES = {
    "percent_out_of_specification": "lots out of specification [%]",
    "median_days": "median days from vein to vein",
    "median_copies": "median copies per CAR+ cell",
    "median_surplus": "CAR+ cells made / dose, median",
}
_SHOWN = 5


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command(epilog="Example: leucel manufacture eque-cel --patients 1000")(guarded(manufacture))


def manufacture(
    programme: ProgrammeArgument,
    patients: PatientsOption = None,
    seed: SeedOption = None,
    slots: Annotated[
        int | None, typer.Option("--slots", help="Lots that the site makes at the same time.")
    ] = None,
    per_week: Annotated[
        float, typer.Option("--per-week", help="Aphereses a week, with --slots.")
    ] = 2.0,
    change: Annotated[
        list[str] | None,
        typer.Option(
            "--change", metavar="STAGE=MEDIAN", help="What if: another median, repeatable."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder for lots.csv and sensitivity.svg.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Make a lot for each patient: copies, dose, failures, times, and what drives them."""
    from leucel.core import RandomStream, write_atomic
    from leucel.product import Process, make_lots, process_sensitivity, run_site
    from leucel.programme import programme_dose, programme_patients, read_programme

    found = read_programme(programme)
    size = patients if patients is not None else _PATIENTS
    rng = RandomStream(seed if seed is not None else 1)
    process = _changed(Process(), change or [])
    rule = programme_dose(found)
    weights = programme_patients(found, patients=size, seed=rng.seed)["weight"]
    run = make_lots(process, rule, weights, rng=rng)
    rows = process_sensitivity(process, rule, weights, rng=rng)
    data: dict[str, Any] = {**run.to_dict(), "sensitivity": rows}
    if slots is not None:
        site, waited = run_site(process, patients=size, per_week=per_week, slots=slots, rng=rng)
        data["site"] = site.to_dict(waited)
    if out is not None:
        write_atomic(out / "lots.csv", run.to_frame().to_csv(index=False))
        write_atomic(out / "sensitivity.svg", sensitivity_svg(rows))
        data["files"] = [str(out / "lots.csv"), str(out / "sensitivity.svg")]
    if json:
        print_json(data)
    else:
        _show(data)


def _changed(process: Any, changes: Sequence[str]) -> Any:
    from leucel.core import InputError, Problem
    from leucel.product import with_stage

    for text in changes:
        name, _, value = text.partition("=")
        try:
            median = float(value)
        except ValueError:
            raise InputError(
                Problem(
                    what="a change names a stage and its median",
                    received=repr(text),
                    allowed="for example make=9",
                )
            ) from None
        process = with_stage(process, name.strip(), median=median)
    return process


def _show(data: Mapping[str, Any]) -> None:
    console = screen()
    console.print(
        f"{data['patients']:,} lots, held against the specification of another product "
        f"({data['specification']}); nothing comparable is public for this one"
    )
    print_table(
        [
            {"what": text, "percent": data[key]}
            for key, text in (
                ("percent_terminated", "first attempts without a product"),
                ("percent_remade", "second attempts that worked"),
                ("percent_without_product", "patients without a product"),
                ("percent_out_of_specification", "lots out of specification"),
            )
        ]
        + [
            {"what": f"  cause: {name.replace('_', ' ')}", "percent": share}
            for name, share in data["causes_percent_of_lots"].items()
        ],
        {"what": "lots", "percent": "percent"},
    )
    numbers = dict(data["numbers"])
    if data["vein_to_vein_days"]:
        numbers["vein_to_vein_days"] = data["vein_to_vein_days"]
    print_table(
        [{"what": name.replace("_", " "), **spread} for name, spread in numbers.items()],
        {"what": "number", "p5": "5%", "q1": "25%", "median": "50%", "q3": "75%", "p95": "95%"},
    )
    print_table(
        data["sensitivity"][: 2 * _SHOWN],
        {
            "outcome": "outcome",
            "what": "stage, lower to upper decile",
            "at_low": "at low",
            "base": "base",
            "at_high": "at high",
        },
    )
    if "site" in data:
        print_table([data["site"]], {name: name.replace("_", " ") for name in data["site"]})
    for line in data["not_modeled"]:
        console.print(f"not modeled: {line}")
    for file in data.get("files", ()):
        console.print(f"wrote [bold]{file}[/bold]")


def sensitivity_svg(rows: Sequence[Mapping[str, Any]]) -> str:
    """Bars of each outcome from the lower to the upper decile of the stages that move it most."""
    import io

    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context({"svg.hashsalt": "leucel", "svg.fonttype": "none"}):
        figure = Figure(figsize=(9.6, 6.4), layout="constrained")
        for axes, (outcome, title) in zip(
            figure.subplots(2, 2).flat, _OUTCOMES.items(), strict=True
        ):
            shown = [row for row in rows if row["outcome"] == outcome][:_SHOWN][::-1]
            for i, row in enumerate(shown):
                for end, color in (("at_low", "#7db3d5"), ("at_high", "#0b5d8f")):
                    axes.barh(i, row[end] - row["base"], left=row["base"], color=color, height=0.6)
            if shown:
                axes.axvline(shown[0]["base"], color="#1c2733", linewidth=1)
            axes.set_yticks(range(len(shown)), [row["what"] for row in shown], fontsize=9)
            axes.set_ylim(-0.6, _SHOWN - 0.4)
            axes.set_title(title, fontsize=10, loc="left")
            axes.spines[["top", "right"]].set_visible(False)
        figure.suptitle(
            "Each stage at its lower (light) and upper (dark) decile, all else equal", fontsize=11
        )
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None})
    return out.getvalue()
