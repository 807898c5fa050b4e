"""`leucel manufacture`: lots of a cohort, their copies, failures, causes and times."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from leucel.apps.cli.lot_pictures import OUTCOMES, SHOWN, lots_svg, sensitivity_svg
from leucel.apps.cli.options import JsonOption, PatientsOption, ProgrammeArgument, SeedOption
from leucel.apps.cli.output import guarded, print_json, print_table, screen

_PATIENTS = 1000


_NUMBERS = {
    "car_share": "CAR+ cells [share]",
    "copies_per_cell": "copies per cell",
    "copies_per_car_cell": "copies per CAR+ cell",
    "share_above_5": "cells above 5 copies [share]",
    "viability": "viability [share]",
    "surplus": "CAR+ cells made / dose",
    "given": "CAR+ cells given",
    "vein_to_vein_days": "vein to vein [day]",
}


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
    test_places: Annotated[
        int | None,
        typer.Option("--test-places", help="Lots tested at the same time, with --slots."),
    ] = None,
    vein_to_vein: Annotated[
        str | None,
        typer.Option(
            "--vein-to-vein",
            metavar="MEDIAN,Q1,Q3",
            help="Scale the stages of time to these days.",
        ),
    ] = None,
    change: Annotated[
        list[str] | None,
        typer.Option(
            "--change", metavar="STAGE=MEDIAN", help="What if: another median, repeatable."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Folder for lots.csv, lots.svg and sensitivity.svg."),
    ] = None,
    json: JsonOption = False,
) -> None:
    """Make a lot for each patient: copies, dose, failures, times, and what drives them."""
    from leucel.core import InputError, Problem, RandomStream, write_atomic
    from leucel.product import make_lots, process_sensitivity, run_site
    from leucel.programme import (
        programme_dose,
        programme_patients,
        programme_process,
        read_programme,
    )

    found = read_programme(programme)
    size = patients if patients is not None else _PATIENTS
    rng = RandomStream(seed if seed is not None else 1)
    process = _changed(programme_process(found), change or [])
    if vein_to_vein is not None:
        process = _timed(process, vein_to_vein)
    rule = programme_dose(found)
    weights = programme_patients(found, patients=size, seed=rng.seed)["weight"]
    planned = found.file.manufacture.site if found.file.manufacture else None
    if slots is None and planned is not None:
        slots, per_week, test_places = planned.slots, planned.per_week, planned.test_places
    site = waited = None
    if slots is None and test_places is not None:
        raise InputError(
            Problem(
                what="places of testing need a site",
                received=f"--test-places {test_places}",
                fix="give --slots as well",
            )
        )
    if slots is not None:
        site, waited = run_site(
            process,
            patients=size,
            per_week=per_week,
            slots=slots,
            test_places=test_places,
            rng=rng,
        )
    run = make_lots(process, rule, weights, rng=rng, waits=waited)
    rows = process_sensitivity(process, rule, weights, rng=rng)
    data: dict[str, Any] = {**run.to_dict(), "sensitivity": rows}
    if site is not None and waited is not None:
        data["site"] = site.to_dict(waited)
    if out is not None:
        files = {
            "lots.csv": run.to_frame().to_csv(index=False),
            "lots.svg": lots_svg(run),
            "sensitivity.svg": sensitivity_svg(rows, OUTCOMES),
        }
        for name, text in files.items():
            write_atomic(out / name, text)
        data["files"] = [str(out / name) for name in files]
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


def _timed(process: Any, text: str) -> Any:
    from leucel.core import Evidence, InputError, Kind, Mark, Problem
    from leucel.product import calibrate_times

    try:
        median, q1, q3 = map(float, text.split(","))
    except ValueError:
        raise InputError(
            Problem(
                what="the time from vein to vein is given by three numbers",
                received=repr(text),
                allowed="MEDIAN,Q1,Q3 in days, for example 60,50,80",
            )
        ) from None
    evidence = Evidence(
        value=median, unit="day", mark=Mark.OWN_VALUE, kind=Kind.ASSUMED, note="given by the user"
    )
    return calibrate_times(process, median=median, q1=q1, q3=q3, evidence=evidence)


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
                ("percent_below_dose", "patients given less than the dose"),
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
        [{"what": _NUMBERS.get(name, name), **spread} for name, spread in numbers.items()],
        {"what": "number", "p5": "5%", "q1": "25%", "median": "50%", "q3": "75%", "p95": "95%"},
    )
    for outcome, title in OUTCOMES.items():
        print_table(
            [row for row in data["sensitivity"] if row["outcome"] == outcome][:SHOWN],
            {
                "what": "stage, lower to upper decile",
                "at_low": "at low",
                "base": "base",
                "at_high": "at high",
            },
            title=title,
        )
    if "site" in data:
        print_table(
            [{"what": name.replace("_", " "), "value": x} for name, x in data["site"].items()],
            {"what": "the site", "value": ""},
        )
    for line in data["not_modeled"]:
        console.print(f"not modeled: {line}")
    for file in data.get("files", ()):
        console.print(f"wrote [bold]{file}[/bold]")
