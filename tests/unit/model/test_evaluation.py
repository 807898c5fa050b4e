"""Evaluation of single equations."""

from __future__ import annotations

import pytest

from leucel.core import InputError, ModelError
from leucel.model import evaluate


def test_missing_symbols_are_all_named() -> None:
    with pytest.raises(InputError) as caught:
        evaluate("aa + bb + cc", {"cc": 1.0})
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize("text", ["1/0", "log(-1)", "sqrt(-1)", "(-8)^(1/3)", "exp(1e4)", "0^-1"])
def test_what_has_no_finite_value_is_refused(text: str) -> None:
    with pytest.raises(ModelError, match="no finite value"):
        evaluate(text, {})


def test_only_the_branch_that_is_taken_is_computed() -> None:
    assert evaluate("if(x > 0, 1/x, 0)", {"x": 0.0}) == 0.0
