"""Normalises a person's identifiers, so that two spellings of one number are one number.

An authority is a national OID or any other name. A value is read by its authority's rules: an INS is 13 or
15 characters, with or without separators (RNIV volet 1, 2.2; its key: INSEE, NIR). Any other number keeps
its punctuation, which may mean something to its sender.
"""

import re
import unicodedata
from functools import lru_cache
from typing import Final, NamedTuple

from shared.runtime.errors import UnusableValue

INS_NIR: Final = "1.2.250.1.213.1.4.8"
INS_NIA: Final = "1.2.250.1.213.1.4.9"
INS_TEST: Final = "1.2.250.1.213.1.4.10"
INS_DEMONSTRATION: Final = "1.2.250.1.213.1.4.11"

_REAL_INS: Final = frozenset({INS_NIR, INS_NIA})
_ANY_INS: Final = _REAL_INS | {INS_TEST, INS_DEMONSTRATION}

_OID: Final = re.compile(r"[0-2](?:\.[0-9]{1,30}){1,40}")
_INS: Final = re.compile(r"[0-9]{5}(?:[0-9]{2}|2A|2B)[0-9]{6}(?:[0-9]{2})?")
_WITHOUT_KEY: Final = 13
_SEPARATORS: Final = str.maketrans(dict.fromkeys("-.\u2010\u2011\u2012\u2013"))
# Corsica: 2A counts as 19 and 2B as 18.
_CORSICA: Final = {"2A": "19", "2B": "18"}


class Number(NamedTuple):
    """An identifier in its one spelling."""

    authority: str
    value: str


class NotAnInsError(UnusableValue):
    """An INS has 13 characters, or 15 with its key."""


def normalised(authority: str, value: str) -> Number:
    """The one spelling of an identifier; normalising it again changes nothing.

    Raises NotAnInsError for a value that its authority cannot have given: an INS that is not one. Numbers
    of the test and demonstration authorities may have any form.
    """
    issuer = normalised_authority(authority)
    text = _without_spaces(value).upper()
    if issuer not in _ANY_INS:
        return Number(issuer, text)
    ins = text.translate(_SEPARATORS)
    if _INS.fullmatch(ins) is None:
        if issuer in _REAL_INS:
            raise NotAnInsError
        return Number(issuer, text)
    return Number(issuer, ins if len(ins) > _WITHOUT_KEY else ins + ins_key(ins))


def ins_key(number: str) -> str:
    """The two digits that follow the 13 characters of an INS: 97 less their remainder by 97 (INSEE)."""
    department = _CORSICA.get(number[5:7], number[5:7])
    return f"{97 - int(number[:5] + department + number[7:13]) % 97:02}"


@lru_cache(maxsize=4096)  # a few authorities give all the numbers
def normalised_authority(authority: str) -> str:
    """The one spelling of an authority: an OID, or a name without case and surplus spaces."""
    oid = _without_spaces(authority).removeprefix("urn:oid:")
    return oid if _OID.fullmatch(oid) else " ".join(_folded(authority).split())


def _folded(text: str) -> str:
    if text.isascii():
        return text.casefold()
    # Twice: folding the case of a normalised text may leave one that is not.
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _without_spaces(text: str) -> str:
    # NFKC makes a space of every no-break, thin and ideographic one, and digits of full-width ones.
    return "".join(_folded(text).split())
