"""Fixtures and the choice of slow tests, shared by all tests."""

from __future__ import annotations

import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
SAMPLE_ONE_IN = 4


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--slow",
        choices=("none", "sample", "all"),
        default="sample",
        help="slow tests: none, one in four (another quarter with each commit), or all",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    choice = config.getoption("--slow")
    if choice == "all":
        return
    turn = zlib.crc32(_commit().encode()) % SAMPLE_ONE_IN
    for item in items:
        if item.get_closest_marker("slow") is None:
            continue
        chosen = zlib.crc32(item.nodeid.encode()) % SAMPLE_ONE_IN == turn
        if choice == "none" or not chosen:
            item.add_marker(pytest.mark.skip(reason="slow; run by `make test-all`"))


def _commit() -> str:
    done = subprocess.run(
        ["git", "rev-parse", "HEAD"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


@pytest.fixture(scope="session")
def shared() -> Callable[[str], Path]:
    """Path of a file in the reference folder beside the checkout; skips visibly when absent."""

    def locate(name: str) -> Path:
        path = SHARED / name
        if not path.exists():
            pytest.skip(f"reference file {name} is not beside this checkout")
        return path

    return locate
