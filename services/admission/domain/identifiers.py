"""Normalises a person's identifiers, so that two spellings of one number are one number, and says who has it.

An authority is a national OID or any other name. A value is read by its authority's rules: an INS is 13 or
15 characters, with or without separators (RNIV volet 1, 2.2; its key: INSEE, NIR). Any other number keeps
its punctuation, which may mean something to its sender.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Final, NamedTuple
from uuid import UUID

from msgspec import Struct
from msgspec.structs import replace

from services.admission.domain import movement
from services.admission.domain.authorities import INS, NAMES, TEST
from services.admission.domain.directory.affiliation import Affiliation
from shared.runtime.errors import UnusableValue

_REAL_INS: Final = INS - TEST

_OID: Final = re.compile(r"(?:(?:urn:)?oid[:.])?([0-2](?:\.[0-9]{1,30}){1,40})")
_ANY_INS: Final = re.compile(
    rf"(?<![0-9.])(?:{'|'.join(re.escape(oid) for oid in sorted(INS, reverse=True))})(?!\.?[0-9])"
)
_ASSIGNED: Final = re.compile(r"(?P<bare>[^&^]+)&iso|(?P<name>[^&^]*)&(?P<id>[^&^]+)(?:&(?P<type>[^&^]*))?")
_FORMER_OID: Final = re.compile(r"[0-2](?:\.[0-9]{1,30}){1,40}")
_INS: Final = re.compile(r"[0-9]{5}(?:[0-9]{2}|2A|2B)[0-9]{6}(?:[0-9]{2})?")
_WITHOUT_KEY: Final = 13
_NEVER_QUALIFIED: Final = frozenset({"doubtful", "fictive"})
_SEPARATORS: Final = str.maketrans(dict.fromkeys("-.\u2010\u2011\u2012\u2013"))
# Corsica: 2A counts as 19 and 2B as 18.
_CORSICA: Final = {"2A": "19", "2B": "18"}


class ReadAuthority(NamedTuple):
    """An authority in its one spelling."""

    name: str
    """An OID, or a name without case and surplus spaces."""
    is_readable: bool = True
    """Whether it is clear whose it is: not so where an INS is named in no form that is known."""


class Number(NamedTuple):
    """An identifier in its one spelling."""

    authority: str
    value: str


class StatedNumber(Struct, frozen=True, gc=False):
    """An identifier, by the blind indexes under which its owner may be found."""

    scope: str
    """In which it means one person: an establishment, or a domain of several."""
    local: bytes
    """Its index in that scope."""
    national: bytes | None = None
    """The index of an INS, the same for all."""
    is_qualified: bool = False
    """Whether the national index may be relied on."""
    earlier: tuple[bytes, ...] = ()
    """Where it was kept before numbers had a scope: believed of those of whom its sender stated something."""


class Person(Struct, frozen=True, gc=False):
    """A person, and the wrapped key that encrypts what is stored of them."""

    person_id: UUID
    wrapped_key: bytes
    stated_as: UUID | None = None
    """The other person whom the identifier itself means, while the two are merged."""

    @property
    def identity(self) -> UUID:
        """The person whom the identifier means when nobody is merged."""
        return self.stated_as or self.person_id

    def owning(self, scope: str, former: "Owner | None") -> "Owner":
        """As the owner of a number of which it is known whose it was, if anybody's."""
        before = () if former is None else (*former.before, replace(former, before=()))
        return Owner(self, scope, before=before)


class Owner(Struct, frozen=True, gc=False):
    """Whose a number is, and the scope that stated it first; `None` from before there were scopes."""

    person: Person
    scope: str | None = None
    until: datetime | None = None
    """When the number was taken from them; `None`: it is theirs. What they stated by then stays theirs."""
    before: tuple["Owner", ...] = ()
    """Whose it was before, until when, in this order."""

    def former_at(self, moment: datetime | None) -> Person | None:
        """Who had the number then, if it was taken from them since; of what happens later it says nothing."""
        if moment is None or not (self.before or self.until):
            return None
        ended = (*self.before, self) if self.until else self.before
        return next((each.person for each in ended if each.until and moment <= each.until), None)


def new_links(
    indexes: Iterable[bytes], owners: Mapping[bytes, Owner], known: Mapping[bytes, Owner]
) -> dict[bytes, Owner]:
    """The numbers that were nobody's, by what is known, and whose they are by now."""
    links: dict[bytes, Owner] = {}
    for index in indexes:
        owner, former = owners.get(index), known.get(index)
        if owner is not None and owner.until is None and (former is None or former.until is not None):
            links[index] = owner
    return links


EarlierOwners = Mapping[tuple[bytes, str], Person]
"""(index from before there were scopes, establishment) -> its owner, if that establishment stated anything
of them."""


class NotAnInsError(UnusableValue):
    """An INS has 13 characters, or 15 with its key."""


def normalised(authority: str, value: str) -> Number:
    """The one spelling of an identifier; normalising it again changes nothing.

    Raises NotAnInsError for a value that its authority cannot have given: an INS that is not one. Numbers
    of the test and demonstration authorities may have any form.
    """
    issuer = normalised_authority(authority)
    text = in_one_spelling(value)
    if issuer not in INS:
        return Number(issuer, text)
    ins = text if text.isalnum() else text.translate(_SEPARATORS)
    if _INS.fullmatch(ins) is None:
        if issuer in _REAL_INS:
            raise NotAnInsError
        return Number(issuer, text)
    return Number(issuer, ins if len(ins) > _WITHOUT_KEY else ins + ins_key(ins))


