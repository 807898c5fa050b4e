"""`leucel vector`, `release`, `identity`: copies of the vector, lots judged, labels checked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from leucel.apps.cli.assay import read_table
from leucel.apps.cli.options import JsonOption
from leucel.apps.cli.output import guarded, print_json, print_table, screen, with_limits

if TYPE_CHECKING:
    from leucel.product import Judgment, LotTable, ReleaseTest, Transduction

_SHARES = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
_COLUMNS = {
    "law": "law",
    "car_percent": "CAR+, %",
    "copies_per_cell": "copies per cell",
    "copies_per_car_cell": "per CAR+ cell",
    "per_genome": "per genome",
    "five_or_more": "5 or more, %",
    "above_five": "above 5, %",
}


def register(app: typer.Typer) -> None:
    """Add the commands of this file."""
    group = typer.Typer(
        help="Copies of the vector in the cells of a product.", no_args_is_help=True
    )
    group.command(epilog="Example: leucel vector copies --car-share 0.26 --copies 1.45")(
        guarded(copies)
    )
    group.command(epilog="Example: leucel vector fit lots.csv")(guarded(fit))
    app.add_typer(group, name="vector")
    app.command(epilog="Example: leucel release lots.csv --specification ARI-0001")(
        guarded(release)
    )
    app.command(epilog="Example: leucel identity 'G123 498 654 321' H")(guarded(identity))


def copies(
    car_share: Annotated[
        float | None, typer.Option("--car-share", help="Share of CAR+ cells, 0 to 1.")
    ] = None,
    per_car_cell: Annotated[
        float | None,
        typer.Option("--copies", help="Copies per CAR+ cell that the laws have to meet as well."),
    ] = None,
    moi: Annotated[
        float | None, typer.Option("--moi", help="Multiplicity of infection, with --most, --half.")
    ] = None,
    most: Annotated[
        float | None, typer.Option("--most", help="Copies of a susceptible cell at the plateau.")
    ] = None,
    half: Annotated[
        float | None, typer.Option("--half", help="Multiplicity at half of the plateau.")
    ] = None,
    susceptible: Annotated[
        float, typer.Option("--susceptible", help="Share of susceptible cells, with --moi.")
    ] = 1.0,
    json: JsonOption = False,
) -> None:
    """Copies per cell by the Poisson, zero-inflated and negative binomial laws, beside limits."""
    from leucel.product import judge_copies, poisson_transduction

    if moi is not None:
        laws = [_uptake(moi, most, half, susceptible)]
    elif car_share is not None and per_car_cell is not None:
        laws = _laws(car_share, per_car_cell)
    else:
        shares = _SHARES if car_share is None else (car_share,)
        laws = [poisson_transduction(car_share=share) for share in shares]
    rows = [_row(law) for law in laws]
    limits = [
        {"law": f"{law.law} at {law.car_share:.0%}", **verdict.to_dict()}
        for law in laws
        for verdict in judge_copies(law)
    ]
    if json:
        print_json({"laws": rows, "limits": limits})
        return
    print_table(rows, _COLUMNS)
    screen().print("a genome is a haploid copy: a cell has two")
    _show_limits(limits)


def fit(
    file: Annotated[
        Path,
        typer.Argument(
            help="CSV with lot, car_share and copies_per_car_cell, copies_per_cell, or vector and "
            "reference; moi if known."
        ),
    ],
    per: Annotated[
        Literal["diploid", "haploid"],
        typer.Option("--per", help="What copies in the file refer to: a cell, or a genome copy."),
    ] = "diploid",
    json: JsonOption = False,
) -> None:
    """Fit the laws of copies to lots, best first; with moi also the curve of uptake."""
    from leucel.product import copies_of_lots, fit_lots, fit_uptake, judge_copies, read_lots

    table = copies_of_lots(read_lots(read_table(file), file=str(file)), per=per, file=str(file))
    share = table.values["car_share"]
    fits = fit_lots(share, table.values["copies_per_car_cell"])
    best = fits[0]
    lots: list[dict[str, Any]] = [
        {
            "lot": name,
            "measured": float(table.values["copies_per_car_cell"][i]),
            **_row(best.lots[i]),
            "limits": [verdict.to_dict() for verdict in judge_copies(best.lots[i])],
        }
        for i, name in enumerate(table.names)
    ]
    data: dict[str, Any] = {
        "per": per,
        "laws": [
            {"law": x.law, "shape": x.shape, "low": x.low, "high": x.high, "error": x.error}
            for x in fits
        ],
        "lots": lots,
    }
    if "moi" in table.values:
        taken = best.shape if best.law == "zero-inflated poisson" and best.shape else 1.0
        uptake = fit_uptake(table.values["moi"], share, susceptible=taken)
        data["uptake"] = {
            "most": uptake.most,
            "half": uptake.half,
            "susceptible": uptake.susceptible,
            "residual": uptake.residual,
        }
    if json:
        print_json(data)
        return
    shapes = {"zero-inflated poisson": "susceptible share", "negative binomial": "dispersion k"}
    print_table(
        [
            {
                "law": x["law"],
                "what": shapes.get(x["law"]),
                "shape": with_limits(x["shape"], x["low"], x["high"]),
                "error": x["error"],
            }
            for x in data["laws"]
        ],
        {"law": "law, best first", "what": "shape", "shape": "(95%)", "error": "RMS error of ln"},
    )
    columns = {key: head for key, head in _COLUMNS.items() if key != "law"}
    print_table(lots, {"lot": "lot", "measured": "measured", **columns}, title=best.law)
    _show_limits([{"law": lot["lot"], **row} for lot in lots for row in lot["limits"]])
    if "uptake" in data:
        print_table(
            [{"what": name, "value": value} for name, value in data["uptake"].items()],
            {"what": "uptake", "value": ""},
        )


def release(
    file: Annotated[Path, typer.Argument(help="CSV with lot and measured attributes.")],
    specification: Annotated[
        str,
        typer.Option("--specification", help="Name of a published one, or a TOML file of tests."),
    ] = "anti-CD20, European Pharmacopoeia",
    json: JsonOption = False,
) -> None:
    """Hold lots against a release specification; ends with 1 unless every lot passes."""
    from leucel.product import (
        SPECIFICATIONS,
        judge_lots,
        read_lots,
        read_specification,
        require_plausible,
    )

    if specification.endswith(".toml"):
        path = Path(specification)
        rows = read_specification(read_table(path), file=specification)
    else:
        rows = _named(specification, SPECIFICATIONS)
    table = read_lots(read_table(file), file=str(file))
    require_plausible(rows, table, file=str(file))
    judged = judge_lots(rows, table.values)
    lots = [_lot(rows, table, judged, i) for i in range(len(table.names))]
    data: dict[str, Any] = {
        "specification": specification,
        "tests": [
            {
                "test": row.text,
                "method": row.method,
                "source": row.limit.source,
                "mark": row.limit.mark.value,
            }
            for row in rows
        ],
        "lots": lots,
        "not_measured": list(judged.not_measured),
    }
    if json:
        print_json(data)
    else:
        print_table(
            data["tests"],
            {"test": "test", "method": "method", "source": "source", "mark": "mark"},
            title=specification,
        )
        print_table(
            lots,
            {"lot": "lot", "verdict": "verdict", "fails": "fails", "missing": "not measured"},
        )
    if not all(lot["passes"] for lot in lots):
        raise typer.Exit(1)


def _lot(rows: Sequence[ReleaseTest], table: LotTable, judged: Judgment, i: int) -> dict[str, Any]:
    """One lot in words: a lot passes when every test of the specification was done and passed."""
    from math import isnan

    missing = [
        row.attribute
        for row in rows
        if row.attribute in judged.not_measured or isnan(table.values[row.attribute][i])
    ]
    fails = [name for name in judged.causes(i) if name not in missing]
    verdict = "fails" if fails else "incomplete" if missing else "passes"
    return {
        "lot": table.names[i],
        "verdict": verdict,
        "passes": verdict == "passes",
        "fails": fails,
        "missing": missing,
    }


def identity(
    identifier: Annotated[str, typer.Argument(help="Digits and capital letters; blanks are free.")],
    check: Annotated[
        str | None, typer.Argument(help="The check character on the label, to be compared.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """Check character of a chain-of-identity value (ISO 7064 mod 37,2), or compare a label's."""
    from leucel.product import check_character, flag_value, require_identity

    if check is not None:
        require_identity(identifier, check)
    data = {
        "identifier": "".join(identifier.split()),
        "check_character": check_character(identifier),
        "barcode_flag": flag_value(identifier),
        "compared": check is not None,
    }
    if json:
        print_json(data)
        return
    word = "fits" if check is not None else "is"
    screen().print(
        f"{data['identifier']}: the check character {word} [bold]{data['check_character']}[/bold] "
        f"(barcode flag {data['barcode_flag']})"
    )


