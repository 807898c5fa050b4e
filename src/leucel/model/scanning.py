"""One line of a model file, read from left to right."""

from __future__ import annotations

import json
import re

NAME = r"[A-Za-z_]\w*"
NUMBER = r"[-+]?(?:\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+(?:[eE][-+]?\d+)?|inf)"
UNIT = r"\[([^\[\]]*)\]"
STRING = r'"(?:[^"\\]|\\.)*"'
WORD = r"[\w.:/-]+"
EQUATION = r'[^"]*[^"\s]'


class Fault(Exception):
    """Ends the reading of one line; carries column, message and what would have been accepted."""

    def __init__(
        self, column: int, what: str, allowed: str | None = None, fix: str | None = None
    ) -> None:
        super().__init__(what)
        self.column, self.what, self.allowed, self.fix = column, what, allowed, fix


class Scanner:
    """One line, read from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self.space()

    @property
    def column(self) -> int:
        """Column of what comes next, from 1."""
        return self._at + 1

    @property
    def ended(self) -> bool:
        """True when nothing is left."""
        return self._at >= len(self._text)

    def space(self) -> None:
        """Step over white space."""
        while self._at < len(self._text) and self._text[self._at].isspace():
            self._at += 1

    def take(self, pattern: str) -> re.Match[str] | None:
        """Step over what fits the pattern, if it comes next."""
        match = re.compile(pattern).match(self._text, self._at)
        if match:
            self._at = match.end()
            self.space()
        return match

    def need(self, pattern: str, what: str, example: str | None = None) -> str:
        """Step over what fits the pattern and return its last group; a `Fault` if it is missing."""
        match = self.take(pattern)
        if match is None:
            raise Fault(self.column, f"{what} is missing here", example)
        return match.group(match.lastindex or 0)

    def equation(self) -> tuple[str, int]:
        """An equation, up to a quoted text or the end, and its column."""
        column = self.column
        return self.need(EQUATION, "an equation"), column

    def quoted(self) -> str:
        """A text in double quotes; empty when none comes next."""
        column = self.column
        match = self.take(STRING)
        if match is None:
            return ""
        try:
            return str(json.loads(match.group()))
        except json.JSONDecodeError as error:
            raise Fault(column, "this text is not quoted as in JSON", error.msg) from error

    def word(self, what: str) -> str:
        """A word, in quotes or without."""
        return self.quoted() or self.need(WORD, what)

    def number(self, what: str) -> float:
        """A number; `inf` and `-inf` are numbers."""
        return float(self.need(NUMBER + r"(?![\w.])", what, "a number"))

    def end(self) -> None:
        """Make sure that nothing is left."""
        if not self.ended:
            raise Fault(
                self.column,
                f"{self._text[self._at :].strip()!r} is not expected here",
                fix="texts stand in double quotes at the end of a line",
            )


def without_comment(text: str) -> str:
    """The line up to the `#` that begins a comment; a `#` within quotes does not."""
    match = re.match(rf'(?:{STRING}|[^"#])*', text)
    end = match.end() if match else 0
    return text[:end] if text[end : end + 1] == "#" else text
