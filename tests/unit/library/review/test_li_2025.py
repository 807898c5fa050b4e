"""The second reading of Li 2025 against the review of models, and its two forms."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from leucel.library.review import li_2025

# The review prints three decimals, or two.
THREE_DECIMALS = 5.1e-4
TWO_DECIMALS = 5.1e-3
SOLVER = 1e-9
WEEKS = np.array([4.0, 8.0, 12.0])


def test_li_agrees_with_other_runs() -> None:
    treated = li_2025.closed_form(WEEKS, e=0.5)
    assert treated == pytest.approx([4.562, 1.609, 0.719], abs=THREE_DECIMALS)
    untreated = li_2025.closed_form(WEEKS)
    assert untreated[[0, 2]] == pytest.approx([19.64, 25.03], abs=TWO_DECIMALS)


@pytest.mark.parametrize("e", [0.0, 0.5, 1.0])
def test_li_closed_form_solves_its_equation(e: float) -> None:
    p = li_2025.TYPICAL | {"ALB": 41.0}
    run = solve_ivp(
        lambda t, y: li_2025.right_hand_side(t, y, p, e=e),
        (0.0, 12.0),
        li_2025.initial(p),
        method="DOP853",
        t_eval=WEEKS,
        rtol=1e-12,
        atol=1e-12,
    )
    assert run.y[0] == pytest.approx(li_2025.closed_form(WEEKS, p, e=e), rel=SOLVER)


def test_li_effect_and_error() -> None:
    assert li_2025.drive([0.0, 447.0, 1e12]) == pytest.approx([0.0, 0.5, 1.0])
    assert li_2025.residual_sd([0.0, 1e6]) == pytest.approx([2.565, 0.127e6], rel=2e-3)
