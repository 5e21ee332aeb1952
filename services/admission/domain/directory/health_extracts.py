"""Reads the extracts of the national health directory (Annuaire Santé): professionals, mailboxes.

Fields are separated by bars, without quotes, and the first line names the columns. Names are compared
without case, accents and punctuation, for these vary between editions.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import ClassVar, Final

from services.admission.domain.directory.entries import Entry, Mailbox, MailboxKind, Practice, Professional
from services.admission.domain.directory.extract import NotAnEntryError, named
from services.admission.domain.directory.numbers import is_finess, is_rpps

_RPPS: Final = "8"
"""`Type d'identifiant PP` of an RPPS number; 0 is ADELI, which it replaced."""
_KINDS: Final[Mapping[str, MailboxKind]] = {"PER": "personal", "ORG": "organisation", "APP": "application"}
_ADDRESS: Final = re.compile(r"[^\s@|]{1,64}@[^\s@|]{1,190}\.[^\s@|.]{2,}")
_PREFIXED_FINESS: Final = re.compile(r"1(.{9})")
"""National identification of a structure: 1 and its FINESS number."""


def columns_of(header: str) -> dict[str, int]:
    """Name of a column, in its one spelling -> its place."""
    return {_spelling(name): place for place, name in enumerate(header.split("|"))}


def _spelling(name: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKD", name).casefold() if letter.isalnum())


class _HealthExtract:
    names_columns: ClassVar[bool] = True

    def __init__(self, columns: Mapping[str, int]) -> None:
        self._columns = columns

    def _fields(self, line: str) -> list[str]:
        fields = line.split("|")
        # The last column may be one without a name, of the bar at the end of the line.
        if abs(len(fields) - len(self._columns)) > 1:
            raise NotAnEntryError(f"{len(fields)} fields where {len(self._columns)} are expected")
        return fields


class ProfessionalsExtract(_HealthExtract):
    """`PS_LibreAcces_Personne_activite`: a line for each activity of a professional."""

    kind: ClassVar[str] = "professionals"
    columns: ClassVar[frozenset[str]] = frozenset(
        {"typedidentifiantpp", "identifiantpp", "nomdexercice", "codeprofession", "numerofinesssite"}
    )

    def entries(self, line: str) -> Iterable[Entry]:
        """See `Extract`."""
        fields = self._fields(line)
        if named(self._columns, fields, "typedidentifiantpp") != _RPPS:
            return
        rpps = _rpps(named(self._columns, fields, "identifiantpp"))
        family_name = named(self._columns, fields, "nomdexercice")
        profession = named(self._columns, fields, "libelleprofession")
        if not (family_name and profession):
            raise NotAnEntryError("the professional has no name, or no profession")
        yield Professional(
            rpps=rpps,
            family_name=family_name,
            given_name=named(self._columns, fields, "prenomdexercice") or None,
            profession=profession,
            specialty=named(self._columns, fields, "libellesavoirfaire") or None,
        )
        site = named(self._columns, fields, "numerofinesssite")
        if is_finess(site):
            yield Practice(rpps, site)


class MailboxesExtract(_HealthExtract):
    """`Extraction_Correspondance_MSSante`: a line for each mailbox and who holds it."""

    kind: ClassVar[str] = "mailboxes"
    columns: ClassVar[frozenset[str]] = frozenset(
        {"typedebal", "adressebal", "identifiantpp", "identificationstructure"}
    )

    def entries(self, line: str) -> Iterable[Entry]:
        """See `Extract`."""
        fields = self._fields(line)
        kind = _KINDS.get(named(self._columns, fields, "typedebal").upper())
        address = named(self._columns, fields, "adressebal").lower()
        if kind is None:
            raise NotAnEntryError("the mailbox is of an unknown type")
        if _ADDRESS.fullmatch(address) is None:
            raise NotAnEntryError("the address of the mailbox is none")
        service = named(self._columns, fields, "servicederattachement") or None
        holder = self._professional(fields) if kind == "personal" else self._establishment(fields)
        if holder is not None:
            yield Mailbox(holder, address, kind, service)

    def _professional(self, fields: list[str]) -> str | None:
        if named(self._columns, fields, "typeidentifiantpp") not in (_RPPS, "RPPS"):
            return None
        return _rpps(named(self._columns, fields, "identifiantpp"))

    def _establishment(self, fields: list[str]) -> str | None:
        number = named(self._columns, fields, "identificationstructure")
        prefixed = _PREFIXED_FINESS.fullmatch(number)
        finess = prefixed[1] if prefixed else number
        return finess if is_finess(finess) else None


def _rpps(number: str) -> str:
    if not is_rpps(number):
        raise NotAnEntryError("the RPPS number has not 11 digits, or a wrong key")
    return number
