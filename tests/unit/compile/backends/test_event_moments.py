"""What an output shows at the very moment of an event: the states after it."""

from __future__ import annotations

import numpy as np
import pytest

from leucel.compile import compile_model
from leucel.model import Event, ModelSpec, Output, Parameter, State
from leucel.solve import SolveOptions, simulate

MOMENTS = (45.0, 0.1, 7.3, 250.0)


@pytest.mark.parametrize("backend", ["cpu", "reference"])
@pytest.mark.parametrize("moment", MOMENTS)
def test_an_output_at_an_event_is_behind_it(backend: str, moment: float) -> None:
    spec = ModelSpec(
        name="given_once",
        parameters=(Parameter(name="moment", value=moment), Parameter(name="k", value=0.3)),
        states=(State(name="x"), State(name="y", initial="1")),
        odes={"x": "-k*x", "y": "k*y*(1 - y/1000)"},
        events=(Event(name="given", when="moment - t", set={"x": "100"}),),
        outputs=(Output(name="amount", text="x"),),
    )
    model = compile_model(spec, backend=backend)
    for rtol in (1e-3, 1e-4, 1e-5, 1e-6, 1e-7, 1e-8):
        result = simulate(
            model,
            times=[0.0, 0.5 * moment, moment, 2.0 * moment],
            options=SolveOptions(rtol=rtol),
        ).require_ok()
        amount = result.output("amount")[0]
        assert amount[:2].tolist() == [0.0, 0.0]
        assert amount[2] == pytest.approx(100.0, rel=1e-9)
        assert amount[3] == pytest.approx(100.0 * np.exp(-0.3 * moment), rel=200 * rtol, abs=1e-30)
