"""Running a programme: part after part, each kept on the disk, then the dossier."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from leucel.core import (
    SILENT,
    InputError,
    Problem,
    Progress,
    content_hash,
    library_versions,
)
from leucel.programme.folder import RunFolder
from leucel.programme.plain import plain
from leucel.programme.reader import Programme
from leucel.programme.result import PartResult

_LOG = logging.getLogger(__name__)
_MANIFEST_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class RunArguments:
    """What decides the numbers of a run, next to the programme file.

    Attributes
    ----------
    patients : virtual patients, at least 1.
    months : length of follow-up, 1 to 240.
    seed : of all random numbers, 0 to 2**64 - 1.
    as_of : the day the rules and the calendar are read at.
    """

    patients: int
    months: int
    seed: int
    as_of: date


@dataclass(frozen=True, slots=True, kw_only=True)
class PartInput:
    """What a part works with.

    Attributes
    ----------
    programme, arguments : what was asked for.
    earlier : results of the parts before it, as they stand on the disk.
    threads : how many may be used; never changes a number.
    progress : where to report.
    """

    programme: Programme
    arguments: RunArguments
    earlier: Mapping[str, PartResult]
    threads: int = 1
    progress: Progress = SILENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part of a run: a function of the programme, the arguments and earlier parts.

    Attributes
    ----------
    name : short and stable; names its checkpoint.
    title : what a person sees beside the progress bar.
    work : makes the result.
    needs : names of the parts whose results it reads.
    arguments : names of the run arguments it depends on; others do not make it stale.
    """

    name: str
    title: str
    work: Callable[[PartInput], PartResult]
    needs: tuple[str, ...] = ()
    arguments: tuple[str, ...] = ()


