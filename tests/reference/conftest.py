"""A published model of the library beside its second reading: the comparison that all models share.

A case names the model, which parameter of the library is which symbol, which state is which, and in
which units the second reading works. The comparison itself is here once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest
import sympy
from numpy.typing import ArrayLike, NDArray
from scipy.integrate import solve_ivp

from leucel.compile import compile_model
from leucel.library import get_model
from leucel.model import ModelSpec, symbolic_system
from leucel.solve import Doses, SolveOptions, simulate

# Two ways to write one right-hand side differ by rounding alone, enlarged where gain and loss
# almost cancel.
SAME_EQUATIONS = 1e-10
# A value is copied, or computed once from the printed one.
SAME_VALUE = 1e-12
# Two solvers at 1e-10 a step, over thousands of steps.
SAME_COURSE = 1e-6
RTOL = 1e-10
# LSODA at 1e-10 is itself a millionth off where a population decays for a hundred days.
RTOL_MINE = 1e-12
CASES = 200

Values = dict[str, float]
Rates = Callable[[float, NDArray[np.float64], Mapping[str, Any]], NDArray[np.float64]]
Jump = tuple[float, Callable[[NDArray[np.float64]], NDArray[np.float64]]]


def _unchanged(rng: np.random.Generator, p: Values) -> Values:
    return p


@dataclass(frozen=True, kw_only=True)
class SecondReading:
    """One model, twice.

    `symbols` are pairs "name=symbol"; `converted` gives further parameters of the library from the
    symbols; `own` are those of the library alone, and `guards` the values that some of them take
    where equations are compared. `states` are in the order of the second reading, `scale` is their
    unit there in that of the library; `decades` are the orders of magnitude in which random states
    lie, in units of the second reading. `seen` gives the outputs of the library. `unit` is its time
    in days, `floor` what does not count of a state in a course.
    """

    id: str
    rates: Rates
    start: Callable[[Mapping[str, Any]], NDArray[np.float64]]
    seen: Callable[[float, NDArray[np.float64], Mapping[str, Any]], Mapping[str, Any]]
    typical: Mapping[str, float]
    symbols: str
    states: Sequence[str]
    decades: Sequence[tuple[float, float]]
    choices: Mapping[str, str] = field(default_factory=dict)
    converted: Mapping[str, Callable[[Mapping[str, Any]], float]] = field(default_factory=dict)
    own: frozenset[str] = frozenset()
    guards: Mapping[str, float] = field(default_factory=dict)
    fixed: frozenset[str] = frozenset()
    vary: Callable[[np.random.Generator, Values], Values] = _unchanged
    scale: ArrayLike = 1.0
    unit: float = 1.0
    last: float = 100.0
    spread: float = 0.3
    values: float = SAME_VALUE
    floor: ArrayLike = 0.0
    atol: ArrayLike = 1e-12
    course_spread: float = 0.05

    def model(self) -> ModelSpec:
        return get_model(self.id, **self.choices)[0]

    def in_library(self, p: Mapping[str, float]) -> Values:
        """The parameters of the library from those of the second reading."""
        pairs = (pair.split("=") for pair in self.symbols.split())
        values = {name: p[symbol] for name, symbol in pairs}
        return values | {name: of(p) for name, of in self.converted.items()}

    def scattered(self, rng: np.random.Generator, spread: float) -> Values:
        """A patient or an experiment near the typical one."""
        factors = np.exp(rng.normal(0.0, spread, len(self.typical)))
        values = {
            name: value if name in self.fixed else value * float(factor)
            for (name, value), factor in zip(self.typical.items(), factors, strict=True)
        }
        return self.vary(rng, values)

    def same_values(self) -> None:
        """Every parameter of the library has a symbol, and its value, or is its own."""
        spec = self.model()
        mine = self.in_library(self.typical)
        assert {q.name for q in spec.parameters} == set(mine) | self.own
        assert {s.name for s in spec.states} == set(self.states)
        for name, value in mine.items():
            assert spec.parameter(name).value == pytest.approx(value, rel=self.values), name

    def worst_rate(self) -> float:
        """The largest relative difference of rates, starts and outputs at random places."""
        spec = self.model()
        system = symbolic_system(spec)
        arguments = [system.time, list(system.states), list(system.parameters)]
        rates, starts, outputs = (
            sympy.lambdify(arguments, list(part), "math")
            for part in (system.rhs, system.initial, system.outputs)
        )
        order = [[s.name for s in spec.states].index(name) for name in self.states]
        rng = np.random.default_rng(20)
        scale = np.broadcast_to(np.asarray(self.scale, dtype=np.float64), len(order))
        worst = 0.0
        for _ in range(CASES):
            p = self.scattered(rng, self.spread)
            given = self.in_library(p) | dict(self.guards)
            values = [given.get(q.name, q.value) for q in spec.parameters]
            t = rng.uniform(0.0, self.last)
            y = np.array([10.0 ** rng.uniform(*decade) for decade in self.decades])
            theirs = np.empty(len(order))
            theirs[order] = y * scale
            place = (t * self.unit, list(theirs), values)
            mine = self.seen(t, y, p)
            assert set(mine) == set(system.output_names)
            for a, b in (
                (np.array(rates(*place))[order], self.rates(t, y, p) * scale / self.unit),
                (np.array(starts(*place), dtype=np.float64)[order], self.start(p) * scale),
                (np.array(outputs(*place)), np.array([mine[n] for n in system.output_names])),
            ):
                size = np.where(b == 0.0, 1.0, np.abs(b))
                worst = max(worst, float(np.max(np.abs(a - b) / size)))
        return worst

    def course(self, p: Values, times: NDArray, jumps: Sequence[Jump]) -> NDArray:
        """States of the second reading at `times`, in its units; each jump begins a new stretch."""
        y = self.start(p)
        pieces: list[NDArray] = []
        begin = 0.0
        ends = [when for when, _ in jumps] + [float(times[-1])]
        after = [change for _, change in jumps] + [lambda y: y]
        for end, change in zip(ends, after, strict=True):
            if end > begin:
                low, high = np.nextafter(begin, end), np.nextafter(end, begin)
                inside = times[(times >= begin) & (times < end)]
                run = solve_ivp(
                    # On a corner either side has its own right-hand side: stay within the stretch.
                    lambda t, y, low=low, high=high: self.rates(min(max(t, low), high), y, p),
                    (begin, end),
                    y,
                    method="LSODA",
                    t_eval=np.append(inside, end),
                    rtol=RTOL_MINE,
                    atol=np.broadcast_to(np.asarray(self.atol, dtype=np.float64), y.shape),
                )
                assert run.success
                pieces.append(run.y[:, :-1])
                y = run.y[:, -1]
            y, begin = change(y.copy()), end
        return np.concatenate([*pieces, y[:, None]], axis=1)

    def worst_course(
        self,
        backend: str,
        times: ArrayLike,
        *,
        jumps: Callable[[Values], Sequence[Jump]] = lambda p: (),
        doses: Doses | None = None,
        options: SolveOptions | None = None,
    ) -> float:
        """The largest relative difference of all states over `times` (unit of the reading)."""
        times = np.asarray(times, dtype=np.float64)
        rng = np.random.default_rng(7)
        patients = [self.vary(np.random.default_rng(0), dict(self.typical))]
        patients.append(self.scattered(rng, self.course_spread))
        given = [self.in_library(p) for p in patients]
        result = simulate(
            compile_model(self.model(), backend=backend),
            parameters={name: np.array([g[name] for g in given]) for name in given[0]},
            times=times * self.unit,
            doses=doses,
            outputs=tuple(self.states),
            options=options or SolveOptions(rtol=RTOL),
        )
        result.require_ok()
        shape = (len(self.states), 1)
        scale = np.broadcast_to(np.asarray(self.scale, dtype=np.float64), len(self.states))
        floor = np.broadcast_to(np.asarray(self.floor, dtype=np.float64), len(self.states))
        theirs = np.array([result.output(name) for name in self.states])
        worst = 0.0
        for index, p in enumerate(patients):
            mine = self.course(p, times, jumps(p))
            size = np.maximum(np.abs(mine), floor.reshape(shape))
            off = np.abs(theirs[:, index] / scale.reshape(shape) - mine)
            worst = max(worst, float(np.max(off / np.where(size == 0.0, 1.0, size))))
        return worst


@pytest.fixture(scope="session")
def second_reading() -> type[SecondReading]:
    """The comparison, for tests that give it a case."""
    return SecondReading