def is_settled(number: StatedNumber, known: Mapping[bytes, Owner]) -> bool:
    """Whether these owners tell all that there is to know of the number."""
    return owner_in_scope(number, known) is not None and (not number.is_qualified or number.national in known)


def owner_in_scope(number: StatedNumber, known: Mapping[bytes, Owner]) -> Person | None:
    """Whose the number is in the scope in which it was stated."""
    local = known.get(number.local)
    if local is not None and local.until is None:
        return local.person
    national = known.get(number.national) if number.national else None
    return national.person if national is not None and national.scope == number.scope else None


def other_persons(persons: Sequence[Person], person: Person | None) -> tuple[Person, ...]:
    """Each of these persons once, without this one."""
    if not persons:
        return ()
    others = {one.person_id: one for one in persons}
    if person is not None:
        others.pop(person.person_id, None)
    return tuple(others.values())


def by_spelling(codes: Collection[str]) -> dict[str, str]:
    """Each code as it is written, and in its one spelling -> the code; of several in one, the last."""
    return {in_one_spelling(code): code for code in codes} | {code: code for code in codes}


def in_one_spelling(text: str) -> str:
    """The text without case, spaces and widths of letters; to spell it so again changes nothing."""
    return _without_spaces(text).upper()


def identity_domain_of(affiliation: Affiliation, authority: str) -> str:
    """The domain in which the establishment's numbers under this authority mean the same.

    `authority` is in its one spelling. The name of a shared domain is never a FINESS number.
    """
    return affiliation.shared_domains.get(authority, affiliation.establishment)


def is_ins(number: Number) -> bool:
    """Whether it is somebody's INS, not a filler of zeros or nines for a person whose INS is unknown."""
    return number.authority in INS and (number.authority in TEST or number.value[0] not in "09")


def is_qualified_ins(number: Number, person: movement.Person) -> bool:
    """Whether the number is an INS that its sender may use across establishments (RNIV, EXI SI 08).

    Numbers of tests and demonstrations are nobody's, so these are believed where no status is stated.
    """
    if not is_ins(number) or not _NEVER_QUALIFIED.isdisjoint(person.identity_attributes):
        return False
    status = person.identity_status
    return status == "qualified" or (status is None and number.authority in TEST)


def ins_key(number: str) -> str:
    """The two digits that follow the 13 characters of an INS: 97 less their remainder by 97 (INSEE)."""
    department = _CORSICA.get(number[5:7], number[5:7])
    return f"{97 - int(number[:5] + department + number[7:13]) % 97:02}"


def is_wrongly_keyed(number: Number) -> bool:
    """Whether the key of an INS belongs to other 13 characters: it is another number, most likely a typo."""
    return _INS.fullmatch(number.value) is not None and number.value[_WITHOUT_KEY:] != ins_key(number.value)


def former_number(authority: str, value: str) -> Number | None:
    """As the number was written while fewer forms of its authority were known; `None`: as now."""
    former = _former_authority(authority)
    return None if former is None else Number(former, _without_spaces(value).upper())


def normalised_authority(authority: str) -> str:
    """The one spelling of an authority: an OID, or a name without case and surplus spaces."""
    return read_authority(authority).name


@lru_cache(maxsize=4096)
def _former_authority(authority: str) -> str | None:
    oid = _without_spaces(authority).removeprefix("urn:oid:")
    former = oid if _FORMER_OID.fullmatch(oid) else " ".join(_folded(authority).split())
    return None if former == normalised_authority(authority) else former


@lru_cache(maxsize=4096)  # a few authorities give all the numbers
def read_authority(authority: str) -> ReadAuthority:
    """Whose numbers are meant: by an OID, with any of its prefixes, by a name, or by both as in CX-4."""
    words = _as_written(authority).split()
    text, name = "".join(words), " ".join(words)
    oid = _oid(text)
    found = _ASSIGNED.fullmatch(text)
    if found is not None and found["type"] in (None, "", "iso"):
        oid = _oid(found["bare"] or found["id"])
        if found["name"] in NAMES and oid not in INS:
            return ReadAuthority(name, is_readable=False)
    if oid is not None:
        return ReadAuthority(oid)
    if text in NAMES:
        return ReadAuthority(NAMES[text])
    names_ins = any(part in NAMES for part in re.split("[&^]", text)) or _ANY_INS.search(text)
    return ReadAuthority(name, is_readable=not names_ins)


def _as_written(text: str) -> str:
    """The text without case and without what differs in print only: widths of letters and kinds of spaces."""
    if not text.isascii():
        # Marks that nobody sees (zero-width spaces, byte order marks, soft hyphens) come with copied text.
        text = "".join(letter for letter in text if unicodedata.category(letter) != "Cf") or text
    return _folded(text)


def _folded(text: str) -> str:
    if text.isascii():
        return text.casefold()
    # Twice: folding the case of a normalised text may leave one that is not.
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


def _oid(text: str) -> str | None:
    found = _OID.fullmatch(text)
    return None if found is None else ".".join(str(int(arc)) for arc in found[1].split("."))


def _without_spaces(text: str) -> str:
    # NFKC makes a space of every no-break, thin and ideographic one, and digits of full-width ones.
    return "".join(_as_written(text).split())
