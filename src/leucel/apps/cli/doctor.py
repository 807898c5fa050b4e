"""`leucel doctor`: what this machine has, and whether leucel works on it."""

from __future__ import annotations

from typing import Any, Literal

import typer

from leucel.apps.cli.options import JsonOption
from leucel.apps.cli.output import guarded, print_json, screen


def register(app: typer.Typer) -> None:
    """Add the command of this file."""
    app.command(epilog="Example: leucel doctor --json")(guarded(doctor))


def doctor(json: JsonOption = False) -> None:
    """Check versions, processor, GPU, writable folders, and run a self-test."""
    checks = [
        *_versions(),
        _processor(),
        *_gpu(),
        _folder(),
        _cache(),
        _self_test(),
        _programmes(),
    ]
    well = all(check["ok"] for check in checks)
    if json:
        print_json({"ok": well, "checks": checks})
    else:
        console = screen()
        for check in checks:
            sign = "[green]✓[/green]" if check["ok"] else "[red]✗[/red]"
            console.print(f"{sign} {check['check']}: {check['found']}")
    if not well:
        raise typer.Exit(1)


def _check(name: str, found: str, *, ok: bool = True) -> dict[str, Any]:
    return {"check": name, "ok": ok, "found": found}


def _versions() -> list[dict[str, Any]]:
    import sys

    from leucel.core import library_versions

    return [
        _check(
            name,
            version,
            ok=version != "not installed" and (name != "python" or sys.version_info >= (3, 11)),
        )
        for name, version in library_versions().items()
    ]


def _processor() -> dict[str, Any]:
    import platform

    from llvmlite import binding

    from leucel.apps.cli.options import usable_threads

    features = binding.get_host_cpu_features()
    wide = [name for name in ("avx2", "avx512f", "fma", "neon", "sve") if features.get(name)]
    return _check(
        "processor",
        f"{binding.get_host_cpu_name()} ({platform.machine()}), {usable_threads(None)} cores, "
        f"{', '.join(wide) or 'no wide vectors'}",
    )


def _gpu() -> list[dict[str, Any]]:
    """The GPU with its driver and a self-test on it; that there is none is no fault."""
    from leucel.compile import Gpu, find_gpu

    found = find_gpu()
    if not isinstance(found, Gpu):
        return [_check("GPU", f"none, {found}")]
    major, minor = found.capability
    driver = ".".join(map(str, found.driver))
    return [
        _check(
            "GPU",
            f"{found.name}, compute capability {major}.{minor}, {found.memory / 2**30:.0f} GiB, "
            f"driver for CUDA {driver}",
        ),
        _self_test("cuda"),
    ]


def _folder() -> dict[str, Any]:
    from pathlib import Path

    from leucel.core import StorageError, write_atomic

    probe = Path(".leucel-doctor")
    try:
        write_atomic(probe, "a line")
        probe.unlink()
    except (StorageError, OSError) as error:
        return _check("this folder", str(error), ok=False)
    return _check("this folder", f"{Path.cwd()} is writable")


def _cache() -> dict[str, Any]:
    """Where compiled models are kept; a cache that is off is no fault."""
    from leucel.compile import cache_folder

    folder = cache_folder()
    if folder is None:
        return _check("compiled models", "not kept (LEUCEL_CACHE_DIR=off)")
    entries = [path for path in folder.iterdir() if path.is_file()] if folder.is_dir() else []
    size = sum(path.stat().st_size for path in entries) / 1e6
    return _check("compiled models", f"{len(entries)} files, {size:.1f} MB in {folder}")


def _self_test(backend: Literal["cpu", "cuda"] = "cpu") -> dict[str, Any]:
    """The typical Stein 2019 patient against its closed form at the peak."""
    import time

    from leucel.compile import compile_model
    from leucel.library import get_model
    from leucel.solve import simulate

    start = time.perf_counter()
    spec, _ = get_model("stein_2019_tisagenlecleucel_ode")
    peak = spec.parameter("t_max").value
    model = compile_model(spec, backend=backend)
    found = simulate(model, times=[0.0, peak]).require_ok()
    value = float(found.output("transgene")[0, -1])
    expected = 24000.0
    seconds = time.perf_counter() - start
    off = abs(value / expected - 1.0)
    return _check(
        "self-test" if backend == "cpu" else "self-test on the GPU",
        f"peak of the typical Stein 2019 patient {value:,.0f} copies/ug (published 24,000), "
        f"compiled and solved in {seconds:.1f} s",
        ok=off < 1e-3,
    )


def _programmes() -> dict[str, Any]:
    from leucel.programme import read_programme, shipped_programmes

    names = shipped_programmes()
    for name in names:
        read_programme(name)
    return _check("shipped programmes", ", ".join(names), ok=bool(names))
