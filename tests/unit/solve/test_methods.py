"""The explicit and the Rosenbrock method, and the choice between them."""

from __future__ import annotations

import numpy as np
import pytest

from leucel.compile import Method, compile_model
from leucel.core import InputError, Status
from leucel.model import Event, ModelSpec, Output, Parameter, State
from leucel.solve import Doses, SolveOptions, Trajectories, simulate

COUNT = 77
TIMES = np.linspace(0.0, 50.0, 101)
# A relative tolerance of 1e-8 a step leaves less than this after some hundred steps.
AGREEMENT = 1e-5


def binding() -> ModelSpec:
    """Growth beside a binding that is quick for some subjects and slow for others."""
    return ModelSpec(
        name="binding",
        parameters=(
            Parameter(name="rate", value=1.0, unit="1/day"),
            Parameter(name="growth", value=0.05, unit="1/day"),
        ),
        states=(
            State(name="free", unit="cells", initial="1e6 [cells]"),
            State(name="bound", unit="cells", initial="0 [cells]"),
        ),
        odes={
            "free": "growth*free - rate*free + rate*bound",
            "bound": "rate*free - rate*bound",
        },
        outputs=(Output(name="total", text="free + bound", unit="cells"),),
        events=(Event(name="many", when="2e6 [cells] - free", set={"free": "free/2"}),),
        dose_state="free",
    )


RATES = {"rate": np.geomspace(1e-2, 1e5, COUNT)}


@pytest.fixture(scope="module")
def model() -> object:
    return compile_model(binding())


def run(model: object, *, last: int = COUNT, **options: object) -> Trajectories:
    chosen = SolveOptions(rtol=1e-8, atol=1e-8, **options)  # type: ignore[arg-type]
    return simulate(
        model,  # type: ignore[arg-type]
        parameters={"rate": RATES["rate"][:last]},
        times=TIMES,
        doses=Doses.bolus(5e5, time=20.0),
        outputs=["total", "free", "bound"],
        options=chosen,
    ).require_ok()


def test_stiff_subjects_change_the_method_and_others_do_not(model: object) -> None:
    result = run(model)
    assert set(result.count_by_method()) == {Method.EXPLICIT, Method.ROSENBROCK}
    assert result.methods[0] == Method.EXPLICIT
    assert result.methods[-1] == Method.ROSENBROCK
    # Once stiff, always stiff in this model: the method changes at one rate.
    assert np.all(np.diff(result.methods) >= 0)
    # The stiffest one costs no more than a hundred steps more than with one method.
    assert result.steps[-1] < run(model, method="rosenbrock").steps[-1] + 100


def test_methods_agree_in_values_and_events(model: object) -> None:
    chosen, implicit = run(model), run(model, method="rosenbrock")
    assert set(implicit.count_by_method()) == {Method.ROSENBROCK}
    np.testing.assert_allclose(chosen.values, implicit.values, rtol=AGREEMENT, atol=1e-3)
    np.testing.assert_allclose(
        chosen.event_times["many"], implicit.event_times["many"], rtol=AGREEMENT
    )
    slow = int(np.sum(RATES["rate"] < 100.0))
    explicit = run(model, last=slow, method="explicit")
    assert set(explicit.count_by_method()) == {Method.EXPLICIT}
    np.testing.assert_allclose(explicit.values, implicit.values[:slow], rtol=AGREEMENT, atol=1e-3)


def test_the_reference_agrees(model: object) -> None:
    few = {"rate": RATES["rate"][::19]}
    oracle = compile_model(binding(), backend="reference")
    results = [
        simulate(
            m,  # type: ignore[arg-type]
            parameters=few,
            times=TIMES,
            doses=Doses.bolus(5e5, time=20.0),
            options=SolveOptions(rtol=1e-10, atol=1e-6),
        )
        for m in (model, oracle)
    ]
    np.testing.assert_allclose(results[0].values, results[1].values, rtol=AGREEMENT)
    assert set(results[1].count_by_method()) == {Method.REFERENCE}


