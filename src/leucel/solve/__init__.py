"""Solving: ensembles of subjects with doses and events."""

from leucel.solve.doses import Dose, Doses, Reset, Switch
from leucel.solve.options import SolveOptions
from leucel.solve.simulation import simulate
from leucel.solve.streaming import StreamedQuantiles, simulate_chunks
from leucel.solve.trajectories import Trajectories

__all__ = [
    "Dose",
    "Doses",
    "Reset",
    "SolveOptions",
    "StreamedQuantiles",
    "Switch",
    "Trajectories",
    "simulate",
    "simulate_chunks",
]
