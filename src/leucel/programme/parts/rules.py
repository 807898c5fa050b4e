"""What a programme adds to the rules: overrides, evidence for the tests beyond prevalence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from leucel.core import Evidence, Kind, Mark

if TYPE_CHECKING:
    from leucel.programme.reader import Programme
    from leucel.regulatory import Rule, RuleBook


def programme_rules(programme: Programme, extra: tuple[Rule, ...] = ()) -> RuleBook:
    """The rules with the overrides of a programme, and further ones over them.

    Raises
    ------
    InputError
        When an override has no usable source.
    """
    from leucel.regulatory import load_rules, with_overrides

    mine = {rule.id: rule for rule in (*_overrides(programme), *extra)}
    return with_overrides(load_rules(), tuple(mine.values())) if mine else load_rules()


def _overrides(programme: Programme) -> tuple[Rule, ...]:
    from leucel.epidemiology import get_area
    from leucel.regulatory import load_rules, rule_from_record

    book = load_rules()
    found: list[Rule] = []
    for entry in programme.file.regulation.overrides:
        old = book.find(entry.rule)
        name = old.name if old else get_area(entry.rule.split("-")[0]).name
        found.append(
            rule_from_record(
                {
                    "jurisdiction": name,
                    "agency": old.agency if old else "",
                    "rule_id": entry.rule,
                    "kind": entry.kind,
                    "value": entry.value,
                    "unit": entry.unit,
                    "basis": entry.basis,
                    "legal_source": entry.legal_source,
                    "source_url": entry.url or _url(programme, entry.source),
                    "mark": entry.mark,
                    "effective_date": entry.effective_date,
                    "note": entry.note,
                }
            )
        )
    return tuple(found)


def _url(programme: Programme, source: str) -> str:
    found = programme.file.bibliography().get(source)
    return found.link or "" if found else ""


def slot_evidence(programme: Programme) -> dict[str, tuple[Evidence, ...]]:
    """Evidence of a programme for the tests beyond prevalence, by slot."""
    found: dict[str, tuple[Evidence, ...]] = {}
    for entry in programme.file.regulation.evidence:
        item = Evidence(
            value=entry.text,
            source=entry.source,
            mark=Mark(entry.mark),
            kind=Kind.REPORTED,
            note=entry.note,
        )
        found[entry.slot] = (*found.get(entry.slot, ()), item)
    return found
