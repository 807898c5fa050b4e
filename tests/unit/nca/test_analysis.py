"""Non-compartmental analysis: closed forms, rules for values below the limit, reasons."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from leucel.core import InputError
from leucel.data import check_columns, profiles_from_arrays, profiles_from_matrix
from leucel.nca import PARAMETERS, NcaResults, NcaRules, Reason, nca

# Sums of a few dozen products.
EXACT = 1e-12
LINEAR = NcaRules(trapezoid="linear")


def one(times: list[float], values: list[float], **options) -> NcaResults:
    return nca(profiles_from_matrix(times, [values]), **options)


def first(found: NcaResults, parameter: str) -> float:
    return float(found.value(parameter)[0])


def test_a_triangle() -> None:
    found = one([0, 2, 4, 10], [0.0, 6.0, 6.0, 0.0], rules=LINEAR, partial=[(0, 10), (1, 3)])
    assert first(found, "cmax") == 6.0
    assert first(found, "tmax") == 2.0
    assert (first(found, "tlast"), first(found, "clast")) == (4.0, 6.0)
    assert first(found, "auc_last") == 6.0 + 12.0
    # From 1 to 3: half of the rise from 3 to 6, and one day at 6.
    assert first(found, "auc_1_3") == pytest.approx(4.5 + 6.0, rel=EXACT)


def test_an_exponential_decline_is_exact_with_logarithmic_trapezoids() -> None:
    rate, days = 0.16, np.array([0.0, 1.0, 4.0, 9.0, 16.0, 40.0])
    found = one(list(days), list(1000 * np.exp(-rate * days)), partial=[(0, 28), (3, 60)])
    assert first(found, "lambda_z") == pytest.approx(rate, rel=1e-10)
    assert first(found, "half_life") == pytest.approx(math.log(2) / rate, rel=1e-10)
    assert first(found, "auc_last") == pytest.approx(1000 * -math.expm1(-rate * 40) / rate)
    assert first(found, "auc_0_28") == pytest.approx(1000 * -math.expm1(-rate * 28) / rate)
    assert first(found, "auc_inf") == pytest.approx(1000 / rate, rel=1e-10)
    # The part from 40 to 60 lies beyond the samples.
    whole = 1000 * (math.exp(-rate * 3) - math.exp(-rate * 60)) / rate
    assert first(found, "auc_3_60") == pytest.approx(whole, rel=1e-10)
    assert found.reason("auc_3_60") == (Reason.EXTRAPOLATED.sentence,)
    assert found.reason("auc_0_28") == ("",)


def test_extrapolation_may_be_switched_off() -> None:
    days = [0, 1, 4, 9, 16]
    courses = [1000.0, 900.0, 500.0, 200.0, 50.0]
    found = one(days, courses, rules=NcaRules(beyond_last="missing"))
    assert math.isnan(first(found, "auc_0_28"))
    assert found.reason("auc_0_28") == (Reason.ENDS_TOO_EARLY.sentence,)
    assert not math.isnan(first(found, "auc_last"))


def test_expansion_starts_at_the_lowest_value_before_the_peak() -> None:
    """Cells leave the blood first: the doubling time must not see that fall."""
    days = np.array([0.0, 0.5, 1, 3, 5, 7, 9, 14, 28])
    values = np.array([500.0, 90.0, 20.0, 80.0, 320.0, 1280.0, 5120.0, 2000.0, 300.0])
    found = one(list(days), list(values))
    assert first(found, "doubling_time") == pytest.approx(1.0, rel=EXACT)
    assert first(found, "tmax") == 9.0


def test_rules_of_the_terminal_fit() -> None:
    """Peak excluded, three points at least, more points when the fit is as good."""
    days = [0, 1, 2, 3, 4, 5, 6]
    straight = [1.0, 64.0, 32.0, 16.0, 8.0, 4.0, 2.0]
    found = one(days, straight)
    assert first(found, "lambda_z_points") == 5.0
    assert first(found, "lambda_z") == pytest.approx(math.log(2), rel=EXACT)
    bent = [1.0, 640.0, 100.0, 50.0, 8.0, 4.0, 2.0]
    assert first(one(days, bent), "lambda_z_points") == 3.0
    wide = one(days, bent, rules=NcaRules(lambda_z_tolerance=1.0))
    assert first(wide, "lambda_z_points") == 5.0
    few = one(days, bent, rules=NcaRules(lambda_z_points=4))
    assert first(few, "lambda_z_points") >= 4.0


@pytest.mark.parametrize(
    ("values", "parameter", "reason"),
    [
        ([0, 0, 0, 0, 0, 0], "cmax", Reason.NO_MEASURABLE_VALUE),
        ([1, 2, 3, 4, 9, 8], "lambda_z", Reason.FEW_TERMINAL_POINTS),
        ([1, 9, 3, 4, 5, 6], "half_life", Reason.NO_TERMINAL_RATE),
        ([1, 9, 3, 4, 5, 6], "lambda_z", Reason.NO_DECLINE),
        ([1, 9, 3, 4, 5, 6], "auc_inf", Reason.NO_TERMINAL_RATE),
        ([1, 9, 3, 4, 5, 6], "auc_0_28", Reason.NO_TERMINAL_RATE),
        ([9, 8, 7, 6, 5, 4], "doubling_time", Reason.PEAK_COMES_FIRST),
        ([1, 9, 8, 7, 6, 5], "doubling_time", Reason.FEW_EXPANSION_POINTS),
        ([1, 2, 9, 4, 3, 2], "persistence", Reason.STILL_MEASURABLE),
        ([1, 2, 9, 4, 3, 0], "persistence", Reason.NONE),
    ],
)
def test_reasons(values: list[float], parameter: str, reason: Reason) -> None:
    found = one([0, 1, 2, 3, 4, 5], [float(v) for v in values])
    assert found.reason(parameter) == (reason.sentence,)
    plain = reason in (Reason.NONE, Reason.STILL_MEASURABLE)
    assert math.isnan(first(found, parameter)) is not plain


def test_no_missing_value_is_without_a_reason() -> None:
    rng = np.random.default_rng(5)
    times = np.array([0, 1, 2, 4, 7, 10, 14, 21, 28, 60])
    values = np.where(rng.random((400, 10)) < 0.5, 0.0, rng.lognormal(3, 2, (400, 10)))
    for rules in (NcaRules(), NcaRules(start="missing", beyond_last="missing")):
        found = nca(profiles_from_matrix(times[1:], values[:, 1:]), lloq=10.0, rules=rules)
        for parameter in PARAMETERS:
            missing = np.isnan(found.value(parameter.name))
            told = np.array(found.reason(parameter.name)) != ""
            assert not np.any(missing & ~told), parameter.name


def test_values_below_the_limit_before_between_and_after() -> None:
    days = [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]
    values = [1.0, 40.0, 1.0, 40.0, 1.0, 1.0]
    areas = {
        # The first triangle is 40; the four days between the two peaks differ.
        "drop": 40.0 + 160.0,
        "zero": 40.0 + 80.0,
        "half": 40.0 + 85.0,
    }
    for rule, area in areas.items():
        rules = NcaRules(trapezoid="linear", below_between=rule)
        found = one(days, values, lloq=5.0, rules=rules)
        assert first(found, "auc_last") == pytest.approx(area, rel=EXACT)
        assert first(found, "tlast") == 6.0
        assert not found.still_measurable[0]
    before = {"zero": 40.0, "half": 42.5, "drop": 40.0}
    for rule, area in before.items():
        rules = NcaRules(trapezoid="linear", below_before=rule)
        found = one(days[:2], values[:2], lloq=5.0, rules=rules)
        assert first(found, "auc_last") == pytest.approx(area, rel=EXACT)
    # After the last: zero closes the curve with a triangle, so that the area to day 28 is known.
    closed = one(days, values, lloq=5.0, rules=NcaRules(trapezoid="linear", below_after="zero"))
    assert first(closed, "auc_0_28") == pytest.approx(areas["drop"] + 40.0, rel=EXACT)
    assert closed.reason("auc_0_28") == ("",)


def test_marks_of_the_profiles_count_without_a_limit() -> None:
    marked = profiles_from_arrays(
        ["a"] * 4, [0, 2, 4, 6], [5.0, 40.0, math.nan, 5.0], [True, False, True, True]
    )
    found = nca(marked)
    assert first(found, "tlast") == 2.0
    with pytest.raises(InputError, match="half the limit"):
        nca(marked, rules=NcaRules(below_before="half"))


def test_a_value_at_the_limit_is_measurable() -> None:
    found = one([0, 1, 2, 3], [0.0, 100.0, 50.0, 49.9], lloq=50.0)
    assert first(found, "persistence") == 2.0


def test_without_a_sample_at_time_0_the_curve_starts_at_zero_or_not_at_all() -> None:
    found = one([2, 4, 5, 6, 7], [10.0, 8.0, 6.0, 4.0, 3.0], rules=LINEAR)
    assert first(found, "auc_last") == pytest.approx(10 + 18 + 7 + 5 + 3.5)
    strict = one(
        [2, 4, 5, 6, 7],
        [10.0, 8.0, 6.0, 4.0, 3.0],
        rules=NcaRules(start="missing", trapezoid="linear"),
        partial=[(0, 5), (3, 5)],
    )
    assert strict.reason("auc_last") == (Reason.NO_START_VALUE.sentence,)
    assert strict.reason("auc_0_5") == (Reason.NO_START_VALUE.sentence,)
    assert first(strict, "auc_3_5") == pytest.approx(8.5 + 7.0)


def test_samples_before_the_dose_do_not_count() -> None:
    found = one([-7, 0, 1, 2], [1e6, 0.0, 10.0, 5.0])
    assert first(found, "cmax") == 10.0


def test_subjects_do_not_touch_each_other() -> None:
    """Each subject alone gives what it gives among the others, in any order."""
    rng = np.random.default_rng(8)
    subjects, times, values = [], [], []
    for name in range(30):
        n = int(rng.integers(1, 15))
        subjects += [str(name)] * n
        times += list(np.sort(rng.choice(np.arange(0, 60), n, replace=False)))
        values += list(rng.lognormal(4, 2, n))
    together = nca(profiles_from_arrays(subjects, times, values), lloq=20.0)
    for name in range(30):
        rows = [k for k, subject in enumerate(subjects) if subject == str(name)]
        alone = nca(
            profiles_from_arrays(
                [str(name)] * len(rows), [times[k] for k in rows], [values[k] for k in rows]
            ),
            lloq=20.0,
        )
        position = together.subjects.index(str(name))
        for parameter in PARAMETERS:
            np.testing.assert_allclose(
                together.value(parameter.name)[position],
                alone.value(parameter.name)[0],
                rtol=1e-12,
                err_msg=parameter.name,
            )
            assert together.reason(parameter.name)[position] == alone.reason(parameter.name)[0]


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.floats(1.0, 1e6), min_size=6, max_size=12),
    st.floats(0.01, 100.0),
    st.floats(0.01, 100.0),
)
def test_scaling_values_and_times_scales_the_parameters(
    values: list[float], by: float, stretch: float
) -> None:
    days = np.arange(len(values), dtype=float)
    plain = one(list(days), values, partial=[(0.5, 3.5)])
    scaled = one(
        list(days * stretch), [v * by for v in values], partial=[(0.5 * stretch, 3.5 * stretch)]
    )
    powers = {"value": (1, 0), "time": (0, 1), "rate": (0, -1), "area": (1, 1)}
    for left, right in zip(plain.parameters, scaled.parameters, strict=True):
        if left.name.startswith("lambda_z") or left.name in ("half_life", "auc_inf"):
            # Equal fits may be told apart by rounding; the choice of points has its own test.
            continue
        value, time = powers.get(left.unit_kind, (0, 0))
        expected = plain.value(left.name) * by**value * stretch**time
        if left.unit_kind == "percent":
            continue
        np.testing.assert_allclose(scaled.value(right.name), expected, rtol=1e-9)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.floats(0.0, 1e4), min_size=3, max_size=12), st.floats(0.0, 11.0))
def test_areas_add_up(values: list[float], cut: float) -> None:
    days = np.arange(len(values), dtype=float)
    end = days[-1]
    middle = min(max(cut, 0.01), end - 0.01)
    found = one(
        list(days), [v + 1.0 for v in values], partial=[(0, middle), (middle, end), (0, end)]
    )
    names = [p.name for p in found.parameters if p.name.startswith("auc_")][:3]
    parts = [first(found, name) for name in names]
    assert parts[0] + parts[1] == pytest.approx(parts[2], rel=1e-9)
    assert parts[2] == pytest.approx(first(found, "auc_last"), rel=1e-12)


def test_units_follow_those_of_the_profiles() -> None:
    found = nca(
        profiles_from_matrix([0, 1], [[1.0, 2.0]], time_unit="h", value_unit="mg/L"),
        partial=[(0, 1)],
    )
    assert found.units["auc_0_1"] == "h*mg/L"
    assert found.units["lambda_z"] == "1/h"
    assert found.units["cmax"] == "mg/L"
    assert found.units["half_life"] == "h"


def test_rows_table_and_summary_tell_the_same() -> None:
    found = nca(
        profiles_from_matrix([0, 7, 14, 21, 28], [[1, 90, 80, 70, 60], [1, 8, 4, 2, 1]]), lloq=5.0
    )
    frame = found.to_frame()
    check_columns(frame)
    rows = list(found.rows())
    assert len(frame) == len(rows) == 2 * len(found.parameters)
    for row, (_, line) in zip(rows, frame.iterrows(), strict=True):
        assert (row.id, row.parameter, row.unit, row.reason) == (
            line["id"],
            line["parameter"],
            line["unit"],
            line["reason"],
        )
        assert (row.value is None) == math.isnan(line["value"])
    summary = {each.parameter: each for each in found.summary()}
    assert summary["cmax"].n == 2
    assert summary["cmax"].mean == 49.0
    assert summary["cmax"].geometric_mean == pytest.approx(math.sqrt(720.0))
    assert (summary["half_life"].n, summary["half_life"].n_missing) == (1, 1)
    assert summary["half_life"].sd is None
    plain = found.to_summary()
    assert plain["n"] == 2
    assert plain["lloq"] == 5.0
    assert all(
        value is None or value == value for row in plain["parameters"] for value in row.values()
    )


def test_a_summary_of_nothing_is_empty_not_nan() -> None:
    found = one([0, 1], [0.0, 0.0], lloq=5.0)
    row = next(each for each in found.summary() if each.parameter == "cmax")
    assert (row.n, row.n_missing, row.mean, row.q05) == (0, 1, None, None)


def test_an_unknown_parameter_gets_its_near_miss() -> None:
    found = one([0, 1], [1.0, 2.0])
    with pytest.raises(InputError, match="did you mean 'cmax'"):
        found.value("cmx")


@pytest.mark.parametrize(
    "call",
    [
        lambda p: nca(p, lloq=0.0),
        lambda p: nca(p, lloq=math.nan),
        lambda p: nca(p, partial=[(5, 5)]),
        lambda p: nca(p, partial=[(-1, 5)]),
        lambda p: nca(p, partial=[(0, math.inf)]),
        lambda p: nca(p, rules=NcaRules(trapezoid="log")),
        lambda p: nca(p, rules=NcaRules(lambda_z_points=2)),
        lambda p: nca(p, rules=NcaRules(below_after="half")),
    ],
)
def test_unusable_rules_and_limits_are_refused(call) -> None:
    with pytest.raises(InputError):
        call(profiles_from_matrix([0, 1], [[1.0, 2.0]]))


def test_rules_say_what_they_are() -> None:
    told = NcaRules().describe()
    assert "linear up, logarithmic down" in told
    assert "terminal rate" in NcaRules(beyond_last="missing").describe()
    assert len({p.name for p in PARAMETERS}) == len(PARAMETERS)
    assert all(reason.sentence for reason in Reason if reason is not Reason.NONE)
