"""`leucel run`: a programme from the construct to the dossier."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from leucel.apps.cli.bars import progress_bars
from leucel.apps.cli.options import (
    AsOfOption,
    JsonOption,
    MonthsOption,
    OutFolder,
    PatientsOption,
    ProgrammeArgument,
    QuietOption,
    SeedOption,
    ThreadsOption,
    parse_day,
    usable_threads,
)
from leucel.apps.cli.output import (
    guarded,
    print_json,
    print_table,
    screen,
    show_endpoints,
    shown,
    with_limits,
)

if TYPE_CHECKING:
    from leucel.programme import RunReport


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command(
        epilog="Example: leucel run eque-cel --patients 1000 --months 36 --out runs/eque-cel"
    )(guarded(run))


def run(
    programme: ProgrammeArgument,
    out: OutFolder = None,
    patients: PatientsOption = None,
    months: MonthsOption = None,
    seed: SeedOption = None,
    threads: ThreadsOption = None,
    as_of: AsOfOption = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with an unfinished run; repeat nothing.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Replace an earlier run of leucel in that folder.")
    ] = False,
    pdf: Annotated[
        bool, typer.Option("--pdf", help="Write dossier.pdf beside dossier.html.")
    ] = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Run a whole programme and write its dossier."""
    from datetime import date
    from functools import partial

    from leucel.programme import (
        PARTS,
        dossier_files,
        read_programme,
        require_runnable,
        run_programme,
    )
    from leucel.report import require_typesetter

    if pdf:
        # Before the work, not after it.
        require_typesetter()
    day = parse_day(as_of)
    found = read_programme(programme)
    require_runnable(found)
    with progress_bars(show=not (json or quiet)) as progress:
        report = run_programme(
            found,
            parts=PARTS,
            render=partial(dossier_files, pdf=pdf),
            wanted=("dossier.pdf",) if pdf else (),
            out=out or Path("runs") / found.file.programme.id,
            today=date.today(),
            patients=patients,
            months=months,
            seed=seed,
            as_of=day,
            threads=usable_threads(threads),
            resume=resume,
            force=force,
            progress=progress,
        )
    if json:
        print_json(report.summary)
    else:
        _show(report)


def _show_dossier(report: RunReport) -> None:
    console = screen()
    for name in ("dossier.html", "dossier.pdf"):
        if (report.folder / name).is_file():
            console.print(f"dossier: [bold]{report.folder / name}[/bold]")
    console.print("[dim]For research and planning only; no advice for treating a patient.[/dim]")


def _show(report: RunReport) -> None:
    summary = report.summary
    console = screen()
    console.print(f"\n[bold]{summary['programme']['title']}[/bold]")
    show_endpoints(summary["trial"])
    print_table(
        (
            {
                **row,
                "threshold": f"{shown(row['threshold'])} {row['unit']}",
                "prevalence": with_limits(row["prevalence"], row["low"], row["high"]),
            }
            for row in summary["designation"]
        ),
        {
            "jurisdiction": "where",
            "threshold": "threshold",
            "prevalence": "prevalence (range)",
            "verdict": "orphan threshold",
        },
        title="Orphan designation",
    )
    for step in summary.get("next_steps", ())[:4]:
        console.print(f"  next: {step}")
    if report.kept:
        console.print(f"[dim]kept from before: {', '.join(report.kept)}[/dim]")
    _show_dossier(report)
