"""Elementary functions against mpmath, over the whole range, at every width."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Callable
from dataclasses import dataclass

import mpmath
import numpy as np
import pytest
from llvmlite import ir
from numpy.typing import NDArray

from leucel.compile.backends.cpu_engine import MachineCode, compile_module, new_module
from leucel.compile.backends.cpu_math import VectorFunctions
from leucel.compile.backends.cpu_values import F64, POINTER
from leucel.compile.elementary import ARITY

# Units in the last place; 0.5 would be correct rounding.
ULPS = 2.0
# Derivatives of log gamma serve Jacobians and sensitivities, which are compared at 1e-6.
DERIVATIVE = 2e-14
COUNT = 3200
WIDTHS = (1, 2, 4, 8, 16)
SMALLEST = 5e-324
Array = NDArray[np.float64]
Call = Callable[..., Array]


def caller(width: int) -> Call:
    """Functions over arrays."""
    module = new_module("functions")
    functions = VectorFunctions(module, width)
    kind = F64 if width == 1 else ir.VectorType(F64, width)
    for name, count in ARITY.items():
        void = ir.FunctionType(ir.VoidType(), [POINTER] * (count + 1))
        function = ir.Function(module, void, name=f"call_{name}")
        b = ir.IRBuilder(function.append_basic_block())
        args = [b.load(a, typ=kind, align=8) for a in function.args[:count]]
        b.store(b.call(functions(name), args), function.args[count], align=8)
        b.ret_void()
    code = MachineCode(compile_module(module))

    def run(name: str, *columns: Array) -> Array:
        length = len(columns[0])
        columns = tuple(np.resize(c, -(-length // width) * width) for c in columns)
        out = np.empty(len(columns[0]))
        apply = code.function(f"call_{name}", *[ctypes.c_void_p] * (len(columns) + 1))
        for i in range(0, len(out), width):
            apply(*(c[i:].ctypes.data for c in columns), out[i:].ctypes.data)
        return out[:length]

    return run


@pytest.fixture(scope="module")
def calls() -> dict[int, Call]:
    return {width: caller(width) for width in WIDTHS}


@pytest.fixture(scope="module")
def call(calls: dict[int, Call]) -> Call:
    return calls[8]


def unit_of(value: float) -> float:
    return max(float(np.spacing(abs(value))), SMALLEST)


def worst_ulps(got: Array, exact: Callable[..., object], *columns: Array) -> float:
    worst = 0.0
    with mpmath.workdps(60):
        for g, args in zip(got, zip(*columns, strict=True), strict=True):
            true = exact(*(mpmath.mpf(float(a)) for a in args))
            error = abs(mpmath.mpf(float(g)) - true) / unit_of(float(true))
            worst = max(worst, float(error))
    return worst


def log_gamma(x: mpmath.mpf) -> mpmath.mpf:
    return mpmath.re(mpmath.loggamma(x))


@dataclass(frozen=True)
class Region:
    """Where a function is sampled: evenly, or evenly in the logarithm, with either sign."""

    name: str
    low: float
    high: float
    logarithmic: bool = False
    signs: bool = False

    def draw(self, count: int) -> Array:
        rng = np.random.default_rng(len(self.name) + COUNT)
        if not self.logarithmic:
            return rng.uniform(self.low, self.high, count)
        x = np.exp2(rng.uniform(math.log2(self.low), math.log2(self.high), count))
        return x * rng.choice([-1.0, 1.0], count) if self.signs else x


EXACT: dict[str, Callable[..., object]] = {
    "exp": mpmath.exp,
    "expm1": mpmath.expm1,
    "log": mpmath.log,
    "log1p": mpmath.log1p,
    "tanh": mpmath.tanh,
    "erf": mpmath.erf,
    "lgamma": log_gamma,
}
REGIONS = [
    Region("exp", -745.0, 709.7),
    Region("exp", -1.0, 1.0),
    Region("exp", -40.0, 40.0),
    Region("exp", 1e-300, 700.0, logarithmic=True, signs=True),
    Region("expm1", -45.0, 709.7),
    Region("expm1", -1.5, 1.5),
    Region("expm1", 1e-310, 1.0, logarithmic=True, signs=True),
    Region("log", 1e-323, 1.7e308, logarithmic=True),
    Region("log", 0.5, 2.0),
    Region("log", 0.999, 1.001),
    Region("log1p", -0.9999, 3.0),
    Region("log1p", 1e-310, 0.9, logarithmic=True, signs=True),
    Region("log1p", 1e-10, 1.7e308, logarithmic=True),
    Region("tanh", -23.0, 23.0),
    Region("tanh", -1.0, 1.0),
    Region("tanh", 1e-300, 1.0, logarithmic=True, signs=True),
    Region("erf", -6.5, 6.5),
    Region("erf", -1.2, 1.2),
    Region("erf", 1e-300, 1.0, logarithmic=True, signs=True),
    Region("lgamma", 1e-310, 2.5e305, logarithmic=True),
    Region("lgamma", 0.0, 1.0),
    Region("lgamma", 0.9, 2.6),
    Region("lgamma", 2.4, 12.0),
    Region("lgamma", 9.0, 200.0),
]


@pytest.mark.parametrize("region", REGIONS, ids=str)
def test_within_two_units_of_mpmath(call: Call, region: Region) -> None:
    x = region.draw(COUNT)
    assert worst_ulps(call(region.name, x), EXACT[region.name], x) < ULPS


def power_arguments(rng: np.random.Generator, kind: str) -> tuple[Array, Array]:
    if kind == "wide":
        x = np.exp2(rng.uniform(-1074.0, 1023.9, 2 * COUNT))
        y = rng.uniform(-1.0, 1.0, 2 * COUNT) * np.exp2(rng.uniform(-3.0, 11.0, 2 * COUNT))
    else:
        x, y = rng.uniform(0.5, 2.0, 2 * COUNT), rng.uniform(-1000.0, 1000.0, 2 * COUNT)
    logarithm = y * np.log2(x)
    inside = (logarithm > -1074.0) & (logarithm < 1023.9)
    count = inside.sum() // 8 * 8
    return x[inside][:count], y[inside][:count]


@pytest.mark.parametrize("kind", ["wide", "near one"])
def test_power_within_two_units(call: Call, kind: str) -> None:
    x, y = power_arguments(np.random.default_rng(4), kind)
    assert len(x) > COUNT / 2
    assert worst_ulps(call("power", x, y), mpmath.power, x, y) < ULPS


def test_power_of_negative_numbers(call: Call) -> None:
    rng = np.random.default_rng(5)
    x, y = -rng.uniform(0.1, 10.0, 800), rng.integers(-200, 200, 800).astype(float)
    assert worst_ulps(call("power", x, y), mpmath.power, x, y) < ULPS


def test_lgamma_of_negative_numbers(call: Call) -> None:
    # Two terms cancel at a zero between each pair of poles: the error is one of numbers near 1.
    x = -np.random.default_rng(6).uniform(0.0, 30.0, COUNT)
    got = call("lgamma", x)
    with mpmath.workdps(40):
        exact = [log_gamma(mpmath.mpf(v)) for v in x]
        errors = [
            abs(g - e) / unit_of(max(abs(float(e)), 1.0)) for g, e in zip(got, exact, strict=True)
        ]
    assert max(errors) < ULPS


@pytest.mark.parametrize(("name", "order"), [("digamma", 0), ("trigamma", 1)])
def test_derivatives_of_lgamma(call: Call, name: str, order: int) -> None:
    rng = np.random.default_rng(7)
    x = np.concatenate([np.exp2(rng.uniform(-30.0, 60.0, 800)), rng.uniform(-20.0, 20.0, 800)])
    exact = np.array([float(mpmath.psi(order, mpmath.mpf(v))) for v in x])
    # Digamma has zeros, near which its error is one of numbers near 1.
    scale = np.maximum(np.abs(exact), 1.0) if order == 0 else exact
    assert np.max(np.abs(call(name, x) - exact) / scale) < DERIVATIVE


LARGEST = 1.7976931348623157e308
SPECIAL = np.array(
    [
        *(0.0, 1.0, np.inf, 5e-324, 1e-310, 2.3e-308, LARGEST, 1e300, 0.5, 1.0 - 2**-53),
        *(-0.0, -1.0, -np.inf, -5e-324, -1e-310, -2.3e-308, -LARGEST, -0.5, -1.0 + 2**-53),
        *(np.nan, 710.0, 709.785, -746.0, -750.0, 2.0, 3.0, -2.0, -3.0, 1.0 + 2**-52),
        *(6.0, -6.0, 2.0**53, -(2.0**53), 2.0**52 + 1.0, 1e16, 27.0, -27.0, 171.0, 40.0, -40.0),
    ]
)


def lgamma_or_infinity(x: float) -> float:
    if np.isnan(x):
        return x
    pole = np.isinf(x) or (x <= 0.0 and x.is_integer())
    return math.inf if pole or x > LARGEST / 2 else float(log_gamma(mpmath.mpf(x)))


@pytest.mark.parametrize("name", [n for n, count in ARITY.items() if count == 1])
def test_special_values_are_those_of_the_c_library(call: Call, name: str) -> None:
    if name in ("digamma", "trigamma"):
        poles = np.array([0.0, -1.0, -2.0, -np.inf, np.nan] + [2.0] * 11)
        assert not np.isfinite(call(name, poles)[:5]).any()
        return
    if name == "lgamma":
        expected = np.array([lgamma_or_infinity(x) for x in SPECIAL])
    elif name == "erf":
        expected = np.array([math.erf(x) for x in SPECIAL])
    else:
        with np.errstate(all="ignore"):
            expected = getattr(np, name)(SPECIAL)
    got = call(name, SPECIAL)
    np.testing.assert_allclose(got, expected, rtol=1e-15, atol=0.0)
    zero = expected == 0.0
    assert np.array_equal(np.signbit(got[zero]), np.signbit(expected[zero]))


def test_special_powers_are_those_of_the_c_library(call: Call) -> None:
    x, y = (g.ravel() for g in np.meshgrid(SPECIAL, SPECIAL))
    with np.errstate(all="ignore"):
        expected = np.power(x, y)
    got = call("power", x, y)
    np.testing.assert_allclose(got, expected, rtol=4e-16, atol=SMALLEST)
    # A negative zero only of a negative base and an odd exponent.
    assert np.array_equal(np.signbit(got)[expected == 0], np.signbit(expected)[expected == 0])


@pytest.mark.parametrize("name", list(ARITY))
def test_all_widths_give_the_same_bits(calls: dict[int, Call], name: str) -> None:
    rng = np.random.default_rng(8)
    x = np.concatenate([rng.normal(size=400) * 5.0, np.exp(rng.uniform(-300, 300, 400)), SPECIAL])
    columns = (x, rng.permutation(x)) if ARITY[name] == 2 else (x,)
    results = [calls[width](name, *columns).view(np.uint64) for width in WIDTHS]
    broken = np.isnan(results[0].view(np.float64))
    for result in results[1:]:
        assert np.array_equal(result[~broken], results[0][~broken])
        assert np.array_equal(np.isnan(result.view(np.float64)), broken)
