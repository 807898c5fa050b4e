"""Random effects."""

from __future__ import annotations

import numpy as np
import pytest

from leucel.core import InputError
from leucel.model import ModelSpec, individual_values, random_effects

# exp(log(x)) loses a few units in the last place.
ROUNDING = 1e-14


def test_the_effects_of_a_model(predator: ModelSpec) -> None:
    assert random_effects(predator) == {"k_kill": 0.4, "share": 0.5}


def test_no_effect_gives_the_typical_value(predator: ModelSpec) -> None:
    values = individual_values(predator, {"k_kill": np.zeros(2), "share": np.zeros(2)})
    assert values["k_kill"] == pytest.approx([0.02, 0.02], rel=ROUNDING)
    assert values["share"] == pytest.approx([0.25, 0.25], rel=ROUNDING)


def test_logit_effects_stay_within_their_limits(predator: ModelSpec) -> None:
    values = individual_values(predator, {"share": np.array([-30.0, np.log(3.0), 30.0])})["share"]
    assert values == pytest.approx([0.0, 0.5, 1.0], abs=1e-12)


def test_unknown_parameters_are_refused(predator: ModelSpec) -> None:
    with pytest.raises(InputError, match="unknown parameter"):
        individual_values(predator, {"kkill": np.zeros(1)})
