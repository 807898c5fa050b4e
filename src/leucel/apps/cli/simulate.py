"""`leucel simulate`: courses of a model of the library or of a model file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from leucel.apps.cli.bars import progress_bars
from leucel.apps.cli.options import JsonOption, QuietOption, ThreadsOption, usable_threads
from leucel.apps.cli.output import guarded, print_json, print_table, screen
from leucel.apps.cli.simulation_input import Request, Simulation, read_request

if TYPE_CHECKING:
    from leucel.apps.cli.simulation_run import Found

_SUMMARY_TIMES: Final = 9
_MODEL: Final = "Model and patients"
_DOSES: Final = "Doses and times"
_ACCURACY: Final = "Accuracy"
_OUTPUT: Final = "Output"


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command(
        epilog="Example: leucel simulate singh_2021_idecabtagene --patients 200 --times 0:365:1 "
        "--dose 450e6 --seed 7 --out simulated.parquet --plot courses.svg"
    )(guarded(simulate))


def simulate(
    model: Annotated[
        str,
        typer.Argument(
            metavar="MODEL", help="A model of the library, or a model file (.model, .txt)."
        ),
    ],
    patients: Annotated[
        int | None,
        typer.Option(
            "--patients",
            "--n",
            help="Patients with random effects; the typical one when not given.",
            min=1,
            show_default=False,
            rich_help_panel=_MODEL,
        ),
    ] = None,
    seed: Annotated[
        int, typer.Option("--seed", help="Of the random effects.", rich_help_panel=_MODEL)
    ] = 1,
    values: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="NAME=VALUE",
            help="In place of a typical value; may be repeated.",
            rich_help_panel=_MODEL,
        ),
    ] = None,
    choices: Annotated[
        list[str] | None,
        typer.Option(
            "--choice",
            metavar="NAME=OPTION",
            help="A choice of the model's card; may be repeated.",
            rich_help_panel=_MODEL,
        ),
    ] = None,
    times: Annotated[
        str | None,
        typer.Option(
            "--times",
            help="START:STOP:STEP, or times separated by commas. Without it the samples of the "
            "table of doses, else 0:365:1.",
            show_default=False,
            rich_help_panel=_DOSES,
        ),
    ] = None,
    dose: Annotated[
        float | None,
        typer.Option(
            "--dose", help="Given at time 0 into the model's dose state.", rich_help_panel=_DOSES
        ),
    ] = None,
    doses: Annotated[
        Path | None,
        typer.Option(
            "--doses",
            help="Event table (.csv or .parquet): ID, TIME, EVID, AMT, RATE, CMT, ADDL, II, SS.",
            rich_help_panel=_DOSES,
        ),
    ] = None,
    dose_parameters: Annotated[
        list[str] | None,
        typer.Option(
            "--dose-parameter",
            metavar="NUMBER:STATE=NAME",
            help="Parameter for the lag, bioavailability, rate or duration of doses into a state; "
            "may be repeated.",
            rich_help_panel=_DOSES,
        ),
    ] = None,
    outputs: Annotated[
        list[str] | None,
        typer.Option(
            "--output",
            help="An output or state to keep; may be repeated. All outputs when not given.",
            rich_help_panel=_OUTPUT,
        ),
    ] = None,
    sensitivities: Annotated[
        list[str] | None,
        typer.Option(
            "--sensitivity",
            help="Add derivatives with respect to this parameter, or to a random effect as "
            "eta_NAME; may be repeated.",
            rich_help_panel=_OUTPUT,
        ),
    ] = None,
    rtol: Annotated[
        float, typer.Option("--rtol", help="Relative tolerance.", rich_help_panel=_ACCURACY)
    ] = 1e-6,
    atol: Annotated[
        float | None,
        typer.Option(
            "--atol",
            help="Absolute tolerance in the units of the states.",
            show_default=False,
            rich_help_panel=_ACCURACY,
        ),
    ] = None,
    max_steps: Annotated[
        int,
        typer.Option("--max-steps", help="Steps of one patient.", rich_help_panel=_ACCURACY),
    ] = 50_000,
    method: Annotated[
        str,
        typer.Option("--method", help="auto, explicit or rosenbrock.", rich_help_panel=_ACCURACY),
    ] = "auto",
    backend: Annotated[
        str,
        typer.Option(
            "--backend",
            help="cpu (vector code), cuda (a GPU of NVIDIA) or reference (SciPy's solvers, slow: "
            "to check the others).",
            rich_help_panel=_ACCURACY,
        ),
    ] = "cpu",
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", help="Write all courses here (.parquet or .csv).", rich_help_panel=_OUTPUT
        ),
    ] = None,
    plot: Annotated[
        Path | None,
        typer.Option(
            "--plot", metavar="FILE.svg", help="Draw the courses.", rich_help_panel=_OUTPUT
        ),
    ] = None,
    threads: ThreadsOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Simulate a model for one patient or many, with doses from options or an event table."""
    options: dict[str, Any] = {"rtol": rtol, "max_steps": max_steps, "method": method}
    options |= {"atol": atol} if atol is not None else {}
    asked = read_request(
        Request(
            model=model,
            patients=patients,
            seed=seed,
            times=times,
            values=values or (),
            choices=choices or (),
            dose=dose,
            doses=doses,
            dose_parameters=dose_parameters or (),
            outputs=outputs or (),
            sensitivities=sensitivities or (),
            out=out,
            plot=plot,
            backend=backend,
            options=options | {"threads": usable_threads(threads)},
        )
    )
    from leucel.apps.cli.simulation_run import draw_courses, run_simulation

    with progress_bars(show=not (json or quiet)) as progress:
        found = run_simulation(asked, out=out, progress=progress)
    if plot is not None:
        draw_courses(asked, found, plot)
    if json:
        summary = {"model": model, "seed": seed, "dose": dose}
        files = {"file": str(out) if out else None, "plot": str(plot) if plot else None}
        print_json(
            summary
            | {"doses": str(doses) if doses else None, "subjects": asked.subjects}
            | found.to_summary()
            | {"unused_columns": asked.unused}
            | files
        )
        return
    _show(asked, found)
    for path in (out, plot):
        if path is not None:
            screen().print(f"wrote [bold]{path}[/bold]")


def _show(asked: Simulation, found: Found) -> None:
    times = found.times
    step = max(1, len(times) // _SUMMARY_TIMES)
    shown = set(times[::step].tolist()) | {float(times[-1])}
    unit = asked.spec.time_unit
    heads = {"output": "output", "time": unit}
    one = asked.subjects == 1
    heads |= {"q50": "value"} if one else {"q05": "5%", "q50": "median", "q95": "95%"}
    print_table((row for row in found.rows if row["time"] in shown), heads | {"unit": "unit"})
    console = screen()
    if asked.doses is None and asked.spec.dose_state is not None:
        console.print(
            f"[yellow]no dose was given:[/yellow] this is the course without one, if the model "
            f"holds for it; a dose enters {asked.spec.dose_state} by --dose or --doses"
        )
    for name, event in found.events.items():
        if event["share"] > 0.0:
            when = f"{unit} {event['median']:.4g}"
            who = "" if one else f" in {100.0 * event['share']:.3g}% of the patients, median"
            console.print(f"event [bold]{name}[/bold]{who} at {when}")
    for row in found.failures:
        console.print(f"[yellow]{row['subjects']} of {asked.subjects}:[/yellow] {row['sentence']}")
    if asked.unused:
        console.print(
            f"[dim]columns of the table that were not used:[/dim] {', '.join(asked.unused)}"
        )
