"""Compilation: a model becomes a straight-line program, and the program a kernel of a backend."""

from leucel.compile.backends.cuda_driver import Gpu, find_gpu
from leucel.compile.cache import cache_folder
from leucel.compile.compiled import CompiledModel, check_backend, compile_model
from leucel.compile.kernel import Controls, Ensemble, Kernel, Method, Solution
from leucel.compile.sensitivity import Direction, sensitivity_name
from leucel.compile.variants import Variant

__all__ = [
    "CompiledModel",
    "Controls",
    "Direction",
    "Ensemble",
    "Gpu",
    "Kernel",
    "Method",
    "Solution",
    "Variant",
    "cache_folder",
    "check_backend",
    "compile_model",
    "find_gpu",
    "sensitivity_name",
]
