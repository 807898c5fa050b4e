"""`leucel simulate` and `nca`: courses of a model, and parameters of a study."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from leucel.apps.cli.bars import progress_bars
from leucel.apps.cli.options import JsonOption, QuietOption, ThreadsOption, usable_threads
from leucel.apps.cli.output import guarded, print_json, print_table, screen, shown, write_frame

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


_SUMMARY_TIMES = 9


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    app.command(
        epilog="Example: leucel simulate singh_2021_idecabtagene --n 200 --times 0:365:1 "
        "--dose 450e6 --seed 7 --out simulated.parquet"
    )(guarded(simulate))
    app.command(epilog="Example: leucel nca study.csv --lloq 50 --out parameters.csv")(guarded(nca))


def simulate(
    model: Annotated[str, typer.Argument(metavar="MODEL", help="A model of the library.")],
    n: Annotated[int, typer.Option("--n", help="Subjects; 1 is the typical one.", min=1)] = 1,
    times: Annotated[
        str, typer.Option("--times", help="START:END:STEP, or times separated by commas; days.")
    ] = "0:365:1",
    values: Annotated[
        list[str] | None,
        typer.Option("--set", help="NAME=VALUE in place of a typical value; may be repeated."),
    ] = None,
    choices: Annotated[
        list[str] | None,
        typer.Option("--choice", help="NAME=OPTION of the model's card; may be repeated."),
    ] = None,
    dose: Annotated[
        float | None, typer.Option("--dose", help="CAR+ T cells given at day 0.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of the random effects.")] = 1,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write all courses here (.parquet or .csv).")
    ] = None,
    threads: ThreadsOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
) -> None:
    """Simulate a model of the library for one subject or many."""
    from leucel.compile import compile_model
    from leucel.core import RandomStream
    from leucel.library import get_model
    from leucel.model import draw_effects, individual_values, with_values
    from leucel.solve import Doses, SolveOptions
    from leucel.solve import simulate as solve

    spec, card = get_model(model, **_pairs(choices, "--choice"))
    given = {name: _number(text, "--set") for name, text in _pairs(values, "--set").items()}
    spec = with_values(spec, given) if given else spec
    stream = RandomStream(seed)
    etas = draw_effects(spec, stream, subjects=n) if n > 1 else {}
    with progress_bars(show=not (json or quiet)) as progress:
        found = solve(
            compile_model(spec),
            parameters=individual_values(spec, etas),
            times=_times(times),
            doses=Doses.bolus(dose) if dose is not None else None,
            subjects=n,
            options=SolveOptions(threads=usable_threads(threads)),
            progress=progress,
        )
    if out is not None:
        write_frame(found.to_frame(), out)
    rows = [
        row
        for name in found.names
        for row in _quantiles(name, found.unit(name), found.times, found.output(name))
    ]
    failed = {status.name: count for status, count in found.count_by_status().items()}
    if json:
        print_json(
            {
                "model": card.id,
                "subjects": n,
                "seed": seed,
                "dose": dose,
                "status": failed,
                "quantiles": rows,
                "file": str(out) if out else None,
            }
        )
        return
    step = max(1, len(found.times) // _SUMMARY_TIMES)
    shown_times = set(found.times[::step].tolist()) | {float(found.times[-1])}
    heads = {"output": "output", "time": "day", "q50": "median", "unit": "unit"}
    if n > 1:
        heads = {
            "output": "output",
            "time": "day",
            "q05": "5%",
            "q50": "median",
            "q95": "95%",
            "unit": "unit",
        }
    print_table((row for row in rows if row["time"] in shown_times), heads)
    console = screen()
    if set(failed) - {"OK"}:
        console.print(f"[yellow]not every subject was solved:[/yellow] {failed}")
    if out is not None:
        console.print(f"wrote [bold]{out}[/bold]")


def nca(
    study: Annotated[
        Path, typer.Argument(metavar="STUDY", help="CSV with the columns id, time and value.")
    ],
    lloq: Annotated[
        float | None, typer.Option("--lloq", help="Limit of quantification, copies/ug.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Write the rows here (.parquet or .csv).")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Non-compartmental parameters of a study: peak, areas, half-life, persistence."""
    from leucel.data import read_profiles
    from leucel.nca import nca as analyze

    results = analyze(read_profiles(study, lloq=lloq), lloq=lloq)
    if out is not None:
        write_frame(results.to_frame(), out)
    if json:
        print_json(list(results.rows()))
        return
    print_table(
        results.to_summary()["parameters"],
        {
            "parameter": "parameter",
            "unit": "unit",
            "n": "n",
            "median": "median",
            "q05": "5%",
            "q95": "95%",
            "geometric_mean": "geometric mean",
            "geometric_cv_percent": "geometric CV%",
        },
        title=f"{len(results.subjects)} subjects, limit {shown(lloq)}",
    )
    if out is not None:
        screen().print(f"wrote [bold]{out}[/bold]")


def _quantiles(
    name: str, unit: str, times: NDArray[np.float64], values: NDArray[np.float64]
) -> list[dict[str, Any]]:
    import numpy as np

    solved = values[~np.isnan(values).any(axis=1)]
    if not len(solved):
        return []
    low, middle, high = np.quantile(solved, [0.05, 0.5, 0.95], axis=0)
    return [
        {
            "output": name,
            "time": float(time),
            "q05": float(low[i]),
            "q50": float(middle[i]),
            "q95": float(high[i]),
            "unit": unit,
        }
        for i, time in enumerate(times)
    ]


def _pairs(texts: list[str] | None, option: str) -> dict[str, str]:
    from leucel.core import InputError, Problem

    problems: list[Problem] = []
    found: dict[str, str] = {}
    for text in texts or ():
        name, equals, value = text.partition("=")
        if not (name and equals and value):
            problems.append(Problem(what=f"{option} needs NAME=VALUE", received=repr(text)))
        found[name.strip()] = value.strip()
    if problems:
        raise InputError(problems)
    return found


def _number(text: str, option: str) -> float:
    from leucel.core import InputError, Problem

    try:
        return float(text)
    except ValueError:
        raise InputError(
            Problem(what=f"{option} needs a number", received=repr(text), allowed="NAME=NUMBER")
        ) from None


def _times(text: str) -> NDArray[np.float64]:
    import numpy as np

    from leucel.core import InputError, Problem

    try:
        if ":" in text:
            start, end, step = (float(part) for part in text.split(":"))
            count = int(np.floor((end - start) / step + 1e-9)) + 1
            if step > 0 and 1 <= count <= 1_000_000:
                return np.asarray(start + step * np.arange(count), dtype=np.float64)
        else:
            return np.array([float(part) for part in text.split(",")])
    except (ValueError, ZeroDivisionError, OverflowError):
        pass
    raise InputError(
        Problem(
            what="--times cannot be read",
            received=repr(text),
            allowed="START:END:STEP with a positive step and at most a million times, or a list "
            "such as 0,7,14,28",
        )
    )