Render = Callable[
    [Programme, Mapping[str, PartResult], Mapping[str, Any], Mapping[str, Any]],
    Mapping[str, bytes],
]
"""Makes the visible files from programme, part results, summary and manifest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """What a run has left behind.

    Attributes
    ----------
    folder : where it is.
    summary : contents of `summary.json`.
    done : parts that were worked on now.
    kept : parts that were finished before and were kept.
    """

    folder: Path
    summary: Mapping[str, Any]
    done: tuple[str, ...] = ()
    kept: tuple[str, ...] = field(default=())


def run_programme(
    programme: Programme,
    *,
    out: Path,
    today: date,
    parts: Sequence[Part],
    render: Render,
    patients: int | None = None,
    months: int | None = None,
    seed: int | None = None,
    as_of: date | None = None,
    threads: int = 1,
    resume: bool = False,
    force: bool = False,
    wanted: Sequence[str] = (),
    progress: Progress = SILENT,
) -> RunReport:
    """Run every part of a programme and write its dossier.

    Parameters
    ----------
    programme : as read by `read_programme`.
    out : the run folder.
    today : the day to use when `as_of` is not given and no stored run has one.
    parts : what to do, usually `PARTS`.
    render : makes the visible files, usually `dossier_files`.
    patients, months, seed : in place of those of the programme file.
    as_of : the day that rules and calendars are read at.
    threads : how many to use; the numbers do not depend on it.
    resume : go on with the run in `out`, if there is one, and repeat no finished part.
    force : replace the run in `out`.
    wanted : visible files that `render` makes only on demand; a finished run without one of them
        is rendered again.
    progress : where to report.

    Raises
    ------
    InputError
        When the arguments cannot be used or differ from those of the run to resume.
    StorageError
        When the folder holds something else, is in use, or the file system refuses.
    """
    given = {"patients": patients, "months": months, "seed": seed, "as_of": as_of}
    folder = RunFolder(path=out)
    if resume and force:
        raise InputError(
            Problem(what="--resume and --force exclude each other: go on, or start again?")
        )
    _check_arguments(given, threads)
    stored = folder.request() if resume else None
    arguments = _arguments(programme, given, stored, today)
    request = {"programme": {"name": programme.name, "hash": programme.hash}, **plain(arguments)}
    if stored is not None:
        _compare(request, stored, given)
    else:
        folder.open_new(force=force)
    with folder.locked():
        if stored is None:
            if force:
                folder.clear()
            folder.store_request(request)
        folder.sweep()
        folder.note("start", threads=threads, resume=resume, force=force)
        results, done, kept = _work(
            programme, arguments, parts, folder, threads=threads, progress=progress
        )
        manifest = _manifest(programme, arguments, parts, results, folder)
        progress.start("Dossier", 1)
        summary = _summary(programme, results, manifest)
        if not (kept and not done and folder.intact(wanted)):
            folder.publish(render(programme, results, summary, manifest), manifest)
            done = (*done, "dossier")
        else:
            kept = (*kept, "dossier")
        progress.advance()
        progress.finish()
        folder.note("end", done=list(done), kept=list(kept))
    return RunReport(folder=out, summary=summary, done=done, kept=kept)


def _work(
    programme: Programme,
    arguments: RunArguments,
    parts: Sequence[Part],
    folder: RunFolder,
    *,
    threads: int,
    progress: Progress,
) -> tuple[dict[str, PartResult], tuple[str, ...], tuple[str, ...]]:
    results: dict[str, PartResult] = {}
    done: list[str] = []
    kept: list[str] = []
    for part in parts:
        inputs = _inputs_hash(part, programme, arguments, folder)
        progress.start(part.title, 1)
        found = folder.stored_part(part.name, inputs=inputs)
        if found is None:
            folder.note("part starts", part=part.name)
            result = part.work(
                PartInput(
                    programme=programme,
                    arguments=arguments,
                    earlier={name: results[name] for name in part.needs},
                    threads=threads,
                    progress=progress,
                )
            )
            folder.store_part(part.name, result, inputs=inputs)
            # Later parts always read the disk, so a resumed run sees what an unbroken one saw.
            found = folder.load_part(part.name)
            folder.note("part ends", part=part.name)
            done.append(part.name)
        else:
            _LOG.info("part %s is finished and kept", part.name)
            kept.append(part.name)
        results[part.name] = found
        progress.advance()
        progress.finish()
    return results, tuple(done), tuple(kept)


def _inputs_hash(
    part: Part, programme: Programme, arguments: RunArguments, folder: RunFolder
) -> str:
    return content_hash(
        {
            "part": part.name,
            "programme": programme.hash,
            "arguments": {name: getattr(arguments, name) for name in part.arguments},
            "versions": library_versions(),
            "earlier": {name: folder.part_hash(name) for name in part.needs},
        }
    )


def _check_arguments(given: Mapping[str, Any], threads: int) -> None:
    limits = {"patients": (1, 10_000_000), "months": (1, 240), "seed": (0, 2**64 - 1)}
    problems = [
        Problem(
            what=f"{name} is out of range",
            received=str(given[name]),
            allowed=f"a whole number from {low} to {high}",
        )
        for name, (low, high) in limits.items()
        if given[name] is not None and not low <= given[name] <= high
    ]
    if threads < 1:
        problems.append(
            Problem(what="threads is out of range", received=str(threads), allowed="at least 1")
        )
    if problems:
        raise InputError(problems)


def _arguments(
    programme: Programme,
    given: Mapping[str, Any],
    stored: Mapping[str, Any] | None,
    today: date,
) -> RunArguments:
    trial = programme.file.trial
    if stored is not None:
        usual: dict[str, Any] = {
            "patients": stored["patients"],
            "months": stored["months"],
            "seed": stored["seed"],
            "as_of": date.fromisoformat(stored["as_of"]),
        }
    else:
        usual = {
            "patients": trial.patients,
            "months": trial.months,
            "seed": trial.seed,
            "as_of": today,
        }
    chosen = {name: usual[name] if value is None else value for name, value in given.items()}
    return RunArguments(**chosen)


def _compare(
    request: Mapping[str, Any], stored: Mapping[str, Any], given: Mapping[str, Any]
) -> None:
    problems = [
        Problem(
            what=f"the run to resume has another {name.replace('_', '-')}",
            received=str(request[name]),
            allowed=str(stored.get(name)),
            fix=f"leave --{name.replace('_', '-')} out, or start again with --force",
        )
        for name in given
        if request[name] != stored.get(name)
    ]
    if request["programme"]["hash"] != stored.get("programme", {}).get("hash"):
        problems.append(
            Problem(
                what=f"the run to resume was made from another programme "
                f"({stored.get('programme', {}).get('name')}), or the file has changed since",
                received=f"{request['programme']['name']}",
                fix="start again with --force, or choose another folder with --out",
            )
        )
    if problems:
        raise InputError(problems)


def _manifest(
    programme: Programme,
    arguments: RunArguments,
    parts: Sequence[Part],
    results: Mapping[str, PartResult],
    folder: RunFolder,
) -> dict[str, Any]:
    models: dict[str, str] = {}
    for result in results.values():
        models |= result.models
    versions = library_versions()
    return {
        "schema_version": _MANIFEST_VERSION,
        "tool": "leucel",
        "version": versions["leucel"],
        "programme": {
            "id": programme.file.programme.id,
            "file": programme.name,
            "hash": programme.hash,
        },
        "arguments": plain(arguments),
        "seed": arguments.seed,
        "models": dict(sorted(models.items())),
        "parts": {part.name: folder.part_hash(part.name) for part in parts},
        "libraries": versions,
        "parents": [],
    }


def _summary(
    programme: Programme, results: Mapping[str, PartResult], manifest: Mapping[str, Any]
) -> dict[str, Any]:
    about = programme.file.programme
    product = programme.file.product
    summary: dict[str, Any] = {
        "programme": {
            "id": about.id,
            "title": about.title,
            "summary": about.summary,
            "product": product.inn.value,
            "brand": product.brand.value if product.brand else None,
            "sponsor": product.sponsor.value,
            "target": product.target.value,
            "indication": programme.file.indication.text.value,
            "as_of": manifest["arguments"]["as_of"],
        },
        "manifest": manifest,
    }
    documents: list[Any] = []
    for result in results.values():
        summary |= result.summary
        documents += result.summary.get("documents", ())
    if documents:
        summary["documents"] = documents
    return plain(summary)
