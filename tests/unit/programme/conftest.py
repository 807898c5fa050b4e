"""Small parts that stand for the real ones, so that the runner is tested alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from leucel.core import RandomStream, Source
from leucel.programme import (
    Part,
    PartInput,
    PartResult,
    Programme,
    RunReport,
    json_text,
    read_programme,
    run_programme,
)

TODAY = date(2025, 5, 9)


class Recorder:
    """Parts that remember that they were worked on, and a dossier made of them."""

    def __init__(self) -> None:
        self.worked: list[str] = []
        self.fail_in: str | None = None

    def first(self, given: PartInput) -> PartResult:
        self.worked.append("first")
        draws = RandomStream(given.arguments.seed).uniform(
            "first", subjects=given.arguments.patients
        )
        return PartResult(
            summary={"first": {"mean": float(draws.mean()), "missing": float("nan")}},
            tables={"draws": pd.DataFrame({"subject": np.arange(draws.size), "draw": draws})},
            assumptions=({"what": "all of it", "value": 1.0},),
            sources={"made_up": Source(id="made_up", citation="a test")},
            models={"none": "0" * 64},
        )

    def second(self, given: PartInput) -> PartResult:
        self.worked.append("second")
        if self.fail_in == "second":
            raise RuntimeError("the power went out")
        draws = given.earlier["first"].tables["draws"]["draw"]
        return PartResult(summary={"second": {"sum": float(draws.sum())}})

    @property
    def parts(self) -> tuple[Part, ...]:
        return (
            Part(name="first", title="First", work=self.first, arguments=("patients", "seed")),
            Part(name="second", title="Second", work=self.second, needs=("first",)),
        )

    def render(
        self,
        programme: Programme,
        results: Mapping[str, PartResult],
        summary: Mapping[str, Any],
        manifest: Mapping[str, Any],
    ) -> dict[str, bytes]:
        return {
            "summary.json": json_text(summary).encode(),
            "dossier.html": f"<p>{summary['second']['sum']!r}</p>".encode(),
            "tables/draws.txt": b"table",
        }


Runner = Callable[..., RunReport]


@pytest.fixture(scope="session")
def programme() -> Programme:
    return read_programme("eque-cel")


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def run(programme: Programme, recorder: Recorder) -> Runner:
    def start(out: Path, **options: Any) -> RunReport:
        return run_programme(
            programme,
            **{
                "out": out,
                "today": TODAY,
                "parts": recorder.parts,
                "render": recorder.render,
                "patients": 5,
                **options,
            },
        )

    return start
