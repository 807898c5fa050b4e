"""The backend for GPUs on this processor in place of a GPU, and behind a stand-in of the driver."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from leucel.compile import compile_model
from leucel.compile.backends import cuda_devices, cuda_driver
from leucel.compile.backends.cuda import CudaKernel
from leucel.compile.backends.cuda_devices import Device, GpuDevice, HostDevice
from leucel.compile.backends.cuda_driver import Driver, Gpu, NoGpuError, find_gpu
from leucel.compile.compiled import CompiledModel
from leucel.compile.kernel import Controls, Ensemble, Solution
from leucel.core import InputError, SolveError, Status
from leucel.model import Event, ModelSpec, Output, Parameter, State

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
    from leucel.solve import simulate

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


class FakeLibrary:
    """The calls of libcuda that leucel makes, over the memory and code of this processor.

    Argument types and order are those of the driver's interface; what is asked of it in another way
    fails here as well.
    """

    def __init__(self, model: CompiledModel | None = None, **answers: int) -> None:
        self.host = HostDevice()
        self.launch = self.host.load(model.system) if model else None
        self.answers = {"devices": 1, "major": 9, "minor": 0} | answers
        self.ptx = b""
        self.held = 0

    def cuInit(self, flags: int) -> int:
        return self.answers.get("init", 0)

    def cuGetErrorString(self, code: int, text: Any) -> int:
        text._obj.value = b"no CUDA-capable device is detected"
        return 0

    def cuDeviceGetCount(self, count: Any) -> int:
        count._obj.value = self.answers["devices"]
        return 0

    def cuDeviceGet(self, device: Any, number: int) -> int:
        device._obj.value = number
        return 0

    def cuDeviceGetName(self, name: Any, size: int, device: ctypes.c_int) -> int:
        name.value = b"Stand-in"
        assert size == len(name)
        return 0

    def cuDeviceTotalMem_v2(self, memory: Any, device: ctypes.c_int) -> int:
        memory._obj.value = 1 << 34
        return 0

    def cuDeviceGetAttribute(self, number: Any, what: int, device: ctypes.c_int) -> int:
        number._obj.value = self.answers[{75: "major", 76: "minor"}[what]]
        return 0

    def cuDriverGetVersion(self, version: Any) -> int:
        version._obj.value = 12080
        return 0

    def cuDevicePrimaryCtxRetain(self, context: Any, device: ctypes.c_int) -> int:
        context._obj.value = 77
        return 0

    def cuCtxSetCurrent(self, context: ctypes.c_void_p) -> int:
        return 0 if context.value == 77 else 201

    def cuModuleLoadDataEx(
        self, module: Any, text: ctypes.c_char_p, count: int, options: Any, values: Any
    ) -> int:
        assert list(options) == [5, 6]
        assert count == 2
        assert text.value is not None
        self.ptx = text.value
        if "translation" in self.answers:
            ctypes.memmove(values[0], b"line 3: unknown word\0", 21)
            return self.answers["translation"]
        module._obj.value = 5
        return 0

    def cuModuleGetFunction(self, function: Any, module: ctypes.c_void_p, name: bytes) -> int:
        assert module.value == 5
        assert b".entry " + name in self.ptx
        function._obj.value = 6
        return 0

    def cuMemGetInfo_v2(self, free: Any, total: Any) -> int:
        free._obj.value = total._obj.value = 1 << 30
        return 0

    def cuMemAlloc_v2(self, address: Any, size: ctypes.c_size_t) -> int:
        if "full" in self.answers:
            return 2
        address._obj.value = self.host.allocate(size.value)
        self.held += 1
        return 0

    def cuMemFree_v2(self, address: ctypes.c_uint64) -> int:
        self.host.free(address.value)
        self.held -= 1
        return 0

    def cuMemcpyHtoD_v2(
        self, address: ctypes.c_uint64, place: ctypes.c_void_p, size: ctypes.c_size_t
    ) -> int:
        assert place.value is not None
        ctypes.memmove(address.value, place.value, size.value)
        return 0

    def cuMemcpyDtoH_v2(
        self, place: ctypes.c_void_p, address: ctypes.c_uint64, size: ctypes.c_size_t
    ) -> int:
        assert place.value is not None
        ctypes.memmove(place.value, address.value, size.value)
        return 0

    def cuLaunchKernel(self, function: ctypes.c_void_p, *args: Any) -> int:
        grid, block, shared, stream, places, extra = args[:3], args[3:6], *args[6:]
        record = ctypes.c_uint64.from_address(places[0]).value
        count = ctypes.c_int64.from_address(places[1]).value
        assert (grid[1:], block[1:], shared, stream, extra) == ((1, 1), (1, 1), 0, None, None)
        assert grid[0] * block[0] >= count > (grid[0] - 1) * block[0]
        assert self.launch is not None
        self.launch(record, count)
        return self.answers.get("launch", 0)

    def cuCtxSynchronize(self) -> int:
        return 0


def test_the_driver_is_called_as_it_wants(model: CompiledModel) -> None:
    library = FakeLibrary(model)
    driver = Driver(library)
    assert driver.gpu.capability == (9, 0)
    assert driver.gpu.driver == (12, 8)
    seen = solved(model, GpuDevice(driver), 16)
    assert_same_bits(seen, solved(model, HostDevice()))
    assert library.held == 0
    assert b"sm_70" in library.ptx


@pytest.mark.parametrize(
    ("library", "says"),
    [
        (lambda: None, "is not installed"),
        (lambda: FakeLibrary(init=100), "no CUDA-capable device"),
        (lambda: FakeLibrary(devices=0), "lists none"),
        (lambda: FakeLibrary(major=6, minor=1), "compute capability 6.1"),
    ],
)
def test_without_a_gpu_the_error_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, library: Callable[[], Any], says: str
) -> None:
    monkeypatch.setattr(cuda_devices, "_DEVICES", {})
    monkeypatch.setattr(cuda_devices, "load_driver", library)
    other = spec()
    with pytest.raises(NoGpuError, match=says) as caught:
        compile_model(other, backend="cuda")
    for advice in ('backend="cpu"', 'device="host"'):
        assert advice in str(caught.value)


@pytest.mark.parametrize(
    ("answers", "says"),
    [
        ({"full": 1}, "memory of the GPU is full"),
        ({"launch": 700}, "failed in cuLaunchKernel"),
        ({"translation": 218}, "line 3: unknown word"),
    ],
)
def test_a_gpu_that_fails_is_an_error(
    model: CompiledModel, answers: dict[str, int], says: str
) -> None:
    library = FakeLibrary(model, **answers)
    with pytest.raises(SolveError, match=says):
        solved(model, GpuDevice(Driver(library)))
    assert library.held == 0


def test_the_gpu_says_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cuda_driver, "load_driver", FakeLibrary)
    found = find_gpu()
    assert isinstance(found, Gpu)
    assert (found.name, found.memory) == ("Stand-in", 1 << 34)


def test_a_missing_driver_is_looked_for_late(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cuda_driver, "_LIBRARIES", ("libnothing.so.7",))
    assert cuda_driver.load_driver() is None
    assert find_gpu() == "the NVIDIA driver (libcuda) is not installed"


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


@pytest.mark.gpu
def test_a_gpu_gives_the_bits_of_this_processor(model: CompiledModel) -> None:
    found = find_gpu()
    if isinstance(found, str):
        pytest.skip(found)
    seen = solved(model, cuda_devices.device_of("gpu"))
    assert_same_bits(seen, solved(model, HostDevice()))
