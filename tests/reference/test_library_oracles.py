"""What the models of the library have to reproduce: printed numbers, identities, populations.

The numbers stand in the cards (`Check`), with source, mark, tolerance and its reason; here they are
computed afresh. The identities hold for any correct implementation.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from leucel.compile import CompiledModel, compile_model
from leucel.core import RandomStream
from leucel.library import (
    Check,
    catalog,
    check_number,
    get_model,
    with_resistant_clone,
)
from leucel.model import (
    ModelSpec,
    Output,
    individual_values,
    random_effects,
    with_integral,
    with_output,
    with_values,
)
from leucel.solve import Doses, SolveOptions, simulate

BACKENDS = ("reference", "cpu")
TIGHT = SolveOptions(rtol=1e-9, atol=1e-9)
# A tumor of a millionth of a cell is a number of one card.
FINE = SolveOptions(rtol=1e-9, atol=1e-12)
# Two solvers at a relative tolerance of 1e-9 a step, over some hundred steps.
SOLVER = 1e-6
CHECKS = [(card.id, check) for card in catalog() for check in card.checks]
# CAR-T cells that stay in the marrow kill to the last cell, at about day 74.
DEEP = {"k_marrow_blood": 0.05}
SINGH, STEIN = "singh_2021_idecabtagene", "stein_2019_tisagenlecleucel"


@cache
def compiled(spec: ModelSpec, backend: str) -> CompiledModel:
    return compile_model(spec, backend=backend)  # type: ignore[arg-type]


def run(
    spec: ModelSpec, backend: str, times: np.ndarray, dose: float | None, output: str
) -> np.ndarray:
    doses = None if dose is None else Doses.bolus(dose)
    found = simulate(compiled(spec, backend), times=times, doses=doses, options=TIGHT)
    return found.require_ok().output(output)[0]


def course(backend: str) -> Callable[..., np.ndarray]:
    """What simulates for `check_number`, on one backend."""

    def one(
        spec: ModelSpec,
        values: Mapping[str, float],
        times: np.ndarray,
        doses: tuple[tuple[float, float], ...],
        output: str,
    ) -> np.ndarray:
        given = Doses()
        for day, amount in doses:
            given += Doses.bolus(amount, time=day)
        found = simulate(
            compiled(spec, backend),
            parameters=dict(values),
            times=times,
            doses=given if given.boluses else None,
            options=FINE,
        )
        return found.require_ok().output(output)[0]

    return one


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize(("id_", "check"), CHECKS, ids=[f"{i}: {c.name}" for i, c in CHECKS])
def test_a_check_of_a_card_is_met(id_: str, check: Check, backend: str) -> None:
    """Or not met, where the card says so and why: a disagreement that vanished is as wrong."""
    number = check_number(id_, check, course(backend))
    met = not check.disagreement
    assert check.accepts(number) is met, f"{number} against {check.expected}: {check.reason}"
    assert number == pytest.approx(check.ours, rel=SOLVER)


def test_values_are_those_of_the_evidence(shared: Callable[[str], Path]) -> None:
    """Every parameter of the table of evidence is in the model, with its value and omega."""
    names = {
        SINGH: {
            "Gmax": "k_expansion_max", "G50": "ec50_expansion", "r": "k_memory",
            "kE": "k_loss_effector", "kM": "k_loss_memory", "k12": "k_blood_marrow",
            "k21": "k_marrow_blood", "Hmax": "k_kill_max", "H50": "ec50_kill",
            "gP": "n_m_protein", "gS": "n_s_bcma", "kg": "k_growth", "kon": "k_on",
            "koff": "k_off", "NCAR": "cars_per_cell", "NAg": "antigens_per_cell",
            "TransC": "copies_per_cell", "Vb": "vol_blood", "Vt": "vol_marrow",
            "U0": "tumor_0", "Et0": "effector_seed", "kP": "k_loss_m_protein",
            "pP": "k_production_m_protein", "kS": "k_loss_s_bcma",
            "pS": "k_production_s_bcma",
        },
        STEIN: {
            "F": "fold_expansion", "Tm": "t_max", "Cm": "c_max", "a": "k_decline_fast",
            "B": "fraction_slow", "b": "k_decline_slow",
        },
    }  # fmt: skip
    with shared("evidence/models_parameters.csv").open() as file:
        rows = list(csv.DictReader(file))
    tables = {SINGH: "Singh2021_clinical", STEIN: "Stein2019_tisacel"}
    for id_, table in tables.items():
        # The readings of Stein differ only in what the tabulated number is called.
        spec, _ = get_model(
            id_, **({"random_effects": "standard_deviations"} if id_ == STEIN else {})
        )
        found = {row["parameter"]: row for row in rows if row["model"] == table}
        assert set(names[id_]) <= set(found)
        for symbol, name in names[id_].items():
            parameter = spec.parameter(name)
            assert parameter.value == float(found[symbol]["value"]), name
            omega = found[symbol]["iiv"]
            assert parameter.omega == (float(omega) if omega else None), name


# Model, choices, tables of evidence, and what of them the model leaves out, as its card says.
TABLES = (
    ("ogasawara_2021_lisocabtagene", {}, ("Ogasawara2021_lisocel",), set()),
    ("mueller_schoell_2021_axicabtagene", {}, ("MuellerSchoell2021_axicel",), set()),
    (
        "hardiansyah_2019_ctl019",
        {"patient": "upn1"},
        ("Hardiansyah2019_UPN1", "Hardiansyah2019_shared"),
        {"dose"},
    ),
    (
        "hardiansyah_2019_ctl019",
        {"patient": "upn3"},
        ("Hardiansyah2019_UPN3", "Hardiansyah2019_shared"),
        {"dose"},
    ),
    ("kimmel_2021_axicabtagene", {"tumor_growth": "sbml"}, ("Kimmel2021_axicel",), set()),
    ("chaudhury_2020_lotka_volterra", {}, ("Chaudhury2020_LV",), set()),
    # The exponent of the cure gate, 3, is written into the equation.
    ("chaudhury_2020_ec50", {}, ("Chaudhury2020_EC50",), {"h"}),
    ("chaudhury_2020_first_order", {}, ("Chaudhury2020_FIRST",), {"h"}),
    ("leon_triana_2020_leukemia", {}, ("LeonTriana2020_1011",), set()),
    (
        "leon_triana_2020_immature",
        {},
        ("LeonTriana2020_1011", "LeonTriana2020_1012_extra"),
        set(),
    ),
    ("leon_triana_2021_one_target", {}, ("LeonTriana2021_1013",), set()),
    ("leon_triana_2021_two_targets", {}, ("LeonTriana2021_1014",), set()),
    ("barros_2021_cartmath", {}, ("Barros2021_HDLM2",), set()),
    (
        "barros_2021_cartmath",
        {"line": "raji"},
        ("Barros2021_Raji",),
        {"alpha_IDO", "alpha_IDO_1MT"},
    ),
    ("gallaher_2018_myeloma", {}, ("Gallaher2018_myeloma",), set()),
    ("hanson_2016_toxicity", {}, ("Hanson2016_toxicity",), set()),
    ("li_2025_modakafusp", {}, ("Li2025_Mprotein",), {"LLOQ"}),
    ("srimani_2022_ixazomib", {}, ("Srimani2022_Mprotein",), set()),
    (
        "poels_2025_biomarkers",
        {},
        ("Poels2025_elranatamab_QSP",),
        {"BCMA", "CD3", "T0"},
    ),
    (
        "hibma_2026_s_bcma",
        {},
        ("Hibma2026_sBCMA_CRS",),
        {"crs_int", "crs_burden", "crs_lnC"},
    ),
    (
        "hibma_2026_crs",
        {},
        ("Hibma2026_sBCMA_CRS",),
        {"Kd", "sBCMA_BL", "sBCMA_CL", "sBCMA_V"},
    ),
    # Arterial and venous volumes are equal.
    ("tsai_2022_pleural", {}, ("Tsai2022_mouse_pleural",), set()),
    ("kirouac_2023_toggle", {"archetype": "cr"}, ("Kirouac2023_CR_set5",), set()),
    ("kirouac_2023_toggle", {"archetype": "pr"}, ("Kirouac2023_PR_set2",), set()),
    ("kirouac_2023_toggle", {"archetype": "nr"}, ("Kirouac2023_NR_set1",), set()),
    ("kirouac_2023_toggle", {"archetype": "cr_median"}, ("Kirouac2023_CR_median12",), set()),
    ("kirouac_2023_toggle", {"archetype": "pr_median"}, ("Kirouac2023_PR_median12",), set()),
    ("kirouac_2023_toggle", {"archetype": "nr_median"}, ("Kirouac2023_NR_median12",), set()),
    *(
        (
            "brummer_2022_carrgo",
            {"line": line, "t_cells": start},
            (f"Brummer2022_{line.upper()}_y0={start}_dex=0",),
            set(),
        )
        for line in ("pbt1", "pbt2", "pbt4")
        for start in ("0.25", "0.125", "0.05", "0")
    ),
)


@pytest.mark.parametrize(
    ("id_", "choices", "tables", "left_out"),
    TABLES,
    ids=[f"{row[0]} {' '.join(row[1].values())}".strip() for row in TABLES],
)
def test_every_number_of_the_evidence_is_in_the_model(
    id_: str,
    choices: dict[str, str],
    tables: tuple[str, ...],
    left_out: set[str],
    shared: Callable[[str], Path],
) -> None:
    """By value: as it stands, or on the scale that the source prints (logarithm, variance, 1e9)."""
    spec, _ = get_model(id_, **choices)
    values = [p.value for p in spec.parameters]
    values += [r.sigma for r in spec.residuals] + [r.sigma**2 for r in spec.residuals]
    values += [float(np.log(v)) for v in values if v > 0.0] + [v / 1e9 for v in values]
    omegas = [p.omega for p in spec.parameters if p.omega is not None]
    with shared("evidence/models_parameters.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["model"] in tables]
    assert {row["model"] for row in rows} == set(tables)
    for row in rows:
        symbol = row["parameter"]
        own = symbol.startswith(("oracle_", "regress_", "data_"))
        if own or symbol in left_out or not row["value"]:
            continue
        number = float(row["value"])
        assert any(v == pytest.approx(number, rel=1e-12, abs=0.0) for v in values), symbol
        if row["iiv"]:
            spread = float(row["iiv"])
            forms = [*omegas] + [o**2 for o in omegas] + [100.0 * o for o in omegas]
            # A coefficient of variation of a log-normal effect.
            forms += [100.0 * float(np.sqrt(np.expm1(o**2))) for o in omegas]
            assert any(f == pytest.approx(spread, rel=2e-3) for f in forms), symbol


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_closed_form_of_stein_is_the_printed_one(backend: str) -> None:
    spec, _ = get_model(STEIN)
    p = spec.typical_values()
    times = np.linspace(0.0, 365.0, 731)
    rho = np.log(p["fold_expansion"]) / p["t_max"]
    late = times - p["t_max"]
    printed = np.where(
        late < 0.0,
        p["c_max"] / p["fold_expansion"] * np.exp(rho * np.minimum(times, p["t_max"])),
        (1 - p["fraction_slow"]) * p["c_max"] * np.exp(-p["k_decline_fast"] * late)
        + p["fraction_slow"] * p["c_max"] * np.exp(-p["k_decline_slow"] * late),
    )
    # The same function with its terms in another order.
    assert run(spec, backend, times, None, "transgene") == pytest.approx(printed, rel=1e-12)


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_twins_of_stein_agree(backend: str) -> None:
    """Also where the peak is early, or the slow decline is the faster one."""
    times = np.linspace(0.0, 200.0, 401)
    closed, _ = get_model(STEIN)
    ode, _ = get_model(f"{STEIN}_ode")
    for values in ({}, {"t_max": 3.37}, {"k_decline_slow": 0.3, "fraction_slow": 0.5}):
        left = run(with_values(closed, values), backend, times, None, "transgene")
        right = run(with_values(ode, values), backend, times, None, "transgene")
        assert right == pytest.approx(left, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize("backend", BACKENDS)
def test_without_cells_nothing_happens_to_the_biomarkers(backend: str) -> None:
    """Without a dose the seed in the marrow has to grow from 4e-6 of a cell first."""
    spec, _ = get_model(SINGH)
    found = simulate(
        compiled(spec, backend),
        times=np.array([0.0, 1.0, 5.0]),
        parameters={"k_growth": 0.0, "k_expansion_max": 0.0},
        options=TIGHT,
    ).require_ok()
    for name in ("m_protein_relative", "s_bcma_relative", "tumor_relative"):
        assert found.output(name)[0] == pytest.approx(1.0, abs=1e-9)


@pytest.mark.parametrize("backend", BACKENDS)
def test_cells_are_conserved_when_none_is_born_or_lost(backend: str) -> None:
    spec, _ = get_model(SINGH)
    total = " + ".join(s.name for s in spec.states[:4])
    spec = with_output(spec, Output(name="all_cells", text=total, unit="cells"))
    found = simulate(
        compiled(spec, backend),
        times=np.linspace(0.0, 90.0, 31),
        doses=Doses.bolus(450e6),
        parameters={"k_expansion_max": 0.0, "k_loss_effector": 0.0, "k_loss_memory": 0.0},
        options=TIGHT,
    ).require_ok()
    assert found.output("all_cells")[0] == pytest.approx(450e6, rel=1e-8)


@pytest.mark.parametrize("backend", BACKENDS)
def test_burden_moves_the_peak_more_than_dose_does(backend: str) -> None:
    """The main claim of the paper, over a factor of nine in each."""
    spec, _ = get_model(SINGH)
    times = np.arange(1.0, 60.0, 0.5)

    def peak(dose: float, burden: float) -> float:
        found = simulate(
            compiled(spec, backend),
            times=times,
            doses=Doses.bolus(dose),
            parameters={"tumor_0": burden},
            options=TIGHT,
        )
        return float(found.require_ok().output("transgene").max())

    by_dose = peak(450e6, 2.5e9) / peak(50e6, 2.5e9)
    by_burden = peak(150e6, 7.5e9) / peak(150e6, 7.5e9 / 9)
    assert abs(np.log(by_dose)) < 0.1 < 1.0 < np.log(by_burden)


@pytest.mark.parametrize("backend", BACKENDS)
def test_the_last_tumor_cell_ends_the_tumor(backend: str) -> None:
    spec, _ = get_model(SINGH)
    deep = with_values(spec, DEEP)
    times = np.linspace(0.0, 400.0, 801)
    found = simulate(
        compiled(deep, backend), times=times, doses=Doses.bolus(450e6), options=TIGHT
    ).require_ok()
    moment = float(found.event_times["tumor_extinct"][0])
    assert 20.0 < moment < 100.0
    cells = found.output("tumor_total")[0]
    assert (cells[times < moment] >= 1.0 - 1e-6).all()
    assert (cells[times > moment] == 0.0).all()
    # Without tumor, M-protein falls with its own rate, and the CAR-T cells stop growing.
    late = times > moment + 1.0
    protein = found.output("m_protein_relative")[0][late]
    slope = np.log(protein[-1] / protein[0]) / (times[late][-1] - times[late][0])
    assert slope == pytest.approx(-spec.parameter("k_loss_m_protein").value, rel=1e-6)
    transgene = found.output("transgene")[0][late]
    assert (np.diff(transgene) <= 0.0).all()
    assert np.isfinite(transgene).all()

    unruled, _ = get_model(SINGH, extinction="none")
    back = simulate(
        compiled(with_values(unruled, DEEP), backend),
        times=times,
        doses=Doses.bolus(450e6),
        options=SolveOptions(rtol=1e-9, atol=1e-20),
    ).require_ok()
    assert 0.0 < back.output("tumor_total")[0].min() < 1.0


@pytest.mark.parametrize("backend", BACKENDS)
def test_a_resistant_clone_brings_the_disease_back(backend: str) -> None:
    spec, _ = get_model(SINGH)
    clone = with_resistant_clone(with_values(spec, DEEP), fraction=1e-4)
    times = np.linspace(0.0, 1500.0, 301)
    found = simulate(
        compiled(clone, backend), times=times, doses=Doses.bolus(450e6), options=TIGHT
    ).require_ok()
    assert np.isfinite(found.event_times["tumor_extinct"][0])
    assert np.isinf(found.event_times["resistant_extinct"][0])
    burden = found.output("tumor_relative")[0]
    assert burden.min() < 1e-3
    # After the sensitive clone is gone only the other one is left, and grows at its own rate.
    late = times > 400.0
    expected = 1e-4 * np.exp(clone.parameter("k_growth_resistant").value * times[late])
    assert burden[late] == pytest.approx(expected, rel=1e-6)
    protein = found.output("m_protein_relative")[0]
    assert protein[-1] > 5 * protein.min()


@pytest.mark.parametrize("backend", BACKENDS)
def test_areas_agree_with_a_fine_grid(backend: str) -> None:
    """After the infusion spike, where a trapezoid is good."""
    spec, _ = get_model(SINGH)
    times = np.concatenate(([0.0], np.arange(2.0, 28.001, 0.05)))
    longer = with_integral(spec, "transgene")
    area = run(longer, backend, times, 450e6, "auc_transgene")
    values = run(longer, backend, times, 450e6, "transgene")
    # The error of the trapezoid rule at this step is 1e-5 of the area.
    assert np.trapezoid(values[1:], times[1:]) == pytest.approx(area[-1] - area[1], rel=5e-5)


@pytest.mark.slow
def test_the_population_of_singh_spreads_as_published_runs_do() -> None:
    """At n = 400: the intervals are the sampling range of the source's own run, 1 in 1000 false."""
    spec, _ = get_model(SINGH)
    n, stream = 400, RandomStream(20210324)
    omegas = random_effects(spec)
    etas = {
        name: omega * stream.normal(f"eta_{name}", subjects=n) for name, omega in omegas.items()
    }
    times = np.concatenate(([0.0], np.arange(1.0, 150.0, 0.5)))
    found = simulate(
        compiled(spec, "cpu"),
        times=times,
        doses=Doses.bolus(450e6),
        parameters=individual_values(spec, etas),
        options=SolveOptions(rtol=1e-7, atol=1e-9),
    )
    assert not found.failed.any()
    peaks = found.output("transgene")[:, 1:].max(axis=1)
    assert 2.0e4 < np.median(peaks) < 4.4e4
    nadirs = found.output("m_protein_relative").min(axis=1)
    assert np.median(nadirs) == pytest.approx(0.076, abs=0.02)
    assert np.mean(nadirs <= 0.1) == pytest.approx(0.575, abs=0.08)
    assert np.mean(nadirs <= 0.5) == pytest.approx(0.98, abs=0.03)
