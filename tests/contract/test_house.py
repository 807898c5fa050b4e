"""The rules of the house that a machine can hold."""

from __future__ import annotations

import ast
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "leucel"
ROOMS = (
    "core",
    "model",
    "data",
    "stats",
    "compile",
    "solve",
    "estimate",
    "nca",
    "library",
    "product",
    "epidemiology",
    "trials",
    "regulatory",
    "report",
    "programme",
)
LONGEST_FILE = 400
FILES = sorted(SOURCE.rglob("*.py"))


def is_table(path: Path) -> bool:
    """True for a file that holds constants only: imports, a docstring, assignments."""
    kinds = (ast.Import, ast.ImportFrom, ast.Assign, ast.AnnAssign, ast.Expr)
    return all(isinstance(node, kinds) for node in ast.parse(path.read_text()).body)


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("room", ROOMS)
def test_the_door_lists_what_it_offers_in_order(room: str) -> None:
    door = importlib.import_module(f"leucel.{room}")
    assert door.__doc__, f"leucel.{room} does not say what it is for"
    offered = list(door.__all__)
    order = sorted(offered, key=lambda name: (not name.isupper(), not name[0].isupper(), name))
    assert offered == order
    missing = [name for name in offered if not hasattr(door, name)]
    assert not missing


@pytest.mark.parametrize("room", ROOMS)
def test_what_the_door_offers_is_documented(room: str) -> None:
    door = importlib.import_module(f"leucel.{room}")
    bare = [
        name
        for name in door.__all__
        if callable(getattr(door, name)) and not (getattr(door, name).__doc__ or "").strip()
    ]
    assert not bare


def test_rooms_enter_each_other_by_the_door() -> None:
    offenders = []
    for path in FILES:
        own = path.relative_to(SOURCE).parts[0]
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module:
                parts = node.module.split(".")
                if parts[0] == "leucel" and len(parts) > 2 and parts[1] != own:
                    offenders.append(f"{relative(path)}:{node.lineno} imports {node.module}")
    assert not offenders, "\n".join(offenders)


def test_files_hold_one_idea() -> None:
    long = {
        relative(p): n
        for p in FILES
        if (n := len(p.read_text().splitlines())) > LONGEST_FILE and not is_table(p)
    }
    assert not long, f"files over {LONGEST_FILE} lines: {long}"
    vague = [relative(p) for p in FILES if p.stem in {"utils", "helpers", "common", "misc"}]
    assert not vague


def test_nothing_unfinished_is_left_in_the_source() -> None:
    marks = re.compile(r"\b(TODO|FIXME|XXX|NotImplementedError)\b")
    found = [
        f"{relative(path)}:{number}"
        for path in FILES
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if marks.search(line)
    ]
    assert not found


def test_only_apps_print() -> None:
    offenders = [
        f"{relative(path)}:{node.lineno}"
        for path in FILES
        if path.relative_to(SOURCE).parts[0] != "apps"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "print"
    ]
    assert not offenders


def test_no_code_is_made_from_text() -> None:
    offenders = [
        f"{relative(path)}:{node.lineno}"
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"eval", "exec", "compile", "sympify"}
    ]
    assert not offenders


def test_import_loads_nothing_heavy() -> None:
    code = (
        "import leucel, sys; "
        "print([m for m in ('numpy', 'pandas', 'sympy', 'matplotlib', 'pydantic', 'llvmlite')"
        " if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_layers_hold() -> None:
    done = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


def test_no_country_table_of_globocan_is_shipped() -> None:
    """Its terms of reuse are not established: users bring their own file."""
    rows = re.compile(r"^(SAU|USA|CHN|DEU|FRA),[^,]*,\d+,[\d.]+,[\d.]+,", re.MULTILINE)
    shipped = [
        relative(path)
        for path in SOURCE.rglob("*")
        if path.suffix in {".csv", ".toml", ".json", ".py"} and rows.search(path.read_text())
    ]
    assert not shipped
