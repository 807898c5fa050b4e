"""`leucel screen`: candidates ranked by criteria, with the firmness of every rank."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from leucel.apps.cli.assay import read_table
from leucel.apps.cli.options import JsonOption
from leucel.apps.cli.output import guarded, print_json, print_table, screen
from leucel.apps.cli.pictures import check_plot


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    command = app.command(name="screen", epilog="Example: leucel screen assays.csv criteria.toml")
    command(guarded(rank))


def rank(
    table: Annotated[Path, typer.Argument(help="CSV with candidate, measure, value.")],
    criteria: Annotated[Path, typer.Argument(help="TOML of criteria and scenarios.")],
    seed: Annotated[int, typer.Option("--seed", help="Seed of noise and weights.")] = 1,
    draws: Annotated[int, typer.Option("--draws", help="Draws of noise and weights.")] = 2000,
    out: Annotated[Path | None, typer.Option("--out", help="SVG file of the figure.")] = None,
    json: JsonOption = False,
) -> None:
    """Rank candidates: gates, Pareto fronts, desirability, and how firm each rank is."""
    from leucel.core import RandomStream, write_atomic
    from leucel.product import rank_candidates, read_candidates, read_criteria, what_if_weights

    check_plot(out)
    measured = read_candidates(read_table(table), file=str(table))
    rules, scenarios = read_criteria(read_table(criteria), file=str(criteria))
    rows = rank_candidates(measured, rules, rng=RandomStream(seed), draws=draws)
    data: dict[str, Any] = {
        "candidates": [row.to_dict() for row in rows],
        "scenarios": what_if_weights(rows, rules, scenarios),
        "seed": seed,
        "draws": draws,
    }
    if out is not None:
        write_atomic(out, screening_svg(data["candidates"], [rule.name for rule in rules]))
        data["file"] = str(out)
    if json:
        print_json(data)
        return
    print_table(
        data["candidates"],
        {
            "rank": "rank",
            "name": "candidate",
            "front": "front",
            "overall": "overall",
            "overall_low": "5%",
            "overall_high": "95%",
            "best_share": "first in",
            "top_three_share": "top 3 in",
            "failed_gates": "fails",
        },
    )
    if data["scenarios"]:
        print_table(data["scenarios"], {"scenario": "other weights", "order": "order"})
    if out is not None:
        screen().print(f"wrote [bold]{out}[/bold]")


def screening_svg(rows: Sequence[Mapping[str, Any]], names: Sequence[str]) -> str:
    """Ranks with their limits, desirability of each criterion, and how often each came first."""
    import io

    import matplotlib as mpl
    from matplotlib.figure import Figure

    shown = list(rows)[::-1]
    places = range(len(shown))
    with mpl.rc_context({"svg.hashsalt": "leucel", "svg.fonttype": "none"}):
        figure = Figure(figsize=(10.5, 1.6 + 0.42 * len(shown)), layout="constrained")
        left, middle, right = figure.subplots(
            1, 3, sharey=True, width_ratios=(1.2, 0.45 * len(names) + 0.4, 1.1)
        )
        for i, row in enumerate(shown):
            color = "#0b5d8f" if row["rank"] else "#a3adb6"
            left.plot([row["overall_low"], row["overall_high"]], [i, i], color=color, linewidth=2)
            left.plot(row["overall"], i, "o", color=color)
            if row["failed_gates"]:
                note = f"out: {', '.join(row['failed_gates'])}"
                left.text(1.0, i + 0.18, note, fontsize=8, color="#8a2f4f", ha="right")
            for j, name in enumerate(names):
                part = row["parts"][name]
                shade = mpl.colormaps["Blues"](0.1 + 0.8 * part)
                middle.barh(i, 0.9, left=j - 0.45, height=0.8, color=shade)
                ink = "white" if part > 0.55 else "#1c2733"
                middle.text(j, i, f"{part:.2f}", ha="center", va="center", fontsize=8, color=ink)
            right.barh(i, 100 * row["top_three_share"], color="#a9cbe2", height=0.6)
            right.barh(i, 100 * row["best_share"], color="#0b5d8f", height=0.6)
        left.set_yticks(places, [_label(row) for row in shown])
        for i in range(1, len(shown)):
            if shown[i]["front"] != shown[i - 1]["front"]:
                for axes in (left, middle, right):
                    axes.axhline(i - 0.5, color="#5a6875", linewidth=0.8, linestyle=(0, (4, 3)))
        left.set_xlim(-0.02, 1.02)
        left.set_ylim(-0.6, len(shown) - 0.4)
        left.set_title("overall desirability, 5-95%", fontsize=10, loc="left")
        middle.set_xlim(-0.6, len(names) - 0.4)
        middle.set_xticks(range(len(names)), names, rotation=20, ha="right", fontsize=9)
        middle.set_title("desirability of each criterion", fontsize=10, loc="left")
        right.set_xlim(0, 100)
        right.set_title("% of draws: first, top 3", fontsize=10, loc="left")
        for axes in (left, middle, right):
            axes.spines[["top", "right"]].set_visible(False)
            axes.tick_params(left=False)
        out = io.StringIO()
        figure.savefig(out, format="svg", metadata={"Date": None})
    return out.getvalue()


def _label(row: Mapping[str, Any]) -> str:
    """Rank, name and Pareto front, or the name alone for a candidate that is out."""
    if not row["rank"]:
        return f"out  {row['name']}"
    return f"{row['rank']}  {row['name']} (front {row['front']})"
