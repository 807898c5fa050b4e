"""The second reading of Ogasawara 2021 against derived numbers and quadrature."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad

from leucel.library.review import ogasawara_2021

# Any starting level and slow fraction serve for the structure: the source has neither.
ANY = ogasawara_2021.TYPICAL | {"C0": 7.0, "B": 0.02}


def test_ogasawara_rates() -> None:
    p, ln2 = ogasawara_2021.TYPICAL, np.log(2.0)
    rates = [ln2 / p[name] for name in ("DT", "thalf_fast", "thalf_slow")]
    assert rates == pytest.approx([0.918, 0.1386, 0.00197], rel=1e-3)


def test_ogasawara_doubles_halves_and_keeps() -> None:
    y = ogasawara_2021.closed_form([0.0, 3.27, 4.025, 9.29], ANY)
    assert y[:3] == pytest.approx([7.0, 7.0, 14.0])
    assert y[3] == pytest.approx(ogasawara_2021.peak(ANY))
    fast = ogasawara_2021.closed_form(9.29 + 5.0, ANY | {"B": 0.0})
    slow = ogasawara_2021.closed_form(9.29 + 352.0, ANY | {"B": 1.0})
    assert [fast, slow] == pytest.approx([0.5 * float(ogasawara_2021.peak(ANY))] * 2)


@pytest.mark.parametrize("end", [2.0, 6.0, 28.0, 400.0])
def test_ogasawara_area_by_quadrature(end: float) -> None:
    corners = [t for t in (3.27, 9.29, 40.0) if t < end]
    area, _ = quad(
        lambda t: float(ogasawara_2021.closed_form(t, ANY)),
        0.0,
        end,
        points=corners or None,
        epsrel=1e-11,
        limit=200,
    )
    assert float(ogasawara_2021.auc(end, ANY)) == pytest.approx(area, rel=1e-8)
