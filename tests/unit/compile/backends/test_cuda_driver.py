"""How the driver of a GPU is called, and what is said where it is not there or fails."""

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
from leucel.core import SolveError
from leucel.model import ModelSpec, Output, Parameter

SUBJECTS = 10
SPEC = ModelSpec(
    name="fall",
    parameters=(Parameter(name="k", value=0.3),),
    outputs=(Output(name="left", text="exp(-k*t)"), Output(name="gone", text="1 - exp(-k*t)")),
)


@pytest.fixture(scope="module")
def model() -> CompiledModel:
    return compile_model(SPEC, backend="cuda", device="host")


def solved(model: CompiledModel, device: Device, largest: int = 10_000) -> Solution:
    none = np.empty((SUBJECTS, 0))
    ensemble = Ensemble(
        subjects=SUBJECTS,
        columns=(np.linspace(0.1, 1.0, SUBJECTS),),
        times=np.linspace(0.0, 9.0, 7),
        start=0.0,
        jump_times=none,
        jump_values=none,
        jump_states=none.astype(np.int32),
        jump_sets=none.astype(np.int32),
        outputs=(1,),
    )
    controls = Controls(
        rtol=1e-6,
        atol=np.empty(0),
        max_steps=1000,
        max_step=np.inf,
        state_limit=np.inf,
        threads=1,
    )
    return CudaKernel(model.system, device, largest).solve(ensemble, controls, lambda done: None)


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
    seen = solved(model, GpuDevice(driver), 3)
    assert seen.values.tobytes() == solved(model, HostDevice()).values.tobytes()
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
    with pytest.raises(NoGpuError, match=says) as caught:
        compile_model(SPEC, backend="cuda")
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
