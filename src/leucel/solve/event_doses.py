"""From an event table to dose records of all subjects, sampling times and covariates.

Records of a subject keep their order. At one moment the order is that of the rows: what switches,
then what is given or reset; a row with EVID 4 resets before it gives. A sample sees the state after
all records of its moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from leucel.core import InputError, Problem, unknown_name
from leucel.data import EventTable
from leucel.model import ModelSpec
from leucel.solve.doses import Dose, Doses, Reset, SteadyState, Switch

Floats = NDArray[np.float64]
_RESETS: Final = (3, 4)
_GIVES: Final = (1, 4)
_STEADY: Final[tuple[SteadyState, ...]] = ("no", "replace", "add")
_MODELED: Final = {-1.0: "rate", -2.0: "duration"}
# Names of the parameters that give a number of the doses into a state.
CONVENTION: Final[Mapping[str, str]] = {
    "lag": "lag_{state}",
    "bioavailability": "f_{state}",
    "rate": "rate_{state}",
    "duration": "duration_{state}",
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EventDoses:
    """What a simulation is given from an event table.

    Attributes
    ----------
    subjects : ids, (N,).
    doses : records, with infinite times for the subjects that do not have them.
    times : times at which any subject is sampled, ascending, (T,).
    sampled : true where a subject is sampled, (N, T).
    parameters : values by name, (N,) each, from columns that are named like parameters.
    unused : columns that are neither of the table nor parameters of the model.
    """

    subjects: tuple[str, ...]
    doses: Doses
    times: Floats
    sampled: NDArray[np.bool_]
    parameters: Mapping[str, Floats]
    unused: tuple[str, ...]


@final
@dataclass(frozen=True, slots=True)
class _Form:
    """What records have to share to be one record of several subjects."""

    kind: str
    state: str | None = None
    shape: str = "bolus"
    steady: SteadyState = "no"
    additional: int = 0
    lag: str = ""
    bioavailability: str = ""
    modeled: str = ""


@final
@dataclass(slots=True)
class _Slot:
    """One record, with its row in the table for each subject that has it."""

    form: _Form
    rows: dict[int, int] = field(default_factory=dict)


def doses_from_events(
    table: EventTable, spec: ModelSpec, *, named: Mapping[str, Mapping[str, str]] | None = None
) -> EventDoses:
    """Turn an event table into what `simulate` takes.

    Parameters
    ----------
    table : what `leucel.data.read_events` gave.
    spec : the model, whose states the compartments are: by number (from 1) or by name.
    named : parameter of the model by state, for "lag", "bioavailability", "rate" (RATE = -1) and
        "duration" (RATE = -2). Without an entry the parameter is ``lag_<state>``, ``f_<state>``,
        ``rate_<state>`` or ``duration_<state>``, where the model has it. A lag or a
        bioavailability in the table wins.

    Notes
    -----
    A column that is named like a parameter is a covariate: its value at the first row of a subject
    holds from the start, and each later value from its row on.

    Raises
    ------
    InputError
        With every row that the model does not fit.
    """
    problems: list[Problem] = []
    fields = _Fields(table, spec, named or {}, problems)
    slots = _slots(table, fields)
    parameters, switches = _covariates(table, spec)
    if problems:
        raise InputError(problems)
    given = tuple(_record(slot, table) for slot in slots)
    samples = table.sampling_times()
    times = np.unique(np.concatenate(samples)) if samples else np.empty(0)
    sampled = np.array([np.isin(times, own) for own in samples])
    known = set(spec.typical_values())
    unused = [name for name in table.covariates if name not in known]
    return EventDoses(
        subjects=table.subjects,
        doses=Doses(records=(*switches, *given)),
        times=times,
        sampled=sampled,
        parameters=parameters,
        unused=(*unused, *table.ignored),
    )


@final
class _Fields:
    """Reads rows with the states and parameters of a model."""

    def __init__(
        self,
        table: EventTable,
        spec: ModelSpec,
        named: Mapping[str, Mapping[str, str]],
        problems: list[Problem],
    ) -> None:
        self._table, self._problems = table, problems
        self._states = [state.name for state in spec.states]
        self._dose_state = spec.dose_state
        self._parameters = list(spec.typical_values())
        self._named = {what: dict(pairs) for what, pairs in named.items()}
        for what, pairs in named.items():
            if what not in CONVENTION:
                problems.append(unknown_name(what, tuple(CONVENTION), noun="number of a dose"))
            for state, name in pairs.items():
                if state not in self._states:
                    problems.append(unknown_name(state, self._states, noun="state"))
                if name not in self._parameters:
                    problems.append(unknown_name(name, self._parameters, noun="parameter"))

    def form(self, row: int) -> _Form:
        """What kind of dose a row gives."""
        table = self._table
        state = self._state(row)
        rate = float(table.rate[row])
        shape, modeled = "bolus", ""
        steady = _STEADY[int(table.steady_state[row])]
        if rate in _MODELED:
            shape = _MODELED[rate]
            modeled = self._name(shape, state)
            if not modeled:
                wanted = CONVENTION[shape].format(state=state)
                self._problems.append(
                    Problem(
                        what=f"the table leaves the {shape} of a dose to the model, "
                        "which has no parameter for it",
                        where=table.place(row),
                        received=f"RATE {rate:g}",
                        fix=f"add a parameter {wanted!r}, or name another one",
                    )
                )
        elif rate > 0.0:
            endless = steady != "no" and table.amount[row] == 0.0
            shape = "endless" if endless else "rate"
        elif table.duration[row] > 0.0:
            shape = "duration"
        return _Form(
            kind="dose",
            state=state,
            shape=shape,
            steady=steady,
            additional=int(table.additional[row]),
            lag=self._source("lag", state, table.lag[row]),
            bioavailability=self._source("bioavailability", state, table.bioavailability[row]),
            modeled=modeled,
        )

    def _state(self, row: int) -> str | None:
        text = self._table.compartment[row]
        number = text[:-2] if text.endswith(".0") else text
        if text == "":
            if self._dose_state is None:
                self._problems.append(
                    Problem(
                        what="the model has no state that doses enter",
                        where=self._table.place(row),
                        fix="name the state in the column CMT",
                        allowed=", ".join(self._states) or None,
                    )
                )
            return self._dose_state
        if number.isdigit() and 1 <= int(number) <= len(self._states):
            return self._states[int(number) - 1]
        if text in self._states:
            return text
        self._problems.append(
            Problem(
                what="the model has no such compartment",
                where=self._table.place(row),
                received=text,
                allowed=", ".join(f"{k} {name}" for k, name in enumerate(self._states, start=1)),
            )
        )
        return None

    def _name(self, what: str, state: str | None) -> str:
        """The parameter for a number of the doses into a state, "" when there is none."""
        if state is None:
            return ""
        usual = CONVENTION[what].format(state=state)
        found = self._named.get(what, {}).get(state, usual)
        return found if found in self._parameters else ""

    def _source(self, what: str, state: str | None, given: float) -> str:
        return "table" if not np.isnan(given) else self._name(what, state)


def _slots(table: EventTable, fields: _Fields) -> list[_Slot]:
    """Records that several subjects share where their forms agree, in an order that fits all."""
    slots: list[_Slot] = []
    reset = _Form(kind="reset")
    place, subject = 0, -1
    for row in range(len(table.time)):
        if int(table.index[row]) != subject:
            place, subject = 0, int(table.index[row])
        kind = int(table.evid[row])
        forms = [reset] if kind in _RESETS else []
        forms += [fields.form(row)] if kind in _GIVES else []
        for form in forms:
            at = next((k for k in range(place, len(slots)) if slots[k].form == form), None)
            if at is None:
                at = place
                slots.insert(at, _Slot(form))
            slots[at].rows[subject] = row
            place = at + 1
    return slots


def _record(slot: _Slot, table: EventTable) -> Dose | Reset:
    form = slot.form
    subjects = np.array(list(slot.rows), dtype=np.int64)
    rows = np.array(list(slot.rows.values()), dtype=np.int64)

    def column(values: Floats, otherwise: float) -> Floats:
        spread = np.full(len(table.subjects), otherwise)
        spread[subjects] = values[rows]
        return spread

    time = column(table.time, np.inf)
    if form.kind == "reset":
        return Reset(time=time)
    numbers: dict[str, Any] = {}
    if form.lag:
        numbers["lag"] = column(table.lag, 0.0) if form.lag == "table" else form.lag
    if form.bioavailability:
        from_table = form.bioavailability == "table"
        share = column(table.bioavailability, 1.0) if from_table else form.bioavailability
        numbers["bioavailability"] = share
    if form.modeled:
        numbers[form.shape] = form.modeled
    elif form.shape in ("rate", "endless"):
        numbers["rate"] = column(table.rate, 1.0)
    elif form.shape == "duration":
        numbers["duration"] = column(table.duration, 1.0)
    return Dose(
        amount=0.0 if form.shape == "endless" else column(table.amount, 0.0),
        time=time,
        state=form.state,
        additional=form.additional,
        interval=column(table.interval, 1.0),
        steady_state=form.steady,
        **numbers,
    )


def _covariates(table: EventTable, spec: ModelSpec) -> tuple[dict[str, Floats], tuple[Switch, ...]]:
    """Values at the start, and what changes later."""
    n = len(table.subjects)
    starts = np.unique(table.index, return_index=True)[1]
    values: dict[str, Floats] = {}
    switches: list[Switch] = []
    for name, column in table.covariates.items():
        if name not in spec.typical_values():
            continue
        typical = spec.parameter(name).value
        first = column[starts]
        values[name] = np.where(np.isnan(first), typical, first)
        changes: list[list[tuple[float, float]]] = [[] for _ in range(n)]
        for row in range(1, len(column)):
            subject = int(table.index[row])
            same = subject == table.index[row - 1] and column[row] == column[row - 1]
            if not same and subject == table.index[row - 1] and not np.isnan(column[row]):
                changes[subject].append((float(table.time[row]), float(column[row])))
        for k in range(max(map(len, changes), default=0)):
            own = [c[k] if k < len(c) else (np.inf, typical) for c in changes]
            time, value = (np.array(part) for part in zip(*own, strict=True))
            switches.append(Switch(parameter=name, value=value, time=time))
    return values, tuple(switches)