def test_the_choice_does_not_look_at_neighbors(model: object) -> None:
    """The same bits for any number of threads, in any order and alone."""
    together = run(model, threads=1)
    order = np.random.default_rng(5).permutation(COUNT)
    mixed = simulate(
        model,  # type: ignore[arg-type]
        parameters={"rate": RATES["rate"][order]},
        times=TIMES,
        doses=Doses.bolus(5e5, time=20.0),
        outputs=["total", "free", "bound"],
        options=SolveOptions(rtol=1e-8, atol=1e-8, threads=3),
    )
    np.testing.assert_array_equal(mixed.values, together.values[order])
    np.testing.assert_array_equal(mixed.steps, together.steps[order])
    np.testing.assert_array_equal(mixed.methods, together.methods[order])
    for subject in (0, COUNT // 2, COUNT - 1):
        alone = simulate(
            model,  # type: ignore[arg-type]
            parameters={"rate": float(RATES["rate"][subject])},
            times=TIMES,
            doses=Doses.bolus(5e5, time=20.0),
            outputs=["total", "free", "bound"],
            options=SolveOptions(rtol=1e-8, atol=1e-8),
        )
        np.testing.assert_array_equal(alone.values[0], together.values[subject])


@pytest.mark.parametrize("block", [8, 24, 512])
def test_the_choice_does_not_look_at_blocks(
    model: object, block: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same bits for blocks of one vector, of some vectors, and of all."""
    expected = run(model, threads=1)
    monkeypatch.setattr("leucel.compile.backends.cpu._LARGEST_BLOCK", block)
    found = run(model, threads=2)
    np.testing.assert_array_equal(found.values, expected.values)
    np.testing.assert_array_equal(found.methods, expected.methods)
    np.testing.assert_array_equal(found.event_times["many"], expected.event_times["many"])


def test_the_explicit_method_alone_reports_what_it_cannot_do(model: object) -> None:
    result = simulate(
        model,  # type: ignore[arg-type]
        parameters={"rate": 1e7},
        times=TIMES,
        options=SolveOptions(method="explicit", max_steps=5000),
    )
    assert result.status[0] == int(Status.MAX_STEPS)


def test_sensitivities_are_followed_by_the_method_that_keeps_them_in_bounds() -> None:
    """Steps of any length suit a state at rest, but not its derivative, in explicit steps."""
    spec = ModelSpec(
        name="rest",
        parameters=(Parameter(name="level", value=1.0, unit="cells"),),
        states=(
            State(name="x", unit="cells", initial="1 [cells]"),
            State(name="y", unit="cells", initial="1 [cells]"),
        ),
        odes={"x": "50 [1/day]*(level - x)", "y": "-0.01 [1/day]*y"},
        outputs=(Output(name="cells", text="x", unit="cells"),),
    )
    model = compile_model(spec).with_sensitivities(["level"])
    times = np.linspace(100.0, 400.0, 4)
    found = simulate(model, times=times, outputs=["d cells / d level"]).require_ok()
    assert found.methods.tolist() == [int(Method.ROSENBROCK)]
    np.testing.assert_allclose(found.values, 1.0, rtol=1e-6)
    with pytest.raises(InputError, match="sensitivities in bounds"):
        simulate(model, times=times, options=SolveOptions(method="explicit"))


def test_many_outputs_in_one_step_equal_few(model: object) -> None:
    """Outputs within a step are written by subjects first and by times then."""
    dense = np.linspace(0.0, 50.0, 1001)
    options = SolveOptions(rtol=1e-8, atol=1e-8)
    many = simulate(model, parameters=RATES, times=dense, options=options)  # type: ignore[arg-type]
    few = simulate(model, parameters=RATES, times=dense[::50], options=options)  # type: ignore[arg-type]
    np.testing.assert_allclose(many.values[:, :, ::50], few.values, rtol=1e-12)


def test_an_unknown_method_is_refused() -> None:
    with pytest.raises(InputError, match="method"):
        SolveOptions(method="euler")  # type: ignore[arg-type]
