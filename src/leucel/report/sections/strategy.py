"""Tables around a verdict: evidence slots, rules that move, filings, access, documents."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup, escape

from leucel.report.citing import Citer, mark_tag, value_with_limits
from leucel.report.inputs import DossierInput, dig, number, texts
from leucel.report.numbers import format_date, format_interval, format_number
from leucel.report.tables import Column, Table
from leucel.report.words import jurisdiction_words, route_words

_STATUS_TONES = {
    "evidence given": "met",
    "evidence missing": "borderline",
    "evidence unverified": "borderline",
    "rule unverified": "cannot-conclude",
    "not asked here": "cannot-conclude",
}
_BESIDE = (
    ("own_estimates", "leucel's own estimate"),
    ("precedents", "published"),
    ("other_thresholds", "another threshold"),
)


def checklist_table(data: DossierInput, cite: Citer, lead: str, *, inside: bool) -> Table | None:
    """Qualifying tests beyond prevalence with their evidence, of the lead or of all others."""
    rows = [
        row for row in data.rows("qualifying_tests") if (row.get("jurisdiction") == lead) is inside
    ]
    if not rows:
        return None
    cells: list[tuple[Any, ...]] = []
    for row in rows:
        status = str(row.get("status") or "")
        instead = "instead of a prevalence: " if row.get("instead_of_prevalence") else ""
        head = Markup("{0}<span class='note'>{1}</span>").format(
            jurisdiction_words(row.get("jurisdiction")), str(row.get("rule_id") or "")
        )
        given = Markup("; ").join(
            Markup("{0}{1} {2}").format(
                str(item.get("value") or ""), cite.refs(item.get("source")), mark_tag(item["mark"])
            )
            for item in row.get("evidence") or ()
            if isinstance(item, Mapping)
        )
        asked = Markup("{0}{1}{2}<span class='note'>{3}</span>").format(
            instead,
            str(row.get("question") or ""),
            cite.refs(texts(row.get("sources"))[:1]),
            str(row.get("slot") or ""),
        )
        tone = _STATUS_TONES.get(status, "cannot-conclude")
        cells.append(
            (
                head,
                asked,
                Markup('<span class="verdict verdict-{0}">{1}</span>').format(tone, status),
                given or "–",
            )
        )
    heads = ("Jurisdiction and rule", "What has to be shown", "Evidence slot", "Evidence")
    return Table(
        columns=tuple(Column(head=head) for head in heads),
        rows=tuple(cells),
        caption="Qualifying tests beyond prevalence",
    )


def beside_table(data: DossierInput, cite: Citer) -> Table | None:
    """Own estimates, published figures and other thresholds beside the principal tests."""
    cells: list[tuple[Any, ...]] = []
    for key, what in _BESIDE:
        for row in data.rows(key):
            prevalence: Any = "–"
            if number(row.get("prevalence")) is not None:
                prevalence = value_with_limits(
                    format_interval(
                        row["prevalence"], row.get("low"), row.get("high"), row.get("unit")
                    )
                )
            verdict = str(row.get("verdict") or "")
            cells.append(
                (
                    Markup("{0}<span class='note'>{1}, {2}</span>").format(
                        jurisdiction_words(row.get("jurisdiction")),
                        what,
                        str(row.get("rule_id") or ""),
                    ),
                    prevalence,
                    Markup('<span class="verdict verdict-{0}">{1}</span>{2}').format(
                        verdict.replace(" ", "-"), verdict, cite.refs(row.get("sources"))
                    ),
                    str(row.get("reason") or "–"),
                )
            )
    if not cells:
        return None
    heads = ("Jurisdiction and what", "Prevalence (interval)", "Verdict alone", "Why")
    return Table(
        columns=tuple(Column(head=head) for head in heads),
        rows=tuple(cells),
        caption="Estimates, precedents and other thresholds",
    )


def rule_notes(data: DossierInput) -> list[tuple[str, list[str]]]:
    """Rules that contradict each other, moved lately, lie ahead or were replaced by the user."""
    groups = (
        ("Rules given by the user", texts_of(dig(data.summary, "overrides"))),
        (
            "Rules that contradict each other, both kept",
            texts_of(dig(data.summary, "contradictions")),
        ),
        ("Changed in the 24 months before", texts_of(dig(data.summary, "recent_changes"))),
        ("Ahead", texts_of(dig(data.summary, "rules_ahead"))),
    )
    return [(title, lines) for title, lines in groups if lines]


def filing_table(data: DossierInput) -> Table | None:
    """The fastest order of filings."""
    rows = data.rows("filings")
    if not rows:
        return None
    cells = [
        (
            jurisdiction_words(row.get("jurisdiction")),
            _route(row),
            format_date(row["filed"]),
            format_date(row["approved"]),
            ", ".join(jurisdiction_words(code) for code in texts(row.get("waited_for"))) or "–",
        )
        for row in rows
    ]
    cells += [
        (jurisdiction_words(code), "no open route with a clock on record", "–", "not known", "–")
        for code in texts(dig(data.summary, "filings_without_clock"))
    ]
    heads = ("Jurisdiction", "Route", "File on", "Decision about", "Waits for approval in")
    return Table(
        columns=tuple(Column(head=head) for head in heads),
        rows=tuple(cells),
        caption="Fastest order of filings",
    )


def _route(row: Mapping[str, Any]) -> Markup:
    """A route; a clock that is not from the rules says so."""
    name = escape(route_words(row.get("route")))
    if str(row.get("basis") or "rule") == "rule":
        return name
    return name + Markup("<span class='note'>clock {0}</span>").format(str(row["basis"]))


def access_table(data: DossierInput) -> Table | None:
    """Patients reached with the ordinary and with the earlier approval, by area."""
    rows = data.rows("access", "rows")
    if not rows:
        return None
    areas = {str(row.get("area")): row for row in data.rows("access", "areas")}
    cells: list[tuple[Any, ...]] = []
    for row in rows:
        code = str(row.get("area"))
        about = areas.get(code, {})
        name = escape("All areas" if code == "all" else jurisdiction_words(code))
        if about.get("earlier"):
            days = format_date(about["earlier"])
            if about.get("ordinary") != about["earlier"]:
                days += f" instead of {format_date(about['ordinary'])}"
            name += Markup("<span class='note'>{0}; {1}</span>").format(days, about["basis"])
        cells.append((name, *(_reached(row.get(key)) for key in _QUANTITIES)))
    left = [row for row in areas.values() if row.get("left_out")]
    note = "; ".join(
        f"{jurisdiction_words(row['area'])} is left out: {row['left_out']}" for row in left
    )
    return Table(
        columns=(
            Column(head="Area and day of approval"),
            Column(head="Ordinary approval", numeric=True),
            Column(head="Earlier approval", numeric=True),
            Column(head="More patients", numeric=True),
            Column(head="Life-years more", numeric=True),
        ),
        rows=tuple(cells),
        caption="Patients reached",
        note=f"{note}." if note else "",
    )


_QUANTITIES = ("usual", "earlier", "more", "life_years")


def _reached(limits: Any) -> Any:
    if not isinstance(limits, Mapping) or number(limits.get("value")) is None:
        return "–"
    value, low, high = (
        format_number(limits.get(key), digits=2) for key in ("value", "low", "high")
    )
    return value_with_limits(value if value == low == high else f"{value} ({low} to {high})")


def gain_sentence(data: DossierInput, cite: Citer) -> Markup:
    """Where the life-years come from, in a sentence; empty without a forecast."""
    gain = dig(data.summary, "access", "gain")
    if not isinstance(gain, Mapping):
        return Markup("")
    written = format_interval(gain["value"], gain.get("low"), gain.get("high"), "years")
    origin = {
        "virtual trial": "from the virtual trial",
        "given": "given by the programme",
    }.get(str(gain.get("basis")), "")
    note = str(gain.get("note") or "")
    return Markup("Life-years: {0} for each treated patient{1} {2}, {3}{4}.").format(
        value_with_limits(written),
        cite.refs(gain.get("source")),
        mark_tag(gain.get("mark")),
        origin,
        f": {note}" if note else "",
    )


def document_list(data: DossierInput) -> list[tuple[str, str]]:
    """Path and title of every document of the run."""
    return [(str(row["path"]), str(row["title"])) for row in data.rows("documents")]


def prevalence_headings(data: DossierInput) -> list[tuple[str, list[str], list[str]]]:
    """The eight headings of the lead's prevalence report: statements and gaps."""
    return [
        (str(row.get("heading")), texts_of(row.get("statements")), texts_of(row.get("gaps")))
        for row in data.rows("prevalence_report", "sections")
    ]


def texts_of(value: Any) -> list[str]:
    """Sentences of a list; a sentence may hold a semicolon."""
    return [str(item) for item in value] if isinstance(value, list | tuple) else []
