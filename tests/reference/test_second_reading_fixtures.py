"""The library against the second readings of the models that serve as test fixtures.

Chaudhury 2020, Leon-Triana 2020 and 2021, Barros 2021, Gallaher 2018, Hanson 2016, CARRGO.
"""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from leucel.library import get_model
from leucel.library.review import (
    barros_2021,
    brummer_2022,
    chaudhury_2020,
    gallaher_2018,
    hanson_2016,
    leon_triana_2020,
    leon_triana_2021,
)
from leucel.solve import SolveOptions

SAME_EQUATIONS = 1e-10
SAME_COURSE = 1e-6
BACKENDS = ("reference", "cpu")
AN_HOUR = 1.0 / 24.0
# Half of the last printed digit.
THREE_DECIMALS = 5.1e-4

Case = dict[str, Any]


def states_named(*names: str) -> Callable[..., dict[str, float]]:
    """Outputs that are the states, in the order of the second reading."""
    return lambda t, y, p: dict(zip(names, y, strict=True))


LOTKA_VOLTERRA: Case = {
    "id": "chaudhury_2020_lotka_volterra",
    "rates": chaudhury_2020.right_hand_side_lv,
    "start": chaudhury_2020.initial_lv,
    "seen": states_named("car_t", "tumor_cells"),
    "typical": chaudhury_2020.LV,
    "symbols": "expansion=rho k_loss_car=kE k_growth=g kill=d car_0=C0 tumor_0=U0",
    "states": ("car", "tumor"),
    "decades": [(-2.0, 5.0), (-3.0, 4.0)],
    "atol": 1e-14,
}
SWITCHED: Case = {
    "start": chaudhury_2020.initial,
    "seen": states_named("car_t", "persisters", "tumor_cells"),
    # The exponent of the gate is a number in the library.
    "fixed": frozenset({"h"}),
    "own": frozenset({"guard"}),
    "guards": {"guard": 1e-300},
    "states": ("car", "persister", "tumor"),
    "decades": [(-2.0, 5.0), (-3.0, 3.0), (-3.0, 4.0)],
    "last": 28.0,
    "atol": 1e-13,
}
EC50: Case = SWITCHED | {
    "id": "chaudhury_2020_ec50",
    "rates": chaudhury_2020.right_hand_side_ec50,
    "typical": chaudhury_2020.EC50,
    "symbols": (
        "k_expansion=rho ec50_expansion=R50 k_kill_max=d ec50_kill=D50 k_loss_car=kE k_persist=kEP"
        " k_loss_persister=be k_growth=g cap_tumor=Um cure_level=Uc t_max=Tm car_0=C0 tumor_0=U0"
    ),
}
FIRST: Case = SWITCHED | {
    "id": "chaudhury_2020_first_order",
    "rates": chaudhury_2020.right_hand_side_first,
    "typical": chaudhury_2020.FIRST,
    "symbols": (
        "k_expansion=rho kill=d k_loss_car=kE k_persist=kEP k_loss_persister=be k_growth=g"
        " cap_tumor=Um cure_level=Uc t_max=Tm car_0=C0 tumor_0=U0"
    ),
    # The tumor underflows.
    "floor": np.array([0.0, 0.0, 1e-3]),
}

