"""Published endpoints: unverified numbers are no oracle, endpoints have units."""

from __future__ import annotations

import pytest

from leucel.core import InputError, Mark
from leucel.trials import ENDPOINTS, PublishedEndpoint


def test_unverified_results_are_refused() -> None:
    with pytest.raises(InputError, match="unverified"):
        PublishedEndpoint(
            endpoint="detectable",
            month=12.0,
            value=50.0,
            source="memory",
            used_for="prediction",
            mark=Mark.UNVERIFIED,
        )


def test_an_unknown_endpoint_names_the_near_one() -> None:
    with pytest.raises(InputError, match="did you mean 'cr_rate'"):
        PublishedEndpoint(
            endpoint="cr_rat", value=1.0, source="x", used_for="prediction", mark=Mark.SEEN
        )


def test_units_of_endpoints() -> None:
    def unit(endpoint: str, month: float | None = None) -> str:
        return PublishedEndpoint(
            endpoint=endpoint,
            month=month,
            value=1.0,
            source="x",
            used_for="prediction",
            mark=Mark.SEEN,
        ).unit_of_value

    assert unit("dor") == "month"
    assert unit("dor", 12.0) == "%"
    assert unit("cmax") == "copies/ug"


def test_every_fault_at_once() -> None:
    with pytest.raises(InputError) as raised:
        PublishedEndpoint(
            endpoint="os",
            value=float("nan"),
            source="x",
            used_for="both",  # type: ignore[arg-type]
            mark=Mark.UNVERIFIED,
        )
    assert len(raised.value.problems) == 4
    assert len(ENDPOINTS) == 14
