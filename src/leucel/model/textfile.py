"""Model files: writing a model as text that people read, and that reads back as the same model.

::

    model decay "first-order loss"
    time t [day]
    dose x

    parameters
      k = 0.1 [1/day] omega 0.3 low 0.0 "loss"
        from smith_2020 "Table 2" value 0.1 [1/day] n 20 mark seen kind reported note "RSE 10%"

    expressions
      loss [cells/day] = k*x

    states
      x [cells] = 100 [cells] "living cells"

    equations
      d/dt x = -loss

    events
      gone when x - 1 [cell] "the last cell is gone"
        set x = 0

    outputs
      living [cells] = x

    residuals
      living lognormal 0.2

    correlations
      k k_other -0.3

A state whose line begins with `log` is solved as its logarithm: ``log x [cells] = 100 [cells]``.

One line is one item; `#` starts a comment; texts stand in double quotes, as in JSON. Indentation is
for the eye only.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from leucel.core import Evidence

if TYPE_CHECKING:
    from leucel.model.spec import ModelSpec, Parameter

WORD = re.compile(r"[\w.:/-]+")
SECTIONS = (
    "parameters",
    "expressions",
    "states",
    "equations",
    "events",
    "outputs",
    "residuals",
    "correlations",
)


def to_text(spec: ModelSpec) -> str:
    """The model as the text of a model file; `read_model` gives an equal model back.

    Examples
    --------
    >>> from leucel.model import ModelSpec, Output, Parameter, read_model, to_text
    >>> k = Parameter(name="k", value=1.0, unit="1/day")
    >>> line = ModelSpec(name="line", parameters=(k,), outputs=(Output(name="y", text="k*t"),))
    >>> print(to_text(line))
    model line
    time t [day]
    <BLANKLINE>
    parameters
      k = 1.0 [1/day]
    <BLANKLINE>
    outputs
      y [1] = k*t
    <BLANKLINE>
    >>> read_model(to_text(line)) == line
    True
    """
    head = [f"model {spec.name}{_quoted(spec.description)}", f"time {spec.time} [{spec.time_unit}]"]
    if spec.dose_state is not None:
        head.append(f"dose {spec.dose_state}")
    blocks = {
        "parameters": [line for p in spec.parameters for line in _parameter(p)],
        "expressions": [
            f"{e.name} [{e.unit}] = {one_line(e.text)}{_quoted(e.meaning)}"
            for e in spec.expressions
        ],
        "states": [
            f"{'log ' if s.logged else ''}{s.name} [{s.unit}] = {one_line(s.initial)}"
            f"{_quoted(s.meaning)}"
            for s in spec.states
        ],
        "equations": [f"d/dt {name} = {one_line(text)}" for name, text in spec.equations],
        "events": [
            line
            for event in spec.events
            for line in (
                f"{event.name} when {one_line(event.when)}{_quoted(event.meaning)}",
                *(f"  set {name} = {one_line(text)}" for name, text in event.assignments),
            )
        ],
        "outputs": [
            f"{o.name} [{o.unit}] = {one_line(o.text)}{_quoted(o.meaning)}" for o in spec.outputs
        ],
        "residuals": [
            line
            for r in spec.residuals
            for line in (f"{r.output} {r.kind} {float(r.sigma)!r}", *_evidence(r.evidence))
        ],
        "correlations": [
            line
            for c in spec.correlations
            for line in (f"{c.first} {c.second} {float(c.value)!r}", *_evidence(c.evidence))
        ],
    }
    parts = [head]
    parts += [[s, *(f"  {line}" for line in blocks[s])] for s in SECTIONS if blocks[s]]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def one_line(text: str) -> str:
    """An equation on one line, as one line of a file is one item."""
    return " ".join(line.strip() for line in text.splitlines())


def _quoted(text: str) -> str:
    return f" {json.dumps(text, ensure_ascii=False)}" if text else ""


def _word(text: str) -> str:
    return text if WORD.fullmatch(text) else json.dumps(text, ensure_ascii=False)


def _parameter(parameter: Parameter) -> list[str]:
    words = [f"{parameter.name} = {float(parameter.value)!r} [{parameter.unit}]"]
    if parameter.omega is not None:
        words.append(f"omega {float(parameter.omega)!r}")
    if parameter.scale != "log":
        words.append(f"scale {parameter.scale}")
    words += [f"low {float(parameter.low)!r}"] if parameter.low != float("-inf") else []
    words += [f"high {float(parameter.high)!r}"] if parameter.high != float("inf") else []
    return [" ".join(words) + _quoted(parameter.meaning), *_evidence(parameter.evidence)]


def _evidence(evidence: Evidence | None) -> list[str]:
    if evidence is None:
        return []
    value = evidence.value
    shown = json.dumps(value, ensure_ascii=False) if isinstance(value, str) else repr(float(value))
    words = [f"from {_word(evidence.source or '-')}{_quoted(evidence.place)}"]
    words.append(f"value {shown}" + (f" [{evidence.unit}]" if evidence.unit else ""))
    words += [f"low {float(evidence.low)!r}"] if evidence.low is not None else []
    words += [f"high {float(evidence.high)!r}"] if evidence.high is not None else []
    words += [f"n {evidence.n}"] if evidence.n is not None else []
    words.append(f"mark {_word(evidence.mark.value)} kind {evidence.kind.value}")
    words += [f"note{_quoted(evidence.note)}"] if evidence.note else []
    return ["  " + " ".join(words)]
