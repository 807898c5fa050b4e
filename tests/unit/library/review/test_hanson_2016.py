"""The second reading of Hanson 2016 against other runs."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from leucel.library.review import hanson_2016

# The review prints three to four digits.
PRINTED = 1.2e-3


def test_hanson_agrees_with_other_runs() -> None:
    t = np.arange(0.0, 401.0)
    run = solve_ivp(
        hanson_2016.right_hand_side,
        (0.0, 400.0),
        hanson_2016.initial(),
        method="LSODA",
        t_eval=t,
        rtol=1e-10,
        atol=1e-9,
    )
    _, Ce, _, _, _, I, B = run.y  # noqa: E741 - symbols of the source
    assert (I.max(), Ce.max(), B[200]) == pytest.approx((167.9, 45.4, 208.9), rel=PRINTED)
    assert (t[I.argmax()], t[Ce.argmax()]) == (160.0, 260.0)


def test_hanson_renewal_ends_where_space_ends() -> None:
    p = hanson_2016.TYPICAL | {"a1": 0.0, "a3": 0.0}
    full = hanson_2016.right_hand_side(0.0, [10.0, 10.0, 10.0, 10.0, 2000.0, 140.0, 1.0], p)
    assert full[[0, 2]].tolist() == [0.0, 0.0]
    assert full[4] == pytest.approx(0.4 - 2e-4 * 2000.0)
    free = hanson_2016.right_hand_side(0.0, [160.0, 0.0, 0.0, 0.0, 640.0, 140.0, 0.0], p)
    assert free[0] == pytest.approx(0.1 * 160.0 * 0.5)


def test_hanson_drug_takes_inflammation_away() -> None:
    y = hanson_2016.initial()
    plain = hanson_2016.right_hand_side(0.0, y)
    treated = hanson_2016.right_hand_side(0.0, y, hanson_2016.TYPICAL | {"D": 50.0})
    assert (plain - treated).tolist() == [0.0] * 5 + [50.0, 0.0]
