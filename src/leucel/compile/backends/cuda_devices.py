"""Where threads run: a GPU, or this processor in its place."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Callable
from typing import Final, Literal, Protocol, final

import numpy as np
from numpy.typing import NDArray

from leucel.compile.backends.cpu_engine import MachineCode
from leucel.compile.backends.cuda_code import ENTRY, host_code, ptx_code
from leucel.compile.backends.cuda_driver import Bytes, Driver, load_driver
from leucel.compile.lowering import LoweredSystem

DeviceName = Literal["gpu", "host"]
# (address of the record, subjects)
Launch = Callable[[int, int], None]
# The host pretends to have so much, so that large ensembles come in chunks there as well.
_HOST_MEMORY: Final = 256 * 2**20
_LOCK: Final = threading.Lock()
_DEVICES: Final[dict[DeviceName, Device]] = {}


class Device(Protocol):
    """Memory of its own, and threads that see it."""

    def enter(self) -> None:
        """Get ready for calls from this thread of Python."""
        ...

    def load(self, system: LoweredSystem) -> Launch:
        """Make a system ready to run."""
        ...

    def free_memory(self) -> int:
        """What can be allocated [bytes]."""
        ...

    def allocate(self, size: int) -> int:
        """Address of new memory."""
        ...

    def free(self, address: int) -> None:
        """Give memory back."""
        ...

    def write(self, address: int, content: Bytes) -> None:
        """Copy to the device."""
        ...

    def read(self, address: int, content: Bytes) -> None:
        """Copy from the device."""
        ...


@final
class GpuDevice:
    """A GPU behind its driver."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self.enter, self.free_memory = driver.enter, driver.free_memory
        self.allocate, self.free = driver.allocate, driver.free
        self.write, self.read = driver.write, driver.read

    def load(self, system: LoweredSystem) -> Launch:
        function = self._driver.load(ptx_code(system), ENTRY)
        return lambda record, count: self._driver.launch(function, record, count)


@final
class HostDevice:
    """This processor: the numbers of the threads are counted up in a loop.

    Its memory is apart from that of Python, as on a GPU, so that what was not copied is missed.
    """

    def __init__(self, memory: int = _HOST_MEMORY) -> None:
        self._memory = memory
        self._held: dict[int, NDArray[np.float64]] = {}

    def enter(self) -> None:
        return None

    def load(self, system: LoweredSystem) -> Launch:
        code = MachineCode(host_code(system))
        run = code.function(ENTRY, ctypes.c_void_p, ctypes.c_int64, ctypes.c_int64)

        def launch(record: int, count: int, kept: MachineCode = code) -> None:
            del kept  # the code lives as long as this function
            run(record, 0, count)

        return launch

    def free_memory(self) -> int:
        return self._memory - sum(array.nbytes for array in self._held.values())

    def allocate(self, size: int) -> int:
        array = np.full(-(-size // 8), np.nan)
        self._held[array.ctypes.data] = array
        return array.ctypes.data

    def free(self, address: int) -> None:
        del self._held[address]

    def _at(self, address: int, size: int) -> Bytes:
        """The bytes from an address on, which need not be the begin of an allocation."""
        for start, array in tuple(self._held.items()):
            if start <= address and address + size <= start + array.nbytes:
                return array.view(np.uint8)[address - start : address - start + size]
        raise ValueError("no memory of this device")

    def write(self, address: int, content: Bytes) -> None:
        self._at(address, content.nbytes)[:] = content

    def read(self, address: int, content: Bytes) -> None:
        content[:] = self._at(address, content.nbytes)


def device_of(name: DeviceName) -> Device:
    """The device of a name, the same for all of this process.

    Raises
    ------
    NoGpuError
        When there is no GPU; the message says what to do.
    """
    with _LOCK:
        if name not in _DEVICES:
            _DEVICES[name] = HostDevice() if name == "host" else GpuDevice(Driver(load_driver()))
        return _DEVICES[name]
