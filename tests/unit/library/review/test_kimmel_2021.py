"""The second reading of Kimmel 2021 against other runs, in both units of the source."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from leucel.library.review import kimmel_2021

# The review prints four digits.
PRINTED = 2e-4
# The numbers of cells in the table and those per volume in the SBML are both rounded.
TWO_ROUNDINGS = 4e-3


def course(rate: float, days: np.ndarray) -> np.ndarray:
    p = kimmel_2021.TYPICAL | {"rB": rate}
    run = solve_ivp(
        lambda t, x: kimmel_2021.in_logs(t, x, p),
        (0.0, float(days[-1])),
        np.log(kimmel_2021.initial(p)),
        method="LSODA",
        t_eval=days,
        rtol=1e-10,
        atol=1e-10,
    )
    assert run.success
    return np.exp(run.y)


def test_kimmel_agrees_with_other_runs() -> None:
    days = np.arange(0.0, 28.005, 0.01)
    out = kimmel_2021.outputs(course(0.01, days))
    C = out["car_t"]
    assert C[[500, 1400, 2800]] == pytest.approx([24.29, 8.975, 2.4865], rel=PRINTED)
    assert C.max() == pytest.approx(30.109, rel=PRINTED)
    assert days[C.argmax()] == pytest.approx(7.01, abs=0.011)
    assert out["normal"][-1] == pytest.approx(472.9, rel=PRINTED)


@pytest.mark.parametrize(("rate", "nadir", "day"), [(0.105, 2.3, 84.0), (0.19, 1.14e3, 63.0)])
def test_kimmel_nadirs_of_the_tumor(rate: float, nadir: float, day: float) -> None:
    days = np.arange(0.0, 100.05, 0.1)
    cells = kimmel_2021.outputs(course(rate, days))["tumor_cells"]
    assert cells.min() == pytest.approx(nadir, rel=0.02)
    assert days[cells.argmin()] == pytest.approx(day, abs=0.5)


def test_kimmel_logarithms_and_units() -> None:
    y = np.array([40.0, 12.0, 0.3])
    rates = kimmel_2021.right_hand_side(0.0, y)
    assert kimmel_2021.in_logs(0.0, np.log(y)) * y == pytest.approx(rates, rel=1e-12)
    for name, cells in kimmel_2021.TABLE.items():
        unit = kimmel_2021.CELLS_A_ML_TUMOR if name == "B0" else kimmel_2021.CELLS_A_UL
        assert kimmel_2021.TYPICAL[name] * unit == pytest.approx(cells, rel=TWO_ROUNDINGS), name