def _named(name: str, known: Any) -> Any:
    from leucel.core import InputError, unknown_name

    if name not in known:
        raise InputError(unknown_name(name, tuple(known), noun="specification"))
    return known[name]


def _uptake(moi: float, most: float | None, half: float | None, susceptible: float) -> Transduction:
    from leucel.core import InputError, Problem
    from leucel.product import Uptake

    if most is None or half is None:
        raise InputError(
            Problem(
                what="a multiplicity of infection needs an uptake curve",
                allowed="--most and --half, which `leucel vector fit` finds in lots with moi",
                fix="nominal particles per cell are not copies: in one closed system 5 to 10 acted "
                "like 0.46",
            )
        )
    return Uptake(most=most, half=half, susceptible=susceptible).transduction(moi)


def _laws(car_share: float, per_car_cell: float) -> list[Transduction]:
    from leucel.product import fit_lots, fit_zero_inflated

    fit_zero_inflated(car_share=car_share, copies_per_car_cell=per_car_cell)
    return [found.lots[0] for found in fit_lots([car_share], [per_car_cell])]


def _row(law: Transduction) -> dict[str, Any]:
    return {
        "law": law.law,
        "car_percent": 100.0 * law.car_share,
        "copies_per_cell": law.copies_per_cell,
        "copies_per_car_cell": law.copies_per_car_cell,
        "per_genome": law.copies_per_cell / 2.0,
        "five_or_more": 100.0 * law.share_with_at_least(5),
        "above_five": 100.0 * law.share_with_at_least(6),
    }


def _show_limits(rows: Sequence[dict[str, Any]]) -> None:
    """One row for each limit; verdicts one by one only where they differ."""
    found: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault((row["jurisdiction"], row["limit"], row["unit"]), []).append(row)
    shown_rows: list[dict[str, Any]] = []
    for (place, limit, unit), group in found.items():
        verdicts = {row["verdict"] for row in group}
        words = (
            verdicts.pop()
            if len(verdicts) == 1
            else ", ".join(f"{row['law']}: {row['verdict']}" for row in group)
        )
        shown_rows.append(
            {
                "place": place,
                "limit": limit,
                "unit": unit,
                "verdict": words,
                "mark": group[0]["mark"],
                "source": group[0]["source"],
            }
        )
    if not shown_rows:
        return
    print_table(
        shown_rows,
        {
            "place": "where",
            "limit": "limit",
            "unit": "unit",
            "verdict": "verdict",
            "mark": "mark",
            "source": "source",
        },
    )
    for place, note in dict.fromkeys((row["jurisdiction"], row["note"]) for row in rows):
        screen().print(f"{place}: {note}")
