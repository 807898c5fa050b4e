"""How a simulation of one subject ended."""

from __future__ import annotations

from enum import IntEnum


class Status(IntEnum):
    """Outcome of one subject in an ensemble; `sentence` says it in words."""

    OK = 0
    MAX_STEPS = 1
    STEP_TOO_SMALL = 2
    NON_FINITE = 3
    LEFT_DOMAIN = 4
    ENDLESS_EVENTS = 5
    NO_STEADY_STATE = 6

    @property
    def sentence(self) -> str:
        """The outcome in one sentence."""
        return _SENTENCES[self]


_SENTENCES = {
    Status.OK: "finished",
    Status.MAX_STEPS: "stopped: the limit of steps was reached before the last output time",
    Status.STEP_TOO_SMALL: "stopped: the step became too small to make progress",
    Status.NON_FINITE: "stopped: a state became infinite or not a number",
    Status.LEFT_DOMAIN: "stopped: a state left the range that the model allows",
    Status.ENDLESS_EVENTS: "stopped: events set each other off without end at one moment",
    Status.NO_STEADY_STATE: "not started: repeated doses lead to no steady state",
}
