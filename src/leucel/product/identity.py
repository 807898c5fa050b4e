"""Check characters of identifiers, ISO 7064 mod 37,2, as donation numbers carry them.

Chain-of-identity values are the user's: leucel validates them and ships no table of any standard
that needs a license.
"""

from __future__ import annotations

from leucel.core import InputError, Place, Problem

_VALUES = {letter: i for i, letter in enumerate("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*")}
_LETTERS = {i: letter for letter, i in _VALUES.items()}
_BARCODE_FLAG = 60


def check_character(identifier: str, *, where: Place | None = None) -> str:
    """Check character of an identifier of digits and capital letters; blanks do not count.

    With values v (0-9, A-Z as 0-35) and n the position from the right from 1 on, S is the sum of
    v 2^n, and the character has the value (38 - S mod 37) mod 37, where 36 stands for ``*``.

    Raises
    ------
    InputError
        When the identifier is empty or holds anything else.

    References
    ----------
    ISO 7064, system mod 37,2; UK Blood Transfusion Services, guidelines, annex 2.

    Examples
    --------
    >>> check_character("G123 498 654 321")
    'H'
    """
    return _LETTERS[_check_value(identifier, where)]


def flag_value(identifier: str) -> int:
    """The same check as a two-digit barcode flag: 60 and the value.

    Examples
    --------
    >>> flag_value("G123498654321")
    77
    """
    return _BARCODE_FLAG + _check_value(identifier, None)


def require_identity(identifier: str, check: str, *, where: Place | None = None) -> str:
    """The identifier without blanks, when its check character fits.

    Raises
    ------
    InputError
        When it does not: a letter was mistyped or two were swapped.

    Examples
    --------
    >>> require_identity("G123 498 654 321", "H")
    'G123498654321'
    """
    expected = check_character(identifier, where=where)
    if check.strip().upper() != expected:
        raise InputError(
            Problem(
                what="the check character does not fit the identifier",
                where=where,
                received=f"{identifier!r} with {check!r}",
                allowed=repr(expected),
                fix="read the label again: one character is wrong or two are swapped",
            )
        )
    return _plain(identifier)


def _plain(identifier: str) -> str:
    return "".join(identifier.split())


def _check_value(identifier: str, where: Place | None) -> int:
    text = _plain(identifier)
    strange = [letter for letter in text if letter == "*" or letter not in _VALUES]
    if not text or strange:
        raise InputError(
            Problem(
                what="this is no identifier",
                where=where,
                received=repr(identifier),
                allowed="digits 0-9 and capital letters A-Z",
            )
        )
    total = sum(_VALUES[letter] * 2**n for n, letter in enumerate(reversed(text), 1))
    return (38 - total % 37) % 37
