"""One model's card as a page of the catalogue: Markdown with tables, equations and a figure."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence

from leucel.core import Evidence, Mark, Source
from leucel.library.cards import Check, ModelCard
from leucel.library.describe import equation_lines
from leucel.library.pictures import picture_of
from leucel.model import ModelSpec, Parameter, to_mathml

_RSE = re.compile(r"(?<!omega )RSE ([\d.]+)%;? ?")
_GROUPS = {
    "expressions": "Expressions",
    "rates": "Rates of change",
    "initial values": "Initial values",
    "events": "Events",
    "outputs": "Outputs",
}


def card_page(card: ModelCard, spec: ModelSpec, *, figure: str = "") -> str:
    """The card of a model as a page: what it is, its equations, every value, every check.

    Parameters
    ----------
    figure : an HTML figure of typical courses, on lines without an empty one.

    Examples
    --------
    >>> from leucel.library import card_page, get_model
    >>> spec, card = get_model("stein_2019_tisagenlecleucel")
    >>> print(card_page(card, spec).splitlines()[0])
    # Tisagenlecleucel, piecewise cellular kinetics (closed form)
    """
    sections = [
        f"# {card.title}",
        _escaped(card.reason),
        _facts(card, spec),
        *(("## Course", figure) if figure else ()),
        "## Equations",
        _equations(spec),
        "## Parameters",
        _parameters(card, spec.parameters),
        *_correlations(spec),
        *_residuals(spec),
        "## Checks",
        *_checks(card.checks),
        "## Data behind it",
        _escaped(f"{card.data}. Assay: {card.assay}."),
    ]
    if card.choices:
        sections += ["## Choices", _choices(card)]
    for title, texts in (
        ("Assumptions", card.assumptions),
        ("Deviations from the source", card.deviations),
        ("Limits", card.limits),
    ):
        if texts:
            sections += [f"## {title}", _list(texts)]
    if card.defects:
        rows = [(_text(d.what), _text(d.resolution)) for d in card.defects]
        sections += [
            "## Defects of the source, and how they are resolved",
            _table(("defect", "resolution"), rows),
        ]
    sections += ["## How to run it", _running(card, spec)]
    sections += ["## Review", "\n".join(f"- {line}" for line in _review(card))]
    sections += ["## Sources", "\n".join(f"- {_citation(source)}" for source in card.sources)]
    return "\n\n".join(sections) + "\n"


def _text(text: str) -> str:
    return html.escape(text, quote=False)


def _escaped(text: str) -> str:
    """Text for Markdown, in which stars and angles of formulas are shown as they are."""
    return html.escape(text, quote=False).replace("*", r"\*")


def _list(texts: Iterable[str]) -> str:
    return "\n".join(f"- {_escaped(text)}" for text in texts)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]], *, right: Sequence[int] = ()) -> str:
    """An HTML table that scrolls sideways where a screen is narrow; cells are HTML."""

    def row(cells: Sequence[str], tag: str) -> str:
        aligned = (
            f'<{tag} class="number">{cell}</{tag}>' if i in right else f"<{tag}>{cell}</{tag}>"
            for i, cell in enumerate(cells)
        )
        return f"<tr>{''.join(aligned)}</tr>"

    lines = ['<div class="card-table"><table class="card">', f"<thead>{row(head, 'th')}</thead>"]
    lines += ["<tbody>", *(row(cells, "td") for cells in rows), "</tbody></table></div>"]
    return "\n".join(lines)


def _facts(card: ModelCard, spec: ModelSpec) -> str:
    count = len(spec.states)
    noun = "differential equation" if count == 1 else "differential equations"
    size = f"{count} {noun}, time in {spec.time_unit}s" if count else "closed form"
    link = card.source.link
    source = _text(card.source.citation)
    rows = [
        ("status", f'<span class="status {card.status.value}">{card.status.value}</span>'),
        ("source", f'{source} <a href="{link}">{_text(link)}</a>' if link else source),
        ("product", _text(card.product)),
        ("target", _text(card.target)),
        ("population", _text(card.population)),
        ("form", f"{size}, {len(spec.parameters)} parameters"),
        ("a dose enters", f"<code>{spec.dose_state}</code>" if spec.dose_state else "nowhere"),
        ("license", _text(card.license)),
        ("id and content", f"<code>{card.id}</code> <code>{spec.content_hash[:16]}</code>"),
    ]
    cells = "\n".join(f"<tr><th>{name}</th><td>{value}</td></tr>" for name, value in rows)
    return f'<div class="card-facts"><table class="card">\n{cells}\n</table></div>'


def _equations(spec: ModelSpec) -> str:
    parts = ['<div class="equations">']
    for group, equations in to_mathml(spec).items():
        parts.append(f"<h3>{_GROUPS[group]}</h3>")
        parts += [f'<p class="equation">{equation}</p>' for equation in equations]
    parts.append("</div>")
    plain = _text("\n".join(equation_lines(spec)))
    parts.append(
        '<details class="as-text"><summary>The same as text</summary>'
        f"<pre><code>{plain}</code></pre></details>"
    )
    return "\n".join(parts)


def _number(value: float, digits: int = 6) -> str:
    """Some digits at most; powers of ten as such."""
    text = f"{value:.{digits}g}"
    if "e" not in text:
        return text.replace("-", "−")
    mantissa, exponent = text.split("e")
    power = f"10<sup>{int(exponent)}</sup>".replace("-", "−")
    return power if mantissa == "1" else f"{mantissa.replace('-', '−')}·{power}"


def _unit(unit: str) -> str:
    return "" if unit == "1" else " " + _text(unit).replace("*", "·")


def _mark(mark: Mark) -> str:
    return f'<span class="mark">{mark.value}</span>'


def _source_cell(evidence: Evidence | None) -> str:
    if evidence is None:
        return ""
    place = ", ".join(filter(None, (evidence.source, evidence.place)))
    kind = "" if evidence.kind.value == "reported" else f", {evidence.kind.value}"
    return f"{_text(place)}{kind} {_mark(evidence.mark)}"


def _parameters(card: ModelCard, parameters: tuple[Parameter, ...]) -> str:
    rows: list[tuple[str, ...]] = []
    for p in parameters:
        note = p.evidence.note if p.evidence else ""
        uncertainty = ""
        if p.evidence and p.evidence.low is not None and p.evidence.high is not None:
            uncertainty = f"{_number(p.evidence.low)} to {_number(p.evidence.high)}"
        elif found := _RSE.search(note):
            uncertainty = f"RSE {found.group(1)}%"
            note = (note[: found.start()] + note[found.end() :]).strip("; ")
        told = f"<code>{p.name}</code><br>{_text(p.meaning)}"
        told += f'<br><span class="note">{_text(note)}</span>' if note else ""
        symbol = card.symbol(p.name)
        rows.append(
            (
                told,
                "" if symbol == p.name else _text(symbol),
                f"{_number(p.value)}{_unit(p.unit)}",
                uncertainty,
                "" if p.omega is None else _number(p.omega, 4),
                _source_cell(p.evidence),
            )
        )
    head = ("parameter", "in the paper", "value", "uncertainty", "SD between patients", "source")
    # A column that no value fills would only push the others apart.
    kept = [i for i in range(len(head)) if any(row[i] for row in rows)]
    shown = _table(
        [head[i] for i in kept],
        [[row[i] for i in kept] for row in rows],
        right=[kept.index(i) for i in (2, 3, 4) if i in kept],
    )
    if any(p.omega is not None for p in parameters):
        shown += (
            "\n\nThe SD between patients is that of the random effect, on the logarithmic scale"
            " unless a range makes it logistic."
        )
    return shown


def _correlations(spec: ModelSpec) -> tuple[str, ...]:
    if not spec.correlations:
        return ()
    rows = [
        (
            f"<code>{c.first}</code>, <code>{c.second}</code>",
            _number(c.value),
            _text(c.evidence.note) if c.evidence else "",
            _source_cell(c.evidence),
        )
        for c in spec.correlations
    ]
    head = ("random effects of", "correlation", "note", "source")
    return ("### Correlations of random effects", _table(head, rows, right=(1,)))


def _residuals(spec: ModelSpec) -> tuple[str, ...]:
    if not spec.residuals:
        return ()
    units = {o.name: o.unit for o in spec.outputs}
    rows = [
        (
            f"<code>{r.output}</code>",
            r.kind,
            _number(r.sigma) + (_unit(units[r.output]) if r.kind == "additive" else ""),
            _text(r.evidence.note) if r.evidence else "",
            _source_cell(r.evidence),
        )
        for r in spec.residuals
    ]
    head = ("output", "residual error", "SD", "note", "source")
    return ("### Residual error", _table(head, rows, right=(2,)))


def _checks(checks: tuple[Check, ...]) -> tuple[str, ...]:
    if not checks:
        return ("None yet.",)
    met = sum(check.accepts(check.ours) for check in checks)
    outside = sum(check.outside for check in checks)
    told = (
        f"{met} of {len(checks)} numbers are met within their tolerance; {outside} of them were"
        " printed by the paper or by others who coded the model."
    )
    rows = [
        (
            _text(check.name) + _options(check),
            f"{_number(check.expected)}{_unit(check.unit)}",
            _number(check.ours),
            f"{check.deviation:+.2%}".replace("-", "−"),
            f"{check.tolerance:.2g}",
            '<span class="met">met</span>'
            if check.accepts(check.ours)
            else '<span class="missed">missed</span>',
            f"{_text(', '.join(filter(None, (check.source, check.place))))} {_mark(check.mark)}",
        )
        for check in checks
    ]
    head = ("number", "printed", "ours", "deviation", "tolerance", "", "source")
    reasons = _list(dict.fromkeys(check.reason for check in checks))
    found = [told, _table(head, rows, right=(1, 2, 3, 4))]
    missed = [f"{c.name}. {c.disagreement}" for c in checks if c.disagreement]
    if missed:
        found.append(f"Why numbers are missed:\n\n{_list(missed)}")
    return (*found, f"Tolerances are relative:\n\n{reasons}")


def _options(check: Check) -> str:
    shown = [f"{name}={option}" for name, option in check.choices]
    shown += [f"over {name}={option}" for name, option in check.against]
    shown += [f"over {name}={value:g}" for name, value in check.against_values]
    return f'<br><span class="note">{_text(", ".join(shown))}</span>' if shown else ""


def _choices(card: ModelCard) -> str:
    rows = [
        (
            f"<code>{choice.name}</code>",
            f"<code>{option}</code>" + (" (default)" if option == choice.default else ""),
            _text(meaning),
            _text(choice.reason) if option == choice.default else "",
        )
        for choice in card.choices
        for option, meaning in choice.options
    ]
    return _table(("choice", "option", "what it means", "why the default"), rows)


def _running(card: ModelCard, spec: ModelSpec) -> str:
    picture = picture_of(card.id)
    line = picture.lines[0]
    end = 0.0 if picture.sweep else picture.end
    amount = line.dose if line.dose is not None else (line.doses[0][1] if line.doses else None)
    imports = [
        "import numpy as np\n",
        "from leucel.compile import compile_model",
        "from leucel.library import get_model",
        f"from leucel.solve import {'Doses, ' if amount else ''}simulate\n",
    ]
    shown = f"{amount:.6g}".replace("e+0", "e") if amount else ""
    times = f"np.arange(0.0, {end + 1:.1f})" if end else "np.array([0.0])"
    more = f", doses=Doses.bolus({shown})" if amount else ""
    python = [
        *imports,
        f'spec, card = get_model("{card.id}")',
        f"times = {times}",
        f"found = simulate(compile_model(spec), times=times{more})",
        f'found.output("{picture.panels[0].output}")[0]',
    ]
    given = f" --dose {shown}" if amount else ""
    shell = [
        f"leucel models {card.id}",
        f"leucel simulate {card.id} --times 0:{end:g}:1{given}",
    ]
    if spec.states:
        shell.append(f"leucel models {card.id} --sbml {card.id}.xml")
    return "```python\n" + "\n".join(python) + "\n```\n\n```sh\n" + "\n".join(shell) + "\n```"


def _review(card: ModelCard) -> list[str]:
    lines: list[str] = []
    if card.review is not None:
        lines.append(f"Second reading: `{card.review.reading}`, by {_escaped(card.review.reader)}.")
        lines += [
            f"Compared: {c.what}, to {c.tolerance:g}, in `{c.test}`."
            for c in card.review.comparisons
        ]
    met = [check for check in card.checks if check.outside]
    if met and not card.lacking:
        lines.append(
            f"Numbers from outside that are met: {len(met)}, from"
            f" {', '.join(f'`{id_}`' for id_ in dict.fromkeys(check.source for check in met))}."
        )
    lines += [f"Missing for reviewed: {_escaped(text)}." for text in card.lacking]
    if card.missing:
        lines.append(_escaped(card.missing))
    return lines


def _citation(source: Source) -> str:
    shown = _escaped(source.citation)
    return f"{shown} [{source.link}]({source.link})" if source.link else shown
