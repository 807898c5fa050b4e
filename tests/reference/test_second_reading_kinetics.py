"""The library against the second readings of five models of cellular kinetics.

Hardiansyah and Ng 2019, Mueller-Schoell 2021, Kimmel 2021, Kirouac 2023, Ogasawara 2021.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy
from numpy.typing import NDArray

from leucel.compile import compile_model
from leucel.library import get_model
from leucel.library.review import (
    hardiansyah_2019,
    kimmel_2021,
    kirouac_2023,
    mueller_schoell_2021,
    ogasawara_2021,
)
from leucel.model import symbolic_system
from leucel.solve import Doses, SolveOptions, simulate

SAME_EQUATIONS = 1e-10
IDENTITY = 1e-12
SAME_COURSE = 1e-6
BACKENDS = ("reference", "cpu")
CASES = 200

Values = dict[str, float]

HARDIANSYAH_SYMBOLS = (
    "release_il6=P6 release_il10=P10 release_ifn=PG expansion=rE k_loss_effector=dE k_memory=aE"
    " kill=K il6_baseline=b6 il10_baseline=b10 ifn_baseline=bg k_loss_il6=d6 k_loss_il10=d10"
    " k_loss_ifn=dG floor_ifn=aG ic50_il10=bG k_growth_memory=rM k_loss_memory=dM"
    " k_reactivation=aM k_blood_tissue=kin k_tissue_blood=kout km_antigen=h"
    " k_birth_leukemia=rB k_death_leukemia=dB"
)


def hardiansyah_seen(t: float, y: NDArray, p: Mapping[str, Any]) -> dict[str, Any]:
    out = hardiansyah_2019.outputs(y)
    return {
        "car_t": out["total"] * 1e9,
        "car_t_body": y[1:5].sum() * 1e9,
        "memory_cells": out["memory"] * 1e9,
        "leukemia_cells": out["B"] * 1e9,
        "il6_serum": out["IL6"],
        "il10_serum": out["IL10"],
        "ifn_serum": out["IFN"],
    }


def hardiansyah(patient: str, typical: Mapping[str, float]) -> dict[str, Any]:
    return {
        "id": "hardiansyah_2019_ctl019",
        "choices": {"patient": patient},
        "rates": hardiansyah_2019.right_hand_side,
        "start": hardiansyah_2019.initial,
        "seen": hardiansyah_seen,
        "typical": typical,
        "symbols": HARDIANSYAH_SYMBOLS,
        "converted": {"leukemia_0": lambda p: p["B0"] * 1e9},
        "fixed": frozenset({"dose"}),
        "states": (
            "leukemia",
            "effector",
            "effector_tissue",
            "memory",
            "memory_tissue",
            "il6",
            "il10",
            "ifn",
        ),
        "scale": np.array([1e9] * 5 + [1.0] * 3),
        # Billions of cells, and pg/mL.
        "decades": [(-6.0, 6.0)] + [(-6.0, 1.0)] * 4 + [(-1.0, 4.0)] * 3,
        "last": 50.0,
        "atol": np.array([1e-13] * 5 + [1e-9] * 3),
        # One cell.
        "floor": np.array([1e-9] * 5 + [1e-6] * 3),
    }


def axi_cel_patient(rng: np.random.Generator, p: Values) -> Values:
    return p | {"ASCT": float(rng.integers(2)), "low": float(rng.integers(2))}


def axi_cel_seen(t: float, y: NDArray, p: Mapping[str, Any]) -> dict[str, Any]:
    out = mueller_schoell_2021.outputs(y)
    return {
        "car_t": out["total"],
        "naive_cells": y[0],
        "central_memory_cells": y[1],
        "effector_memory_cells": y[2],
        "effector_cells": y[3],
        "tumor_volume": out["tumor"],
    }


MUELLER_SCHOELL = {
    "id": "mueller_schoell_2021_axicabtagene",
    "rates": mueller_schoell_2021.right_hand_side,
    "start": mueller_schoell_2021.initial,
    "seen": axi_cel_seen,
    "typical": mueller_schoell_2021.TYPICAL,
    "symbols": (
        "v_expansion_reference=vref v_expansion_low=vlow beta_v_transplant=ASCT_effect"
        " n_ratio=R7exp km_expansion=K1 k_naive_central=k12 k_central_effector_memory=k23"
        " k_memory_effector=k34 k_loss_effector=e4 k_loss=e k_renewal_naive=p1"
        " k_renewal_central=p2 k_renewal_memory=p3 kill_naive=w1 kill_central=w2 kill_memory=w3"
        " kill_effector=w4 km_kill=K5 k_growth=k5 cap_tumor=K0 cells_start=start tumor_0=MTV"
        " transplant=ASCT ratio_day_7=R7 low_expansion=low"
    ),
    "own": frozenset({"share_reference"}),
    "vary": axi_cel_patient,
    "states": ("naive", "central_memory", "effector_memory", "effector", "tumor"),
    "decades": [(-3.0, 3.0)] * 4 + [(-2.0, 4.0)],
    "last": 28.0,
}


def kimmel_seen(t: float, y: NDArray, p: Mapping[str, Any]) -> dict[str, Any]:
    out = kimmel_2021.outputs(y)
    return {
        "car_t": out["car_t"],
        "normal_t": out["normal"],
        "tumor_cells": out["tumor_cells"],
        "tumor_volume": out["tumor"],
    }


KIMMEL = {
    "id": "kimmel_2021_axicabtagene",
    "rates": kimmel_2021.right_hand_side,
    "start": kimmel_2021.initial,
    "seen": kimmel_seen,
    "symbols": (
        "cap_normal=KN cap_car=KC k_growth_normal=rN k_growth_car=rho inefficiency=a"
        " k_reconstitution=b k_kill_max=gB km_kill=kB normal_0=N0 car_0=C0 volume_start=B0"
        " k_growth=rB"
    ),
    "own": frozenset({"cells_per_volume", "guard"}),
    "states": ("normal", "car", "tumor"),
    "scale": np.array([1.0, 1.0, kimmel_2021.CELLS_A_ML_TUMOR]),
    # Cells/uL and mL.
    "decades": [(-1.0, 3.0), (-3.0, 3.0), (-9.0, 3.0)],
    "atol": np.array([1e-11, 1e-13, 1e-22]),
}
GROWTHS = {"sbml": 0.01, "slow": 0.105, "medium": 0.19, "fast": 0.265}

KIROUAC_SYMBOLS = (
    "ec50_antigen=B50 k_growth=uB k_kill_max=kkill k_loss_dose=floss ec50_kill=TK50 n_kill=kt"
    " k_antigen=kB1 k_loss_antigen=kB2 k_division_memory=muM n_renewal=kM renewal_max=fmax"
    " n_proliferation=kE k_proliferation=muE divisions=N k_exhaustion=kex k_loss_memory=dM"
    " k_loss_early=dE1 k_loss_late=dE2 k_loss_exhausted=dX cap_tumor=Bmax n_exhaustion=kX"
    " k_regeneration=rM n_regeneration=kR k_share_memory=w1 k_share_early=w2 k_share_late=w3"
    " k_share_exhausted=w4"
)
ARCHETYPES = {
    "cr": kirouac_2023.CR_SET5,
    "pr": kirouac_2023.PR_SET2,
    "nr": kirouac_2023.NR_SET1,
}


# Cells/uL of a cell in the body, as the replication displays them.
DISPLAY = 5e-7


def kirouac_seen(t: float, y: NDArray, p: Mapping[str, Any]) -> dict[str, Any]:
    out = kirouac_2023.outputs(y)
    return {
        "car_t": out["total"],
        "car_t_blood": out["total"] * DISPLAY,
        "tumor_cells": out["tumor"],
        "tumor_relative": out["tumor"] / p["B0"],
    }


def kirouac(archetype: str) -> dict[str, Any]:
    return {
        "id": "kirouac_2023_toggle",
        "choices": {"archetype": archetype, "capacity": "as_replicated"},
        "rates": kirouac_2023.right_hand_side,
        # The library begins before the dose.
        "start": lambda p: kirouac_2023.initial(0.0, p["B0"]),
        "seen": kirouac_seen,
        "typical": ARCHETYPES[archetype] | {"B0": kirouac_2023.B0},
        "symbols": f"{KIROUAC_SYMBOLS} tumor_0=B0 antigen_0=B0",
        "own": frozenset({"levels_per_cell", "k_engraftment", "guard"}),
        "guards": {"guard": 0.0},
        "states": (
            "memory",
            "early",
            "late",
            "exhausted",
            "tumor",
            "antigen",
            "infused",
            "engrafting",
        ),
        "decades": [(-3.0, 11.0)] * 8,
        "spread": 0.1,
        "atol": 1e-12,
        # A cell.
        "floor": 1.0,
    }


CASES_BY_NAME = {
    "hardiansyah-upn1": hardiansyah("upn1", hardiansyah_2019.UPN1),
    "hardiansyah-upn3": hardiansyah("upn3", hardiansyah_2019.UPN3),
    "mueller-schoell": MUELLER_SCHOELL,
    **{
        f"kimmel-{name}": KIMMEL
        | {"choices": {"tumor_growth": name}, "typical": kimmel_2021.TYPICAL | {"rB": rate}}
        for name, rate in GROWTHS.items()
    },
    **{f"kirouac-{name}": kirouac(name) for name in ARCHETYPES},
    **{
        f"kirouac-{name}-enforced": kirouac(name)
        | {
            "choices": {"archetype": name, "capacity": "enforced"},
            "rates": lambda t, y, p: kirouac_2023.right_hand_side(
                t, y, p | {"Bmax": max(p["Bmax"], p["B0"])}
            ),
        }
        for name in ("cr", "nr")
    },
}


@pytest.mark.parametrize("name", CASES_BY_NAME)
def test_same_values(second_reading: type, name: str) -> None:
    second_reading(**CASES_BY_NAME[name]).same_values()


@pytest.mark.parametrize("name", CASES_BY_NAME)
def test_same_equations(second_reading: type, name: str) -> None:
    assert second_reading(**CASES_BY_NAME[name]).worst_rate() < SAME_EQUATIONS


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("patient", ["upn1", "upn3"])
def test_hardiansyah_takes_the_same_course(
    second_reading: type, patient: str, backend: str
) -> None:
    case = second_reading(**CASES_BY_NAME[f"hardiansyah-{patient}"])
    dose = case.typical["dose"]

    def infused(share: float) -> Callable[[NDArray], NDArray]:
        return lambda y: y + share * dose * (np.arange(8) == 1)

    doses = Doses()
    for when, share in hardiansyah_2019.SPLIT:
        doses = doses + Doses.bolus(share * dose * 1e9, time=when)
    off = case.worst_course(
        backend,
        # A solver of the second reading begins anew at each infusion: none is an output.
        np.concatenate([[0.5, 1.5], np.arange(2.5, 51.0, 0.5)]),
        jumps=lambda p: [(when, infused(share)) for when, share in hardiansyah_2019.SPLIT],
        doses=doses,
    )
    assert off < SAME_COURSE


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("low", [0.0, 1.0])
def test_mueller_schoell_takes_the_same_course(
    second_reading: type, low: float, backend: str
) -> None:
    patient = {"vary": lambda rng, p: p | {"low": low}}
    case = second_reading(**MUELLER_SCHOELL | patient)
    assert case.worst_course(backend, np.arange(0.0, 90.0)) < SAME_COURSE


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("growth", ["slow", "medium"])
def test_kimmel_takes_the_same_course(second_reading: type, growth: str, backend: str) -> None:
    case = second_reading(**CASES_BY_NAME[f"kimmel-{growth}"])
    # To the nadir of the tumor, ten orders below its start.
    assert case.worst_course(backend, np.arange(0.0, 100.0)) < SAME_COURSE


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("archetype", ARCHETYPES)
def test_kirouac_takes_the_same_course(second_reading: type, archetype: str, backend: str) -> None:
    case = second_reading(**CASES_BY_NAME[f"kirouac-{archetype}"])
    off = case.worst_course(
        backend,
        np.arange(0.0, 60.5, 0.5)[1:],
        jumps=lambda p: [(0.0, lambda y: y + kirouac_2023.DOSE * (np.arange(8) == 6))],
        doses=Doses.bolus(kirouac_2023.DOSE),
        options=SolveOptions(rtol=1e-10, atol=1e-7),
    )
    assert off < SAME_COURSE


def test_kirouac_vectors_and_medians_are_those_of_the_evidence(
    shared: Callable[[str], Path],
) -> None:
    models = {"CR_set5": "cr", "PR_set2": "pr", "NR_set1": "nr"}
    models |= {f"{group}_median12": f"{group.lower()}_median" for group in ("CR", "PR", "NR")}
    names = {symbol: name for name, symbol in (q.split("=") for q in KIROUAC_SYMBOLS.split())}
    seen = 0
    with shared("evidence/models_parameters.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            archetype = models.get(row["model"].removeprefix("Kirouac2023_"))
            if archetype is None or row["parameter"] not in names:
                continue
            spec = get_model("kirouac_2023_toggle", archetype=archetype)[0]
            value = spec.parameter(names[row["parameter"]]).value
            assert value == float(row["value"]), (archetype, row["parameter"])
            seen += 1
    assert seen == 6 * len(names)


def test_mueller_schoell_variability_and_errors() -> None:
    spec = get_model("mueller_schoell_2021_axicabtagene")[0]
    varied = {q.name: q.omega**2 for q in spec.parameters if q.omega}
    omega2 = mueller_schoell_2021.OMEGA2
    # The evidence rounds the variances to four decimals.
    assert varied == pytest.approx(
        {"v_expansion_reference": omega2["vref"], "kill_central": omega2["w2"]}, abs=5.1e-4
    )
    assert spec.parameter("share_reference").value == mueller_schoell_2021.REFERENCE_CLASS
    outputs = {
        "naive_cells": "N",
        "central_memory_cells": "C",
        "effector_memory_cells": "M",
        "effector_cells": "F",
        "tumor_volume": "T",
    }
    assert {(r.output, r.kind): r.sigma for r in spec.residuals} == {
        (name, "lognormal"): mueller_schoell_2021.RESIDUAL[symbol]
        for name, symbol in outputs.items()
    }


def test_ogasawara_has_the_same_closed_form() -> None:
    spec = get_model("ogasawara_2021_lisocabtagene")[0]
    typical = {
        "t_lag": "Tlag",
        "t_doubling": "DT",
        "t_max": "Tm",
        "t_half_fast": "thalf_fast",
        "t_half_slow": "thalf_slow",
    }
    for name, symbol in typical.items():
        assert spec.parameter(name).value == ogasawara_2021.TYPICAL[symbol], name
    assert {q.name for q in spec.parameters} == {*typical, "c_max", "fraction_slow"}
    system = symbolic_system(spec)
    of = sympy.lambdify([system.time, list(system.parameters)], list(system.outputs), "math")
    rng = np.random.default_rng(21)
    for _ in range(CASES):
        p = {s: v * np.exp(rng.normal(0.0, 0.2)) for s, v in ogasawara_2021.TYPICAL.items()}
        p |= {"Tm": p["Tlag"] + rng.uniform(1.0, 9.0), "B": rng.uniform(0.0, 1.0), "C0": 1.0}
        c_max = 10.0 ** rng.uniform(-2.0, 5.0)
        p["C0"] = c_max / float(ogasawara_2021.peak(p))
        given = {name: p[symbol] for name, symbol in typical.items()}
        given |= {"c_max": c_max, "fraction_slow": p["B"]}
        values = [given[q.name] for q in spec.parameters]
        times = [0.0, p["Tm"], *rng.uniform(0.0, 400.0, 3), *rng.uniform(0.0, p["Tm"], 3)]
        seen = [of(t, values)[0] for t in times]
        assert seen == pytest.approx(ogasawara_2021.closed_form(times, p), rel=IDENTITY)


@pytest.mark.parametrize("backend", BACKENDS)
def test_ogasawara_equations_take_the_course_of_the_closed_form(backend: str) -> None:
    spec = get_model("ogasawara_2021_lisocabtagene", form="ode")[0]
    times = np.arange(0.0, 365.0)
    seen = simulate(
        compile_model(spec, backend=backend),
        parameters={"c_max": 1e4},
        times=times,
        options=SolveOptions(rtol=1e-10, atol=1e-9),
    ).require_ok()
    p = ogasawara_2021.TYPICAL | {"C0": 1.0, "B": spec.parameter("fraction_slow").value}
    p["C0"] = 1e4 / float(ogasawara_2021.peak(p))
    expected = ogasawara_2021.closed_form(times, p)
    assert seen.output("transgene_relative")[0] == pytest.approx(expected, rel=SAME_COURSE)
