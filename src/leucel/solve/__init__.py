"""Solving: ensembles of subjects with doses and events."""

from leucel.solve.doses import Dose, Doses, Reset, Switch
from leucel.solve.event_doses import EventDoses, doses_from_events
from leucel.solve.options import SolveOptions
from leucel.solve.reducers import (
    EventTimes,
    Extremes,
    FirstPassage,
    Quantiles,
    Reducer,
    ShareBeyond,
    Statuses,
    reduce_chunks,
)
from leucel.solve.simulation import simulate
from leucel.solve.streaming import StreamedQuantiles, simulate_chunks
from leucel.solve.trajectories import Trajectories

__all__ = [
    "Dose",
    "Doses",
    "EventDoses",
    "EventTimes",
    "Extremes",
    "FirstPassage",
    "Quantiles",
    "Reducer",
    "Reset",
    "ShareBeyond",
    "SolveOptions",
    "Statuses",
    "StreamedQuantiles",
    "Switch",
    "Trajectories",
    "doses_from_events",
    "reduce_chunks",
    "simulate",
    "simulate_chunks",
]
