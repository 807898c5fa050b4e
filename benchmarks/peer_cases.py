"""The work that leucel and its peers are given: a model, its patients, the error of an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from leucel.compile import CompiledModel, compile_model
from leucel.core import RandomStream
from leucel.library import get_model
from leucel.model import ModelSpec, Parameter
from leucel.solve import SolveOptions, simulate

Array = NDArray[np.float64]
MethodName = Literal["auto", "explicit", "rosenbrock"]

DAYS = np.arange(0.0, 366.0)
TOLERANCE = 1e-6
TIGHT = 1e-12
# Below this share of its largest value in a patient, a state is not compared.
FLOOR = 1e-6


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One model and many patients; the dose is the initial value of the state that it enters.

    Attributes
    ----------
    parameters : by name, (N,) each, all parameters of the model.
    initial : (N, S).
    extinct : index of a state, its factor, the limit, and the states that are set to zero once the
        state times the factor is below the limit; None when nothing dies out.
    """

    title: str
    spec: ModelSpec
    model: CompiledModel
    parameters: Mapping[str, Array]
    initial: Array
    extinct: tuple[int, float, float, tuple[int, ...]] | None = None

    @property
    def count(self) -> int:
        """Number of patients."""
        return len(self.initial)

    @property
    def table(self) -> Array:
        """Parameters in the order of the model, (N, P)."""
        return np.column_stack([self.parameters[p.name] for p in self.spec.parameters])

    def first(self, count: int) -> Case:
        """The first patients only."""
        return replace(
            self,
            parameters={name: values[:count] for name, values in self.parameters.items()},
            initial=self.initial[:count],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a program gave: states (N, T, S), not numbers where a patient was not finished."""

    values: Array
    seconds: float
    program: str
    apart: str = ""

    @property
    def unfinished(self) -> int:
        """Patients without an end."""
        return int(np.isnan(self.values[:, -1, 0]).sum())


def infused(spec: ModelSpec, state: str) -> ModelSpec:
    """The model with the dose as initial value of a state, as the parameter `infusion`."""
    found = next(s for s in spec.states if s.name == state)
    dose = Parameter(name="infusion", value=1.0, unit=found.unit, meaning="cells infused")
    states = tuple(replace(s, initial="infusion") if s is found else s for s in spec.states)
    return replace(spec, parameters=(*spec.parameters, dose), states=states, dose_state=None)


def case_of(
    title: str, spec: ModelSpec, spread: Mapping[str, float], dose: float, count: int, seed: int
) -> Case:
    """Patients whose parameters have a log-normal spread."""
    stream = RandomStream(seed)
    parameters = {
        p.name: p.value * np.exp(spread.get(p.name, 0.0) * stream.normal(p.name, subjects=count))
        for p in spec.parameters
    }
    parameters["infusion"] = np.full(count, dose)
    model = compile_model(spec)
    columns = [parameters[p.name] for p in spec.parameters]
    initial = model.initial_states(columns, count)
    return Case(title=title, spec=spec, model=model, parameters=parameters, initial=initial)


def singh(count: int) -> Case:
    """Eight states, stiff binding, extinction below one tumor cell."""
    spec = infused(get_model("singh_2021_idecabtagene")[0], "effector_blood")
    spread = {p.name: p.omega for p in spec.parameters if p.omega}
    case = case_of("Singh 2021", spec, spread, 450e6, count, seed=1)
    names = [s.name for s in spec.states]
    tumor, complexes = names.index("tumor"), names.index("complexes")
    volume = float(case.parameters["vol_marrow"][0])
    return replace(case, extinct=(tumor, volume, 1.0, (tumor, complexes)))


def hardiansyah(count: int) -> Case:
    """Eight states: cells in blood and tissue, leukemia and three cytokines."""
    spec = infused(get_model("hardiansyah_2019_ctl019")[0], "effector")
    # The paper fits two patients and gives no spread; 20% as in workload A.
    spread = {p.name: 0.2 for p in spec.parameters if p.name != "floor_ifn"}
    return case_of("Hardiansyah & Ng 2019", spec, spread, 1.1e9, count, seed=2)


def leucel_states(case: Case, rtol: float, atol: float, method: MethodName = "auto") -> Array:
    """Our own answer, (N, T, S)."""
    result = simulate(
        case.model,
        parameters=case.parameters,
        times=DAYS,
        outputs=[s.name for s in case.spec.states],
        options=SolveOptions(rtol=rtol, atol=atol, threads=1, max_steps=10_000_000, method=method),
    )
    return result.values.transpose(0, 2, 1)


def errors(case: Case, got: Array, exact: Array) -> Array:
    """Largest relative error of each patient, (N,), where a state is not small, nor extinct."""
    scale = np.abs(exact).max(axis=1, keepdims=True)
    counts = np.abs(exact) > FLOOR * scale
    if case.extinct is not None:
        state, factor, limit, _ = case.extinct
        alive = exact[:, :, state] * factor > limit
        # Between two days the peers may still have what an event has removed.
        counts &= alive[:, :, None] | (np.abs(exact) > 0.0)
    error = np.abs(got - exact) / np.where(counts, np.abs(exact), 1.0)
    return np.where(counts, error, 0.0).max(axis=(1, 2))
