"""Waiting times."""

from __future__ import annotations

import numpy as np
import pytest

from leucel.core import InputError
from leucel.product import lognormal_from_quartiles


def test_the_law_meets_its_quartile_ratio() -> None:
    law = lognormal_from_quartiles(median=60, q1=50, q3=80)
    z75 = 0.6744897501960817
    low, high = law.quantile_of_normal(np.array([-z75, z75]))
    # The usual formula rounds 2 z75 = 1.34898 to 1.349.
    assert high / low == pytest.approx(80 / 50, rel=1e-4)


@pytest.mark.parametrize(
    ("median", "q1", "q3"), [(60, 60, 80), (60, 80, 50), (60, 0, 80), (60, 50, float("inf"))]
)
def test_quartiles_out_of_order_are_refused(median: float, q1: float, q3: float) -> None:
    with pytest.raises(InputError, match="out of order"):
        lognormal_from_quartiles(median=median, q1=q1, q3=q3)