LEUKEMIA_SYMBOLS = (
    "kill=alpha stimulation=rhoC k_growth=rhoL t_life_car=tauC t_life_b=tauB car_0=C0"
    " leukemia_0=L0 healthy_b_0=B0"
)
LEUKEMIA: Case = {
    "id": "leon_triana_2020_leukemia",
    "rates": leon_triana_2020.right_hand_side,
    "start": leon_triana_2020.initial,
    "seen": states_named("car_t", "leukemia_cells", "b_cells"),
    "typical": leon_triana_2020.TYPICAL,
    "symbols": LEUKEMIA_SYMBOLS,
    "states": ("car", "leukemia", "healthy_b"),
    "decades": [(2.0, 12.0)] * 3,
    # One thirtieth is written with ten digits in the evidence.
    "values": 2e-10,
    "atol": 1e-6,
    "floor": 1e-2,
}
IMMATURE: Case = LEUKEMIA | {
    "id": "leon_triana_2020_immature",
    # The factor C, which the deposited file lacks, is the decision of the card.
    "rates": lambda t, y, p: leon_triana_2020.right_hand_side_immature(t, y, p, factor_C=True),
    "typical": leon_triana_2020.IMMATURE,
    "symbols": (
        f"{LEUKEMIA_SYMBOLS} stimulation_immature=beta immature=I0 ec50_output=C50 t_transit=tauI"
    ),
}
ONE_TARGET: Case = {
    "id": "leon_triana_2021_one_target",
    "rates": leon_triana_2021.right_hand_side,
    "start": leon_triana_2021.initial,
    "seen": states_named("car_t", "tumor_cells"),
    "typical": leon_triana_2021.SINGLE,
    "symbols": (
        "k_stimulation=rhoC ec50_tumor=gT k_inactivation=alpha1 ec50_car=gC t_life_car=tauC"
        " k_growth=rhoT kill=alpha2 car_0=C0 tumor_0=T0"
    ),
    "states": ("car", "tumor"),
    "decades": [(2.0, 12.0)] * 2,
    "atol": 1e-3,
}
TWO_TARGETS: Case = {
    "id": "leon_triana_2021_two_targets",
    "rates": leon_triana_2021.right_hand_side_dual,
    "start": leon_triana_2021.initial_dual,
    "seen": states_named("car_t", "tumor_cells", "car_t_off", "b_cells"),
    "typical": leon_triana_2021.DUAL,
    "symbols": (
        "k_stimulation=rhoC ec50_tumor=gT k_inactivation=alpha1 ec50_car=gC t_life_car=tauC"
        " k_growth=rhoT kill=alpha2 tumor_0=T0 k_stimulation_off=rhoCbar ec50_b=gB k_homing=k"
        " kill_b=alphaB t_life_b=tauB car_off_0=Coff0 healthy_b_0=B0"
    ),
    "states": ("car", "tumor", "car_off", "healthy_b"),
    "decades": [(2.0, 12.0)] * 4,
    "atol": 1e-5,
    "floor": 1.0,
}

BARROS_LINES = {
    "hdlm2": (barros_2021.HDLM2, barros_2021.HDLM2_DAY, barros_2021.HDLM2_DOSE),
    "raji": (barros_2021.RAJI, barros_2021.RAJI_DAY, barros_2021.RAJI_DOSE),
    "raji_ido": (barros_2021.RAJI_IDO, barros_2021.RAJI_DAY, barros_2021.RAJI_DOSE),
    "raji_ido_1mt": (barros_2021.RAJI_IDO_1MT, barros_2021.RAJI_DAY, barros_2021.RAJI_DOSE),
}


def barros(line: str) -> Case:
    typical, day, dose = BARROS_LINES[line]
    extra = {"t_treatment": day, "treatment_cells": dose}
    if line == "hdlm2":
        extra["t_challenge"] = barros_2021.HDLM2_CHALLENGE_DAY
        extra["challenge_cells"] = barros_2021.HDLM2_CHALLENGE
    return {
        "id": "barros_2021_cartmath",
        "choices": {"line": line},
        "rates": barros_2021.right_hand_side,
        "start": barros_2021.initial,
        "seen": states_named("memory_cells", "effector_cells", "tumor_cells"),
        "typical": typical | extra,
        "fixed": frozenset(extra),
        "symbols": " ".join(
            [
                "k_expansion=phi k_loss_effector=pi k_memory=epsilon activation=theta",
                "inhibition=alpha k_loss_memory=mu k_growth=rho crowding=beta kill=gamma",
                "tumor_0=T0",
                *(f"{name}={name}" for name in extra),
            ]
        ),
        "states": ("memory", "effector", "tumor"),
        "decades": [(0.0, 9.0)] * 3,
        "atol": 1e-8,
        # Less than one cell is a cure.
        "floor": 1.0,
        "course_spread": 0.01,
    }


