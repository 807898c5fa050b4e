"""What the threshold tests take for granted."""

from __future__ import annotations

from collections.abc import Sequence

from leucel.core import Assumption, Mark
from leucel.epidemiology import (
    INCIDENCE_GROWTH,
    PREVALENCE_GROWTH,
    PrevalenceRatio,
)
from leucel.regulatory.designation import ThresholdTest, operator_text


def tested_assumptions(
    ratio: PrevalenceRatio, tests: Sequence[ThresholdTest], *, carried: bool
) -> tuple[Assumption, ...]:
    """Assumptions of the tests; `carried` when a published figure was carried to the day."""
    found = [
        Assumption(
            what="prevalence over incidence of the condition",
            value=ratio.point,
            unit=f"year ({ratio.low:g} to {ratio.high:g})",
            why="; ".join(item.note for item in ratio.evidence) or "given by the user",
            source=";".join(item.source for item in ratio.evidence if item.source),
            mark=Mark.DERIVED if ratio.evidence else Mark.OWN_VALUE,
        )
    ]
    found.append(
        Assumption(
            what="growth of the cases until the day of the test, upper end",
            value=INCIDENCE_GROWTH.high,
            unit="fraction a year",
            why="; ".join(item.note for item in INCIDENCE_GROWTH.evidence),
            source=";".join(item.source for item in INCIDENCE_GROWTH.evidence if item.source),
            mark=Mark.DERIVED,
        )
    )
    if carried:
        growth = PREVALENCE_GROWTH
        found.append(
            Assumption(
                what="growth of a published prevalence until the day of the test",
                value=round(growth.point, 4),
                unit=f"fraction a year ({growth.low:g} to {growth.high:.3f})",
                why="; ".join(item.note for item in growth.evidence),
                source=";".join(item.source for item in growth.evidence if item.source),
                mark=Mark.DERIVED,
            )
        )
    unstated = [
        test.rule.id
        for test in tests
        if test.rule and test.threshold and "not stated" in operator_text(test.threshold)
    ]
    if unstated:
        found.append(
            Assumption(
                what="operator of a threshold whose wording is not on record",
                value="fewer than",
                unit="",
                why=f"the stricter reading is tested: {', '.join(unstated)}",
                source="",
                mark=Mark.OWN_VALUE,
            )
        )
    return tuple(found)
