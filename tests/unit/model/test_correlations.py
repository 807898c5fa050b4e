"""Correlated random effects: in Python, in model files, and in what is drawn."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from leucel.core import InputError, ModelError, RandomStream
from leucel.model import (
    Correlation,
    ModelSpec,
    Output,
    Parameter,
    draw_effects,
    effect_correlations,
    individual_values,
    model_file_problems,
    read_model,
    to_text,
    with_correlations,
    with_covariance,
    with_omegas,
)

DRAWN = 40_000
# Four standard errors of a correlation or a log-variance at that many draws.
SAMPLING = 4.0 / np.sqrt(DRAWN)
BLOCK = ((1.11,), (-0.374, 1.57), (0.2, 0.3, 0.9))


def three(**omegas: float | None) -> ModelSpec:
    chosen = {"a": 1.0, "b": 0.5, "c": 0.25, "d": 0.3} | omegas
    return ModelSpec(
        name="three",
        parameters=tuple(Parameter(name=n, value=2.0, omega=w) for n, w in chosen.items()),
        outputs=(Output(name="y", text="a*b*c*d"),),
    )


def test_a_block_is_drawn_with_its_covariances() -> None:
    spec = with_covariance(three(), ("c", "a", "b"), BLOCK)
    etas = draw_effects(spec, RandomStream(3), subjects=DRAWN)
    wanted = np.array([[1.11, -0.374, 0.2], [-0.374, 1.57, 0.3], [0.2, 0.3, 0.9]])
    found = np.cov([etas[name] for name in ("c", "a", "b")])
    assert found == pytest.approx(wanted, abs=SAMPLING * 1.57 * np.sqrt(2))
    assert np.corrcoef(etas["d"], etas["a"])[0, 1] == pytest.approx(0.0, abs=SAMPLING)
    values = individual_values(spec, etas)
    assert np.cov(np.log(values["a"]), np.log(values["b"]))[0, 1] == pytest.approx(
        0.3, abs=SAMPLING * 1.57
    )


def test_a_patient_does_not_depend_on_how_many_are_drawn() -> None:
    spec = with_covariance(three(), ("a", "b", "c"), BLOCK)
    few, many = (draw_effects(spec, RandomStream(3), subjects=n) for n in (5, 1000))
    assert all((few[name] == many[name][:5]).all() for name in few)


def test_effects_without_correlations_are_drawn_as_before() -> None:
    stream = RandomStream(9)
    plain = draw_effects(three(), stream, subjects=6)
    assert (plain["b"] == 0.5 * stream.normal("eta_b", subjects=6)).all()
    joined = with_correlations(three(), Correlation(first="a", second="c", value=0.5))
    assert (draw_effects(joined, stream, subjects=6)["b"] == plain["b"]).all()
    assert three().content_hash != joined.content_hash


def test_the_whole_matrix_and_its_triangle_are_one_block() -> None:
    whole = ((1.11, -0.374), (-0.374, 1.57))
    spec = with_covariance(three(), ("a", "b"), whole)
    assert spec == with_covariance(three(), ("a", "b"), ((1.11,), (-0.374, 1.57)))
    assert effect_correlations(spec)[0] == ("a", "b")
    one = with_covariance(three(), ("a",), ((4.0,),))
    assert one.parameter("a").omega == 2.0
    assert not one.correlations


def test_correlations_survive_a_model_file() -> None:
    spec = with_covariance(three(), ("a", "b", "c"), BLOCK)
    text = to_text(spec)
    assert read_model(text) == spec
    assert "correlations\n  a b " in text


def test_a_random_effect_takes_its_correlations_with_it() -> None:
    spec = with_covariance(three(), ("a", "b", "c"), BLOCK)
    less = with_omegas(spec, {"a": None})
    assert {(c.first, c.second) for c in less.correlations} == {("b", "c")}
    assert with_omegas(spec, {"a": 0.1}).correlations == spec.correlations


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (((1.0, 0.9), (0.8, 1.0)), "not symmetric"),
        (((1.0,), (0.5,)), "does not fit"),
        (((1.0,), (0.5, 0.0)), "above 0"),
        (((1.0,), (2.0, 1.0)), "out of range"),
    ],
)
def test_a_block_that_is_none_is_refused(rows: tuple[tuple[float, ...], ...], words: str) -> None:
    with pytest.raises(InputError, match=words):
        with_covariance(three(), ("a", "b"), rows)


def test_correlations_that_contradict_each_other_are_refused() -> None:
    pairs = (("a", "b", 0.9), ("b", "c", 0.9), ("a", "c", -0.9))
    with pytest.raises(ModelError, match=r"not positive definite.*eigenvalue -0\.8.*a, b, c"):
        with_correlations(three(), *(Correlation(first=x, second=y, value=v) for x, y, v in pairs))


def test_all_faults_of_correlations_come_at_once() -> None:
    faulty = (
        Correlation(first="a", second="zz", value=0.1),
        Correlation(first="a", second="d", value=0.1),
        Correlation(first="a", second="a", value=0.1),
        Correlation(first="a", second="b", value=1.5),
        Correlation(first="b", second="a", value=float("nan")),
    )
    with pytest.raises(ModelError) as caught:
        replace(three(d=None), correlations=faulty)
    words = [problem.what for problem in caught.value.problems]
    assert len(words) == 6
    assert any("no random effect" in w for w in words)
    assert any("with itself" in w for w in words)
    assert any("given twice" in w for w in words)


def test_faults_in_a_file_stand_where_they_are() -> None:
    text = to_text(three()) + "\ncorrelations\n  a b 0.99\n  b c 0.99\n  a c 0\n"
    assert str(model_file_problems(text)[0]).startswith("14:3 (correlation a b): no random effects")
