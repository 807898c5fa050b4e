"""The driver of NVIDIA GPUs by ctypes: libcuda and nothing else.

The library is looked for when a GPU is asked for, never at import.
"""

from __future__ import annotations

import ctypes
import sys
from dataclasses import dataclass
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from leucel.core import InputError, Problem, SolveError

Bytes = NDArray[np.uint8]

_LIBRARIES: Final = ("nvcuda.dll",) if sys.platform == "win32" else ("libcuda.so.1", "libcuda.so")
_OUT_OF_MEMORY: Final = 2
_CAPABILITY_MAJOR: Final = 75
_CAPABILITY_MINOR: Final = 76
# Options of the translation of PTX: where messages go, and how long they may be.
_ERROR_LOG: Final = 5
_ERROR_LOG_SIZE: Final = 6
_LOG_BYTES: Final = 8192
# Threads that start together; they need many registers, so few of them fit a multiprocessor.
_BLOCK: Final = 64
_OLDEST: Final = (7, 0)
_ADVICE: Final = (
    'backend="cpu" needs no GPU; backend="cuda" with device="host" runs the code of the GPU on'
    " this processor, slowly"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gpu:
    """What an NVIDIA GPU says of itself.

    Attributes
    ----------
    capability : version of what it can do, major and minor.
    memory : all of its memory [bytes].
    driver : version of CUDA that the driver speaks, major and minor.
    """

    name: str
    capability: tuple[int, int]
    memory: int
    driver: tuple[int, int]


def load_driver() -> Any:
    """The library of the driver; None when there is none."""
    for name in _LIBRARIES:
        try:
            return ctypes.CDLL(name)
        except OSError:
            continue
    return None


class NoGpuError(InputError):
    """No GPU can be used; `why` says it in a sentence, the message also what to do."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(Problem(what=f'backend="cuda" finds no GPU: {why}', fix=_ADVICE))


@final
class Driver:
    """The calls that leucel makes, on the first GPU.

    Parameters
    ----------
    library : the library of the driver, None when there is none.

    Raises
    ------
    NoGpuError
        When there is no driver, no GPU, or one that is too old.
    """

    def __init__(self, library: Any) -> None:
        if library is None:
            raise NoGpuError("the NVIDIA driver (libcuda) is not installed")
        self._library = library
        code = library.cuInit(0)
        count = ctypes.c_int(0)
        if code or library.cuDeviceGetCount(ctypes.byref(count)) or not count.value:
            raise NoGpuError(self._message(code) if code else "the driver lists none")
        device = ctypes.c_int(0)
        self._call("cuDeviceGet", ctypes.byref(device), 0)
        self.gpu = self._describe(device)
        if self.gpu.capability < _OLDEST:
            have = ".".join(map(str, self.gpu.capability))
            raise NoGpuError(f"{self.gpu.name} has compute capability {have}, and 7.0 is needed")
        self._context = ctypes.c_void_p()
        self._call("cuDevicePrimaryCtxRetain", ctypes.byref(self._context), device)

    def _message(self, code: int) -> str:
        text = ctypes.c_char_p()
        if self._library.cuGetErrorString(code, ctypes.byref(text)) or text.value is None:
            return f"the driver reports error {code}"
        return f"the driver reports {text.value.decode(errors='replace')!r} ({code})"

    def _call(self, name: str, *args: Any) -> None:
        code = getattr(self._library, name)(*args)
        if code == _OUT_OF_MEMORY:
            raise SolveError("the memory of the GPU is full; other programs may hold some of it")
        if code:
            raise SolveError(f"the GPU failed in {name}: {self._message(code)}")

    def _describe(self, device: ctypes.c_int) -> Gpu:
        name = ctypes.create_string_buffer(256)
        self._call("cuDeviceGetName", name, len(name), device)
        memory = ctypes.c_size_t()
        self._call("cuDeviceTotalMem_v2", ctypes.byref(memory), device)
        number = ctypes.c_int()
        found: list[int] = []
        for what in (_CAPABILITY_MAJOR, _CAPABILITY_MINOR):
            self._call("cuDeviceGetAttribute", ctypes.byref(number), what, device)
            found.append(number.value)
        self._call("cuDriverGetVersion", ctypes.byref(number))
        return Gpu(
            name=name.value.decode(errors="replace"),
            capability=(found[0], found[1]),
            memory=memory.value,
            driver=(number.value // 1000, number.value % 1000 // 10),
        )

    def enter(self) -> None:
        """Make the GPU the one that this thread of Python speaks to."""
        self._call("cuCtxSetCurrent", self._context)

    def load(self, ptx: str, entry: str) -> Any:
        """Translate PTX for this GPU; the function of a name in it."""
        log = ctypes.create_string_buffer(_LOG_BYTES)
        options = (ctypes.c_int * 2)(_ERROR_LOG, _ERROR_LOG_SIZE)
        values = (ctypes.c_void_p * 2)(ctypes.addressof(log), _LOG_BYTES)
        module, function = ctypes.c_void_p(), ctypes.c_void_p()
        text = ctypes.c_char_p(ptx.encode())
        try:
            self._call("cuModuleLoadDataEx", ctypes.byref(module), text, 2, options, values)
        except SolveError as error:
            said = log.value.decode(errors="replace").strip()
            raise SolveError(f"{error}: {said}" if said else str(error)) from error
        self._call("cuModuleGetFunction", ctypes.byref(function), module, entry.encode())
        return function

    def free_memory(self) -> int:
        """Memory of the GPU that nobody holds [bytes]."""
        free, total = ctypes.c_size_t(), ctypes.c_size_t()
        self._call("cuMemGetInfo_v2", ctypes.byref(free), ctypes.byref(total))
        return free.value

    def allocate(self, size: int) -> int:
        """Address of new memory on the GPU."""
        address = ctypes.c_uint64()
        self._call("cuMemAlloc_v2", ctypes.byref(address), ctypes.c_size_t(size))
        return address.value

    def free(self, address: int) -> None:
        """Give memory back."""
        self._call("cuMemFree_v2", ctypes.c_uint64(address))

    def write(self, address: int, content: Bytes) -> None:
        """Copy to the GPU."""
        if not content.nbytes:
            return
        place = ctypes.c_void_p(content.ctypes.data)
        size = ctypes.c_size_t(content.nbytes)
        self._call("cuMemcpyHtoD_v2", ctypes.c_uint64(address), place, size)

    def read(self, address: int, content: Bytes) -> None:
        """Copy from the GPU, after all that was launched has ended."""
        if not content.nbytes:
            return
        place = ctypes.c_void_p(content.ctypes.data)
        size = ctypes.c_size_t(content.nbytes)
        self._call("cuMemcpyDtoH_v2", place, ctypes.c_uint64(address), size)

    def launch(self, function: Any, record: int, count: int) -> None:
        """Run a function of (record, count) in one thread for each of `count`, and wait."""
        arguments = (ctypes.c_uint64(record), ctypes.c_int64(count))
        places = (ctypes.c_void_p * 2)(*(ctypes.addressof(a) for a in arguments))
        blocks = -(-count // _BLOCK)
        self._call("cuLaunchKernel", function, blocks, 1, 1, _BLOCK, 1, 1, 0, None, places, None)
        self._call("cuCtxSynchronize")


def find_gpu() -> Gpu | str:
    """The first NVIDIA GPU, or a sentence that says why there is none.

    Examples
    --------
    >>> found = find_gpu()
    >>> isinstance(found, Gpu | str)
    True
    """
    try:
        return Driver(load_driver()).gpu
    except NoGpuError as error:
        return error.why
    except (SolveError, AttributeError) as error:
        return str(error)
