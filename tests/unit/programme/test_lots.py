"""The section on manufacture: from the file to the lots of the virtual trial."""

from __future__ import annotations

from importlib import resources

import pytest

from leucel.core import InputError, Mark
from leucel.programme import parse_programme, programme_process, require_runnable
from leucel.programme.parts.cohort import trial_design

SECTION = "[manufacture]\n"


def shipped() -> str:
    file = resources.files("leucel") / "programmes" / "eque_cel.toml"
    return file.read_text("utf-8")


def with_more(more: str, plain: str = "") -> str:
    """The shipped programme with more tables of manufacture, before the indication."""
    text = shipped().replace(SECTION, SECTION + plain, 1)
    return text.replace("[indication]\n", f"{more}\n[indication]\n", 1)


def test_the_shipped_programme_makes_lots_of_borrowed_stages() -> None:
    design = trial_design(parse_programme(shipped()))
    assert design.lots is not None
    assert design.lots.infuse == "all"
    assert all(
        row.source or row.mark is Mark.OWN_VALUE for row in design.lots.process.assumptions()
    )


def test_without_the_section_everybody_gets_the_planned_dose() -> None:
    text = shipped()
    start = text.index(SECTION)
    text = text[:start] + text[text.index("# ----", start) :]
    programme = parse_programme(text)
    assert trial_design(programme).lots is None
    assert programme_process(programme).terminated == 0.029


def test_own_stages_shares_tests_and_times() -> None:
    more = """
[[manufacture.stages]]
name = "fold"
median = { value = 50.0, unit = "fold", source = "wang_2021", mark = "secondary" }
lower = 30.0
upper = 80.0

[[manufacture.tests]]
attribute = "viability"
operator = ">="
limit = { value = 0.7, source = "wang_2021", mark = "secondary" }

[manufacture.vein_to_vein]
median = { value = 60.0, unit = "day", source = "wang_2021", mark = "secondary" }
lower = 50.0
upper = 80.0

[manufacture.site]
slots = 10
per_week = 2.0
"""
    plain = 'terminated = { value = 0.01, source = "wang_2021", mark = "secondary" }\n'
    design = trial_design(parse_programme(with_more(more, plain)))
    assert design.lots is not None
    process = design.lots.process
    assert process.terminated == 0.01
    told = {row.what: row for row in process.assumptions()}
    assert told["lots that never become a product"].source == "wang_2021"
    assert process.stages["fold"].sigma == pytest.approx(0.727, abs=0.001)
    assert [row.attribute for row in process.specification] == ["viability"]
    # 27 of 37 days before; the share of the stages stays.
    assert sum(process.stages[n].median.number for n in ("make", "test")) == pytest.approx(
        36.7, abs=0.1
    )
    assert design.lots.site is not None
    assert design.lots.site.slots == 10


PHENOTYPE = """
[[manufacture.phenotypes]]
name = "memory_share"
distribution = "lognormal"
median = 0.2
sigma = 0.4
{source}

[[manufacture.phenotypes.effects]]
parameter = "kinetics.c_max"
exponent = {{ value = 0.5{effect} }}
reference = 0.2
"""
SOURCED = 'source = "wang_2021"\nmark = "secondary"'
EFFECT = ', source = "wang_2021", mark = "secondary"'


def test_a_phenotype_with_evidence_is_used() -> None:
    text = with_more(PHENOTYPE.format(source=SOURCED, effect=EFFECT))
    design = trial_design(parse_programme(text))
    assert design.lots is not None
    assert design.lots.effects[0].exponent.number == 0.5
    assert design.lots.process.phenotypes[0].name == "memory_share"


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (PHENOTYPE.format(source="", effect=EFFECT), "names no source for its distribution"),
        (PHENOTYPE.format(source=SOURCED, effect=""), "names no source"),
        (PHENOTYPE.format(source=SOURCED, effect=EFFECT).partition("[[manufacture.phenotypes.e")[0],
         "has no effect on the trial"),
        ('[[manufacture.stages]]\nname = "mak"\nmedian = 9.0', "unknown stage 'mak'"),
        ('[[manufacture.stages]]\nname = "make"\nmedian = 9.0\nlower = 5.0\nupper = 4.0',
         "out of order or range"),
    ],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_with_the_reason(more: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        require_runnable(parse_programme(with_more(more)))


def test_an_unknown_specification_is_refused() -> None:
    text = shipped().replace('specification = "anti-CD20', 'specification = "anti-CD21', 1)
    with pytest.raises(InputError, match="unknown specification"):
        require_runnable(parse_programme(text))
