"""Vector functions against 60 digits of mpmath."""

from __future__ import annotations

import ctypes
from collections.abc import Callable

import mpmath
import numpy as np
import pytest
from llvmlite import ir

from leucel.compile.backends.cpu_engine import MachineCode, compile_module, new_module
from leucel.compile.backends.cpu_math import VectorFunctions
from leucel.compile.backends.cpu_values import LANES, POINTER, VECTOR

# Units in the last place; 0.5 would be correct rounding.
ULPS = 2.0
COUNT = 200 * LANES
Call = Callable[..., np.ndarray]


@pytest.fixture(scope="module")
def call() -> Call:
    module = new_module("functions")
    functions = VectorFunctions(module)
    arity = {"exp": 1, "log": 1, "tanh": 1, "power": 2}
    for name, count in arity.items():
        kind = ir.FunctionType(ir.VoidType(), [POINTER] * (count + 1))
        function = ir.Function(module, kind, name=f"call_{name}")
        b = ir.IRBuilder(function.append_basic_block())
        args = [b.load(a, typ=VECTOR, align=8) for a in function.args[:count]]
        b.store(b.call(functions(name), args), function.args[count], align=8)
        b.ret_void()
    code = MachineCode(compile_module(module))

    def run(name: str, *columns: np.ndarray) -> np.ndarray:
        out = np.empty(len(columns[0]))
        apply = code.function(f"call_{name}", *[ctypes.c_void_p] * (len(columns) + 1))
        for i in range(0, len(out), LANES):
            apply(*(c[i:].ctypes.data for c in columns), out[i:].ctypes.data)
        return out

    return run


def worst_ulps(got: np.ndarray, exact: Callable[..., object], *columns: np.ndarray) -> float:
    worst = 0.0
    with mpmath.workdps(60):
        for g, args in zip(got, zip(*columns, strict=True), strict=True):
            true = exact(*(mpmath.mpf(float(a)) for a in args))
            unit = float(np.spacing(abs(float(true))))
            worst = max(worst, float(abs(mpmath.mpf(float(g)) - true) / unit))
    return worst


def spread(rng: np.random.Generator, low: float, high: float) -> np.ndarray:
    half = rng.uniform(low, high, COUNT // 2)
    return np.concatenate([half, rng.normal(size=COUNT // 2)])


def test_exp(call: Call) -> None:
    x = spread(np.random.default_rng(1), -708.0, 709.0)
    assert worst_ulps(call("exp", x), mpmath.exp, x) < ULPS


def test_log(call: Call) -> None:
    rng = np.random.default_rng(2)
    x = np.concatenate(
        [np.exp(rng.uniform(-700, 700, COUNT // 2)), 1.0 + 1e-3 * rng.normal(size=COUNT // 2)]
    )
    assert worst_ulps(call("log", x), mpmath.log, x) < ULPS


def test_tanh(call: Call) -> None:
    x = spread(np.random.default_rng(3), -25.0, 25.0) * 0.5
    assert worst_ulps(call("tanh", x), mpmath.tanh, x) < ULPS
    small = x * 1e-6
    assert worst_ulps(call("tanh", small), mpmath.tanh, small) < ULPS


@pytest.mark.parametrize(("size", "power"), [(40.0, 15.0), (0.7, 900.0)])
def test_power(call: Call, size: float, power: float) -> None:
    rng = np.random.default_rng(4)
    x, y = np.exp(rng.uniform(-size, size, COUNT)), rng.uniform(-power, power, COUNT)
    calm = np.abs(y * np.log(x)) < 700.0
    x, y = np.where(calm, x, 2.0), np.where(calm, y, 0.5)
    assert worst_ulps(call("power", x, y), mpmath.power, x, y) < ULPS


def test_edges(call: Call) -> None:
    x = np.array([0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan, 1e-310])
    nan, inf = np.nan, np.inf
    np.testing.assert_array_equal(call("exp", x)[[0, 4, 5, 6, 7]], [1.0, inf, 0.0, nan, 1.0])
    np.testing.assert_array_equal(call("log", x), [-inf, -inf, 0.0, nan, inf, nan, nan, -inf])
    np.testing.assert_array_equal(call("tanh", x)[[0, 4, 5, 6]], [0.0, 1.0, -1.0, nan])
    np.testing.assert_array_equal(call("power", x, np.zeros(LANES)), np.ones(LANES))
    np.testing.assert_array_equal(
        call("power", x, np.full(LANES, -0.5))[[0, 2, 4, 6]], [inf, 1.0, 0.0, nan]
    )
    np.testing.assert_array_equal(
        call("exp", np.array([800.0, -800.0, 709.79] + [0.0] * 5))[:3], [inf, 0.0, inf]
    )
