"""The library against the second readings of Poels 2025 and Tsai 2022: tissues beside blood."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from leucel.library.review import poels_2025, tsai_2022
from leucel.solve import Doses, SolveOptions

SAME_EQUATIONS = 1e-10
SAME_COURSE = 1e-6
BACKENDS = ("reference", "cpu")
HOUR = 1.0 / 24.0

Values = dict[str, float]


def poels_rates(t: float, y: NDArray, p: Mapping[str, Any]) -> NDArray:
    count, trimer = len(poels_2025.STATES), p["trimer"]
    return np.concatenate(
        [
            poels_2025.right_hand_side(t, y[:count], p, trimer=trimer),
            poels_2025.cytokine_right_hand_side(t, y[count:], p, trimer=trimer),
        ]
    )


def poels_seen(t: float, y: NDArray, p: Mapping[str, Any]) -> dict[str, Any]:
    burden = y[:4].sum()
    return {
        "tumor_cells": burden,
        "tumor_relative": burden / p["Mt0"],
        "m_protein": y[4],
        "m_protein_relative": y[4] / p["MP0"],
        "light_chains": y[5],
        "s_bcma": y[7],
        "il6": y[15],
    }


POELS = {
    "id": "poels_2025_biomarkers",
    "rates": poels_rates,
    "start": lambda p: np.concatenate([poels_2025.initial(p), poels_2025.cytokine_initial(p)]),
    "seen": poels_seen,
    "typical": poels_2025.TYPICAL | {"trimer": 0.0},
    "symbols": (
        "k_growth=kg0 v_growth=kg1 n_growth=psi cap_tumor=Mmax k_kill_max=alpha n_kill=n"
        " ec50_kill=km resistance_max=rise k_resistance=kR t_resistance=tR t_death=tau"
        " k_loss_m_protein=kMP k_loss_light_chain=kF k_loss_s_bcma=kS k_transit_s_bcma=ktr"
        " vol_central=Vc vol_marrow=Vm release_basal=basal release_max=Emax ec50_release=EC50"
        " ic50_release=IC50 n_release=nIH k_transit_cytokine=kC k_loss_cytokine=kdeg tumor_0=Mt0"
        " m_protein_0=MP0 light_chain_0=FLC0 cytokine_0=C0 s_bcma_0=S0 trimer=trimer"
    ),
    "own": frozenset({"guard", "guard_cells"}),
    "guards": {"guard": 0.0, "guard_cells": 0.0},
    "vary": lambda rng, p: p | {"trimer": float(10.0 ** rng.uniform(0.0, 2.0))},
    "states": (
        "tumor",
        "dying_1",
        "dying_2",
        "dying_3",
        "m_protein",
        "light_chain",
        "s_bcma_marrow",
        "s_bcma",
        "exposure",
        "marrow_cytokine",
        *(f"cytokine_{stage}" for stage in range(1, 6)),
        "cytokine",
    ),
    # Cells/uL, g/L, mg/L, ng/mL, pg h/mL and pg/mL.
    "decades": [(2.0, 5.5)] * 4 + [(-1.0, 2.0)] * 4 + [(2.0, 6.0)] + [(-1.0, 5.0)] * 7,
    "last": 1500.0,
    "unit": HOUR,
    # What does not count: a cell, and a millionth of the other units.
    "floor": np.array([1.0] * 4 + [1e-6] * 12),
    # The sharp turn of growth makes much of little.
    "spread": 0.1,
}

TSAI = {
    "id": "tsai_2022_pleural",
    "rates": tsai_2022.right_hand_side,
    "start": lambda p: tsai_2022.initial(p["T0"]),
    "seen": lambda t, y, p: {
        "blood": tsai_2022.outputs(y, p)["blood"],
        "lung_level": tsai_2022.outputs(y, p)["lung"],
        "pleura_level": tsai_2022.outputs(y, p)["pleura"],
        "tumor_cells": tsai_2022.outputs(y, p)["tumor"],
        "pleura_cells": y[7] + y[9],
        "car_t": y[:8].sum() + y[9],
    },
    "typical": tsai_2022.TYPICAL | {"T0": tsai_2022.TUMOR_KINETICS},
    "symbols": (
        "k_lung_pleura=Jp retention=Rp k_growth=kg k_expansion=kpro ic50_tumor=KI k_kill=kk"
        " k_off=koff k_on=kon k_loss=kel k_lung=Jl k_other=Jo flow=Q vol_arterial=VA vol_venous=VV"
        " vol_lung_vessels=VLv vol_lung=VLi vol_other_vessels=VOv vol_other=VOi vol_node=VN"
        " lymph_lung=Ll lymph_other=Lo lymph_node=LN lymph_pleura=Lp vol_pleura=Vps"
        " antigens_per_cell=NAg vol_cell=vcell tumor_0=T0"
    ),
    "converted": {"free_fraction": lambda p: 1.0 - p["solid"]},
    # Cells are at most the whole of a tumor.
    "vary": lambda rng, p: p | {"solid": 0.8},
    "states": (
        "arterial",
        "venous",
        "lung_vessels",
        "lung",
        "other_vessels",
        "other",
        "node",
        "pleura",
        "tumor",
        "complexes",
    ),
    "decades": [(0.0, 7.0)] * 8 + [(7.0, 9.0), (0.0, 6.0)],
    "last": 1000.0,
    "unit": HOUR,
    # A cell.
    "floor": 1.0,
}

ALL = {"poels": POELS, "tsai": TSAI}
DOSE = 1e6
ROUTES = {"iv": 1, "ip": 7}


@pytest.mark.parametrize("name", ALL)
def test_same_values(second_reading: type, name: str) -> None:
    second_reading(**ALL[name]).same_values()


@pytest.mark.parametrize("name", ALL)
def test_same_equations(second_reading: type, name: str) -> None:
    assert second_reading(**ALL[name]).worst_rate() < SAME_EQUATIONS


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("trimer", [0.0, 3.0, 30.0])
def test_poels_takes_the_same_course(second_reading: type, trimer: float, backend: str) -> None:
    given: dict[str, Any] = {"vary": lambda rng, p: p | {"trimer": trimer}}
    if trimer == 0.0:
        # The guard of the library lets 1e-5 of 225,000 cells die where nothing kills.
        given["floor"] = np.array([100.0] * 4 + [1e-6] * 12)
    off = second_reading(**POELS | given).worst_course(
        backend,
        # The resistance begins between two outputs, whoever the patient is.
        np.concatenate([np.arange(0.0, 400.0, 10.0), np.arange(900.0, 1500.0, 50.0)]),
        jumps=lambda p: [(p["tR"], lambda y: y)],
        options=SolveOptions(rtol=1e-10, atol=1e-12),
    )
    assert off < SAME_COURSE


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("route", ROUTES)
def test_tsai_takes_the_same_course(second_reading: type, route: str, backend: str) -> None:
    off = second_reading(**TSAI | {"choices": {"route": route}}).worst_course(
        backend,
        np.arange(0.0, 20 * 24.0, 6.0)[1:],
        jumps=lambda p: [(0.0, lambda y: y + DOSE * (np.arange(10) == ROUTES[route]))],
        doses=Doses.bolus(DOSE),
        # The tumor falls over eight orders of magnitude.
        options=SolveOptions(rtol=1e-11, atol=1e-9),
    )
    assert off < SAME_COURSE
