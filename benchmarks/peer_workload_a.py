"""Workload A: a 3-state CAR-T model with log-normal parameters, daily output for a year.

The same numbers as in the yardstick in C that stands beside some checkouts: nine parameters with a
log-normal spread of 0.2 drawn by NumPy's `default_rng(1)`, start 1.5e6, 0 and 2e7 cells.
"""

from __future__ import annotations

import numpy as np

from leucel.compile import compile_model
from leucel.model import ModelSpec, Output, Parameter, State
from peer_cases import Case

SPREAD = 0.2
TYPICAL = {
    "phi": 0.265,
    "rho": 0.350,
    "eps": 0.150,
    "theta": 6.0e-6,
    "alpha": 4.5e-8,
    "mu": 5.0e-3,
    "r": 0.05650026,
    "b": 1.404029e-12,
    "gamma": 3.715843e-6,
}


def spec(*, logged: bool = False) -> ModelSpec:
    """Effector, memory and tumor; `logged` keeps the tumor as its logarithm."""
    return ModelSpec(
        name="workload_a",
        parameters=tuple(Parameter(name=n, value=v) for n, v in TYPICAL.items()),
        states=(
            State(name="ct", initial="1.5e6"),
            State(name="cm"),
            State(name="tumor", initial="2e7", logged=logged),
        ),
        odes={
            "ct": "(phi - rho)*ct + theta*tumor*cm - alpha*tumor*ct",
            "cm": "eps*ct - theta*tumor*cm - mu*cm",
            "tumor": "r*tumor*(1 - b*tumor) - gamma*ct*tumor",
        },
        outputs=tuple(Output(name=f"{n}_out", text=n) for n in ("ct", "cm", "tumor")),
    )


def workload_a(count: int, *, logged: bool = False) -> Case:
    """The first patients of the workload."""
    table = np.array(list(TYPICAL.values())) * np.exp(
        SPREAD * np.random.default_rng(1).standard_normal((count, len(TYPICAL)))
    )
    made = spec(logged=logged)
    return Case(
        title="Workload A",
        spec=made,
        model=compile_model(made),
        parameters={name: table[:, i] for i, name in enumerate(TYPICAL)},
        initial=np.tile([1.5e6, 0.0, 2.0e7], (count, 1)),
    )
