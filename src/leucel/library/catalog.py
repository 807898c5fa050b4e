"""The catalog: every model of the library by its id."""

from __future__ import annotations

from leucel.core import InputError, Source, unknown_name
from leucel.library import (
    barros_2021,
    brummer_2022,
    chaudhury_2020,
    gallaher_2018,
    hanson_2016,
    hardiansyah_2019,
    hibma_2026,
    hosseini_2020,
    kimmel_2021,
    kirouac_2023,
    leon_triana_2020,
    leon_triana_2021,
    li_2025,
    mueller_schoell_2021,
    ogasawara_2021,
    poels_2025,
    singh_2021,
    srimani_2022,
    stein_2019,
    stein_2019_ode,
    tsai_2022,
)
from leucel.library.cards import ModelCard
from leucel.library.sources import ALL
from leucel.model import ModelSpec

_MODULES = (
    barros_2021,
    brummer_2022,
    chaudhury_2020,
    gallaher_2018,
    hanson_2016,
    hardiansyah_2019,
    hibma_2026,
    hosseini_2020,
    kimmel_2021,
    kirouac_2023,
    leon_triana_2020,
    leon_triana_2021,
    li_2025,
    mueller_schoell_2021,
    ogasawara_2021,
    poels_2025,
    singh_2021,
    srimani_2022,
    stein_2019,
    stein_2019_ode,
    tsai_2022,
)
_ENTRIES = {model.card.id: model for module in _MODULES for model in module.MODELS}


def catalog() -> tuple[ModelCard, ...]:
    """Cards of all models, sorted by id."""
    return tuple(_ENTRIES[id_].card for id_ in sorted(_ENTRIES))


def get_model(id: str, **choices: str) -> tuple[ModelSpec, ModelCard]:
    """A model of the library with its card.

    Parameters
    ----------
    id : id of the model, as `catalog` lists it.
    choices : options of the card in place of the defaults, ``random_effects="variances"``.

    Raises
    ------
    InputError
        When the id, a choice or an option is unknown; names what was probably meant.

    Examples
    --------
    >>> spec, card = get_model("stein_2019_tisagenlecleucel")
    >>> card.product, spec.parameter("t_max").value
    ('tisagenlecleucel', 9.3)
    """
    if id not in _ENTRIES:
        raise InputError(unknown_name(id, sorted(_ENTRIES), noun="model"))
    entry = _ENTRIES[id]
    known = {choice.name: choice for choice in entry.card.choices}
    problems = [
        unknown_name(name, list(known), noun="choice") for name in choices if name not in known
    ]
    for name, choice in known.items():
        options = [option for option, _ in choice.options]
        if name in choices and choices[name] not in options:
            problems.append(unknown_name(choices[name], options, noun=f"option of {name}"))
    if problems:
        raise InputError(problems)
    return entry.build(entry.card.resolve(choices)), entry.card


def sources() -> dict[str, Source]:
    """All documents that the library cites, by id."""
    return {source.id: source for source in ALL}


def bibliography_of(model: ModelSpec | ModelCard) -> tuple[Source, ...]:
    """The documents behind a model: those of its card, or those that its values cite.

    Examples
    --------
    >>> spec, card = get_model("singh_2021_idecabtagene")
    >>> [source.id for source in bibliography_of(spec)]
    ['singh_2021', 'leucel']
    """
    if isinstance(model, ModelCard):
        return model.sources
    evidence = [item.evidence for item in (*model.parameters, *model.residuals)]
    cited = dict.fromkeys(item.source for item in evidence if item is not None)
    known = sources()
    return tuple(known[id_] for id_ in cited if id_ in known)
