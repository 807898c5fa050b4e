"""Atomic writing: whole or not at all, whatever the file system does."""

from __future__ import annotations

import errno
import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from leucel.core import StorageError, file_hash, storage_errors, write_atomic


def leftovers(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.name.endswith(".part"))


def test_text_and_bytes_are_written_as_they_are(tmp_path: Path) -> None:
    write_atomic(tmp_path / "a" / "b" / "text.json", "größe\n")
    assert (tmp_path / "a" / "b" / "text.json").read_bytes() == "größe\n".encode()
    write_atomic(tmp_path / "raw", b"\x00\r\n")
    assert (tmp_path / "raw").read_bytes() == b"\x00\r\n"
    assert (tmp_path / "raw").stat().st_mode & 0o777 == 0o644


def test_an_old_file_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "result"
    write_atomic(path, "old")
    write_atomic(path, "new")
    assert path.read_text() == "new"
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (errno.ENOSPC, "disk is full"),
        (errno.EDQUOT, "quota"),
        (errno.EROFS, "read-only"),
        (errno.EIO, "rror"),
    ],
)
@pytest.mark.parametrize("call", ["fsync", "replace"])
def test_a_refusal_leaves_the_old_file_and_no_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str, call: str
) -> None:
    path = tmp_path / "result"
    write_atomic(path, "old")

    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    target = "os.fsync" if call == "fsync" else "pathlib.Path.replace"
    monkeypatch.setattr(target, refuse)
    with pytest.raises(StorageError, match=words) as caught:
        write_atomic(path, "new")
    assert str(path) in str(caught.value)
    assert path.read_text() == "old"
    assert leftovers(tmp_path) == []


def test_an_interruption_leaves_the_old_file_and_no_part(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "result"
    write_atomic(path, "old")

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("os.fsync", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_atomic(path, "new")
    assert path.read_text() == "old"
    assert leftovers(tmp_path) == []


@pytest.mark.skipif(sys.platform == "win32", reason="file-size limits are a POSIX matter")
def test_a_file_that_the_system_really_cuts_off_is_not_kept(tmp_path: Path) -> None:
    """The limit on file sizes makes the kernel refuse in the middle of a write."""
    code = (
        "import resource, sys; from pathlib import Path\n"
        "from leucel.core import StorageError, write_atomic\n"
        "path = Path(sys.argv[1]); write_atomic(path, 'old')\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))\n"
        "try:\n    write_atomic(path, b'x' * 1_000_000)\n"
        "except StorageError as error:\n    sys.exit(0 if 'larger' in str(error) else 3)\n"
        "sys.exit(4)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path / "result")], check=False)
    assert done.returncode == 0
    assert (tmp_path / "result").read_text() == "old"
    assert leftovers(tmp_path) == []


def test_a_folder_in_the_way_and_a_file_as_a_folder_are_named(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(StorageError, match="that path is a folder"):
        write_atomic(tmp_path / "folder", "x")
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError, match="cannot write"):
        write_atomic(tmp_path / "file" / "below", "x")
    assert leftovers(tmp_path) == []


@pytest.mark.skipif(
    sys.platform == "win32" or os.geteuid() == 0, reason="the superuser may write anywhere"
)
def test_an_unwritable_folder_is_named(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    with pytest.raises(StorageError, match="you may not write there"):
        write_atomic(closed / "x", "x")


def test_a_file_system_that_takes_no_files_is_named() -> None:
    if not Path("/proc/self").exists():
        pytest.skip("no /proc on this system")
    with pytest.raises(StorageError, match="cannot write /proc/nothing"):
        write_atomic(Path("/proc/nothing"), "x")


def test_the_longest_name_that_fits_can_be_written(tmp_path: Path) -> None:
    path = tmp_path / ("n" * 255)
    write_atomic(path, "x")
    assert path.read_text() == "x"
    with pytest.raises(StorageError, match="too long"):
        write_atomic(tmp_path / ("n" * 256), "x")


def test_the_hash_of_a_file(tmp_path: Path) -> None:
    content = b"leucel" * 400_000
    (tmp_path / "big").write_bytes(content)
    assert file_hash(tmp_path / "big") == hashlib.sha256(content).hexdigest()
    with pytest.raises(StorageError, match=r"cannot read .*does not exist"):
        file_hash(tmp_path / "absent")
    with pytest.raises(StorageError, match=r"cannot read .*is a folder; give a file"):
        file_hash(tmp_path)


def test_only_errors_of_the_file_system_are_translated() -> None:
    with pytest.raises(ValueError, match="mine"), storage_errors(Path("x"), "write"):
        raise ValueError("mine")
