"""Compilation: a model becomes a straight-line program, and the program a kernel of a backend."""

from leucel.compile.cache import cache_folder
from leucel.compile.compiled import CompiledModel, compile_model
from leucel.compile.kernel import Controls, Ensemble, Kernel, Solution
from leucel.compile.sensitivity import sensitivity_name

__all__ = [
    "CompiledModel",
    "Controls",
    "Ensemble",
    "Kernel",
    "Solution",
    "cache_folder",
    "compile_model",
    "sensitivity_name",
]
