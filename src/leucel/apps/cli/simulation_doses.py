"""Doses of `leucel simulate`: one amount, or an event table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from leucel.apps.cli.collecting import Faults
from leucel.apps.cli.simulation_texts import pairs

if TYPE_CHECKING:
    from leucel.apps.cli.simulation_input import Request
    from leucel.model import ModelSpec
    from leucel.solve import Doses, EventDoses


def events_of(request: Request, spec: ModelSpec) -> EventDoses:
    """Doses, times and covariates of the event table."""
    from leucel.core import InputError, Problem
    from leucel.data import read_events
    from leucel.solve import doses_from_events

    assert request.doses is not None
    named: dict[str, dict[str, str]] = {}
    for key, value in pairs(request.dose_parameters, "--dose-parameter").items():
        what, colon, state = key.partition(":")
        if not colon:
            raise InputError(
                Problem(
                    what="--dose-parameter cannot be read",
                    received=f"{key}={value}",
                    allowed="NUMBER:STATE=PARAMETER, such as lag:depot=alag",
                )
            )
        named.setdefault(what, {})[state] = value
    return doses_from_events(read_events(request.doses), spec, named=named)


def doses_of(
    request: Request, spec: ModelSpec, events: EventDoses | None, faults: Faults
) -> Doses | None:
    """Doses of the table, or the one at the start."""
    from leucel.core import Problem
    from leucel.solve import Doses

    if request.dose is not None and request.doses is not None:
        faults.problems.append(
            Problem(what="there is a --dose and a table of --doses", allowed="one of them")
        )
    if request.dose_parameters and request.doses is None:
        faults.problems.append(Problem(what="--dose-parameter needs a table of --doses"))
    if request.doses is not None:
        return _for_all(events, request.patients) if events is not None else None
    if request.dose is None:
        return None
    amount = request.dose
    if spec.dose_state is None:
        states = ", ".join(state.name for state in spec.states)
        faults.problems.append(
            Problem(
                what=f"the model {spec.name!r} has no state that doses enter",
                fix="give the doses as a table with the state in the column CMT"
                if states
                else "leave --dose out",
                allowed=states or None,
            )
        )
    return faults.attempt(lambda: Doses.bolus(amount))


def _for_all(events: EventDoses, patients: int | None) -> Doses:
    """The doses, of a single subject for any number of patients."""
    from dataclasses import fields, replace

    import numpy as np

    from leucel.solve import Doses

    if len(events.subjects) != 1 or patients in (None, 1):
        return events.doses
    records: list[Any] = []
    for record in events.doses.records:
        single: dict[str, Any] = {
            part.name: float(getattr(record, part.name)[0])
            for part in fields(record)
            if isinstance(getattr(record, part.name), np.ndarray)
        }
        records.append(replace(record, **single))
    return Doses(records=tuple(records))


def number_of_subjects(request: Request, events: EventDoses | None, faults: Faults) -> int:
    """Patients asked for, or those of the event table."""
    from leucel.core import Problem

    wanted = request.patients
    if events is None or len(events.subjects) == 1:
        return wanted or 1
    if wanted not in (None, len(events.subjects)):
        faults.problems.append(
            Problem(
                what="--patients does not fit the table of doses",
                received=str(wanted),
                allowed=f"{len(events.subjects)} as in the table, or a table of one subject",
            )
        )
    return len(events.subjects)


def refuse_no_times(request: Request) -> None:
    """Say that no time is asked for."""
    from leucel.core import InputError, Place, Problem

    raise InputError(
        Problem(
            what="the table of doses has no samples (EVID 0), so that no time is asked for",
            where=Place(file=str(request.doses)),
            fix="add samples, or give --times",
        )
    )