GALLAHER: Case = {
    "id": "gallaher_2018_myeloma",
    "rates": gallaher_2018.right_hand_side,
    "start": gallaher_2018.initial,
    "seen": states_named("m_protein", "t_cells", "nk_cells", "treg_cells"),
    "typical": gallaher_2018.TYPICAL,
    "symbols": (
        "source_m_protein=sm k_growth=rm cap_m_protein=km k_loss_m_protein=dm kill_nk=anm"
        " ec50_nk=bnm kill_ctl=acm ec50_ctl=bcm kill_both=acnm inhibition_m_protein=amm"
        " ec50_m_protein=bmm inhibition_treg=arm ec50_treg=brm k_growth_ctl=rc cap_ctl=kc"
        " k_loss_ctl=dc stimulation_m_protein=amc ec50_m_protein_ctl=bmc stimulation_nk=anc"
        " ec50_nk_ctl=bnc source_nk=sn k_growth_nk=rn cap_nk=kn stimulation_ctl=acn"
        " ec50_ctl_nk=bcn k_loss_nk=dn k_growth_treg=rr cap_treg=kr stimulation_treg=amr"
        " ec50_m_protein_treg=bmr k_loss_treg=dr m_protein_0=M0 ctl_0=Tc0 nk_0=N0 treg_0=Tr0"
    ),
    "states": ("m_protein", "ctl", "nk", "treg"),
    "decades": [(-2.0, 1.3), (0.0, 3.3), (0.0, 3.3), (0.0, 2.3)],
}
HANSON_STATES = (
    "ctl_memory",
    "ctl_effector",
    "helper_memory",
    "helper_effector",
    "lymphocyte",
    "inflammation",
    "leukemia",
)
HANSON: Case = {
    "id": "hanson_2016_toxicity",
    "rates": hanson_2016.right_hand_side,
    "start": hanson_2016.initial,
    "seen": states_named(*(f"{name}_level" for name in HANSON_STATES)),
    "typical": hanson_2016.TYPICAL,
    "symbols": (
        "divisions=n k_growth=r1 k_growth_ctl=r2 k_growth_helper=r3 k_growth_lymphocyte=r4"
        " k_kill=d1 k_loss_inflammation=d2 k_loss_ctl=d3 k_loss_helper=d4 k_loss_lymphocyte=d5"
        " k_source_inflammation=p0 k_inflammation=p1 k_source_lymphocyte=p2 k_activation_ctl=a1"
        " help=a2 k_activation_helper=a3 ec50_inflammation=b cap_lymphocyte=l cap_leukemia=k"
        " ctl_memory_0=Cm0 ctl_effector_0=Ce0 helper_memory_0=Hm0 helper_effector_0=He0"
        " lymphocyte_0=L0 inflammation_0=I0 leukemia_0=B0 k_drug=D"
    ),
    "vary": lambda rng, p: p | {"D": float(rng.uniform(0.0, 60.0))},
    "states": HANSON_STATES,
    "decades": [(-2.0, 2.8)] * 7,
}
CARRGO_SYMBOLS = "k_growth=rho crowding=kinv k_kill=k1 k_expansion=k2 k_loss_car=th"
CARRGO: Case = {
    "id": "brummer_2022_carrgo",
    "rates": brummer_2022.right_hand_side,
    "start": lambda p: np.array([p["x0"], p["y0"]]),
    "seen": states_named("cell_index", "t_cells"),
    "typical": {**brummer_2022.TYPICAL, "th": 0.0, "x0": 0.4669, "y0": 0.25},
    # The library begins at the addition of dexamethasone.
    "fixed": frozenset({"t0"}),
    "symbols": f"{CARRGO_SYMBOLS} car_0=y0 tumor_0=x0",
    "states": ("tumor", "car"),
    "decades": [(-2.0, 1.0)] * 2,
    "unit": AN_HOUR,
    "last": 150.0,
    # The second reading has the printed digits of the fits; the deposited ones are compared below.
    "values": 2e-4,
}
CARRGO_DEX: Case = CARRGO | {
    "choices": {"dexamethasone": "1e-8"},
    "typical": {
        "rho": 0.063754928,
        "kinv": 0.155767289,
        "k1": 0.375701717,
        "k2": 0.031075348,
        "th": 0.0001,
        "c0": -0.180813514,
        "c3": 0.206884377,
        "t0": 0.0,
        "x0": 0.47,
        "y0": 0.25,
    },
    "symbols": f"{CARRGO['symbols']} k_dex_tumor=c0 k_dex_car=c3",
    "own": frozenset({"t_half_dex"}),
}

