"""Writing files so that nobody ever sees half of one."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import tempfile
from collections.abc import Generator
from pathlib import Path

from leucel.core.errors import StorageError, UnreadableFileError

_REASONS = {
    errno.ENOSPC: "the disk is full; free some space and run again with --resume",
    errno.EDQUOT: "your disk quota is used up; free some space and run again with --resume",
    errno.EFBIG: "the file is larger than the system allows; raise the limit on file sizes",
    errno.EACCES: "you may not write there; choose another folder with --out",
    errno.EPERM: "you may not write there; choose another folder with --out",
    errno.EROFS: "the file system is read-only; choose another folder with --out",
    errno.ENOTDIR: "a part of that path is a file, not a folder; choose another folder with --out",
    errno.EISDIR: "that path is a folder; choose another name",
    errno.EEXIST: "something with that name is there already; choose another folder with --out",
    errno.ENOENT: "that path does not exist",
    errno.ENAMETOOLONG: "that path is too long; choose a shorter one with --out",
}
_READ_REASONS = {
    errno.EACCES: "you may not read it",
    errno.EPERM: "you may not read it",
    errno.ENOTDIR: "a part of that path is a file, not a folder",
    errno.EISDIR: "that path is a folder; give a file",
    errno.ENAMETOOLONG: "that path is too long",
}


@contextlib.contextmanager
def storage_errors(path: Path, doing: str) -> Generator[None]:
    """Turn an `OSError` about `path` into a `StorageError` that says what to do.

    A file that cannot be read ("read") is unusable input, an `UnreadableFileError`.
    """
    try:
        yield
    except OSError as error:
        reading = doing == "read"
        reasons = _REASONS | _READ_REASONS if reading else _REASONS
        reason = reasons.get(error.errno or 0, error.strerror or str(error))
        kind = UnreadableFileError if reading else StorageError
        raise kind(f"cannot {doing} {path}: {reason}") from error


def write_atomic(path: Path, content: bytes | str) -> None:
    """Write `content` to `path` under a temporary name in the same folder, then rename it.

    Raises
    ------
    StorageError
        When the file system refuses; no partial file is left behind.
    """
    raw = content.encode("utf-8") if isinstance(content, str) else content
    with storage_errors(path, "write"):
        path.parent.mkdir(parents=True, exist_ok=True)
        # Shortened: a name that fits must not fail because of what is added to it.
        prefix = f".{path.name[:32]}."
        handle, name = tempfile.mkstemp(prefix=prefix, suffix=".part", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(raw)
                file.flush()
                os.fsync(file.fileno())
            Path(name).chmod(0o644)
            Path(name).replace(path)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(name).unlink()
            raise


def file_hash(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    digest = hashlib.sha256()
    with storage_errors(path, "read"), path.open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
