"""A made-up run with the shape of a real one; none of its numbers means anything."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from leucel.core import Source
from leucel.report import DossierInput

LLOQ = 50.0


def quantiles(days: np.ndarray, output: str, median: np.ndarray, spread: float) -> pd.DataFrame:
    """Log-normal bands around a median curve."""
    z = {"q05": -1.645, "q25": -0.674, "q50": 0.0, "q75": 0.674, "q95": 1.645}
    return pd.DataFrame(
        {"day": days, "output": output, **{k: median * np.exp(spread * v) for k, v in z.items()}}
    )


def survival(last: int, rate: float, n: int) -> pd.DataFrame:
    """A smooth curve as a step function with limits and numbers at risk."""
    months = np.linspace(0.5, last, 90)
    s = 0.45 + 0.55 * np.exp(-rate * months)
    half = 1.96 * np.sqrt(s * (1 - s) / n)
    return pd.DataFrame(
        {
            "time_months": months,
            "survival": s,
            "low": s - half,
            "high": s + half,
            "at_risk": np.round(n * s * (1 - months / last * 0.5)).astype(int),
            "events": np.ones_like(months, dtype=int),
        }
    )


def tables() -> dict[str, pd.DataFrame]:
    """Tables as a run writes them."""
    days = np.arange(0.0, 1096.0, 2.0)
    rise = 3e4 * np.exp(-((np.log(np.maximum(days, 0.5) / 14)) ** 2) / 1.1)
    curve = rise + 900 * np.exp(-days / 260) * (days > 14)
    marker = np.maximum(np.exp(-days / 22), 1e-6) + 1e-7 * np.exp(days / 90)
    rng = np.random.default_rng(20250509)
    change = np.clip(-100 + rng.gamma(0.35, 30, 600), -100, 150)
    change[rng.random(600) < 0.4] = -100
    response = np.where(
        change <= -99.9,
        "CR",
        np.where(
            change <= -90, "VGPR", np.where(change <= -50, "PR", np.where(change < 25, "SD", "PD"))
        ),
    )
    months = np.arange(1, 37)
    share = 100 * np.exp(-((months / 17.0) ** 1.3))
    return {
        "prevalence_course": pd.DataFrame(
            {
                "jurisdiction": "SA",
                "year": [2022, 2030, 2038],
                "value": [0.6, 0.9, 1.3],
                "low": [0.2, 0.3, 0.4],
                "high": [2.0, 3.0, 4.0],
                "threshold": 5.0,
                "unit": "per 10,000",
            }
        ),
        "kinetics_quantiles": quantiles(days, "transgene", curve, 0.9),
        "lots": pd.DataFrame(
            {
                "fate": ["conforming"] * 16
                + ["out of specification", "out of specification", "second attempt", "no product"],
                "dose": 7e7,
                "given": [7e7] * 17 + [3e7, 7e7, 0.0],
                "vein_to_vein_days": [*np.linspace(30.0, 48.0, 18), 66.0, np.nan],
            }
        ),
        "lot_causes": pd.DataFrame(
            {
                "group": ["fate"] * 4 + ["cause"],
                "what": [
                    "conforming",
                    "out of specification",
                    "second attempt",
                    "no product",
                    "low dose",
                ],
                "lots": [16, 2, 1, 1, 1],
                "percent": [80.0, 10.0, 5.0, 5.0, 5.0],
            }
        ),
        "response_quantiles": pd.concat(
            [
                quantiles(days, "m_protein_relative", marker, 1.2),
                quantiles(days, "s_bcma_relative", np.maximum(marker, 1e-3), 0.8),
                quantiles(days, "tumor_relative", marker * 0.1, 1.6),
            ]
        ),
        "detectable": pd.DataFrame(
            {
                "month": months,
                "lloq": LLOQ,
                "share": share,
                "low": share * 0.95,
                "high": share * 1.04,
            }
        ),
        "waterfall": pd.DataFrame(
            {
                "subject": np.arange(600),
                "best_change_percent": change,
                "response": response,
            }
        ),
        "km_pfs": survival(36, 0.05, 600),
        "km_dor": survival(30, 0.06, 570),
        "best_response": pd.DataFrame(
            {
                "category": ["PD", "SD", "PR", "VGPR", "CR"],
                "count": [6, 18, 30, 96, 450],
                "percent": [1.0, 3.0, 5.0, 16.0, 75.0],
                "low": [0.4, 1.8, 3.4, 13.2, 71.3],
                "high": [2.2, 4.7, 7.1, 19.2, 78.4],
            }
        ),
        "nca_summary": pd.DataFrame(
            {
                "parameter": ["cmax", "tmax", "auc_0_28", "half_life"],
                "unit": ["copies/ug", "day", "day*copies/ug", "day"],
                "n": [600, 600, 600, 512],
                "median": [31250.0, 14.2, 412345.0, 178.3],
                "q05": [7120.0, 9.0, 98000.0, 60.1],
                "q95": [120400.0, 25.0, 1.61e6, 402.0],
            }
        ),
        "construct_parts": pd.DataFrame(
            {
                "name": [
                    "CD8A signal peptide",
                    "CT103A scFv",
                    "CD8A hinge",
                    "CD8A TM",
                    "4-1BB",
                    "CD3zeta",
                ],
                "role": [
                    "signal_peptide",
                    "binder",
                    "hinge",
                    "transmembrane",
                    "costimulatory",
                    "signaling",
                ],
                "start": [1, None, None, None, None, None],
                "end": [21, None, None, None, None, None],
                "length": [21, None, 45, 24, 42, 112],
                "accession": ["P01732", None, "P01732", "P01732", "Q07011", "P20963"],
                "mark": [
                    "own value",
                    "secondary",
                    "secondary",
                    "secondary",
                    "secondary",
                    "derived",
                ],
                "source": ["uniprot", "patent", "uniprot", "uniprot", "uniprot", "uniprot"],
            }
        ),
        "excluded": pd.DataFrame({"criterion": ["lines", "adult"], "count": [212, 0]}),
        "funnel": pd.DataFrame(
            {
                "jurisdiction": "SA",
                "step": [
                    "new cases a year",
                    "reach a second line",
                    "reach a third line",
                    "reach a fourth line",
                    "had a PI and an IMiD",
                    "fit for CAR-T",
                ],
                "value": [295.0, 190.0, 104.0, 58.0, 49.0, 31.0],
                "low": [262.0, 160.0, 80.0, 41.0, 33.0, 19.0],
                "high": [331.0, 221.0, 130.0, 77.0, 68.0, 47.0],
            }
        ),
    }


def endpoint(
    name: str, value: float, low: float, high: float, unit: str, **more: Any
) -> dict[str, Any]:
    """An endpoint row of `summary.json`."""
    row: dict[str, Any] = {
        "endpoint": name,
        "month": None,
        "value": value,
        "ci_low": low,
        "ci_high": high,
        "n": 600,
        "unit": unit,
        "published": None,
        "published_low": None,
        "published_high": None,
        "source": None,
        "used_for": "prediction",
        "note": "",
    }
    return row | more


def summary() -> dict[str, Any]:
    """A summary as a run writes it."""
    fit = {"used_for": "calibration", "source": "trial_report"}
    test = {"used_for": "prediction", "source": "trial_report"}
    return {
        "programme": {"id": "demo", "title": "A made-up programme", "as_of": "2026-11-01"},
        "trial": {
            "n_patients": 600,
            "endpoints": [
                endpoint(
                    "orr",
                    96.2,
                    94.3,
                    97.6,
                    "%",
                    published=96.0,
                    published_low=90.2,
                    published_high=98.9,
                    **fit,
                ),
                endpoint(
                    "cr_rate",
                    75.0,
                    71.3,
                    78.4,
                    "%",
                    published=74.3,
                    published_low=64.6,
                    published_high=82.4,
                    **fit,
                ),
                endpoint(
                    "mrd_negative",
                    90.1,
                    87.4,
                    92.4,
                    "%",
                    published=95.0,
                    published_low=88.8,
                    published_high=98.4,
                    **test,
                ),
                endpoint(
                    "pfs",
                    75.4,
                    71.8,
                    78.7,
                    "%",
                    month=12,
                    published=78.8,
                    published_low=68.6,
                    published_high=86.0,
                    **test,
                ),
                endpoint("pfs", 58.4, 54.2, 62.3, "%", month=24),
                endpoint("time_to_response_days", 18.0, 17.0, 19.0, "days", published=16.0, **test),
                endpoint(
                    "tmax_days",
                    14.2,
                    13.9,
                    14.6,
                    "days",
                    published=14.0,
                    published_low=9.0,
                    published_high=25.0,
                    **test,
                ),
                endpoint(
                    "persistence_median_days", 331.0, 305.0, 352.0, "days", published=307.5, **fit
                ),
                endpoint("cmax", 31250.0, 29000.0, 33800.0, "copies/ug"),
                *(
                    endpoint("detectable", share, share - 4, share + 4, "%", month=month)
                    for month, share in ((6, 77.1), (12, 53.0), (18, 34.0), (24, 20.9))
                ),
            ],
        },
        "epidemiology": [
            {
                "jurisdiction": "SA",
                "year": 2022,
                "measure": measure,
                "value": value,
                "low": low,
                "high": high,
                "unit": unit,
                "scale": "crude",
                "method": "counts",
                "population_source": "UN WPP 2019",
                "mark": "derived",
                "sources": ["registry", "un"],
                "note": "",
            }
            for measure, value, low, high, unit in (
                ("incidence_cases", 295.0, 262.0, 331.0, "cases"),
                ("incidence_crude", 0.824, 0.733, 0.924, "per 100,000"),
                ("prevalence_5y", 0.24, 0.21, 0.27, "per 10,000"),
                ("prevalence_complete", 0.354, 0.24, 0.49, "per 10,000"),
                ("eligible_flow", 31.0, 19.0, 47.0, "patients"),
            )
        ],
        "designation": [
            {
                "jurisdiction": code,
                "rule_id": f"{code}-ODD-THR-01",
                "threshold": threshold,
                "unit": unit,
                "operator": operator,
                "prevalence": value,
                "low": low,
                "high": high,
                "verdict": verdict,
                "margin_years": margin,
                "marks": ["secondary"],
                "sources": ["rules"],
                "note": note,
            }
            for code, threshold, unit, operator, value, low, high, verdict, margin, note in (
                (
                    "SA",
                    5.0,
                    "per 10,000",
                    "<=",
                    0.354,
                    0.24,
                    0.49,
                    "met",
                    60.7,
                    "One source says that no official definition exists.",
                ),
                ("EU", 5.0, "per 10,000", "<=", 3.9, 2.3, 4.8, "met", 6.3, ""),
                (
                    "US",
                    200000.0,
                    "persons",
                    "<",
                    138000.0,
                    92600.0,
                    194000.0,
                    "borderline",
                    6.2,
                    "",
                ),
                ("JP", 50000.0, "persons", "<", 27000.0, 20055.0, 41928.0, "met", 7.2, ""),
                ("AU", 5.0, "per 10,000", "<", 3.71, 2.48, 5.18, "borderline", 5.8, ""),
                (
                    "CN",
                    None,
                    "list",
                    "",
                    None,
                    None,
                    None,
                    "cannot conclude",
                    None,
                    "A list, not a number.",
                ),
            )
        ],
        "routes": [
            {
                "jurisdiction": "SA",
                "route": route,
                "status": status,
                "reason": reason,
                "clock": clock,
                "clock_unit": "working days",
                "start": "2025-06-01",
                "finish_low": low,
                "finish": finish,
                "finish_high": high,
                "with_designation": True,
                "marks": ["secondary"],
                "sources": ["clocks"],
            }
            for route, status, reason, clock, low, finish, high in (
                (
                    "Full dossier, regular review",
                    "open",
                    "",
                    405,
                    "2027-01-20",
                    "2027-01-28",
                    "2027-02-04",
                ),
                (
                    "Full dossier, priority review",
                    "open",
                    "Serious disease, unmet need.",
                    243,
                    "2026-05-28",
                    "2026-06-07",
                    "2026-06-11",
                ),
                (
                    "Breakthrough medicine programme",
                    "doubtful",
                    "Sources disagree on products registered elsewhere.",
                    60,
                    None,
                    "2025-09-01",
                    None,
                ),
                (
                    "Abridged review",
                    "closed",
                    "Cell products are excluded.",
                    60,
                    None,
                    "2025-08-28",
                    None,
                ),
                (
                    "Verification",
                    "closed",
                    "Needs FDA and EMA approval.",
                    30,
                    None,
                    "2025-07-15",
                    None,
                ),
            )
        ],
        **strategy(),
    }


def strategy() -> dict[str, Any]:
    """What a run says around its verdicts: evidence slots, filings, access, documents."""
    limits = {"value": 12.0, "low": 4.0, "high": 80.0}
    rows = [
        {"area": area, "usual": limits, "earlier": limits, "more": limits, "life_years": limits}
        for area in ("SA", "KW", "all")
    ]
    return {
        "qualifying_tests": [
            {
                "jurisdiction": place,
                "slot": f"{place}/SEVERITY",
                "topic": "seriousness of the condition",
                "question": "life-threatening or chronically debilitating",
                "rule_id": f"{place}-ODD-CRI-01",
                "status": status,
                "instead_of_prevalence": False,
                "evidence": given,
                "marks": ["official"],
                "sources": ["clocks"],
            }
            for place, status, given in (
                ("SA", "rule unverified", []),
                ("EU", "evidence given", [{"value": "fatal", "source": "press", "mark": "seen"}]),
            )
        ],
        "contradictions": ["SA-ODD-THR-01 (5 per 10000) and SA-ODD-THR-02 (none)"],
        "recent_changes": ["SA-X begins to apply (2025): a rule; with a semicolon"],
        "rules_ahead": ["EU-X from 2028: a rule"],
        "overrides": ["SA-ODD-THR-01: 4 per 10000 (a decree) instead of 5 per 10000"],
        "filings": [
            {
                "jurisdiction": place,
                "route": route,
                "filed": filed,
                "approved": approved,
                "status": status,
                "waited_for": waited,
                "basis": basis,
            }
            for place, route, filed, approved, status, waited, basis in (
                ("SA", "priority", "2025-06-01", "2026-06-07", "open", [], "rule"),
                (
                    "KW",
                    "national registration",
                    "2025-06-01",
                    "2025-12-01",
                    "open",
                    [],
                    "given by the user",
                ),
                (
                    "GCC",
                    "reliance on two member states",
                    "2026-06-07",
                    "2026-08-06",
                    "doubtful",
                    ["SA", "KW"],
                    "rule",
                ),
            )
        ],
        "filings_finish": "2026-08-06",
        "filings_without_clock": ["QA", "OM"],
        "access": {
            "start": "2025-06-01",
            "horizon": "2032-01-01",
            "rows": rows,
            "areas": [
                {
                    "area": "SA",
                    "earlier": "2026-06-07",
                    "ordinary": "2027-01-28",
                    "basis": "priority against regular",
                    "left_out": "",
                },
                {
                    "area": "QA",
                    "earlier": None,
                    "ordinary": None,
                    "basis": "",
                    "left_out": "no open route with a clock on record",
                },
            ],
            "tornado": [
                {
                    "parameter": name,
                    "unit": unit,
                    "low": low,
                    "high": high,
                    "more_at_low": at_low,
                    "more_at_high": at_high,
                    "more": 12.0,
                }
                for name, unit, low, high, at_low, at_high in (
                    ("reach_line_4", "fraction", 0.1, 0.6, 5.0, 40.0),
                    ("cases_a_year", "persons", 250.0, 2200.0, 4.0, 30.0),
                    ("ramp_years", "year", 1.0, 5.0, 15.0, 11.0),
                )
            ],
            "gain": {
                "value": 0.8,
                "low": 0.6,
                "high": 1.0,
                "unit": "year",
                "basis": "virtual trial",
                "note": "a lower bound",
                "source": "press",
                "mark": "derived",
            },
        },
        "documents": [{"path": "documents/designation.md", "title": "Designation summary"}],
        "prevalence_report": {
            "jurisdiction": "SA",
            "sections": [
                {"heading": "Numerator", "statements": ["300 people; more"], "gaps": ["a count"]}
            ],
        },
    }


def statement(value: Any, source: str = "press", mark: str = "seen", **more: Any) -> dict[str, Any]:
    """A fact of the programme file as plain data."""
    return {"value": value, "source": source, "mark": mark, "kind": "reported", "note": "", **more}


def programme() -> dict[str, Any]:
    """A programme file as plain data."""
    return {
        "product": {
            "inn": statement("demonstragene autoleucel"),
            "brand": statement("DEMO"),
            "code": statement("DX1", "phase1"),
            "sponsor": statement("A sponsor"),
            "modality": statement("autologous CAR-T cells"),
            "target": statement("BCMA"),
            "cells": "autologous",
            "vector": statement("lentiviral vector"),
            "claims": [
                statement("rapid and strong efficacy"),
                statement("long persistence of the cells"),
                statement("significant and sustained remission"),
            ],
            "binder": {
                "format": "scFv",
                "origin": statement("fully human"),
                "patent": statement("a patent", "patent", "secondary"),
            },
        },
        "dose": {
            "amount": {
                "value": 1e6,
                "unit": "CAR+ T cells/kg",
                "source": "trial_report",
                "mark": "seen",
            },
            "lymphodepletion": [
                statement("cyclophosphamide 500 mg/m² for 3 days", "trial_report"),
                statement("fludarabine 30 mg/m² for 3 days", "trial_report"),
            ],
        },
        "indication": {
            "text": statement(
                "Adults with relapsed or refractory multiple myeloma after at least three prior "
                "lines of therapy with a proteasome inhibitor and an immunomodulatory drug"
            ),
            "condition": statement("multiple myeloma"),
            "criteria": [
                {
                    "id": "adult",
                    "field": "age",
                    "operator": ">=",
                    "value": 18,
                    "text": "adult",
                    "source": "press",
                    "mark": "seen",
                },
                {
                    "id": "lines",
                    "field": "prior_lines",
                    "operator": ">=",
                    "value": 3,
                    "text": "at least three prior lines",
                    "source": "press",
                    "mark": "seen",
                },
            ],
        },
        "jurisdictions": [{"code": "SA"}, {"code": "EU"}],
        "milestones": [
            {
                "date": "2022-12",
                "jurisdiction": "US",
                "text": "FDA clears the IND",
                "source": "press",
                "mark": "seen",
                "conflicts": [
                    {
                        "date": "2024-04",
                        "source": "trade",
                        "mark": "secondary",
                        "note": "Possibly another indication.",
                    }
                ],
            },
            {
                "date": "2023-06-30",
                "jurisdiction": "CN",
                "text": "Approval by the NMPA",
                "source": "press",
                "mark": "seen",
                "conflicts": [],
            },
            {
                "date": "2025-01-29",
                "jurisdiction": "SG",
                "text": "Singapore accepts the application",
                "source": "trade",
                "mark": "secondary",
                "conflicts": [],
            },
            {
                "date": "2025-03",
                "jurisdiction": "MO",
                "text": "Approval in Macau",
                "source": "trade",
                "mark": "secondary",
                "conflicts": [],
            },
            {
                "date": "2025-05-09",
                "jurisdiction": "SA",
                "text": "Orphan designation by the Saudi FDA",
                "source": "press",
                "mark": "seen",
                "conflicts": [],
            },
        ],
        "quoted_epidemiology": [
            {
                "id": "incidence",
                "text": "incidence of 1.8 per 100,000",
                "value": 1.8,
                "unit": "per 100,000",
                "scale": "age-standardized",
                "region": "World",
                "year": 2022,
                "source": "press",
                "mark": "secondary",
                "note": "The crude rate is 2.4.",
            },
            {
                "id": "prevalence",
                "text": "5-year prevalence of 6.8 per 100,000",
                "value": 6.8,
                "unit": "per 100,000",
                "scale": "crude",
                "region": "World",
                "year": 2022,
                "source": "press",
                "mark": "secondary",
                "note": "",
            },
        ],
        "unknowns": [
            {
                "what": "Peak and exposure of the cells in any cohort",
                "effect": "Predicted without a check.",
            },
            {"what": "Residues of the binder", "effect": "The construct is checked around it."},
        ],
    }


def sources() -> dict[str, Source]:
    """A bibliography."""
    found = (
        Source(
            id="press",
            citation="A sponsor. Orphan designation of a product. Press release, 9 May 2025.",
            url="https://example.org/press",
            kind="company",
        ),
        Source(
            id="trial_report",
            citation="Author A, et al. A trial of a product. A Journal. 2024.",
            doi="10.1000/trial",
        ),
        Source(
            id="phase1",
            citation="Author B, et al. A first trial of a product. A Journal. 2021;137(21):1-10.",
            doi="10.1000/phase1",
        ),
        Source(
            id="patent",
            citation="A patent, claims.",
            url="https://example.org/patent",
            kind="database",
        ),
        Source(
            id="uniprot",
            citation="UniProtKB/Swiss-Prot, human proteome, release of 21 April 2025.",
            url="https://www.uniprot.org",
            kind="database",
        ),
        Source(
            id="trade",
            citation="A trade report, 2024.",
            url="https://example.org/trade",
            kind="news",
        ),
        Source(
            id="registry",
            citation="A registry, 2022.",
            url="https://example.org/registry",
            kind="database",
        ),
        Source(
            id="un",
            citation="United Nations. World Population Prospects 2019.",
            url="https://population.un.org",
            kind="database",
        ),
        Source(
            id="rules",
            citation="Rules of an agency, 2021.",
            url="https://example.org/rules",
            kind="regulator",
        ),
        Source(
            id="clocks",
            citation="Clocks of an agency, tabulated.",
            url="https://example.org/clocks",
            kind="regulator",
        ),
        Source(id="never_cited", citation="A source that nothing refers to.", kind="paper"),
    )
    return {source.id: source for source in found}


def make_input(**changes: Any) -> DossierInput:
    """The made-up run, with parts replaced."""
    parts: dict[str, Any] = {
        "summary": summary(),
        "tables": tables(),
        "programme": programme(),
        "sources": sources(),
        "assumptions": [
            {
                "what": "Lower limit of quantification",
                "value": 50.0,
                "unit": "copies/ug",
                "why": "The assay's limit is not published.",
                "source": "",
                "mark": "own value",
            },
            {
                "what": "Signal peptide",
                "value": "CD8A signal peptide",
                "unit": "",
                "why": "Not stated by the sponsor; used by most products of this kind.",
                "source": "uniprot",
                "mark": "own value",
            },
        ],
        "unknowns": [
            "Peak and exposure of the cells in any cohort",
            "Residues of the binder",
            "Patients' weight",
        ],
        "manifest": {
            "schema_version": 1,
            "version": "0.1.0",
            "seed": 1,
            "arguments": {"patients": 600, "months": 36},
            "libraries": {"numpy": "2.0", "python": "3.11"},
        },
    }
    return DossierInput(**(parts | changes))


@pytest.fixture(scope="session")
def demo() -> DossierInput:
    """The made-up run."""
    return make_input()


@pytest.fixture(scope="session")
def make() -> Callable[..., DossierInput]:
    """The made-up run, with parts replaced."""
    return make_input
