"""A commented programme file to start from."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

from leucel.core import InputError, Problem, StorageError, write_atomic

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]*")


def template_text(name: str) -> str:
    """The text of a new programme file: valid as it stands, with REPLACE where an author is needed.

    Parameters
    ----------
    name : short name of the programme: letters, digits, `-`, `_` and `.`.

    Raises
    ------
    InputError
        When the name cannot be used.

    Examples
    --------
    >>> 'id = "my-cel"' in template_text("my-cel")
    True
    """
    if not _NAME.fullmatch(name):
        raise InputError(
            Problem(
                what="a programme cannot have this name",
                received=repr(name),
                allowed="letters, digits, '-', '_' and '.', beginning with a letter or digit",
            )
        )
    file = resources.files("leucel") / "programmes" / "template.toml.txt"
    return file.read_text("utf-8").replace("@NAME@", name)


def write_template(name: str, path: Path) -> None:
    """Write `template_text` to a file that is not there yet.

    Raises
    ------
    InputError
        When the name cannot be used.
    StorageError
        When the file is there already or cannot be written.
    """
    text = template_text(name)
    if path.exists():
        raise StorageError(f"cannot write {path}: it is there already; choose another with --out")
    write_atomic(path, text)
