"""Sensitivities of published models against differences, to parameters and random effects."""

from __future__ import annotations

import numpy as np
import pytest

from leucel.compile import compile_model, sensitivity_name
from leucel.library import get_model
from leucel.solve import Doses, SolveOptions, simulate

TIMES = np.array([1.3, 5.0, 9.6, 14.0, 21.0, 28.0, 45.0, 60.0])
# In units of the largest derivative over time. Differences of the fourth order with a relative step
# of 2e-4 have a truncation error below 1e-9, and an integration at 1e-12 leaves 1e-7 of them.
# One method throughout: where it changed between subjects, a difference would see that.
CLOSE = 1e-6
WIDTH = 2e-4
# A derivative below this share of output / parameter is rounding in the difference.
NEGLIGIBLE = 1e-3
OPTIONS = SolveOptions(rtol=1e-12, method="rosenbrock")

CASES = {
    "singh_2021_idecabtagene": (
        ["k_kill_max", "tumor_0", "eta_k_expansion_max", "eta_k_loss_memory"],
        ["transgene", "m_protein_relative", "s_bcma"],
        Doses.infusion(450e6, duration=0.04),
    ),
    "stein_2019_tisagenlecleucel_ode": (
        ["t_max", "fold_expansion", "eta_c_max", "eta_fraction_slow", "eta_k_decline_fast"],
        None,
        None,
    ),
    "hardiansyah_2019_ctl019": (None, None, Doses.bolus(1e8)),
    "chaudhury_2020_ec50": (None, None, None),
    "li_2025_modakafusp": (["eta_k_growth", "eta_ec50", "k_kill_max"], None, None),
}


@pytest.mark.parametrize("model_id", CASES)
def test_derivatives_agree_with_differences(model_id: str) -> None:
    names, outputs, doses = CASES[model_id]
    spec, _ = get_model(model_id)
    model = compile_model(spec)
    names = names or [p.name for p in spec.parameters if p.value != 0.0][:4]
    outputs = outputs or [output.name for output in spec.outputs]
    wanted = [sensitivity_name(o, n) for o in outputs for n in names]
    found = simulate(
        model.with_sensitivities(names), times=TIMES, doses=doses, outputs=wanted, options=OPTIONS
    ).require_ok()
    for name in names:
        parameter = spec.parameter(name.removeprefix("eta_"))
        shifts = WIDTH * np.array([-2.0, -1.0, 1.0, 2.0])
        step, value = WIDTH, parameter.value
        if not name.startswith("eta_"):
            step, values = WIDTH * value, value * (1.0 + shifts)
        elif parameter.scale == "log":
            values = value * np.exp(shifts)
        else:
            low, width = parameter.low, parameter.high - parameter.low
            odds = (value - low) / (parameter.high - value) * np.exp(shifts)
            values = low + width * odds / (1.0 + odds)
        moved = simulate(
            model,
            parameters={parameter.name: values},
            times=TIMES,
            doses=doses,
            outputs=outputs,
            options=OPTIONS,
        ).require_ok()
        for output in outputs:
            a, b, c, d = moved.output(output)
            expected = (a - 8.0 * b + 8.0 * c - d) / (12.0 * step)
            got = found.output(sensitivity_name(output, name))[0]
            size = np.abs(b).max() * WIDTH / step
            scale = max(np.abs(expected).max(), NEGLIGIBLE * size)
            error = np.abs(got - expected).max() / scale
            assert error < CLOSE, (output, name, got, expected)
