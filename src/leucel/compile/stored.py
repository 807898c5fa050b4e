"""Lowered systems as text, to keep them between processes without SymPy."""

from __future__ import annotations

import json
from typing import Any

from leucel.compile.lowering import LoweredDelay, LoweredEvent, LoweredSystem
from leucel.compile.program import Instruction, Op, Program


def system_to_bytes(system: LoweredSystem) -> bytes:
    """A system as JSON; numbers are hexadecimal, so that no bit is lost."""
    content = {
        "program": [
            [i.op.value, list(i.args), i.index, i.value.hex()] for i in system.program.instructions
        ],
        "state_names": system.state_names,
        "parameter_names": system.parameter_names,
        "output_names": system.output_names,
        "initial": system.initial,
        "rhs": system.rhs,
        "jacobian": [[*at, number] for at, number in system.jacobian.items()],
        "time_derivative": system.time_derivative,
        "outputs": system.outputs,
        "events": [[e.name, e.when, e.assignments, e.chained] for e in system.events],
        "dose_state": system.dose_state,
        "passive": system.passive,
        "moments": system.moments,
        "logged": system.logged,
        "delays": [[d.state, d.lag] for d in system.delays],
    }
    return json.dumps(content, separators=(",", ":")).encode()


def system_from_bytes(raw: bytes) -> LoweredSystem:
    """The system that `system_to_bytes` wrote."""
    content: dict[str, Any] = json.loads(raw)
    program = Program(
        tuple(
            Instruction(Op(op), tuple(args), index=index, value=float.fromhex(value))
            for op, args, index, value in content["program"]
        )
    )
    return LoweredSystem(
        program=program,
        state_names=tuple(content["state_names"]),
        parameter_names=tuple(content["parameter_names"]),
        output_names=tuple(content["output_names"]),
        initial=tuple(content["initial"]),
        rhs=tuple(content["rhs"]),
        jacobian={(i, j): number for i, j, number in content["jacobian"]},
        time_derivative=tuple(content["time_derivative"]),
        outputs=tuple(content["outputs"]),
        events=tuple(
            LoweredEvent(
                name=name,
                when=when,
                assignments=tuple((i, n) for i, n in assignments),
                chained=None if chained is None else tuple((i, n) for i, n in chained),
            )
            for name, when, assignments, chained in content["events"]
        ),
        dose_state=content["dose_state"],
        passive=content["passive"],
        moments=tuple(content["moments"]),
        logged=tuple(content["logged"]),
        delays=tuple(LoweredDelay(state=s, lag=n) for s, n in content["delays"]),
    )
