"""Compiled work on disk, so that a second start does not compile again.

An entry is found by a hash of all that it depends on, among it the sources of leucel that made it.
Its first bytes are the hash of the rest: an entry that was cut short or damaged is no entry. Files
are put in place by renaming, so that processes may share the folder. A folder that cannot be used
costs the time of compiling, and nothing else.
"""

from __future__ import annotations

import contextlib
import hashlib
import logging
import os
import sys
from functools import lru_cache
from pathlib import Path
from typing import Final

from leucel.core import StorageError, write_atomic

FOLDER_VARIABLE: Final = "LEUCEL_CACHE_DIR"
_OFF: Final = "off"
_MOST_ENTRIES: Final = 1000
_DIGEST_BYTES: Final = 32
_log = logging.getLogger(__name__)


def cache_folder() -> Path | None:
    """Where compiled work is kept; None when the cache is off.

    The environment variable `LEUCEL_CACHE_DIR` names the folder, or is "off". Else it is the place
    that the system has for such files.

    Examples
    --------
    >>> import os
    >>> os.environ["LEUCEL_CACHE_DIR"] = "off"
    >>> cache_folder() is None
    True
    >>> del os.environ["LEUCEL_CACHE_DIR"]
    """
    named = os.environ.get(FOLDER_VARIABLE, "").strip()
    if named.lower() == _OFF:
        return None
    if named:
        return Path(named).expanduser()
    with contextlib.suppress(RuntimeError):  # a user without a home folder
        home = Path.home()
        if sys.platform == "win32":
            return Path(os.environ.get("LOCALAPPDATA") or home / "AppData/Local") / "leucel/Cache"
        if sys.platform == "darwin":
            return home / "Library/Caches/leucel"
        return Path(os.environ.get("XDG_CACHE_HOME") or home / ".cache") / "leucel"
    return None


@lru_cache(maxsize=1)
def source_hash() -> str:
    """Hash of the sources that turn a model into machine code."""
    rooms = [Path(__file__).parent, Path(__file__).parent.parent / "model"]
    digest = hashlib.sha256()
    for room in rooms:
        for path in sorted(room.rglob("*.py")):
            digest.update(path.relative_to(room).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def read_entry(key: str) -> bytes | None:
    """The content of an entry; None when there is none or it is damaged."""
    folder = cache_folder()
    if folder is None:
        return None
    try:
        raw = (folder / key).read_bytes()
    except OSError:
        return None
    content = raw[_DIGEST_BYTES:]
    if hashlib.sha256(content).digest() != raw[:_DIGEST_BYTES]:
        _log.warning("the cache entry %s is damaged and is made again", folder / key)
        return None
    return content


def write_entry(key: str, content: bytes) -> None:
    """Keep content under a key; a folder that cannot be written is left alone."""
    folder = cache_folder()
    if folder is None:
        return
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_atomic(folder / key, hashlib.sha256(content).digest() + content)
        _drop_oldest(folder)
    except (OSError, StorageError) as error:
        _log.debug("nothing is kept in %s: %s", folder, error)


def _drop_oldest(folder: Path) -> None:
    entries = [path for path in folder.iterdir() if path.suffix in (".object", ".system")]
    if len(entries) <= _MOST_ENTRIES:
        return
    ages: list[tuple[float, Path]] = []
    for path in entries:
        with contextlib.suppress(OSError):  # another process was quicker
            ages.append((path.stat().st_mtime, path))
    for _, path in sorted(ages)[: len(ages) - _MOST_ENTRIES // 2]:
        with contextlib.suppress(OSError):
            path.unlink()
