"""The status of a model follows from facts: a second reading, its comparison, an outside number."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from leucel.core import Mark
from leucel.library import CardStatus, ModelCard, card_page, catalog, get_model

ROOT = Path(__file__).resolve().parents[3]
REVIEW = Path("src/leucel/library/review")
# What the rule of the library asks of each comparison.
LARGEST = {"right-hand sides": 1e-10, "courses": 1e-6, "closed form": 1e-10}
# The tests of second readings write their tolerances as these constants.
CONSTANTS = {
    "right-hand sides": "SAME_EQUATIONS",
    "courses": "SAME_COURSE",
    "closed form": "IDENTITY",
}
CARDS = {card.id: card for card in catalog()}


def reading_of(card: ModelCard) -> Path:
    """Where a second reading of the paper stands, if there is one: author and year."""
    named = re.match(r".+?_\d{4}", card.id)
    assert named is not None
    return REVIEW / f"{named.group()}.py"


def body_of(text: str, function: str) -> str:
    """The source of one test."""
    found = re.search(rf"^def {function}\(.*?(?=^(?:def |@|class )|\Z)", text, re.M | re.S)
    return found.group() if found else ""


def compared(card: ModelCard) -> set[str]:
    """What tests of the repository compare, each to its tolerance."""
    found: set[str] = set()
    for comparison in card.review.comparisons if card.review else ():
        file, _, function = comparison.test.partition("::")
        what = next(kind for kind in LARGEST if comparison.what.startswith(kind))
        text = (ROOT / file).read_text()
        written = re.search(rf"^{CONSTANTS[what]} = (\S+)$", text, re.M)
        names = (reading_of(card).stem, card.id.removesuffix("_ode"))
        if (
            written is not None
            and float(written.group(1)) <= comparison.tolerance <= LARGEST[what]
            and CONSTANTS[what] in body_of(text, function)
            and all(name in text for name in names)
        ):
            found.add(what)
    return found


def status_of(card: ModelCard) -> CardStatus:
    """The status that the facts give."""
    same = compared(card)
    twice = (ROOT / reading_of(card)).exists() and (
        "closed form" in same or {"right-hand sides", "courses"} <= same
    )
    outside = any(
        check.mark in (Mark.OFFICIAL, Mark.REPRODUCED)
        and check.source != "leucel"
        and not (check.observed or check.rough or check.disagreement)
        and abs(check.ours - check.expected) <= check.tolerance * abs(check.expected)
        for check in card.checks
    )
    return CardStatus.REVIEWED if twice and outside else CardStatus.PROVISIONAL


@pytest.mark.parametrize("id_", CARDS)
def test_the_status_follows_from_the_facts(id_: str) -> None:
    assert CARDS[id_].status is status_of(CARDS[id_])


@pytest.mark.parametrize("id_", CARDS)
def test_the_card_names_the_second_reading_and_every_comparison_holds(id_: str) -> None:
    card = CARDS[id_]
    expected = reading_of(card)
    if card.review is None:
        assert not (ROOT / expected).exists()
        return
    assert Path(card.review.reading) == expected
    assert (ROOT / expected).exists()
    assert len(compared(card)) == len(card.review.comparisons)


@pytest.mark.parametrize("id_", CARDS)
def test_the_card_says_what_is_missing(id_: str) -> None:
    card = CARDS[id_]
    assert (card.status is CardStatus.REVIEWED) == (card.lacking == ())
    text = card_page(card, get_model(id_)[0])
    assert all(missing in text for missing in card.lacking)
    assert card.review is None or card.review.reading in text


def test_counts_and_own_runs_are_no_outside_numbers() -> None:
    checks = [check for card in CARDS.values() for check in card.checks]
    for kind in ("observed", "rough", "disagreement"):
        found = [check for check in checks if getattr(check, kind)]
        assert found
        assert not any(check.outside for check in found)
    own = [check for card in CARDS.values() for check in card.checks if check.source == "leucel"]
    assert not any(check.outside for check in own)
