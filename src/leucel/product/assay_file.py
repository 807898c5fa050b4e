"""Files of functional assays: E:T curves, co-cultures over time, mice with tumors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from leucel.core import InputError, Place, Problem
from leucel.product.carrgo import CoCulture
from leucel.product.measurement_file import Row, read_rows
from leucel.product.xenograft import Mouse

_UNNAMED = "all"


@dataclass(frozen=True, slots=True, kw_only=True)
class KillingPoints:
    """Points of the E:T curve of one product: ratios above 0 and lysis [%]."""

    ratios: tuple[float, ...]
    lysis: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MouseGroup:
    """Mice of one treatment group.

    Attributes
    ----------
    mice : those with two or more measurable volumes.
    ends : mouse -> (last day seen, True when it died or had to be killed then).
    left_out : readings of 0 and mice with fewer than two others, in words.
    """

    mice: tuple[Mouse, ...]
    ends: Mapping[str, tuple[float, bool]]
    left_out: tuple[str, ...]


def read_killing(text: str, *, file: str | None = None) -> dict[str, KillingPoints]:
    """E:T curves from CSV: `ratio` and `lysis` [%], and `product` when there are several.

    In place of `lysis` the table may give a release assay: `signal`, `spontaneous`, `maximum`.

    Raises
    ------
    InputError
        For missing columns and values that cannot be used, with their lines.

    Examples
    --------
    >>> read_killing("ratio,lysis\\n0.5,20\\n1,40\\n")["all"].lysis
    (20.0, 40.0)
    """
    head = text.removeprefix("\ufeff").split("\n", 1)[0]
    release = "lysis" not in head and "spontaneous" in head
    measured = ("signal", "spontaneous", "maximum") if release else ("lysis",)
    rows = read_rows(text, numbers=("ratio", *measured), optional_texts=("product",), file=file)
    problems = _beyond(rows, "ratio", file)
    found: dict[str, tuple[list[float], list[float]]] = {}
    for row in rows:
        value = row.numbers.get("lysis", 0.0)
        if release:
            span = row.numbers["maximum"] - row.numbers["spontaneous"]
            if not span > 0.0:
                problems.append(
                    Problem(
                        what="the maximum release is not above the spontaneous one",
                        where=Place(file=file, line=row.line),
                    )
                )
                continue
            value = 100.0 * (row.numbers["signal"] - row.numbers["spontaneous"]) / span
        ratios, lysis = found.setdefault(row.texts.get("product", _UNNAMED), ([], []))
        ratios.append(row.numbers["ratio"])
        lysis.append(value)
    if problems:
        raise InputError(problems)
    return {
        name: KillingPoints(ratios=tuple(ratios), lysis=tuple(lysis))
        for name, (ratios, lysis) in found.items()
    }


def read_cocultures(
    text: str, *, file: str | None = None
) -> dict[str, tuple[tuple[str, CoCulture], ...]]:
    """Wells over time from CSV: `well`, `effectors`, `time`, `tumor`, and `product` when several.

    `effectors` is the amount at the start in the unit of `tumor`; 0 is a control well. Wells
    without a product belong to every product.

    Raises
    ------
    InputError
        For missing columns, values that are not above 0 and wells that contradict themselves.

    Examples
    --------
    >>> wells = read_cocultures("well,effectors,time,tumor\\nA1,0,0,1.0\\nA1,0,1,1.4\\n")
    >>> wells["all"][0][1].tumor
    (1.0, 1.4)
    """
    rows = read_rows(
        text,
        texts=("well",),
        numbers=("effectors", "time", "tumor"),
        optional_texts=("product",),
        file=file,
    )
    problems = _beyond(rows, "tumor", file)
    wells: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        wells.setdefault((row.texts.get("product", ""), row.texts["well"]), []).append(row)
    made: dict[str, list[tuple[str, CoCulture]]] = {}
    for (product, well), readings in wells.items():
        ordered = sorted(readings, key=lambda row: row.numbers["time"])
        times = [row.numbers["time"] for row in ordered]
        where = Place(file=file, line=readings[0].line)
        if len({row.numbers["effectors"] for row in readings}) > 1:
            problems.append(Problem(what=f"the well {well!r} has several effectors", where=where))
        if len(set(times)) < len(times) or len(times) < 2:
            problems.append(
                Problem(
                    what=f"the well {well!r} needs two or more different times",
                    where=where,
                    fix="replicates are wells of their own",
                )
            )
        culture = CoCulture(
            times=tuple(times),
            tumor=tuple(row.numbers["tumor"] for row in ordered),
            effectors=ordered[0].numbers["effectors"],
        )
        made.setdefault(product, []).append((well, culture))
    if problems:
        raise InputError(problems)
    shared = made.pop("", [])
    if not made:
        return {_UNNAMED: tuple(shared)}
    return {product: (*shared, *own) for product, own in made.items()}


def read_mice(text: str, *, file: str | None = None) -> dict[str, MouseGroup]:
    """Mice from CSV: `group`, `mouse`, `day` and `volume` [mm3], or `length` and `width` [mm].

    A column `died` (1 on the last row of a mouse that died or had to be killed) gives survival.
    Volumes of 0 are left out and said so: a logarithm has no 0.

    Raises
    ------
    InputError
        For missing columns and values below 0, with their lines.

    Examples
    --------
    >>> text = "group,mouse,day,volume\\nPBS,1,0,100\\nPBS,1,7,250\\n"
    >>> read_mice(text)["PBS"].mice[0].volumes
    (100.0, 250.0)
    """
    head = text.removeprefix("\ufeff").split("\n", 1)[0]
    calipers = "volume" not in head and "length" in head
    size = ("length", "width") if calipers else ("volume",)
    rows = read_rows(
        text,
        texts=("group", "mouse"),
        numbers=("day", *size),
        optional_numbers=("died",),
        file=file,
    )
    problems = [
        Problem(
            what=f"the {name} is below 0",
            where=Place(file=file, line=row.line, key=name),
            received=f"{row.numbers[name]:g}",
        )
        for row in rows
        for name in size
        if row.numbers[name] < 0.0
    ]
    mice: dict[str, dict[str, list[Row]]] = {}
    for row in rows:
        mice.setdefault(row.texts["group"], {}).setdefault(row.texts["mouse"], []).append(row)
    for members in mice.values():
        for name, readings in members.items():
            days = [row.numbers["day"] for row in readings]
            if len(set(days)) < len(days):
                problems.append(
                    Problem(
                        what=f"the mouse {name!r} has two readings on one day",
                        where=Place(file=file, line=readings[0].line),
                        fix="give every mouse a name of its own within its group",
                    )
                )
    if problems:
        raise InputError(problems)
    return {group: _group(members, calipers) for group, members in mice.items()}


def _group(members: Mapping[str, Sequence[Row]], calipers: bool) -> MouseGroup:
    mice: list[Mouse] = []
    ends: dict[str, tuple[float, bool]] = {}
    left_out: list[str] = []
    for name, readings in members.items():
        ordered = sorted(readings, key=lambda row: row.numbers["day"])
        pairs = [
            (
                row.numbers["day"],
                row.numbers["length"] * row.numbers["width"] ** 2 / 2.0
                if calipers
                else row.numbers["volume"],
            )
            for row in ordered
        ]
        ends[name] = (pairs[-1][0], any(row.numbers.get("died", 0.0) > 0.0 for row in ordered))
        seen = [pair for pair in pairs if pair[1] > 0.0]
        if len(seen) < len(pairs):
            left_out.append(f"{len(pairs) - len(seen)} readings of 0 of the mouse {name}")
        if len(seen) < 2:
            left_out.append(f"the mouse {name}: fewer than two measurable volumes")
            continue
        mice.append(
            Mouse(
                name=name,
                times=tuple(day for day, _ in seen),
                volumes=tuple(volume for _, volume in seen),
            )
        )
    return MouseGroup(mice=tuple(mice), ends=ends, left_out=tuple(left_out))


def _beyond(rows: Sequence[Row], column: str, file: str | None) -> list[Problem]:
    return [
        Problem(
            what=f"the {column} is not above 0",
            where=Place(file=file, line=row.line, key=column),
            received=f"{row.numbers[column]:g}",
        )
        for row in rows
        if not row.numbers[column] > 0.0
    ]
