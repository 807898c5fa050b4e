"""What is left out says what is missing."""

from __future__ import annotations

from leucel.library import absent_models, catalog


def test_every_absent_model_says_what_is_missing() -> None:
    models = absent_models()
    assert len({m.name for m in models}) == len(models) > 10
    for model in models:
        assert model.name
        assert model.known
        assert model.missing


def test_what_stands_in_for_an_absent_model_is_in_the_catalog() -> None:
    ids = {card.id for card in catalog()}
    words = {
        word.strip(".,;")
        for model in absent_models()
        for word in f"{model.known} {model.missing}".split()
    }
    mentioned = {word for word in words if word.count("_") >= 2}
    assert mentioned
    assert mentioned <= ids
