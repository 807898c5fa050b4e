"""Units: reading, equality of spellings, conversion, refusals."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leucel.core import UnitError, conversion_factor, parse_unit

NAMES = ["day", "h", "mg", "ug", "mL", "L", "cells", "copies", "nM", "kg", "percent", "IU", "week"]
# A product of up to four factors, each rounded once.
RELATIVE = 1e-14


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("mg/mL", "g/L"),
        ("ng/mL", "ug/L"),
        ("pg/mL", "ng/L"),
        ("µg", "ug"),
        ("μg", "ug"),
        ("nM", "pmol/mL"),
        ("cell", "cells"),
        ("mL/(ng*day)", "L/(ug*day)"),
        ("mL/ng/day", "mL/(ng*day)"),
        ("day^2", "day*day"),
        ("day2", "day^2"),
        ("day-1", "1/day"),
        ("copies/ug*day", "day*copies/ug"),
        ("%", "percent"),
        ("", "1"),
        (" copies / ug ", "copies/ug"),
    ],
)
def test_two_spellings_of_one_unit_are_equal(left: str, right: str) -> None:
    assert parse_unit(left) == parse_unit(right)


@pytest.mark.parametrize(
    ("source", "target", "factor"),
    [
        ("1/h", "1/day", 24.0),
        ("week", "day", 7.0),
        ("year", "month", 12.0),
        ("copies/ug", "copies/mg", 1000.0),
        ("g/L", "mg/mL", 1.0),
        ("percent", "1", 0.01),
        ("1e6 cells/kg", "cells/kg", 1e6),
        ("pg/cell/day", "ng/cell/h", 1e-3 / 24),
        ("mL", "L", 0.001),
        ("dL", "mL", 100.0),
        ("cm", "m", 0.01),
        ("mM", "mol/L", 0.001),
    ],
)
def test_factors_are_those_of_the_definitions(source: str, target: str, factor: float) -> None:
    assert conversion_factor(source, target) == pytest.approx(factor, rel=RELATIVE)


@pytest.mark.parametrize(
    ("source", "target"),
    [("cells", "copies"), ("1/day", "day"), ("mg", "mL"), ("patients", "persons"), ("mg", "mol")],
)
def test_counted_things_and_dimensions_are_kept_apart(source: str, target: str) -> None:
    with pytest.raises(UnitError, match="different dimensions"):
        conversion_factor(source, target)


@pytest.mark.parametrize(
    "text",
    [
        "day**2",
        "/day",
        "1//day",
        "day/",
        "*day",
        "()",
        "1/()",
        "(day",
        "day)",
        "day^",
        "5.2.1",
        "?",
    ],
)
def test_what_is_no_unit_is_refused_with_its_text(text: str) -> None:
    with pytest.raises(UnitError) as caught:
        parse_unit(text)
    assert repr(text) in str(caught.value)


@pytest.mark.parametrize(
    ("typo", "meant"), [("dya", "day"), ("cels", "cells"), ("copie", "copies")]
)
def test_a_typo_is_answered_with_the_name_meant(typo: str, meant: str) -> None:
    with pytest.raises(UnitError, match=f"did you mean.*{meant}"):
        parse_unit(f"1/{typo}")


def test_powers_of_a_unit() -> None:
    area = parse_unit("m") ** 2
    assert area == parse_unit("m^2")
    assert area ** Fraction(1, 2) == parse_unit("m")
    assert (parse_unit("day") ** 0).dimensionless
    assert parse_unit("mg/mg").dimensionless


@given(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4), st.data())
def test_converting_there_and_back_changes_nothing(names: list[str], data: st.DataObject) -> None:
    source = "*".join(names)
    target = "/".join(["1", *data.draw(st.permutations(names))])
    factor = conversion_factor(f"1/({source})", target)
    assert factor == pytest.approx(1.0, rel=RELATIVE)
    assert conversion_factor(source, source) == 1.0


@given(st.sampled_from(NAMES), st.sampled_from(NAMES))
def test_a_product_divided_by_a_factor_is_the_other(left: str, right: str) -> None:
    product = parse_unit(left) * parse_unit(right)
    back = product / parse_unit(right)
    assert back.dimensions == parse_unit(left).dimensions
    assert back.scale == pytest.approx(parse_unit(left).scale, rel=RELATIVE)