ALL: dict[str, Case] = {
    "lotka-volterra": LOTKA_VOLTERRA,
    "ec50": EC50,
    "first-order": FIRST,
    "leukemia": LEUKEMIA,
    "immature": IMMATURE,
    "one-target": ONE_TARGET,
    "one-target-5b": ONE_TARGET
    | {
        "choices": {"inactivation": "figure_5b"},
        "typical": leon_triana_2021.SINGLE | {"alpha1": 0.183},
    },
    "two-targets": TWO_TARGETS,
    **{f"barros-{line}": barros(line) for line in BARROS_LINES},
    "gallaher": GALLAHER,
    "hanson": HANSON,
    "carrgo": CARRGO,
    "carrgo-dex": CARRGO_DEX,
}
# Units of the second reading: days, and hours for CARRGO.
COURSES = {
    "lotka-volterra": np.arange(0.0, 60.0),
    "leukemia": np.arange(0.0, 100.0),
    "immature": np.arange(0.0, 100.0),
    "one-target": np.arange(0.0, 400.0, 2.0),
    "two-targets": np.arange(0.0, 100.0),
    "gallaher": np.arange(0.0, 366.0, 3.0),
    "hanson": np.arange(0.0, 400.0, 2.0),
    "carrgo": np.arange(0.0, 138.0),
    "carrgo-dex": np.arange(0.0, 138.0),
}


@pytest.mark.parametrize("name", ALL)
def test_same_values(second_reading: type, name: str) -> None:
    second_reading(**ALL[name]).same_values()


@pytest.mark.parametrize("name", ALL)
def test_same_equations(second_reading: type, name: str) -> None:
    assert second_reading(**ALL[name]).worst_rate() < SAME_EQUATIONS


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", COURSES)
def test_same_course(second_reading: type, name: str, backend: str) -> None:
    assert second_reading(**ALL[name]).worst_course(backend, COURSES[name]) < SAME_COURSE


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("name", ["ec50", "first-order"])
def test_chaudhury_takes_the_same_course(second_reading: type, name: str, backend: str) -> None:
    off = second_reading(**ALL[name]).worst_course(
        backend,
        np.arange(0.25, 40.0, 0.5),
        jumps=lambda p: [(p["Tm"], lambda y: y)],
        # Persisters leave 0 at the switch.
        options=SolveOptions(rtol=1e-10, atol=1e-12),
    )
    assert off < SAME_COURSE


@pytest.mark.parametrize("backend", BACKENDS)
@pytest.mark.parametrize("line", BARROS_LINES)
def test_barros_takes_the_same_course(second_reading: type, line: str, backend: str) -> None:
    def become(state: int, cells: float) -> Callable[[NDArray], NDArray]:
        return lambda y: np.where(np.arange(3) == state, cells, y)

    def jumps(p: dict[str, float]) -> list:
        found = [(p["t_treatment"], become(1, p["treatment_cells"]))]
        if "t_challenge" in p:
            found.append((p["t_challenge"], become(2, p["challenge_cells"])))
        return found

    last = 300.0 if line == "hdlm2" else 15.0
    off = second_reading(**barros(line)).worst_course(
        backend,
        np.arange(0.25, last, last / 60.0),
        jumps=jumps,
        options=SolveOptions(rtol=1e-11, atol=1e-10),
    )
    assert off < SAME_COURSE


def test_carrgo_has_every_deposited_fit(shared: Callable[[str], Path]) -> None:
    columns = {
        "rho": "k_growth",
        "kappainv": "crowding",
        "kappac1": "k_kill",
        "kappac2": "k_expansion",
        "theta": "k_loss_car",
        "c0": "k_dex_tumor",
        "c3": "k_dex_car",
    }
    arms = set()
    with shared("evidence/models_parameters.csv").open(newline="") as file:
        for row in csv.DictReader(file):
            if not row["model"].startswith("Brummer2022_"):
                continue
            _, line, start, dex = row["model"].split("_")
            dose = float(dex.removeprefix("dex="))
            spec = get_model(
                "brummer_2022_carrgo",
                line=line.lower(),
                t_cells=start.removeprefix("y0="),
                dexamethasone=f"1e{round(np.log10(dose))}" if dose else "none",
            )[0]
            value = spec.parameter(columns[row["parameter"]]).value
            assert value == float(row["value"]), (row["model"], row["parameter"])
            arms.add(row["model"])
    assert len(arms) == 72


@pytest.mark.parametrize(
    ("t_cells", "tumor", "hours", "left"),
    [(0.25, 0.4669, 85.0, 0.668), (0.125, 0.4633, 138.0, 0.413)],
)
def test_carrgo_ends_at_the_t_cells_of_the_review(
    second_reading: type, t_cells: float, tumor: float, hours: float, left: float
) -> None:
    # Start of the tumor and end of the fitted rows are those of the card.
    p = brummer_2022.arm("PBT1", t_cells) | {"x0": tumor, "y0": t_cells}
    end = second_reading(**CARRGO).course(p, np.array([0.0, hours]), [])[:, -1]
    assert end[1] == pytest.approx(left, abs=THREE_DECIMALS)
