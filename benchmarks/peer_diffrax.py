"""diffrax: Kvaerno5 vmapped over patients by JAX, in double precision on the processor."""

from __future__ import annotations

import os

os.environ.setdefault("JAX_PLATFORMS", "cpu")

import time
from typing import Any

import diffrax
import jax
import jax.numpy as jnp
import numpy as np
import sympy

from leucel.model import symbolic_system
from peer_cases import DAYS, Answer, Case

MOST_STEPS = 100_000

jax.config.update("jax_enable_x64", True)


def solve(case: Case, rtol: float, atol: float, batch: int) -> Answer:
    """Batches of patients that advance together; those below one tumor cell stand still."""
    system = symbolic_system(case.spec)
    arguments = [system.time, *system.states, *system.parameters]
    function = sympy.lambdify(arguments, list(system.rhs), modules="jax", cse=True)
    size = len(system.states)

    def field(t: Any, y: Any, p: Any) -> Any:
        slope = jnp.stack(
            [
                jnp.asarray(v, dtype=jnp.float64)
                for v in function(t, *[y[i] for i in range(size)], *p)
            ]
        )
        if case.extinct is not None:
            # An event that sets states would need a second solve: what is extinct does not change.
            watched, factor, limit, zeroed = case.extinct
            alive = y[watched] * factor > limit
            still = jnp.zeros(size, dtype=bool).at[jnp.array(zeroed)].set(True)
            slope = jnp.where(still & ~alive, 0.0, slope)
        return slope

    def one(p: Any, y: Any) -> tuple[Any, Any]:
        found = diffrax.diffeqsolve(
            diffrax.ODETerm(field),
            diffrax.Kvaerno5(),
            t0=DAYS[0],
            t1=DAYS[-1],
            dt0=None,
            y0=y,
            args=p,
            saveat=diffrax.SaveAt(ts=jnp.asarray(DAYS)),
            stepsize_controller=diffrax.PIDController(rtol=rtol, atol=atol),
            max_steps=MOST_STEPS,
            throw=False,
        )
        return found.ys, found.result == diffrax.RESULTS.successful

    run = jax.jit(jax.vmap(one))
    table, initial = jnp.asarray(case.table), jnp.asarray(case.initial)
    start = time.process_time()
    jax.block_until_ready(run(table[:batch], initial[:batch]))
    warm = time.process_time() - start
    values = np.empty((case.count, len(DAYS), size))
    start = time.process_time()
    for first in range(0, case.count, batch):
        part = slice(first, first + batch)
        got, ended = jax.block_until_ready(run(table[part], initial[part]))
        values[part] = np.where(np.asarray(ended)[:, None, None], np.asarray(got), np.nan)
    seconds = time.process_time() - start
    return Answer(
        values=values,
        seconds=seconds,
        program=f"diffrax {diffrax.__version__}, JAX {jax.__version__}, Kvaerno5 vmapped over "
        f"{batch}",
        apart=f"compiled in {max(warm - seconds * batch / case.count, 0.0):.1f} s",
    )
