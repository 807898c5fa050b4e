"""The library against the second readings of Li 2025, Srimani 2022 and Hibma 2026."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
import sympy
from numpy.typing import NDArray
from scipy.linalg import expm

from leucel.compile import compile_model
from leucel.library import get_model
from leucel.library.review import hibma_2026, li_2025, srimani_2022
from leucel.model import ModelSpec, symbolic_system
from leucel.solve import Doses, SolveOptions, simulate

SAME_EQUATIONS = 1e-10
IDENTITY = 1e-12
SAME_COURSE = 1e-6
BACKENDS = ("reference", "cpu")
CASES = 200
DAY = 24.0
WEEK = 7.0
# Cumulative hazards: that of dropout leaves 0 on day 40, and a tolerance that is relative alone is
# never met there.
OPTIONS = SolveOptions(rtol=1e-10, atol=1e-16)

Values = dict[str, float]


def li_rates(t: float, y: NDArray, p: Mapping[str, Any]) -> NDArray:
    return li_2025.right_hand_side(t, y, p, e=li_2025.drive(p["Cp"], p))


def with_drug(rng: np.random.Generator, p: Values) -> Values:
    return p | {"Cp": float(10.0 ** rng.uniform(0.0, 4.0))}


LI = {
    "id": "li_2025_modakafusp",
    "rates": li_rates,
    "start": li_2025.initial,
    "seen": lambda t, y, p: {
        "m_protein": y[0],
        "m_protein_relative": y[0] / li_2025.initial(p)[0],
    },
    "typical": li_2025.TYPICAL | {"Cp": 0.0},
    "symbols": (
        "m_protein_typical=P0 n_albumin=ALBexp k_growth=kG k_resistance=kR k_kill_max=kK"
        " ec50=EC50 albumin=ALB concentration=Cp"
    ),
    "own": frozenset({"albumin_reference"}),
    "vary": with_drug,
    "states": ("m_protein",),
    "decades": [(-2.0, 2.0)],
    "unit": WEEK,
}


def srimani_patient(p: Mapping[str, Any]) -> dict[str, Any]:
    return srimani_2022.rates(p, high_risk=p["high_risk"], imid_naive=p["naive"])


def srimani_rates(t: float, y: NDArray, p: Mapping[str, Any]) -> NDArray:
    """The sensitive part and the three hazards, 1/h."""
    r, C = srimani_patient(p), p["C"]
    relative = srimani_2022.m_protein(t, y[0], 1.0, p["tn"], r)
    return np.array(
        [
            srimani_2022.right_hand_side(t, y[:1], r, p, C=C)[0],
            # Rss is read as the relative M-protein to which the drug leads, as the card has it.
            srimani_2022.dropout_hazard(t, relative, srimani_2022.plateau(C, r, p), p),
            srimani_2022.relapse_hazard(t, r, p, C=C),
            srimani_2022.pfs_hazard(t, r, p["P0"], p["AUCwk"], p),
        ]
    )


def srimani_seen(t: float, y: NDArray, p: Mapping[str, Any]) -> dict[str, Any]:
    P = srimani_2022.m_protein(t, y[0], p["P0"], p["tn"], srimani_patient(p))
    return {
        "m_protein": P,
        "m_protein_relative": P / p["P0"],
        "on_study": np.exp(-y[1]),
        "nadir_ahead": np.exp(-y[2]),
        "progression_free": np.exp(-y[3]),
    }


def srimani_varied(rng: np.random.Generator, p: Values) -> Values:
    return p | {
        "high_risk": float(rng.integers(2)),
        "naive": float(rng.integers(2)),
        "C": float(10.0 ** rng.uniform(-1.0, 2.0)),
        "AUCwk": float(rng.uniform(0.0, 2000.0)),
        "tn": float(rng.uniform(1000.0, 3000.0)),
    }


SRIMANI_LOGARITHMS = {
    "k_response": "ln_kr",
    "depth": "ln_Yss",
    "k_regrowth": "ln_kL",
    "ic50": "ln_IC50",
    "k_dropout": "drop_ln_l0",
    "t_half_dropout": "drop_ln_ET50",
    "t_lag_dropout": "drop_ln_t0",
    "k_dropout_m_protein": "drop_ln_lM",
    "threshold_dropout": "drop_ln_aBL",
    "scale_hazard_relapse": "rel_ln_l0",
    "t_relapse": "rel_ln_alpha",
    "n_relapse": "rel_ln_beta",
    "k_progression": "pfs_ln_l0",
    "t_half_progression": "pfs_ln_ET50",
}
SRIMANI = {
    "id": "srimani_2022_ixazomib",
    "rates": srimani_rates,
    "start": lambda p: np.array([*srimani_2022.initial(), 0.0, 0.0, 0.0]),
    "seen": srimani_seen,
    "typical": srimani_2022.TYPICAL
    | {"high_risk": 0.0, "naive": 0.0, "C": 0.0, "AUCwk": 0.0, "P0": 23.0, "tn": 240000.0},
    "symbols": (
        "imax=Imax beta_k_response_high_risk=hr_kr beta_depth_naive=imidnaive_Yss"
        " k_dropout_depth=drop_lRss no_nadir_probit=rel_probit beta_relapse_drug=rel_aIXA"
        " beta_relapse_response=rel_akr intercept_relapse=rel_akr0"
        " beta_progression_drug=pfs_lIXA n_progression_response=pfs_kr"
        " n_progression_depth=pfs_Yss n_progression_baseline=pfs_P0 m_protein_baseline=P0"
        " high_risk=high_risk naive=naive concentration=C area_week=AUCwk"
    ),
    "converted": {
        name: (lambda p, symbol=symbol: float(np.exp(p[symbol])))
        for name, symbol in SRIMANI_LOGARITHMS.items()
    }
    | {"t_nadir": lambda p: p["tn"] / DAY},
    "own": frozenset({"m_protein_reference", "k_response_reference", "depth_reference"}),
    "vary": srimani_varied,
    "states": ("sensitive", "hazard_dropout", "hazard_relapse", "hazard_progression"),
    "decades": [(-1.0, 0.3)] * 4,
    "unit": 1.0 / DAY,
    "last": 30000.0,
    # The values are logarithms: a tenth moves a rate by half.
    "spread": 0.05,
    "course_spread": 0.01,
    "atol": 1e-16,
}

HIBMA = {
    "id": "hibma_2026_s_bcma",
    "rates": hibma_2026.right_hand_side,
    "start": hibma_2026.initial,
    "seen": lambda t, y, p: {
        "s_bcma": y[0] * hibma_2026.NG_ML_A_NM,
        "s_bcma_relative": y[0] / p["BL"],
        # Without a drug all of it is free.
        "s_bcma_free": y[0] * hibma_2026.NG_ML_A_NM,
        "drug_free_fraction": 1.0 - hibma_2026.bound(1e-12, y[0], p) / 1e-12,
    },
    "typical": {name: hibma_2026.TYPICAL[name] for name in ("BL", "CL", "V", "Kd")},
    "symbols": "s_bcma_baseline=BL clearance=CL volume=V kd=Kd",
    "own": frozenset({"ng_per_nmol", "production_factor", "drug_total"}),
    "states": ("s_bcma",),
    "decades": [(-1.0, 3.0)],
}

ALL = {"li": LI, "srimani": SRIMANI, "hibma": HIBMA}


@pytest.mark.parametrize("name", ALL)
def test_same_values(second_reading: type, name: str) -> None:
    second_reading(**ALL[name]).same_values()


@pytest.mark.parametrize("name", ALL)
def test_same_equations(second_reading: type, name: str) -> None:
    assert second_reading(**ALL[name]).worst_rate() < SAME_EQUATIONS


@pytest.mark.parametrize("backend", BACKENDS)
def test_li_takes_the_same_course(second_reading: type, backend: str) -> None:
    assert second_reading(**LI).worst_course(backend, np.arange(0.0, 53.0)) < SAME_COURSE


@pytest.mark.parametrize("backend", BACKENDS)
def test_hibma_takes_the_same_course(backend: str) -> None:
    # At its baseline nothing moves: production is another from time 0 on.
    factors = np.array([0.0, 0.3, 3.0])
    times = np.arange(0.0, 200.0)
    seen = simulate(
        compile_model(get_model("hibma_2026_s_bcma")[0], backend=backend),
        parameters={"production_factor": factors},
        times=times,
        options=OPTIONS,
    ).require_ok()
    p = hibma_2026.TYPICAL
    mine = [hibma_2026.closed_form(times, p["BL"], p | {"BL": f * p["BL"]}) for f in factors]
    expected = np.array(mine) / p["BL"]
    assert seen.output("s_bcma_relative") == pytest.approx(expected, rel=SAME_COURSE)


@pytest.mark.parametrize("backend", BACKENDS)
def test_hibma_binds_the_drug_alike(backend: str) -> None:
    drug = np.array([0.01, 1.0, 7.0, 50.0, 500.0])
    factors, times = np.array([3.0, 0.3, 0.0, 3.0, 1.0]), np.linspace(0.0, 100.0, 11)
    seen = simulate(
        compile_model(get_model("hibma_2026_s_bcma")[0], backend=backend),
        parameters={"drug_total": drug, "production_factor": factors},
        times=times,
        options=OPTIONS,
    ).require_ok()
    total = seen.output("s_bcma") / hibma_2026.NG_ML_A_NM
    bound = hibma_2026.bound(drug[:, None], total)
    free = (total - bound) * hibma_2026.NG_ML_A_NM
    # Free soluble BCMA is what a hundredfold excess of drug leaves of it.
    assert seen.output("s_bcma_free") == pytest.approx(free, rel=1e3 * IDENTITY, abs=1e-12)
    share = 1.0 - bound / drug[:, None]
    assert seen.output("drug_free_fraction") == pytest.approx(share, rel=IDENTITY)


@pytest.mark.parametrize("backend", BACKENDS)
def test_srimani_takes_the_same_course(second_reading: type, backend: str) -> None:
    case = second_reading(**SRIMANI)

    def corners(p: Values) -> list:
        lag = float(np.exp(p["drop_ln_t0"]))
        return [(when, lambda y: y) for when in sorted([lag, p["tn"]])]

    # Before the threshold of the dropout is met, which no event of the library marks.
    times = np.arange(0.0, 400.0, 4.0) * DAY
    assert case.worst_course(backend, times, jumps=corners, options=OPTIONS) < SAME_COURSE


def test_li_has_the_same_closed_form() -> None:
    spec = get_model("li_2025_modakafusp", form="closed")[0]
    outputs = evaluator(spec)
    rng = np.random.default_rng(3)
    pairs = dict(pair.split("=") for pair in str(LI["symbols"]).split())
    for _ in range(CASES):
        factors = np.exp(rng.normal(0.0, 0.3, len(li_2025.TYPICAL)))
        p = {n: v * f for (n, v), f in zip(li_2025.TYPICAL.items(), factors, strict=True)}
        p = with_drug(rng, p)
        t = rng.uniform(0.0, 60.0)
        seen = outputs(t * WEEK, values(spec, {name: p[symbol] for name, symbol in pairs.items()}))
        mine = float(li_2025.closed_form(t, p, e=float(li_2025.drive(p["Cp"], p))))
        assert seen["m_protein"] == pytest.approx(mine, rel=IDENTITY)
        assert seen["m_protein_relative"] == pytest.approx(mine / li_2025.initial(p)[0], rel=1e-11)


def evaluator(spec: ModelSpec) -> Any:
    """The outputs of a closed-form model as a function of time and parameters."""
    system = symbolic_system(spec)
    of = sympy.lambdify([system.time, list(system.parameters)], list(system.outputs), "math")
    return lambda t, v: dict(zip(system.output_names, of(t, v), strict=True))


def values(spec: ModelSpec, given: Values) -> list[float]:
    return [given.get(q.name, q.value) for q in spec.parameters]


def test_srimani_outputs_and_the_relapse_in_closed_form() -> None:
    spec = get_model("srimani_2022_ixazomib")[0]
    times = np.arange(0.0, 700.0, 7.0)
    given = {"t_nadir": 300.0, "concentration": 10.0, "high_risk": 1.0, "m_protein_baseline": 40.0}
    model = compile_model(spec, backend="reference")
    seen = simulate(model, parameters=given, times=times, options=OPTIONS)
    seen.require_ok()
    p = srimani_2022.TYPICAL
    r = srimani_2022.rates(p, high_risk=1.0)
    t = times * DAY
    S = srimani_2022.closed_form(t, r, p, C=10.0)
    expected = srimani_2022.m_protein(t, S, 40.0, 300.0 * DAY, r)
    assert seen.output("m_protein")[0] == pytest.approx(expected, rel=SAME_COURSE)
    relative = srimani_2022.relapse_survival(t, r, p, C=10.0)
    assert seen.output("nadir_ahead")[0] == pytest.approx(relative, rel=SAME_COURSE)


def test_srimani_clearance_and_bioavailability_vary_together() -> None:
    """The re-coded model gives variances 0.17697 and 0.42726 and the covariance 0.2255."""
    assert get_model("srimani_2022_ixazomib")[0].correlations == ()
    spec = get_model("srimani_2022_ixazomib", drug="oral")[0]
    (joined,) = spec.correlations
    assert {joined.first, joined.second} == {"clearance", "bioavailability"}
    # Printed with two digits.
    assert joined.value == pytest.approx(0.2255 / (0.17697 * 0.42726) ** 0.5, abs=0.005)
    omegas = [spec.parameter(name).omega or 0.0 for name in (joined.first, joined.second)]
    assert [w**2 for w in omegas] == pytest.approx([0.17697, 0.42726])


@pytest.mark.parametrize("backend", BACKENDS)
def test_srimani_oral_kinetics_are_three_compartments(backend: str) -> None:
    # Values of Gupta 2017 as the review has them, in h, L and mg; BSA at its reference.
    ka, CL, V2, Q3, V3, Q4, V4, F = 0.34, 1.86, 13.7, 5.18, 309.0, 26.1, 205.0, 0.58
    flow = np.array(
        [
            [-ka, 0.0, 0.0, 0.0],
            [F * ka, -(CL + Q3 + Q4) / V2, Q3 / V3, Q4 / V4],
            [0.0, Q3 / V2, -Q3 / V3, 0.0],
            [0.0, Q4 / V2, 0.0, -Q4 / V4],
        ]
    )
    dose = np.array([4.0, 0.0, 0.0, 0.0])
    # The whole area under the concentration, ng h/mL; the paper of the kinetics has 1247.
    area = 1e3 / V2 * np.linalg.solve(-flow, dose)[1]
    assert area == pytest.approx(1247.0, abs=0.5)
    times = np.arange(0.25, 28.0, 0.25)
    seen = simulate(
        compile_model(get_model("srimani_2022_ixazomib", drug="oral")[0], backend=backend),
        times=times,
        doses=Doses.bolus(4.0),
        outputs=("concentration",),
        options=OPTIONS,
    ).require_ok()
    mine = [1e3 / V2 * (expm(flow * t * DAY) @ dose)[1] for t in times]
    assert seen.output("concentration")[0] == pytest.approx(mine, rel=SAME_COURSE)


def test_residual_errors_and_random_effects() -> None:
    for id, kinds in (
        (
            "li_2025_modakafusp",
            {
                "proportional": np.sqrt(li_2025.RESIDUAL_PROPORTIONAL_VARIANCE),
                "additive": np.sqrt(li_2025.RESIDUAL_ADDITIVE_VARIANCE),
            },
        ),
        (
            "srimani_2022_ixazomib",
            {
                "proportional": srimani_2022.RESIDUAL_PROPORTIONAL,
                "additive": srimani_2022.RESIDUAL_ADDITIVE,
            },
        ),
    ):
        spec = get_model(id)[0]
        found = {r.kind: r.sigma for r in spec.residuals if r.output == "m_protein"}
        assert found == pytest.approx(kinds, rel=IDENTITY)
    for id, omegas in (
        (
            "li_2025_modakafusp",
            {
                "m_protein_typical": li_2025.OMEGA2["P0"],
                "k_growth": li_2025.OMEGA2["kG"],
                "k_resistance": li_2025.OMEGA2["kR"],
                "k_kill_max": li_2025.OMEGA2["kK"],
                "ec50": li_2025.OMEGA2["EC50"],
            },
        ),
        (
            "srimani_2022_ixazomib",
            {
                "k_response": srimani_2022.OMEGA2["ln_kr"],
                "depth": srimani_2022.OMEGA2["ln_Yss"],
                "k_regrowth": srimani_2022.OMEGA2["ln_kL"],
            },
        ),
        (
            "hibma_2026_s_bcma",
            {
                "s_bcma_baseline": (hibma_2026.CV["BL"] / 100.0) ** 2,
                "clearance": (hibma_2026.CV["CL"] / 100.0) ** 2,
                "volume": (hibma_2026.CV["V"] / 100.0) ** 2,
                "kd": (hibma_2026.CV["Kd"] / 100.0) ** 2,
            },
        ),
    ):
        varied = {q.name: q.omega**2 for q in get_model(id)[0].parameters if q.omega}
        assert varied == pytest.approx(omegas, rel=IDENTITY), id


def test_hibma_has_the_same_probability_of_cytokine_release() -> None:
    spec = get_model("hibma_2026_crs")[0]
    assert {q.name: q.value for q in spec.parameters} == {
        "intercept": hibma_2026.CRS["intercept"],
        "beta_burden": hibma_2026.CRS["high_burden"],
        "beta_exposure": hibma_2026.CRS["ln_trough"],
        "concentration": 212.0,
        "high_burden": 0.0,
    }
    outputs = evaluator(spec)
    rng = np.random.default_rng(12)
    for _ in range(CASES):
        trough, burden = 10.0 ** rng.uniform(1.5, 4.0), float(rng.integers(2))
        seen = outputs(0.0, values(spec, {"concentration": trough, "high_burden": burden}))
        mine = float(hibma_2026.crs_probability(trough, high_burden=burden))
        assert seen["crs_any"] == pytest.approx(mine, rel=IDENTITY)
