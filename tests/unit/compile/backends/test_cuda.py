"""The backend for GPUs: on this processor in place of a GPU, and word for word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from leucel.compile import compile_model
from leucel.compile.backends import cuda_devices
from leucel.compile.backends.cuda import CudaKernel
from leucel.compile.backends.cuda_code import ENTRY, ptx_code
from leucel.compile.backends.cuda_devices import Device, HostDevice
from leucel.compile.backends.cuda_driver import find_gpu
from leucel.compile.compiled import CompiledModel
from leucel.compile.kernel import Controls, Ensemble, Solution
from leucel.compile.lowering import LoweredSystem
from leucel.core import InputError, Status
from leucel.library import catalog, get_model
from leucel.model import Event, ModelSpec, Output, Parameter, State
from leucel.solve import Doses, SolveOptions, simulate

SUBJECTS = 40
TIMES = np.linspace(0.0, 30.0, 61)


def spec() -> ModelSpec:
    """Growth and decay side by side, with a switch at 1; growth may have no bound."""
    return ModelSpec(
        name="growth",
        parameters=(
            Parameter(name="k", value=0.3),
            Parameter(name="p", value=1.0),
            Parameter(name="threshold", value=1.0),
        ),
        states=(State(name="x", initial="2"), State(name="y", initial="100")),
        odes={"x": "k*x^p - 0.1*x", "y": "-k*y*tanh(t)"},
        outputs=(Output(name="log_x", text="log(x)"), Output(name="y", text="y")),
        events=(Event(name="gone", when="y - threshold", set={"y": "0"}),),
        dose_state="y",
    )


@pytest.fixture(scope="module")
def model() -> CompiledModel:
    return compile_model(spec(), backend="cuda", device="host")


def ensemble(model: CompiledModel) -> Ensemble:
    """Subjects that differ; the last ones grow beyond all bounds."""
    n = SUBJECTS
    jumps = np.tile([3.0, 7.5, np.inf], (n, 1))
    return Ensemble(
        subjects=n,
        columns=(
            np.linspace(0.2, 0.6, n),
            np.where(np.arange(n) > 30, 1.7, 1.0),
            np.array([1.0]),
        ),
        times=TIMES,
        start=0.0,
        jump_times=jumps,
        jump_values=np.tile([5.0, 40.0, 0.0], (n, 1)),
        jump_states=np.ones((n, 3), dtype=np.int32),
        jump_sets=np.tile(np.array([0, 1, 0], dtype=np.int32), (n, 1)),
        outputs=(1, 0),
    )


PICKED = (np.array([0.25, 0.5, 0.6]), np.array([1.0, 1.0, 1.7]), np.array([1.0]))
CONTROLS = Controls(
    rtol=1e-7,
    atol=np.full(2, 1e-12),
    max_steps=5000,
    max_step=np.inf,
    state_limit=np.inf,
    threads=1,
)


def solved(model: CompiledModel, device: Device, largest: int = 10_000) -> Solution:
    told: list[int] = []
    kernel = CudaKernel(model.system, device, largest)
    solution = kernel.solve(ensemble(model), CONTROLS, told.append)
    assert sum(told) == SUBJECTS
    return solution


def assert_same_bits(a: Solution, b: Solution) -> None:
    for name in ("values", "status", "steps", "methods", "event_times"):
        one, other = getattr(a, name), getattr(b, name)
        broken = np.isnan(one)
        assert np.array_equal(broken, np.isnan(other)), name
        assert one[~broken].tobytes() == other[~broken].tobytes(), name


def test_threads_do_what_lanes_do(model: CompiledModel) -> None:
    seen = solved(model, HostDevice())
    lanes = compile_model(spec()).kernel.solve(ensemble(model), CONTROLS, lambda done: None)
    well = seen.status == int(Status.OK)
    assert np.array_equal(well, lanes.status == int(Status.OK))
    # Whether the last attempt at a pole gives a number is a matter of the last place.
    ends = {int(Status.STEP_TOO_SMALL), int(Status.NON_FINITE)}
    assert set(seen.status[~well]) <= ends
    assert np.array_equal(seen.methods, lanes.methods)
    # Both take the same methods with the same control; sums are rounded in other places.
    np.testing.assert_allclose(seen.event_times, lanes.event_times, rtol=1e-9)
    np.testing.assert_allclose(seen.values[well], lanes.values[well], rtol=1e-6)
    np.testing.assert_allclose(seen.steps[well], lanes.steps[well], rtol=0.1)


def test_what_fails_touches_nobody(model: CompiledModel) -> None:
    seen = solved(model, HostDevice())
    failed = seen.status != int(Status.OK)
    assert 0 < failed.sum() < SUBJECTS
    assert not np.isnan(seen.values[~failed]).any()
    for values in seen.values[failed]:
        broken = np.isnan(values).any(axis=0)
        assert broken[-1]
        # Not a number from the failure on, and a number before it.
        assert np.all(np.diff(broken.astype(int)) >= 0)


@pytest.mark.parametrize("largest", [1, 7, 39])
def test_the_same_bits_in_any_chunks(model: CompiledModel, largest: int) -> None:
    assert_same_bits(solved(model, HostDevice()), solved(model, HostDevice(), largest))


def test_chunks_fit_the_memory(model: CompiledModel) -> None:
    class Counting:
        """A host device that remembers how much was held at once."""

        def __init__(self, memory: int) -> None:
            self.device = HostDevice(memory)
            self.least, self.chunks = memory, 0

        def __getattr__(self, name: str) -> Any:
            return getattr(self.device, name)

        def write(self, address: int, content: np.ndarray) -> None:
            self.chunks += 1
            self.least = min(self.least, self.device.free_memory())
            self.device.write(address, content)

    small = Counting(60_000)
    assert_same_bits(solved(model, HostDevice()), solved(model, small))  # type: ignore[arg-type]
    assert small.chunks > 1
    assert small.least > 0
    # All is given back.
    assert small.device.free_memory() == 60_000


def test_a_closed_form_is_not_a_number_where_it_has_none() -> None:
    closed = ModelSpec(
        name="closed",
        parameters=(Parameter(name="a", value=1.0),),
        outputs=(Output(name="root", text="log(t - a)"), Output(name="line", text="a*t")),
    )
    seen, lanes = (
        simulate(
            compile_model(closed, backend=backend, device=device),
            parameters={"a": [-1.0, 5.0]},
            times=[0.0, 10.0],
        )
        for backend, device in (("cuda", "host"), ("cpu", None))
    )
    assert seen.status.tolist() == [int(Status.OK), int(Status.NON_FINITE)]
    np.testing.assert_array_equal(seen.output("line"), [[0.0, -10.0], [0.0, 50.0]])
    np.testing.assert_allclose(seen.output("root"), lanes.output("root"), rtol=1e-15)


@pytest.mark.parametrize(
    ("backend", "device", "says"),
    [
        ("cpu", "host", "has no devices"),
        ("cuda", "cpu", "device"),
        ("cudda", None, "backend"),
    ],
)
def test_places_that_do_not_exist(backend: Any, device: Any, says: str) -> None:
    with pytest.raises(InputError, match=says):
        compile_model(spec(), backend=backend, device=device)


def test_delays_are_refused() -> None:
    late = ModelSpec(
        name="late",
        parameters=(Parameter(name="tau", value=1.0, unit="day"),),
        states=(State(name="y", initial="1"),),
        odes={"y": "-delay(y, tau)/tau"},
        outputs=(Output(name="value", text="y"),),
    )
    with pytest.raises(InputError, match="knows no delays"):
        compile_model(late, backend="cuda", device="host")


class PtxDevice:
    """The memory of the host, and threads that run the text for a GPU word for word."""

    def __init__(self, machine: type) -> None:
        self.host = HostDevice()
        self.machine = machine
        self.executed = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.host, name)

    def load(self, system: LoweredSystem) -> Callable[[int, int], None]:
        machine = self.machine(ptx_code(system))

        def launch(record: int, count: int) -> None:
            machine.launch(ENTRY, record, count)
            self.executed = machine.executed

        return launch


def test_the_text_for_a_gpu_gives_the_bits_of_this_processor(
    model: CompiledModel, ptx_machine: type
) -> None:
    # Doses, resets of a state, an event, and a subject that grows beyond all bounds.
    few = replace(ensemble(model), subjects=3, columns=PICKED, times=TIMES[::6])
    device = PtxDevice(ptx_machine)
    for method in ("explicit", "rosenbrock"):
        controls = replace(CONTROLS, rtol=1e-4, method=method)
        seen, expected = (
            CudaKernel(model.system, d, 2).solve(few, controls, lambda done: None)
            for d in (device, HostDevice())
        )
        assert_same_bits(seen, expected)
        assert device.executed > 10_000
        assert set(seen.status) > {int(Status.OK)}
        assert np.isfinite(seen.event_times).any()


QUICK = ("stein_2019_tisagenlecleucel_ode", "singh_2021_idecabtagene")
REST = sorted({card.id for card in catalog()} - set(QUICK))


@pytest.mark.parametrize("id_", [*QUICK, *(pytest.param(n, marks=pytest.mark.slow) for n in REST)])
def test_library_models_have_the_bits_of_this_processor(id_: str, ptx_machine: type) -> None:
    on_host = compile_model(get_model(id_)[0], backend="cuda", device="host")
    device = PtxDevice(ptx_machine)
    on_text = replace(on_host, kernel=CudaKernel(on_host.system, device))
    seen, expected = (
        simulate(
            on,
            times=np.linspace(0.0, 8.0, 5),
            doses=Doses.bolus(150e6) if on.spec.dose_state else None,
            options=SolveOptions(rtol=1e-3),
        )
        for on in (on_text, on_host)
    )
    assert seen.values.tobytes() == expected.values.tobytes()
    assert seen.steps.tolist() == expected.steps.tolist()
    assert device.executed > 0


@pytest.mark.gpu
def test_a_gpu_gives_the_bits_of_this_processor(model: CompiledModel) -> None:
    found = find_gpu()
    if isinstance(found, str):
        pytest.skip(found)
    seen = solved(model, cuda_devices.device_of("gpu"))
    assert_same_bits(seen, solved(model, HostDevice()))
