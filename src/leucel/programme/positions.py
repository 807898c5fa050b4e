"""Where each key and each value of a TOML text stands.

`tomllib` gives values without places. This scanner walks a text that `tomllib` has already accepted
and records the line and column of every key and value, so that a problem found in the values can
be reported at the place where its author wrote it.
"""

from __future__ import annotations

import tomllib
from bisect import bisect_right
from dataclasses import dataclass

Path = tuple[str | int, ...]
Spot = tuple[int, int]

_BARE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-")


@dataclass(frozen=True, slots=True)
class Positions:
    """Lines and columns, both from 1, of the keys and values of one TOML text.

    A path names a value as `tomllib` nests it: keys are texts, array items are integers from 0.
    """

    keys: dict[Path, Spot]
    values: dict[Path, Spot]

    def of_key(self, path: Path) -> Spot | None:
        """Place of the key at `path`, or of the nearest thing around it."""
        return self._nearest(path, self.keys, self.values)

    def of_value(self, path: Path) -> Spot | None:
        """Place of the value at `path`, or of the nearest thing around it."""
        return self._nearest(path, self.values, self.keys)

    def _nearest(
        self, path: Path, first: dict[Path, Spot], second: dict[Path, Spot]
    ) -> Spot | None:
        for length in range(len(path), 0, -1):
            part = path[:length]
            found = first.get(part) or second.get(part)
            if found is not None:
                return found
        return None


def map_positions(text: str) -> Positions:
    """Record where the keys and values of a valid TOML text stand.

    Parameters
    ----------
    text : TOML that `tomllib.loads` accepts.

    Examples
    --------
    >>> places = map_positions('[dose]\\namount = 1.0e6\\n')
    >>> places.of_value(("dose", "amount"))
    (2, 10)
    """
    scanner = _Scanner(text)
    scanner.document()
    return Positions(keys=scanner.keys, values=scanner.values)


class _Scanner:
    """One pass over the text; the grammar of TOML 1.0 without its checks."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.starts = [0, *(i + 1 for i, c in enumerate(text) if c == "\n")]
        self.keys: dict[Path, Spot] = {}
        self.values: dict[Path, Spot] = {}
        self.counts: dict[Path, int] = {}

    def document(self) -> None:
        """Walk headers and key-value lines to the end."""
        table: Path = ()
        self.blank()
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)
            self.blank()

    def header(self) -> Path:
        """Read `[table]` or `[[array.of.tables]]` and return the path it opens."""
        start = self.at
        double = self.text.startswith("[[", self.at)
        self.at += 2 if double else 1
        names = self.dotted()
        self.at = self.text.index("]", self.at) + (2 if double else 1)
        path: Path = ()
        for name, _ in names[:-1]:
            path = self.enter((*path, name))
        last = (*path, names[-1][0])
        spot = self.spot(start)
        if not double:
            opened = self.enter(last)
        else:
            index = self.counts.get(last, 0)
            self.counts[last] = index + 1
            opened = (*last, index)
        self.keys.setdefault(last, spot)
        self.keys[opened] = spot
        self.values[opened] = spot
        return opened

    def enter(self, path: Path) -> Path:
        """The path itself, or its newest item when it is an array of tables."""
        count = self.counts.get(path, 0)
        return (*path, count - 1) if count else path

    def pair(self, table: Path) -> None:
        """Read `key = value`, the key perhaps dotted."""
        path = table
        for name, offset in self.dotted():
            path = (*path, name)
            self.keys.setdefault(path, self.spot(offset))
        self.spaces()
        self.at += 1  # the equals sign
        self.spaces()
        self.value(path)

    def dotted(self) -> list[tuple[str, int]]:
        """Read `a.b."c d"` as names with their offsets."""
        names: list[tuple[str, int]] = []
        while True:
            self.spaces()
            start = self.at
            if self.text[self.at] in "\"'":
                self.string()
                raw = self.text[start : self.at]
                names.append((tomllib.loads(f"x={raw}")["x"], start))
            else:
                while self.at < len(self.text) and self.text[self.at] in _BARE:
                    self.at += 1
                names.append((self.text[start : self.at], start))
            self.spaces()
            if not self.text.startswith(".", self.at):
                return names
            self.at += 1

    def value(self, path: Path) -> None:
        """Read one value of any kind and record it and what it holds."""
        self.values[path] = self.spot(self.at)
        mark = self.text[self.at]
        if mark in "\"'":
            self.string()
        elif mark == "[":
            self.array(path)
        elif mark == "{":
            self.inline_table(path)
        else:
            while self.at < len(self.text) and self.text[self.at] not in ",]}#\n":
                self.at += 1

    def array(self, path: Path) -> None:
        """Read `[a, b, ...]`, which may run over lines and hold comments."""
        self.at += 1
        index = 0
        self.blank()
        while self.text[self.at] != "]":
            self.value((*path, index))
            index += 1
            self.blank()
            if self.text[self.at] == ",":
                self.at += 1
                self.blank()
        self.at += 1

    def inline_table(self, path: Path) -> None:
        """Read `{a = 1, b.c = 2}`."""
        self.at += 1
        self.blank()
        while self.text[self.at] != "}":
            self.pair(path)
            self.blank()
            if self.text[self.at] == ",":
                self.at += 1
                self.blank()
        self.at += 1

    def string(self) -> None:
        """Skip a string of one of the four kinds."""
        quote = self.text[self.at]
        long = self.text.startswith(quote * 3, self.at)
        close = quote * 3 if long else quote
        self.at += len(close)
        while not self.text.startswith(close, self.at):
            self.at += 2 if quote == '"' and self.text[self.at] == "\\" else 1
        self.at += len(close)
        if long:  # a long string may end in up to two quotes of its own
            while self.text.startswith(quote, self.at):
                self.at += 1

    def spaces(self) -> None:
        """Skip spaces and tabs."""
        while self.at < len(self.text) and self.text[self.at] in " \t":
            self.at += 1

    def blank(self) -> None:
        """Skip spaces, line ends and comments."""
        while self.at < len(self.text):
            if self.text[self.at] in " \t\r\n":
                self.at += 1
            elif self.text[self.at] == "#":
                end = self.text.find("\n", self.at)
                self.at = len(self.text) if end < 0 else end
            else:
                return

    def spot(self, offset: int) -> Spot:
        line = bisect_right(self.starts, offset)
        return line, offset - self.starts[line - 1] + 1
