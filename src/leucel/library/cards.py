"""Cards: what a published model is, where its numbers stand, and what it has to reproduce."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Literal

from leucel.core import Mark, Source

if TYPE_CHECKING:
    from leucel.model import ModelSpec

Quantity = Literal[
    "value",
    "maximum",
    "minimum",
    "time_of_maximum",
    "time_of_minimum",
    "area",
    "trapezoid",
    "formula",
    "equilibrium",
    "threshold",
]
Values = tuple[tuple[str, float], ...]
"""Pairs of parameter and value, of one patient."""


class CardStatus(Enum):
    """How far a model of the library has been checked.

    `reviewed` needs a second implementation by another person from the equations alone, and one
    printed number of the paper met.
    """

    DRAFT = "draft"
    PROVISIONAL = "provisional"
    REVIEWED = "reviewed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """A point on which sources conflict or a rule is needed, left to the user.

    Attributes
    ----------
    options : pairs of option and what it means; the first is the default.
    reason : why the default is the default.
    """

    name: str
    options: tuple[tuple[str, str], ...]
    reason: str

    @property
    def default(self) -> str:
        """The option taken when nothing is said."""
        return self.options[0][0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Defect:
    """A fault or gap of a source, and how the model resolves it."""

    what: str
    resolution: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """A number that the model has to meet.

    Attributes
    ----------
    quantity : what is taken of `output` between `start` and `end` on a grid of `step` days: its
        value at `end`, its extreme or the time of it, its area carried as a state or summed by
        trapezoids on the grid; the value of `formula` in typical parameters; its value at the
        equilibrium next to the states `near`; or the threshold, the value of the parameter `vary`
        between its limits at which the output at `end` crosses `level`.
    dose : amount given at time 0; None when no dose is given.
    doses : pairs of day and amount of further doses.
    cohort : values of each patient where they differ from the typical ones; the number is the
        median over the patients.
    expected : the number, in `unit`, from `source` with `mark`.
    ours : what this model gives, so that a card can be read without running anything.
    tolerance : largest relative deviation from `expected` that counts as met, with its `reason`.
    choices : options of the model that differ from the default.
    against : options of a second run that the number is divided by.
    against_values : values of parameters of a second run that the number is divided by.
    observed : the number was counted or measured, not computed by a model: it has no stated
        precision that a model could meet.
    rough : the number was read off a figure, or is no sharper than that.
    disagreement : why the number is not met, where it is not; such a check has to fail.
    """

    name: str
    quantity: Quantity
    expected: float
    ours: float
    tolerance: float
    reason: str
    unit: str
    mark: Mark
    source: str
    place: str = ""
    output: str = ""
    formula: str = ""
    dose: float | None = None
    doses: tuple[tuple[float, float], ...] = ()
    start: float = 0.0
    end: float = 0.0
    step: float = 0.25
    cohort: tuple[Values, ...] = ()
    choices: tuple[tuple[str, str], ...] = ()
    against: tuple[tuple[str, str], ...] = ()
    against_values: Values = ()
    near: Values = ()
    vary: tuple[str, float, float] | None = None
    level: float = 0.0
    observed: bool = False
    rough: bool = False
    disagreement: str = ""

    @property
    def outside(self) -> bool:
        """True for a number printed by the paper, or by others who coded the model, and met."""
        return (
            self.mark in (Mark.OFFICIAL, Mark.REPRODUCED)
            and not self.observed
            and not self.rough
            and not self.disagreement
            and self.accepts(self.ours)
        )

    @property
    def deviation(self) -> float:
        """Relative deviation of our number from the expected one."""
        return self.ours / self.expected - 1.0

    def accepts(self, number: float) -> bool:
        """True when a number lies within the tolerance of the expected one."""
        return abs(number - self.expected) <= self.tolerance * abs(self.expected)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What a test compares between a model and its second reading.

    Attributes
    ----------
    what : right-hand sides, courses or a closed form.
    test : file and function of the test in the repository, ``file.py::function``.
    tolerance : largest relative difference that the test lets pass.
    """

    what: str
    test: str
    tolerance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A second implementation of a model, and how it was compared with the first.

    Attributes
    ----------
    reading : its file in the repository.
    reader : who wrote it, and from what.
    """

    reading: str
    reader: str
    comparisons: tuple[Comparison, ...]

    def compares(self, what: str) -> bool:
        """True when `what` is compared; a closed form is its own right-hand side and course."""
        return any(c.what.startswith((what, "closed form")) for c in self.comparisons)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """Everything a reader has to know before using a model.

    Attributes
    ----------
    source, others : the paper, and further sources that were used.
    reason : why the model is in the library.
    data : what the authors fitted it to, and how.
    symbols : pairs of a name in the model and its symbol in the paper.
    deviations : what differs from the paper on purpose.
    limits : what the model cannot say.
    missing : what was looked for and not found, where the model is not reviewed for want of it.
    review : the second reading, where there is one.
    """

    id: str
    title: str
    source: Source
    others: tuple[Source, ...] = ()
    reason: str
    product: str
    target: str
    population: str
    assay: str
    data: str
    symbols: tuple[tuple[str, str], ...]
    assumptions: tuple[str, ...] = ()
    defects: tuple[Defect, ...] = ()
    deviations: tuple[str, ...] = ()
    limits: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    checks: tuple[Check, ...] = ()
    license: str
    missing: str = ""
    review: Review | None = None
    status: CardStatus = CardStatus.DRAFT

    @property
    def sources(self) -> tuple[Source, ...]:
        """All sources of the card, the paper first."""
        return (self.source, *self.others)

    @property
    def lacking(self) -> tuple[str, ...]:
        """What the model needs to be reviewed; empty when nothing is missing."""
        found: list[str] = []
        if self.review is None:
            found.append("a second reading of the equations by another person")
        else:
            found += [
                f"a comparison of {what} with the second reading"
                for what in ("right-hand sides", "courses")
                if not self.review.compares(what)
            ]
        if not any(check.outside for check in self.checks):
            number = "a number printed by the paper, or by others who coded the model, that is met"
            seen = any(check.observed for check in self.checks)
            found.append(
                f"{number}; "
                + (
                    "the outside checks are counts or measurements"
                    if seen
                    else "all checks are runs of this project"
                )
            )
        return tuple(found)

    def symbol(self, name: str) -> str:
        """Symbol of the paper for a name of the model; the name itself where the paper has none."""
        return dict(self.symbols).get(name, name)

    def resolve(self, choices: Mapping[str, str]) -> dict[str, str]:
        """All choices of the model, the given ones in place of the defaults."""
        return {choice.name: choices.get(choice.name, choice.default) for choice in self.choices}


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A model of the library: its card, and how it is built for given choices."""

    card: ModelCard
    build: Callable[[Mapping[str, str]], ModelSpec]
