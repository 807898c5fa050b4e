"""`leucel trial` and `calibrate`: the virtual trial alone."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from leucel.apps.cli.bars import progress_bars
from leucel.apps.cli.options import (
    JsonOption,
    MonthsOption,
    PatientsOption,
    ProgrammeArgument,
    QuietOption,
    SeedOption,
    ThreadsOption,
    usable_threads,
)
from leucel.apps.cli.output import (
    guarded,
    print_json,
    print_table,
    screen,
    show_endpoints,
    write_frame,
)


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command(epilog="Example: leucel trial eque-cel --patients 500 --months 24")(guarded(trial))
    app.command(epilog="Example: leucel calibrate eque-cel --part response --patients 2000")(
        guarded(calibrate)
    )


def trial(
    programme: ProgrammeArgument,
    patients: PatientsOption = None,
    months: MonthsOption = None,
    seed: SeedOption = None,
    threads: ThreadsOption = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", help="Write the virtual patients here (.parquet or .csv)."),
    ] = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Run only the virtual trial of a programme."""
    from leucel.programme import programme_trial, read_programme

    found = read_programme(programme)
    usual = found.file.trial
    with progress_bars(show=not (json or quiet)) as progress:
        progress.start("Virtual trial", 1)
        result, _ = programme_trial(
            found,
            patients=usual.patients if patients is None else patients,
            months=usual.months if months is None else months,
            seed=usual.seed if seed is None else seed,
            threads=usable_threads(threads),
            progress=progress,
        )
        progress.advance()
        progress.finish()
    if out is not None:
        write_frame(result.to_frames()["trial_patients"], out)
    summary: dict[str, Any] = result.to_summary()
    if json:
        print_json({"trial": summary, "kinetics": result.kinetics_summary()})
        return
    show_endpoints(summary)
    lots = summary.get("lots")
    if lots:
        screen().print(
            f"{lots['infused']:,} of {lots['collected']:,} patients infused, "
            f"{lots['infused_below_dose']:,} of them below the dose, the middle one "
            f"{lots['vein_to_vein_days']['median']:.0f} days after apheresis"
        )
    screen().print(summary["agreement"])
    if out is not None:
        screen().print(f"wrote [bold]{out}[/bold]")


def calibrate(
    programme: ProgrammeArgument,
    part: Annotated[
        Literal["kinetics", "response"], typer.Option("--part", help="Which part to calibrate.")
    ] = "response",
    patients: Annotated[
        int, typer.Option("--patients", help="Virtual patients of each simulation.", min=1)
    ] = 2000,
    months: MonthsOption = None,
    seed: SeedOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Move the adjustable parameters until the calibration targets are met."""
    from leucel.programme import programme_calibration, read_programme

    found = read_programme(programme)
    usual = found.file.trial
    with progress_bars(show=not (json or quiet)) as progress:
        progress.start("Calibration", 1)
        result = programme_calibration(
            found,
            part=part,
            patients=patients,
            months=usual.months if months is None else months,
            seed=usual.seed if seed is None else seed,
            progress=progress,
        )
        progress.advance()
        progress.finish()
    summary: dict[str, Any] = result.to_summary()
    if json:
        print_json(summary)
        return
    print_table(
        ({"name": name, "value": value} for name, value in result.values.items()),
        {"name": "parameter", "value": "calibrated"},
    )
    screen().print(result.sentence)
