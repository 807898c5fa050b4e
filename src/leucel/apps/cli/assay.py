"""`leucel assay`: killing curves, co-cultures over time and tumors in mice, fitted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from leucel.apps.cli.assay_pictures import dynamics_svg, killing_svg, xenograft_svg
from leucel.apps.cli.options import JsonOption
from leucel.apps.cli.output import guarded, print_json, print_table, screen, shown, with_limits
from leucel.apps.cli.pictures import check_plot

if TYPE_CHECKING:
    from leucel.product import CoCulture, CurveFit

# A limit beyond this, or below its inverse, is none: the data do not bound the parameter.
_NO_LIMIT = 1e12

OutOption = Annotated[Path | None, typer.Option("--out", help="SVG file of the figure.")]


def register(app: typer.Typer) -> None:
    """Add the group of this file."""
    group = typer.Typer(
        help="Fit functional assays: killing, dynamics, xenografts.", no_args_is_help=True
    )
    group.command(epilog="Example: leucel assay killing lysis.csv --out killing.svg")(
        guarded(killing)
    )
    group.command(epilog="Example: leucel assay dynamics impedance.csv --unit h --out wells.svg")(
        guarded(dynamics)
    )
    group.command(
        epilog="Example: leucel assay xenograft volumes.csv --control PBS --out mice.svg"
    )(guarded(xenograft))
    app.add_typer(group, name="assay")


def killing(
    file: Annotated[
        Path,
        typer.Argument(help="CSV with ratio and lysis in percent; product when several."),
    ],
    out: OutOption = None,
    json: JsonOption = False,
) -> None:
    """Fit the four-parameter logistic to lysis at several E:T ratios, product by product."""
    from leucel.product import curve_area, fit_killing_curve, read_killing

    check_plot(out)
    points = read_killing(read_table(file), file=str(file))
    fits = _each(points, lambda each: fit_killing_curve(each.ratios, each.lysis))
    data: dict[str, Any] = {
        "products": [
            {
                "product": name,
                **fit.to_dict(),
                "area": curve_area(points[name].ratios, points[name].lysis),
            }
            for name, fit in fits.items()
        ]
    }
    _finish(data, out, killing_svg(points, fits) if out else "", json)
    if json:
        return
    units = {"ec50": "E:T", "top": "%", "bottom": "%", "slope": "", "area": "%"}
    _show_estimates(data["products"], units)
    print_table(data["products"], {"product": "product", "area": "mean lysis over the ratios [%]"})
    _warn(data["products"])


def dynamics(
    file: Annotated[
        Path,
        typer.Argument(help="CSV with well, effectors, time, tumor; product when several."),
    ],
    unit: Annotated[
        Literal["h", "day"], typer.Option("--unit", help="Unit of the column time.")
    ] = "h",
    scale: Annotated[
        Literal["log", "index"],
        typer.Option("--scale", help="Fit the logarithm of the reading, or the reading."),
    ] = "log",
    arms: Annotated[
        bool, typer.Option("--arms", help="Fit each amount of effectors by itself.")
    ] = False,
    out: OutOption = None,
    json: JsonOption = False,
) -> None:
    """Fit CARRGO dynamics to impedance or cell counts over time, with limits."""
    from leucel.product import fit_carrgo, read_cocultures

    check_plot(out)
    wells = read_cocultures(read_table(file), file=str(file))
    whole = {name: [well for _, well in found] for name, found in wells.items()}
    groups = _arms(wells) if arms else whole
    fits = _each(groups, lambda each: fit_carrgo(each, scale=scale, controls_needed=not arms))
    rows: list[dict[str, Any]] = [
        {"product": name, **fit.to_dict(), "half_kill": _half_kill(groups[name])}
        for name, fit in fits.items()
    ]
    data: dict[str, Any] = {"unit": unit, "scale": scale, "products": rows}
    _finish(data, out, dynamics_svg(groups, fits, unit) if out else "", json)
    if json:
        return
    rate, second = f"1/{unit}", f"1/({unit} x tumor)"
    _show_estimates(
        rows,
        {"growth": rate, "capacity": "tumor", "kill": second, "gain": second, "loss": rate},
    )
    print_table(
        [{"product": row["product"], **each} for row in rows for each in row["half_kill"]],
        {
            "product": "wells",
            "effectors": "effectors",
            "time": f"half of the targets killed [{unit}]",
        },
    )
    _warn(rows)


def xenograft(
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV with group, mouse, day, volume (or length and width); died for survival."
        ),
    ],
    control: Annotated[
        str | None, typer.Option("--control", help="Group that the others are held against.")
    ] = None,
    curve: Annotated[
        str | None,
        typer.Option("--curve", help="exponential, logistic, gompertz, claret; else the best AIC."),
    ] = None,
    out: OutOption = None,
    json: JsonOption = False,
) -> None:
    """Fit tumor growth with random effects, group by group; compare growth and survival."""
    from leucel.product import compare_groups, fit_groups, read_mice

    check_plot(out)
    groups = read_mice(read_table(file), file=str(file))
    fits = fit_groups(groups, curve=curve)
    contrasts = compare_groups(groups, fits, control=control) if control is not None else ()
    data: dict[str, Any] = {
        "groups": [
            {
                "group": fit.group,
                **fit.best.to_dict(),
                "mice": len(fit.best.mice),
                "curves": [{"curve": name, "aic": aic} for name, aic in fit.aic.items()],
                "warnings": list(fit.warnings),
            }
            for fit in fits
        ],
        "contrasts": [row.to_dict() for row in contrasts],
    }
    _finish(data, out, xenograft_svg(groups, fits) if out else "", json)
    if json:
        return
    for row in data["groups"]:
        print_table(
            [
                {**each, "limits": f"{shown(each['low'])} to {shown(each['high'])}"}
                for each in row["parameters"]
            ],
            {
                "name": "parameter",
                "unit": "unit",
                "typical": "typical",
                "limits": "95% limits",
                "omega": "SD (log)",
            },
            title=f"{row['group']}: {row['curve']}, {row['mice']} mice, {row['equation']}",
        )
    print_table(
        [
            {"group": row["group"], **{each["curve"]: each["aic"] for each in row["curves"]}}
            for row in data["groups"]
        ],
        {"group": "AIC", **{each["curve"]: each["curve"] for each in data["groups"][0]["curves"]}},
    )
    if contrasts:
        print_table(
            [
                {
                    **row,
                    "growth": with_limits(
                        row["growth_ratio"], row["growth_low"], row["growth_high"]
                    ),
                    "p": _p_words(row["p_value"]),
                    "holm": _p_words(row["p_adjusted"]),
                }
                for row in data["contrasts"]
            ],
            {
                "group": f"vs {control}",
                "inhibition": "TGI, %",
                "day": "on day",
                "growth": "growth ratio (95%)",
                "median_treated": "days",
                "p": "log-rank",
                "holm": "Holm",
            },
        )
    _warn([{**row, "product": row["group"]} for row in data["groups"]])


def read_table(file: Path) -> str:
    """The text of a file of measurements."""
    from leucel.core import InputError, Place, Problem, storage_errors

    with storage_errors(file, "read"):
        found = file.read_bytes()
    try:
        return found.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InputError(
            Problem(
                what="the file is no text",
                where=Place(file=str(file)),
                allowed="a table saved as CSV, UTF-8",
            )
        ) from error


def _each(groups: Mapping[str, Any], fit: Any) -> dict[str, CurveFit]:
    """A fit for each product; the faults of all of them at once."""
    from dataclasses import replace

    from leucel.core import InputError, Problem

    found: dict[str, CurveFit] = {}
    problems: list[Problem] = []
    for name, each in groups.items():
        try:
            found[name] = fit(each)
        except InputError as error:
            problems += [replace(p, what=f"{name}: {p.what}") for p in error.problems]
    if problems:
        raise InputError(problems)
    return found


def _arms(wells: Mapping[str, Sequence[tuple[str, CoCulture]]]) -> dict[str, list[CoCulture]]:
    found: dict[str, list[CoCulture]] = {}
    for name, each in wells.items():
        for _, well in each:
            if well.effectors > 0:
                found.setdefault(f"{name}, effectors {well.effectors:g}", []).append(well)
    return found


def _half_kill(wells: Sequence[CoCulture]) -> list[dict[str, Any]]:
    """Time at which half of the targets are gone, beside the mean control at the same times."""
    import numpy as np

    from leucel.product import lysis_from_impedance, time_to_half_kill

    controls = [well for well in wells if well.effectors == 0]
    if not controls or any(well.times != controls[0].times for well in wells):
        return []
    alone = np.mean([well.tumor for well in controls], axis=0)
    return [
        {
            "effectors": well.effectors,
            "time": time_to_half_kill(well.times, lysis_from_impedance(well.tumor, alone)),
        }
        for well in wells
        if well.effectors > 0
    ]


def _show_estimates(rows: Sequence[Mapping[str, Any]], units: Mapping[str, str]) -> None:
    print_table(
        [
            {
                "product": row["product"],
                "name": name,
                "value": x["value"],
                "low": _known(x["low"]),
                "high": _known(x["high"]),
                "unit": units.get(name, ""),
            }
            for row in rows
            for name, x in row["estimates"].items()
        ],
        {
            "product": "fit",
            "name": "parameter",
            "value": "value",
            "low": "95% from",
            "high": "to",
            "unit": "unit",
        },
    )


def _known(limit: float) -> float | str:
    """A limit, or words where the data set none."""
    return limit if _NO_LIMIT**-1 < abs(limit) < _NO_LIMIT else "open"


def _p_words(p: float | None) -> str | None:
    return None if p is None else ("< 0.0001" if p < 1e-4 else f"{p:.2g}")


def _finish(data: dict[str, Any], out: Path | None, svg: str, json: bool) -> None:
    from leucel.core import write_atomic

    if out is not None:
        write_atomic(out, svg)
        data["file"] = str(out)
    if json:
        print_json(data)
    elif out is not None:
        screen().print(f"wrote [bold]{out}[/bold]")


def _warn(rows: Sequence[Mapping[str, Any]]) -> None:
    for row in rows:
        for warning in row["warnings"]:
            screen().print(f"[yellow]![/yellow] {row['product']}: {warning}")
