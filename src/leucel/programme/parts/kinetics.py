"""The kinetics part: the cells in the blood of the virtual patients, and their analysis."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from leucel.core import RandomStream
from leucel.programme.parts.cohort import programme_patients, trial_design
from leucel.programme.result import PartResult
from leucel.programme.run import PartInput

if TYPE_CHECKING:
    import pandas as pd

    from leucel.trials import Kinetics

_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


def kinetics_part(given: PartInput) -> PartResult:
    """Simulate the transgene of the cohort and analyze its samples without a model."""
    from leucel.library import bibliography_of
    from leucel.solve import SolveOptions
    from leucel.trials import compile_kinetics, infused_cells, simulate_kinetics, treat

    arguments = given.arguments
    design = trial_design(given.programme)
    rng = RandomStream(arguments.seed)
    drawn = programme_patients(given.programme, patients=arguments.patients, seed=arguments.seed)
    patients, lots = treat(design, drawn, rng)
    model = compile_kinetics(design.kinetics)
    found = simulate_kinetics(
        patients,
        design.kinetics,
        rng,
        months=float(arguments.months),
        landmarks=design.landmarks,
        cells=infused_cells(design, patients, lots),
        factors=None if lots is None else lots.of("kinetics"),
        model=model,
        options=SolveOptions(threads=given.threads),
        progress=given.progress,
    )
    detectable = _detectable(found)
    return PartResult(
        summary={
            "kinetics": {
                "model": design.kinetics.model,
                "lloq": found.lloq,
                "patients": len(patients),
                "screened": patients.screened,
                "excluded": dict(patients.excluded),
                "nca": found.nca.to_summary(),
                "still_measurable": int(found.nca.still_measurable.sum()),
                "detectable": detectable.to_dict(orient="records"),
            }
        },
        tables={
            "kinetics_quantiles": _quantiles(found),
            "kinetics_nca": found.nca.to_frame(),
            "detectable": detectable,
            "excluded": _excluded(given, dict(patients.excluded)),
        },
        sources={source.id: source for source in bibliography_of(model.spec)},
        models={design.kinetics.model: model.spec.content_hash},
    )


def _quantiles(found: Kinetics) -> pd.DataFrame:
    """Transgene of the middle 90% and 50% of the patients, day by day."""
    import numpy as np
    import pandas as pd

    solved = found.transgene[~np.isnan(found.transgene).any(axis=1)]
    table: dict[str, Any] = {"day": found.days, "output": "transgene", "unit": "copies/ug"}
    if len(solved):
        levels = np.quantile(solved, _QUANTILES, axis=0)
        table |= {f"q{round(100 * q):02d}": levels[i] for i, q in enumerate(_QUANTILES)}
    return pd.DataFrame({**table, "n": len(solved)})


def _detectable(found: Kinetics) -> pd.DataFrame:
    """Share of the treated above each limit of quantification, percent, by month."""
    import pandas as pd

    return pd.DataFrame(
        [
            {
                "month": month,
                "lloq": factor * found.lloq,
                "share": share.estimate,
                "low": share.low,
                "high": share.high,
                "unit": "percent",
            }
            for (month, factor), share in sorted(found.detectable.items())
        ],
        columns=["month", "lloq", "share", "low", "high", "unit"],  # type: ignore[arg-type]
    )


def _excluded(given: PartInput, counts: dict[str, int]) -> pd.DataFrame:
    """Candidates that each criterion of the indication excluded."""
    import pandas as pd

    from leucel.programme.parts.cohort import criterion_of

    return pd.DataFrame(
        [
            {
                "criterion": entry.id,
                "text": entry.text,
                "count": counts.get(str(criterion_of(entry)), 0),
            }
            for entry in given.programme.file.indication.criteria
        ]
    )
