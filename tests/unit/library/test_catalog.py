"""The catalog: finding models, choosing options, knowing the sources."""

from __future__ import annotations

import html
import math

import pytest

from leucel.core import InputError
from leucel.library import bibliography_of, card_page, catalog, catalog_rows, get_model, sources


def test_the_catalog_is_sorted_and_not_empty() -> None:
    ids = [card.id for card in catalog()]
    assert len(ids) >= 3
    assert ids == sorted(set(ids))
    assert [row.id for row in catalog_rows()] == ids


def test_unknown_models_come_with_near_misses() -> None:
    with pytest.raises(InputError, match="did you mean 'stein_2019_tisagenlecleucel'"):
        get_model("stein_2019_tisagenleucel")


def test_unknown_choices_are_all_reported() -> None:
    with pytest.raises(InputError) as caught:
        get_model("singh_2021_idecabtagene", extinction="treshold", seed="1")
    message = str(caught.value)
    assert "did you mean 'threshold'" in message
    assert "unknown choice 'seed'" in message


def test_both_readings_of_the_random_effects_of_stein() -> None:
    tabulated = {"fold_expansion": 2.4, "t_max": 0.38, "c_max": 0.65, "k_decline_fast": 0.91}
    for id_ in ("stein_2019_tisagenlecleucel", "stein_2019_tisagenlecleucel_ode"):
        default, _ = get_model(id_)
        variances, _ = get_model(id_, random_effects="variances")
        deviations, _ = get_model(id_, random_effects="standard_deviations")
        assert default == variances
        for name, number in tabulated.items():
            assert variances.parameter(name).omega == math.sqrt(number)
            assert deviations.parameter(name).omega == number


def test_extinction_is_a_choice() -> None:
    with_rule, _ = get_model("singh_2021_idecabtagene")
    without, _ = get_model("singh_2021_idecabtagene", extinction="none")
    assert [event.name for event in with_rule.events] == ["tumor_extinct"]
    assert without.events == ()
    assert with_rule.content_hash != without.content_hash


def test_bibliographies_are_known_sources() -> None:
    known = sources()
    assert all(source.id == id_ for id_, source in known.items())
    for card in catalog():
        spec, _ = get_model(card.id)
        assert bibliography_of(card)[0] == card.source
        for source in (*bibliography_of(card), *bibliography_of(spec)):
            assert known[source.id] == source
        # The values cite the paper, or the public file that holds them.
        assert any(s.kind != "own" for s in bibliography_of(spec))


def test_every_source_can_be_reached_or_is_our_own() -> None:
    assert all(source.link or source.kind == "own" for source in sources().values())


@pytest.mark.parametrize("id_", [card.id for card in catalog()])
def test_a_card_says_everything(id_: str) -> None:
    spec, card = get_model(id_)
    text = card_page(card, spec)
    assert card.source.link is not None
    for part in (
        card.source.link,
        card.population,
        *(f"<code>{p.name}</code>" for p in spec.parameters),
        *(html.escape(f"{name} = {ode}", quote=False) for name, ode in spec.equations),
        *(html.escape(check.name, quote=False) for check in card.checks),
        *(html.escape(defect.what, quote=False) for defect in card.defects),
        *(html.escape(choice.reason, quote=False) for choice in card.choices),
    ):
        assert part in text
