"""Criteria on virtual and on real patients; missing information is not a yes."""

from __future__ import annotations

import numpy as np
import pytest

from leucel.core import InputError
from leucel.trials import Criterion, TrialDesign, TrialResult, eligible

ADULT = Criterion(field="age", operator=">=", value=18.0, label="adult")
LINES = Criterion(field="prior_lines", operator=">=", value=3.0)
DRUG = Criterion(field="prior_proteasome_inhibitor", operator="==", value=True)
DISEASE = Criterion(field="disease", operator="==", value="myeloma")


def test_real_patients_are_rows() -> None:
    found = eligible(
        [
            {"age": 60, "prior_lines": 4, "prior_proteasome_inhibitor": True},
            {"age": 17, "prior_lines": 2, "prior_proteasome_inhibitor": True},
            {"age": 60, "prior_lines": 4},
            {"age": 17, "prior_proteasome_inhibitor": None},
            {"age": float("nan"), "prior_lines": 3, "prior_proteasome_inhibitor": True},
        ],
        (ADULT, LINES, DRUG),
    )
    assert found.verdict == ("yes", "no", "cannot tell", "no", "cannot tell")
    assert found.mask.tolist() == [True, False, False, False, False]
    assert found.excluded == {str(ADULT): 2, str(LINES): 1, str(DRUG): 0}
    assert found.cannot_tell == {str(ADULT): 1, str(LINES): 1, str(DRUG): 2}
    assert found.to_rows()[0] == {"what": "adult (age >= 18.0)", "excluded": 2, "cannot_tell": 1}


def test_columns_and_rows_agree() -> None:
    ages = [17.9, 18.0, 70.0, float("nan")]
    by_column = eligible({"age": np.array(ages)}, [ADULT])
    by_row = eligible([{"age": age} for age in ages], [ADULT])
    assert by_column.verdict == by_row.verdict == ("no", "yes", "yes", "cannot tell")


def test_virtual_patients_of_a_trial_meet_its_criteria(
    result: TrialResult, design: TrialDesign
) -> None:
    assert set(eligible(result.seen.patients, design.criteria).verdict) == {"yes"}


def test_a_covariate_that_nobody_has_cannot_be_told() -> None:
    assert eligible({"age": np.array([50.0])}, [ADULT, LINES]).verdict == ("cannot tell",)


def test_texts_are_compared_with_texts() -> None:
    rows = [{"disease": "myeloma"}, {"disease": "lymphoma"}, {"disease": None}]
    assert eligible(rows, [DISEASE]).verdict == ("yes", "no", "cannot tell")
    with pytest.raises(InputError, match="cannot be compared"):
        eligible([{"disease": 3.0}], [DISEASE])
    with pytest.raises(InputError, match="cannot be compared"):
        eligible({"disease": np.array([3.0])}, [DISEASE])


@pytest.mark.parametrize(
    ("operator", "held"),
    [(">=", True), (">", False), ("<=", True), ("<", False), ("==", True), ("!=", False)],
)
def test_operators_at_equality(operator: str, held: bool) -> None:
    rule = Criterion(field="prior_lines", operator=operator, value=3.0)  # type: ignore[arg-type]
    assert rule.holds(3) is held


def test_nobody_cannot_be_judged() -> None:
    with pytest.raises(InputError, match="no patient"):
        eligible([], [ADULT])
    with pytest.raises(InputError, match="differ in length"):
        eligible({"age": np.array([1.0]), "prior_lines": np.array([1.0, 2.0])}, [ADULT])


def test_a_criterion_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(InputError, match="unknown operator"):
        Criterion(field="age", operator="=>", value=18.0)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="no order"):
        Criterion(field="disease", operator=">=", value="myeloma")
