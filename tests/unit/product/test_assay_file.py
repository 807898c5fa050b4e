"""Files of functional assays, and treatment groups."""

from __future__ import annotations

import math

import numpy as np
import pytest

from leucel.core import InputError
from leucel.product import (
    CURVES,
    CoCulture,
    compare_groups,
    fit_carrgo,
    fit_groups,
    read_cocultures,
    read_killing,
    read_mice,
    simulate_carrgo,
)

WELLS = """well,product,effectors,time,tumor
A1,,0,0,1.0
A1,,0,1,1.5
A2,one,0.5,0,1.0
A2,one,0.5,1,0.8
A3,two,0.5,0,1.0
A3,two,0.5,1,0.6
"""


def mice(rates: dict[str, float], size: int = 6, seed: int = 3, limit: float = 2000.0) -> str:
    draw = np.random.default_rng(seed)
    lines = ["group,mouse,day,volume,died"]
    for group, rate in rates.items():
        for mouse in range(size):
            own = rate * math.exp(draw.normal(0, 0.1))
            start = 100.0 * math.exp(draw.normal(0, 0.15))
            for day in range(0, 36, 5):
                volume = start * math.exp(own * day + draw.normal(0, 0.06))
                died = volume > limit
                lines.append(f"{group},{mouse},{day},{volume:.2f},{int(died)}")
                if died:
                    break
    return "\n".join(lines) + "\n"


def problems(read: object, text: str) -> list[str]:
    with pytest.raises(InputError) as caught:
        read(text, file="t.csv")  # type: ignore[operator]
    return [str(problem) for problem in caught.value.problems]


def test_tables_of_other_countries_are_read() -> None:
    found = read_killing("\ufeffratio;lysis\n0,5;20\n1;40,5\n")
    assert found["all"].ratios == (0.5, 1.0)
    assert found["all"].lysis == (20.0, 40.5)


def test_a_release_assay_gives_lysis() -> None:
    text = "product,ratio,signal,spontaneous,maximum\nA,1,600,200,1000\n"
    assert read_killing(text)["A"].lysis == (50.0,)
    wrong = text.replace("1000", "100")
    assert "not above the spontaneous" in problems(read_killing, wrong)[0]


def test_every_fault_of_a_table_is_told_with_its_line() -> None:
    text = "product,ratio,lysis\nA,0,10\nA,1,ten\nA,nan,3\n"
    told = problems(read_killing, text)
    assert len(told) == 2
    assert "t.csv:3" in told[0]
    assert "t.csv:4" in told[1]
    assert "t.csv:2" in problems(read_killing, "product,ratio,lysis\nA,0,10\n")[0]
    assert "lacks the columns lysis" in problems(read_killing, "product,ratio\nA,1\n")[0]
    assert "no rows" in problems(read_killing, "product,ratio,lysis\n")[0]
    assert "lacks the columns" in problems(read_killing, "")[0]


def test_control_wells_belong_to_every_product() -> None:
    found = read_cocultures(WELLS)
    assert set(found) == {"one", "two"}
    assert [name for name, _ in found["two"]] == ["A1", "A3"]
    assert found["one"][1][1] == CoCulture(times=(0.0, 1.0), tumor=(1.0, 0.8), effectors=0.5)


def test_wells_that_contradict_themselves_are_named() -> None:
    told = problems(read_cocultures, WELLS.replace("A2,one,0.5,1", "A2,one,0.7,1"))
    assert "'A2' has several effectors" in told[0]
    told = problems(read_cocultures, WELLS + "A3,two,0.5,1,0.5\n")
    assert "'A3' needs two or more different times" in told[0]


def test_arms_alone_are_fitted_on_the_index_as_published() -> None:
    truth = {"growth": 0.30, "capacity": 3.1, "kill": 0.557, "gain": 0.0242, "loss": 0.0}
    times = tuple(np.linspace(0.0, 60.0, 60))
    draw = np.random.default_rng(5)
    course = simulate_carrgo(times, tumor=0.467, effectors=0.25, **truth)[:, 0]
    noisy = np.maximum(course + draw.normal(0, 0.03, course.size), 1e-3)
    noisy[0] = course[0]
    arm = CoCulture(times=times, tumor=tuple(noisy), effectors=0.25)
    fit = fit_carrgo([arm], scale="index", controls_needed=False)
    # No worse than the truth on the same readings; 5% for the degrees of freedom.
    assert fit.residual <= 1.05 * float(np.std(noisy[1:] - course[1:]))
    with pytest.raises(InputError, match="needs control wells"):
        fit_carrgo([arm])
    with pytest.raises(InputError, match="unknown scale"):
        fit_carrgo([arm], scale="root", controls_needed=False)


def test_mice_from_calipers_and_with_tumors_gone() -> None:
    text = "group,mouse,day,length,width\nA,1,0,10,6\nA,1,7,12,6\nA,2,0,10,6\nA,2,7,0,0\n"
    group = read_mice(text)["A"]
    assert group.mice[0].volumes == (180.0, 216.0)
    assert group.left_out == (
        "1 readings of 0 of the mouse 2",
        "the mouse 2: fewer than two measurable volumes",
    )
    told = problems(read_mice, "group,mouse,day,volume\nA,1,0,100\nA,1,0,110\nA,2,0,-3\n")
    assert any("below 0" in text for text in told)
    assert any("two readings on one day" in text for text in told)


def test_treatment_slows_growth_and_prolongs_life() -> None:
    groups = read_mice(mice({"PBS": 0.12, "UTD": 0.12, "CAR": 0.04}))
    fits = fit_groups(groups, curve="exponential")
    rows = {row.group: row for row in compare_groups(groups, fits, control="PBS")}
    car = rows["CAR"]
    assert car.growth_low is not None
    assert car.growth_low < 0.04 / 0.12 < car.growth_high  # type: ignore[operator]
    assert car.inhibition is not None
    assert car.inhibition > 80.0
    assert car.p_value is not None
    assert car.p_value < 0.01 < rows["UTD"].p_value  # type: ignore[operator]
    assert car.p_adjusted == pytest.approx(2 * car.p_value)
    assert car.median_treated is None


def test_the_log_rank_test_agrees_with_lifelines() -> None:
    lifelines = pytest.importorskip("lifelines.statistics")
    groups = read_mice(mice({"PBS": 0.12, "CAR": 0.10}, seed=11))
    fits = fit_groups(groups, curve="exponential")
    found = compare_groups(groups, fits, control="PBS")[0].p_value
    times = [[day for day, _ in g.ends.values()] for g in (groups["CAR"], groups["PBS"])]
    died = [[end for _, end in g.ends.values()] for g in (groups["CAR"], groups["PBS"])]
    other = lifelines.logrank_test(times[0], times[1], died[0], died[1]).p_value
    assert found == pytest.approx(other, rel=1e-6)


def test_the_best_curve_is_chosen_and_faults_are_named() -> None:
    groups = read_mice(mice({"PBS": 0.1}, size=4))
    fit = fit_groups(groups)[0]
    assert set(fit.aic) == set(CURVES)
    assert fit.best.aic == min(x for x in fit.aic.values() if x is not None)
    with pytest.raises(InputError, match="unknown growth curve"):
        fit_groups(groups, curve="linear")
    with pytest.raises(InputError, match="unknown group"):
        compare_groups(groups, [fit], control="PSB")
    alone = read_mice("group,mouse,day,volume\nA,1,0,100\nA,1,7,200\n")
    with pytest.raises(InputError, match="too few mice"):
        fit_groups(alone)
