"""The folder of a run: its lock, its finished parts, its visible files.

Layout::

    manifest.json  summary.json  dossier.html  dossier.pdf (when asked for)        visible
    tables/*.parquet  figures/*.svg  documents/**                                  visible
    .leucel/run.json          what was asked for; fixed for the life of the folder
    .leucel/parts/NAME/       summary, tables and, written last, done.json of a finished part
    .leucel/written.json      the visible files that a run of leucel wrote here
    .leucel/journal.jsonl     what happened and when; the only place with times of day
    .leucel/lock              held while a run works here

A part counts as finished only when `done.json` is there and the hashes in it agree with its files,
so a run that was killed at any moment leaves either a finished part or none.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO, cast

from leucel.core import (
    StorageError,
    content_hash,
    file_hash,
    storage_errors,
    write_atomic,
)
from leucel.programme.plain import json_text, parquet_bytes, table_from_parquet
from leucel.programme.result import PartResult

HIDDEN = ".leucel"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFolder:
    """Where a run keeps its parts and puts its files."""

    path: Path

    @property
    def hidden(self) -> Path:
        """The folder that holds everything a reader need not see."""
        return self.path / HIDDEN

    @property
    def finished(self) -> bool:
        """True when the last file of a run, the manifest, is there."""
        return (self.path / "manifest.json").is_file()

    @property
    def is_run(self) -> bool:
        """True when a run of leucel has worked here."""
        return (self.hidden / "run.json").is_file()

    # ------------------------------------------------------------------ opening

    def open_new(self, *, force: bool) -> None:
        """Make the folder ready for a new run.

        Raises
        ------
        StorageError
            When something is there that must not be overwritten, or the file system refuses.
        """
        if self.path.exists() and not self.path.is_dir():
            raise StorageError(
                f"cannot write a run to {self.path}: that is a file; "
                "choose another folder with --out"
            )
        if self.path.is_dir() and any(self.path.iterdir()):
            self._refuse_or_clear(force=force)
        with storage_errors(self.path, "create the folder"):
            self.hidden.mkdir(parents=True, exist_ok=True)

    def _refuse_or_clear(self, *, force: bool) -> None:
        if not self.is_run:
            left = [entry.name for entry in self.path.iterdir()]
            if left == [HIDDEN] and self._died_at_birth():
                return
            raise StorageError(
                f"cannot write a run to {self.path}: the folder holds files that no run of leucel "
                "wrote, and --force does not touch them; choose another folder with --out"
            )
        if not force:
            state = (
                "a finished run is there; replace it with --force"
                if self.finished
                else "an unfinished run is there; finish it with --resume, or replace it "
                "with --force"
            )
            raise StorageError(
                f"cannot write a run to {self.path}: {state}, or choose another folder with --out"
            )

    def _died_at_birth(self) -> bool:
        """True for what a run leaves that was killed before it wrote down its request."""
        return all(
            entry.name in ("lock", "journal.jsonl") or entry.name.endswith(".part")
            for entry in self.hidden.iterdir()
        )

    def clear(self) -> None:
        """Remove what runs of leucel wrote here, the manifest first, and nothing else."""
        with storage_errors(self.path, "replace the run in"):
            written = self._read("written.json") or {}
            names = [str(name) for name in written.get("files", ())]
            for name in sorted(names, key=lambda name: name != "manifest.json"):
                (self.path / name).unlink(missing_ok=True)
            below = {parent.as_posix() for name in names for parent in Path(name).parents}
            for name in sorted(below - {"."}, key=len, reverse=True):
                with contextlib.suppress(OSError):  # not empty: it holds files of somebody else
                    (self.path / name).rmdir()
            # run.json stays until the next run writes its own, so that a run killed in between
            # leaves a folder that is still known as one of leucel.
            shutil.rmtree(self.hidden / "parts", ignore_errors=True)
            (self.hidden / "written.json").unlink(missing_ok=True)

    @contextlib.contextmanager
    def locked(self) -> Generator[None]:
        """Hold the folder for one run.

        Raises
        ------
        StorageError
            When another run holds it.
        """
        with storage_errors(self.path, "lock"):
            self.hidden.mkdir(parents=True, exist_ok=True)
            handle = (self.hidden / "lock").open("a+")
        with handle:
            if not _take_lock(handle):
                raise StorageError(
                    f"cannot use {self.path}: another run is working there; wait for it, or "
                    "choose another folder with --out"
                )
            yield

    def sweep(self) -> None:
        """Remove temporary files that a killed run has left behind."""
        for folder in (self.path, self.path / "tables", self.path / "figures", self.hidden):
            for stale in folder.glob(".*.part"):
                stale.unlink(missing_ok=True)
        for stale in (self.path / "documents").rglob(".*.part"):
            stale.unlink(missing_ok=True)
        for stale in self.hidden.glob("parts/*/.*.part"):
            stale.unlink(missing_ok=True)

    # ------------------------------------------------------------------ what was asked for

    def store_request(self, request: Mapping[str, Any]) -> None:
        """Write down what the run was asked for."""
        write_atomic(self.hidden / "run.json", json_text(request))

    def request(self) -> dict[str, Any] | None:
        """What the run here was asked for, None when there is no run."""
        return self._read("run.json")

    # ------------------------------------------------------------------ parts

    def store_part(self, name: str, result: PartResult, *, inputs: str) -> None:
        """Write a finished part; `done.json`, which makes it count, comes last."""
        folder = self.hidden / "parts" / name
        (folder / "done.json").unlink(missing_ok=True)
        write_atomic(folder / "result.json", json_text(result.without_tables()))
        files = {"result.json": file_hash(folder / "result.json")}
        for table, frame in result.tables.items():
            file = f"{table}.parquet"
            write_atomic(folder / file, parquet_bytes(frame))
            files[file] = file_hash(folder / file)
        write_atomic(folder / "done.json", json_text({"inputs": inputs, "files": files}))

    def stored_part(self, name: str, *, inputs: str) -> PartResult | None:
        """A finished part made from these inputs, or None when it has to be made again."""
        folder = self.hidden / "parts" / name
        done = self._read(f"parts/{name}/done.json")
        if done is None or done.get("inputs") != inputs:
            return None
        files = cast(Mapping[str, str], done.get("files", {}))
        try:
            if any(file_hash(folder / file) != digest for file, digest in files.items()):
                return None
            return self.load_part(name)
        except StorageError:
            return None

    def load_part(self, name: str) -> PartResult:
        """A part as it stands on the disk."""
        folder = self.hidden / "parts" / name
        with storage_errors(folder, "read"):
            done = json.loads((folder / "done.json").read_text("utf-8"))
            data = json.loads((folder / "result.json").read_text("utf-8"))
            tables = {
                file.removesuffix(".parquet"): table_from_parquet((folder / file).read_bytes())
                for file in done["files"]
                if file.endswith(".parquet")
            }
        return PartResult.from_plain(data, tables)

    def part_hash(self, name: str) -> str:
        """Hash of the files of a finished part."""
        done = self._read(f"parts/{name}/done.json") or {}
        return content_hash(done.get("files", {}))

    # ------------------------------------------------------------------ visible files

    def publish(self, files: Mapping[str, bytes], manifest: Mapping[str, Any]) -> dict[str, Any]:
        """Write the visible files, then the manifest with their hashes.

        The list of files is written down first, so that a run killed in between can be replaced
        or resumed without touching anything else. A file of an earlier rendering that is not made
        again goes away, so that nothing stands beside a dossier that it does not belong to.

        Returns
        -------
        The manifest with its `files`.
        """
        names = [*files, "manifest.json"]
        before = (self._read("written.json") or {}).get("files", ())
        for name in set(map(str, before)) - set(names):
            (self.path / name).unlink(missing_ok=True)
        write_atomic(self.hidden / "written.json", json_text({"files": names}))
        for name, content in files.items():
            write_atomic(self.path / name, content)
        whole = {
            **manifest,
            "files": {name: file_hash(self.path / name) for name in sorted(files)},
        }
        write_atomic(self.path / "manifest.json", json_text(whole))
        return whole

    def intact(self, wanted: Sequence[str] = ()) -> bool:
        """True when the run is finished, its files are as written, the wanted among them."""
        if not self.finished:
            return False
        try:
            files = json.loads((self.path / "manifest.json").read_text("utf-8"))["files"]
            return set(wanted) <= set(files) and all(
                file_hash(self.path / name) == digest for name, digest in files.items()
            )
        except (StorageError, ValueError, KeyError, TypeError):
            return False

    # ------------------------------------------------------------------ journal

    def note(self, event: str, **details: Any) -> None:
        """Add a line to the journal."""
        line = {"time": datetime.now(UTC).isoformat(timespec="seconds"), "event": event, **details}
        with (
            storage_errors(self.hidden / "journal.jsonl", "write"),
            (self.hidden / "journal.jsonl").open("a", encoding="utf-8") as file,
        ):
            file.write(json.dumps(line, ensure_ascii=False) + "\n")

    def _read(self, name: str) -> dict[str, Any] | None:
        try:
            return json.loads((self.hidden / name).read_text("utf-8"))
        except (OSError, ValueError):
            return None


def _take_lock(handle: TextIO) -> bool:
    """Lock an open file for as long as it is open; False when somebody else has it."""
    if os.name == "nt":
        import msvcrt

        try:
            msvcrt.locking(handle.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(handle.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
