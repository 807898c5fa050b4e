"""Small models that the tests of this folder share."""

from __future__ import annotations

import pytest

from leucel.core import Evidence, Kind, Mark
from leucel.model import Event, Expression, ModelSpec, Output, Parameter, Residual, State


@pytest.fixture
def predator() -> ModelSpec:
    """A model that uses every part of a definition."""
    return ModelSpec(
        name="predator",
        description='CAR-T cells that grow on a tumor, "as in a textbook"',
        parameters=(
            Parameter(
                name="k_kill",
                value=0.02,
                unit="1/cell/day",
                meaning="kill",
                omega=0.4,
                low=0.0,
                evidence=Evidence(
                    value=0.02,
                    unit="1/cell/day",
                    low=0.01,
                    high=0.04,
                    n=12,
                    source="smith_2020",
                    place="Table 2",
                    mark=Mark.OWN_VALUE,
                    kind=Kind.ASSUMED,
                    note='a note with "quotes" and a # sign',
                ),
            ),
            Parameter(
                name="share", value=0.25, unit="1", omega=0.5, scale="logit", low=0.0, high=1.0
            ),
            Parameter(name="k_growth", value=0.1, unit="1/day"),
            Parameter(name="tumor_0", value=100.0, unit="cells"),
        ),
        expressions=(
            # Out of order on purpose: `loss` uses `rate`, which stands behind it.
            Expression(name="loss", text="rate*tumor", unit="cells/day", meaning="kill per day"),
            Expression(name="rate", text="k_kill*max(car, 0)", unit="1/day"),
            Expression(name="seed", text="share*tumor_0", unit="cells"),
        ),
        states=(
            State(name="car", unit="cells", initial="seed", meaning="CAR-T cells"),
            State(name="tumor", unit="cells", initial="tumor_0"),
        ),
        odes={
            "car": "if(t < 10 [day], k_growth, -k_growth)*car",
            "tumor": "k_growth*tumor - loss",
        },
        events=(
            Event(
                name="extinct",
                when="tumor - 1 [cell]",
                set={"tumor": "0", "car": "car/2"},
                meaning="the last one",
            ),
            Event(name="turn", when="10 [day] - t"),
        ),
        outputs=(
            Output(name="tumor_relative", text="tumor/tumor_0", meaning="what is left"),
            Output(name="car", text="car", unit="cells"),
        ),
        residuals=(
            Residual(output="car", kind="lognormal", sigma=0.3),
            Residual(
                output="tumor_relative",
                kind="additive",
                sigma=0.05,
                evidence=Evidence(
                    value="about 5%", source="smith_2020", mark=Mark.SEEN, kind=Kind.REPORTED
                ),
            ),
        ),
        dose_state="car",
    )
