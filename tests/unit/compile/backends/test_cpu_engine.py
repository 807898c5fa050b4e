"""Machine code lives as long as its owner, and no longer than it is needed."""

from __future__ import annotations

import gc

import numpy as np
import pytest
from llvmlite import ir

from leucel.compile.backends.cpu_engine import MachineCode, compile_module, new_module
from leucel.compile.backends.cpu_values import F64, POINTER


def doubling(name: str) -> MachineCode:
    module = new_module(name)
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), [POINTER]), name="double_it")
    b = ir.IRBuilder(function.append_basic_block())
    value = b.load(function.args[0], typ=F64)
    b.store(b.fadd(value, value), function.args[0])
    b.ret_void()
    return MachineCode(compile_module(module))


def test_code_outlives_other_code() -> None:
    import ctypes

    first, second = doubling("first"), doubling("second")
    run = second.function("double_it", ctypes.c_void_p)
    del first
    gc.collect()
    number = np.array([21.0])
    run(number.ctypes.data)
    assert number[0] == 42.0
    third = doubling("third").function("double_it", ctypes.c_void_p)
    assert third is not None


def test_a_module_that_is_wrong_is_not_compiled() -> None:
    module = new_module("wrong")
    function = ir.Function(module, ir.FunctionType(F64, [F64]), name="wrong")
    b = ir.IRBuilder(function.append_basic_block())
    b.ret(ir.Constant(ir.IntType(32), 1))
    with pytest.raises(RuntimeError):
        MachineCode(compile_module(module))
