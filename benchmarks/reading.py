"""What the benchmark page says around the numbers, without repeating them."""

from __future__ import annotations

from typing import Final

INTRODUCTION: Final = (
    "Written by `make bench`, which needs no preparation: it makes its own environment with the "
    "peers (`requirements/bench.txt`). Compare ratios, not absolute times: both sides of a row ran "
    "on the same machine in the same run. A *bar* is the ratio (or the time, or the rate relative "
    "to the yardstick) that a row has to reach. Times of one thread are processor time where a "
    "peer is beside it, wall time otherwise; time for compiling is always apart."
)

READING: Final = {
    "engine": "The tighter the absolute tolerance, the more a run has to follow tumors far below "
    "one cell and back: 1e-100 is the default, because an error below one cell can grow to "
    "billions. A tumor kept as its logarithm is followed to any depth at 1e-6 already. The "
    "yardstick in C is held to 1e-6 only. All patients have a status; those whose CAR-T "
    "cells grow without bound are followed to the end of the year and slow nobody. The "
    "closed form is limited by exponentials on both sides.",
    "peers": "Errors are the median and the 95th percentile over the patients of the largest "
    "relative error of any state at any day, where the state is above a millionth of its peak. "
    "LSODA is called through `odeint`, its right-hand side and Jacobian are machine code; it looks "
    "for extinction once a day, which costs it nothing, and stops a patient after 5 s. "
    "libRoadRunner gets the model as SBML with its event. diffrax holds extinct states still and "
    "advances a batch as long as its slowest patient needs; its rate is measured on the first "
    "patients.",
    "precision": "Left and low is better. All solvers get the same tolerances and absolute "
    "tolerances far below each species, functions compiled to machine code, and exact Jacobians; "
    "SciPy's Radau and BDF are written in Python, so their overhead a step is large, and what "
    "counts beside it is the slope: a method of order five gains a digit for 1.6 times the work. "
    "One subject pays for a call from Python and leaves seven of eight lanes empty; among others "
    "it costs a fraction. Robertson ends on a floor of 1e-8: at steps of 1e10 seconds the "
    "elimination loses 1 / h beside rates of 1e4, which a Rosenbrock method pays with accuracy and "
    "the iterations of Radau do not. For E5 the published end values differ "
    "from each other by rounding; errors are against 40 digits. On the ensembles the error is the "
    "median over patients of the largest relative error in a year.",
    "scaling": "Elimination is sparse and unrolled, so a chain costs little more than its states: "
    "no cube of their number. A call costs a fraction of a millisecond, which a hundred patients "
    "share; from there on a patient costs the same, streamed or not, and memory stays where it is.",
    "nca": "PKNCA 0.12.1 takes 20 ms a profile; it is a package of R and not part of this run.",
    "construct": "Every receptor is parsed, its domains and variable domains found, and all checks "
    "run.",
    "run": "What a user waits for, from an empty prompt, with kernels in the cache.",
}

FIGURES: Final = {
    "precision": (
        ("work_precision_stiff.svg", "Stiff test set: error at the end against processor time"),
        ("work_precision_ensembles.svg", "Ensembles: median error against time of a patient"),
    ),
    "scaling": (("scaling.svg", "Time of a patient by states and by number of patients"),),
}
