"""`leucel extinction`: cure or progression by chance, the last tumor cells one by one."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import typer

from leucel.apps.cli.options import JsonOption
from leucel.apps.cli.output import guarded, print_json, print_table, screen


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command(epilog="Example: leucel extinction --growth slow --n 1000 --variation 0.05")(
        guarded(extinction)
    )


def extinction(
    n: Annotated[int, typer.Option("--n", help="Patients.", min=1)] = 500,
    growth: Annotated[
        str, typer.Option("--growth", help="Tumor growth of the card: slow, medium, fast, sbml.")
    ] = "slow",
    turnover: Annotated[
        float,
        typer.Option("--turnover", help="Births and deaths beyond growth and kill, 1/day."),
    ] = 0.0,
    variation: Annotated[
        float,
        typer.Option("--variation", help="SD of parameters between patients over their mean."),
    ] = 0.0,
    days: Annotated[float, typer.Option("--days", help="Days of follow-up.")] = 730.0,
    exact: Annotated[
        bool, typer.Option("--exact", help="Every birth and death, for small tumors only.")
    ] = False,
    volume: Annotated[
        float | None, typer.Option("--volume", help="Tumor at infusion, mL; the paper's median.")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of the chance.")] = 1,
    json: JsonOption = False,
) -> None:
    """Simulate cure and progression of Kimmel 2021, births and deaths of the tumor cells."""
    from leucel.core import RandomStream
    from leucel.trials import tumor_fates

    method: Literal["exact", "tau_leaping"] = "exact" if exact else "tau_leaping"
    found = tumor_fates(
        patients=n,
        stream=RandomStream(seed),
        choices={"tumor_growth": growth},
        values={} if volume is None else {"volume_start": volume},
        turnover=turnover,
        variation=variation,
        days=days,
        method=method,
    ).to_summary()
    if json:
        print_json(found | {"growth": growth, "method": method, "seed": seed})
        return
    rows: list[dict[str, Any]] = [
        {"fate": name, **{k: v for k, v in found[name].items() if k != "count"}}
        for name in ("cured", "progressed")
    ]
    print_table(
        rows,
        {
            "fate": "fate",
            "share": "share",
            "low": "95% from",
            "high": "to",
            "day_5": "day, 5%",
            "day_50": "median",
            "day_95": "95%",
        },
        title=f"{found['patients']} patients, {growth} tumor, {days:g} days",
    )
    screen().print(
        "[dim]births at the growth rate, deaths at the kill rate: the fewest events that give the "
        "published mean; the split of the paper was not available[/dim]"
    )
