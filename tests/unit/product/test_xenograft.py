"""Growth curves of xenografts with a known truth."""

from __future__ import annotations

import numpy as np
import pytest

from leucel.core import InputError
from leucel.product import CURVES, Mouse, fit_growth, growth_inhibition, volume_from_calipers

DAYS = np.arange(0.0, 25.0, 3.0)
TRUTH = {
    "exponential": (100.0, 0.12),
    "logistic": (100.0, 0.25, 1500.0),
    "gompertz": (100.0, 0.28, 0.08),
    "claret": (100.0, 0.12, 0.30, 0.20),
}


def group(curve: str, *, mice: int = 8, noise: float = 0.08, seed: int = 4) -> list[Mouse]:
    draw = np.random.default_rng(seed)
    found = []
    for i in range(mice):
        p = np.array(TRUTH[curve])
        p[0] *= np.exp(0.25 * draw.normal())
        p[1] *= np.exp(0.15 * draw.normal())
        log_volume = CURVES[curve].log_volume(DAYS, p) + noise * draw.normal(size=DAYS.size)
        found.append(Mouse(name=f"m{i}", times=tuple(DAYS), volumes=tuple(np.exp(log_volume))))
    return found


@pytest.mark.parametrize("curve", sorted(TRUTH))
def test_a_curve_is_recovered_from_noisy_mice(curve: str) -> None:
    fit = fit_growth(group(curve), curve)
    for name, value in zip(CURVES[curve].parameters[:2], TRUTH[curve][:2], strict=True):
        assert fit.low[name] < value < fit.high[name], name
    assert fit.residual == pytest.approx(0.08, rel=0.3)
    assert 0.1 < fit.omega["volume_0"] < 0.5
    middle = np.exp(CURVES[curve].log_volume(DAYS, np.array(TRUTH[curve])))
    assert fit.volume(DAYS) == pytest.approx(middle, rel=0.35)
    assert fit.to_dict()["mice"] == 8


def test_the_mixed_model_of_exponential_growth_agrees_with_its_closed_form() -> None:
    """With random intercepts only, ln V is a balanced linear mixed model with a known solution."""
    mice = group("exponential", mice=10)
    fit = fit_growth(mice, "exponential", random=("volume_0",))
    y = np.log([mouse.volumes for mouse in mice])
    centered = DAYS - DAYS.mean()
    slope = float((y * centered).sum() / (len(mice) * (centered**2).sum()))
    own = (y - slope * DAYS).mean(axis=1)
    inside = float(((y - slope * DAYS - own[:, None]) ** 2).sum())
    variance = inside / (y.size - len(mice))
    between = float(((own - own.mean()) ** 2).mean()) - variance / DAYS.size
    # The optimizer stops at a relative change of 1e-10 of the likelihood.
    assert fit.typical["k_growth"] == pytest.approx(slope, rel=1e-3)
    assert np.log(fit.typical["volume_0"]) == pytest.approx(own.mean(), rel=1e-3)
    assert fit.residual == pytest.approx(np.sqrt(variance), rel=5e-3)
    assert fit.omega["volume_0"] == pytest.approx(np.sqrt(between), rel=1e-2)
    assert fit.omega["k_growth"] == 0.0


def test_the_better_curve_has_the_smaller_aic() -> None:
    mice = group("gompertz", noise=0.05)
    assert fit_growth(mice, "gompertz").aic < fit_growth(mice, "exponential").aic - 10


def test_a_curve_with_more_parameters_never_fits_worse() -> None:
    """Logistic growth far below its cap is exponential; mice alike leave no spread to find."""
    mice = [
        Mouse(name=m.name, times=m.times, volumes=tuple(100.0 * np.exp(0.02 * DAYS + shift)))
        for m, shift in zip(
            group("exponential", mice=4),
            0.1 * np.random.default_rng(2).normal(size=(4, DAYS.size)),
            strict=True,
        )
    ]
    plain, capped = fit_growth(mice, "exponential"), fit_growth(mice, "logistic")
    assert capped.log_likelihood > plain.log_likelihood - 0.01
    assert plain.log_likelihood > capped.log_likelihood - 1.0
    assert plain.omega["k_growth"] < 0.05


def test_calipers_and_inhibition() -> None:
    assert volume_from_calipers([8.0], [8.0]).tolist() == [256.0]
    assert growth_inhibition(100, 50, 100, 300) == 125.0
    with pytest.raises(InputError, match="did not grow"):
        growth_inhibition(100, 50, 100, 100)


def test_faults_are_named() -> None:
    good = group("exponential", mice=2)
    bad = Mouse(name="x", times=(0.0, 0.0), volumes=(1.0, 0.0))
    with pytest.raises(InputError, match=r"unknown growth curve 'gompert'.*'gompertz'"):
        fit_growth(good, "gompert")
    with pytest.raises(InputError) as caught:
        fit_growth([bad], "exponential", random=("cap",))
    assert len(caught.value.problems) == 3
