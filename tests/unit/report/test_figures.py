"""Every figure is drawn from usual, one-row and missing tables."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import TextToPath

from leucel.report import DossierInput
from leucel.report.canvas import NARROW, WIDE, Figure, Missing
from leucel.report.figures.construct import read_parts
from leucel.report.figures.gallery import draw_gallery
from leucel.report.figures.survival import value_at
from leucel.report.figures.timeline import read_milestones, wrap
from leucel.report.inputs import DossierInput as Input

# The page leaves at least this much room around a figure.
EDGE = 8.0
NAMES = (
    "timeline",
    "construct",
    "membrane",
    "lots",
    "kinetics",
    "detectable",
    "agreement",
    "best-response",
    "response",
    "waterfall",
    "pfs",
    "dor",
    "funnel",
    "prevalence-course",
    "threshold",
    "routes",
    "plan",
    "tornado",
)


@pytest.fixture(scope="module")
def gallery(demo: DossierInput) -> dict[str, Figure | Missing]:
    return draw_gallery(demo, lead="SA")


def first_rows(data: DossierInput) -> DossierInput:
    """The same run with one row in each table and list."""
    summary = dict(data.summary)
    summary["trial"] = {"endpoints": data.rows("trial", "endpoints")[:1]}
    for key in ("epidemiology", "designation", "routes", "filings"):
        summary[key] = data.rows(key)[:1]
    summary["filings_without_clock"] = []
    summary["access"] = {**summary["access"], "tornado": data.rows("access", "tornado")[:1]}
    return dataclasses.replace(
        data,
        summary=summary,
        tables={name: table.head(1) for name, table in data.tables.items()},
        programme={**data.programme, "milestones": data.programme["milestones"][:1]},
    )


def test_all_figures_are_there(gallery: dict[str, Figure | Missing]) -> None:
    assert tuple(gallery) == NAMES
    assert not [name for name, figure in gallery.items() if isinstance(figure, Missing)]


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_has_all_that_a_reader_needs(
    gallery: dict[str, Figure | Missing], name: str
) -> None:
    figure = gallery[name]
    assert isinstance(figure, Figure)
    assert figure.title
    assert figure.caption.endswith(".")
    assert len(figure.alt) > 20
    if name != "membrane":
        assert figure.data is not None
        assert figure.data.rows
        assert figure.table


@pytest.mark.parametrize("name", NAMES)
def test_lettering_stays_inside_the_figure(gallery: dict[str, Figure | Missing], name: str) -> None:
    """No word is cut off at the edge of the page or of the phone."""
    figure = gallery[name]
    assert isinstance(figure, Figure)
    for svg, width in ((figure.wide, WIDE), (figure.narrow, NARROW)):
        for text in ElementTree.fromstring(svg).iter("text"):
            style = text.get("style", "")
            place = re.search(r"translate\(([-\d.]+) ([-\d.]+)\)", text.get("transform", ""))
            x = float(text.get("x") or (place.group(1) if place else 0))
            words = "".join(text.itertext())
            long = text_width(words, style)
            start = x - long * (0.5 if "middle" in style else 1.0 if "end" in style else 0.0)
            assert start > -EDGE, words
            assert start + long < width + EDGE, words


def text_width(words: str, style: str) -> float:
    """Width in DejaVu Sans, the widest of the common fonts."""
    size = re.search(r"font-size: ([\d.]+)px", style)
    assert size, style
    bold = re.search(r"font-weight: (bold|[6-9]00)|\b(bold|700)\b", style)
    font = FontProperties(
        family="DejaVu Sans", size=float(size.group(1)), weight="bold" if bold else "normal"
    )
    return float(TextToPath().get_text_width_height_descent(words, font, ismath=False)[0])


@pytest.mark.parametrize("name", NAMES)
def test_one_row_is_enough_or_the_reason_is_given(demo: DossierInput, name: str) -> None:
    figure = draw_gallery(first_rows(demo), lead="SA")[name]
    if isinstance(figure, Missing):
        assert figure.reason.endswith(".")
        assert name in ("funnel", "prevalence-course")


def test_without_results_every_figure_says_why(make: Callable[..., DossierInput]) -> None:
    nothing = Input(summary={})
    for figure in draw_gallery(nothing, lead="").values():
        assert isinstance(figure, Missing)
        assert figure.reason.endswith(".")
        assert figure.title


def test_empty_tables_and_tables_without_the_columns_are_left_out(
    make: Callable[..., DossierInput],
) -> None:
    broken = {name: table.head(0) for name, table in make().tables.items()}
    broken["km_pfs"] = pd.DataFrame({"something": [1.0]})
    drawn = draw_gallery(make(tables=broken), lead="SA")
    absent = {name for name, figure in drawn.items() if isinstance(figure, Missing)}
    assert {"kinetics", "detectable", "response", "waterfall", "pfs", "dor", "construct"} <= absent


def test_missing_numbers_in_a_table_do_not_stop_a_figure(
    make: Callable[..., DossierInput],
) -> None:
    tables = dict(make().tables)
    for name in ("detectable", "km_pfs", "waterfall", "best_response"):
        table = tables[name].copy()
        numeric = table.select_dtypes("number").columns
        table[numeric] = table[numeric].astype(float)
        table.loc[table.index[1], numeric[1:]] = float("nan")
        tables[name] = table
    drawn = draw_gallery(make(tables=tables), lead="SA")
    assert not [name for name, figure in drawn.items() if isinstance(figure, Missing)]


def test_patients_of_equal_depth_stand_together_by_response(
    make: Callable[..., DossierInput],
) -> None:
    mixed = pd.DataFrame(
        {
            "subject": range(6),
            "best_change_percent": [-99.9, -99.8, -99.9, -99.7, -40.0, -99.8],
            "response": ["CR", "VGPR", "CR", "VGPR", "SD", "CR"],
        }
    )
    figure = draw_gallery(make(tables={"waterfall": mixed}), lead="SA")["waterfall"]
    assert isinstance(figure, Figure)
    assert figure.data is not None
    assert [row[2] for row in figure.data.rows] == ["SD", "VGPR", "VGPR", "CR", "CR", "CR"]


def test_many_patients_keep_the_waterfall_small(make: Callable[..., DossierInput]) -> None:
    tables = dict(make().tables)
    tables["waterfall"] = pd.concat([tables["waterfall"]] * 20, ignore_index=True)
    figure = draw_gallery(make(tables=tables), lead="SA")["waterfall"]
    assert isinstance(figure, Figure)
    assert len(figure.wide) < 60_000


def test_parts_without_residues_are_drawn_with_a_usual_length(demo: DossierInput) -> None:
    binder = next(part for part in read_parts(demo) if part.role == "binder")
    assert binder.length is None
    assert binder.drawn_length > 200
    assert binder.residues == "residues not supplied"


def test_a_date_known_to_the_month_covers_the_month(demo: DossierInput) -> None:
    cleared = read_milestones(demo)[0]
    assert cleared.written == "December 2022"
    assert [day.isoformat() for day in cleared.span] == ["2022-12-01", "2022-12-31"]


def test_a_long_milestone_is_cut_to_two_lines() -> None:
    lines = wrap("one two three four five six seven eight nine ten", 14, most=2)
    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert wrap("short", 14) == ["short"]


def test_a_step_curve_is_read_from_the_left() -> None:
    rows: list[dict[str, Any]] = [
        {"time_months": 0.0, "survival": 100.0},
        {"time_months": 5.0, "survival": 80.0},
    ]
    assert value_at(rows, 4.99, "survival") == 100.0
    assert value_at(rows, 5.0, "survival") == 80.0
    assert value_at(rows, 60.0, "survival") == 80.0
