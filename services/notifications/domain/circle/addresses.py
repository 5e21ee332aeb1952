"""The canonical form of the addresses that are written to: E.164 numbers and plain e-mail addresses."""

import re
from collections.abc import Collection
from email.errors import MessageError
from email.headerregistry import Address
from typing import Final
from unicodedata import category

import idna
import phonenumbers
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType
from phonenumbers.timezone import UNKNOWN_TIMEZONE, time_zones_for_number

from services.notifications.domain.circle.members import ChannelName
from shared.runtime.errors import UnusableValue

_HOME = "FR"
_REACHED_BY_SMS = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)

SMS_COUNTRIES: Final = frozenset(
    (
        *("FR", "GP", "MQ", "GF", "RE", "YT", "PM", "BL", "MF", "NC", "PF", "WF"),
        *("AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "GR", "HR", "HU", "IE", "IS"),
        *("IT", "LI", "LT", "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK"),
        *("AD", "CH", "GB", "GG", "IM", "JE", "MC", "SM", "VA"),
    )
)
"""Where carers are told by SMS: France with its territories, and the countries around it. Elsewhere an SMS
costs many times as much, and numbers are enrolled to earn from that; satellites are in no country."""

# Libraries read letters as the keys of a telephone, and drop an extension: either would tell a stranger.
_PARTS_DIGITS: Final = frozenset({"Zs", "Pd", "Ps", "Pe", "Cf"})
"""Categories of Unicode: spaces, dashes, brackets, invisible marks."""

# Reserved by ARCEP for fiction: invalid by the metadata, and the only numbers that demos and tests may use.
_FICTION = re.compile(r"\+3363998\d{4}")

# Territories whose numbers are written with ten digits that begin with 0, as those of the mainland are. Which
# one a mobile belongs to is in its first digits (ARCEP): 0692 and 07092 are La Réunion, 0639 Mayotte.
_AFTER_THE_ZERO: Final = 9
_SAINT_PIERRE_ET_MIQUELON: Final = "508"  # its country code, too: from the mainland it is dialled 0508
_TEN_DIGITS: Final = ("FR", "GP", "MQ", "GF", "RE", "YT", "PM")


class NotReachableError(UnusableValue):
    """The number cannot take an SMS; the message says why and never quotes the number."""


def e164(written: str, *, countries: Collection[str] = SMS_COUNTRIES) -> str:
    """The E.164 form of a mobile number of these countries; the digits of national forms name the territory.

    New Caledonia, Polynesia and Wallis and Futuna have numbers of their own: theirs need the country code.
    """
    if any(not _is_of_a_number(each) for each in written.removeprefix("tel:")):
        raise NotReachableError("is not a phone number: it has more than digits and what parts them")
    number = _parse(written, _HOME)
    formatted = phonenumbers.format_number(number, PhoneNumberFormat.E164)
    if _FICTION.fullmatch(formatted):
        return formatted
    if number.country_code == phonenumbers.country_code_for_region(_HOME):
        number = _of_its_territory(number)
    if not phonenumbers.is_valid_number(number):
        raise NotReachableError("is not a number in use")
    if phonenumbers.number_type(number) not in _REACHED_BY_SMS:
        raise NotReachableError("is not a mobile number")
    if phonenumbers.region_code_for_number(number) not in countries:
        raise NotReachableError("is not a number of a country to which messages are sent")
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


# Where the digits name several zones, the one in which most people of the territory live.
_ZONES: Final = {"RE": "Indian/Reunion", "YT": "Indian/Mayotte", "PF": "Pacific/Tahiti"}


def zone_of(number: str) -> str | None:
    """The time zone of an E.164 number; `None` where its digits name several."""
    parsed = phonenumbers.parse(number)
    zone = _ZONES.get(phonenumbers.region_code_for_number(parsed) or "")
    named = time_zones_for_number(parsed)
    return zone or (named[0] if len(named) == 1 and named[0] != UNKNOWN_TIMEZONE else None)


def _is_of_a_number(character: str) -> bool:
    return character.isdecimal() or character in "+./·" or category(character) in _PARTS_DIGITS


def _parse(written: str, region: str) -> PhoneNumber:
    try:
        return phonenumbers.parse(written, region)
    except phonenumbers.NumberParseException:
        raise NotReachableError("is not a phone number") from None


def _of_its_territory(number: PhoneNumber) -> PhoneNumber:
    """The same digits under the country code of the territory that has them; as they are if none does."""
    digits = phonenumbers.national_significant_number(number)
    if len(digits) != _AFTER_THE_ZERO:
        return number
    if digits.startswith(_SAINT_PIERRE_ET_MIQUELON):
        return _parse(f"+{digits}", _HOME)
    read = (_parse(f"0{digits}", region) for region in _TEN_DIGITS)
    return next((each for each in read if phonenumbers.is_valid_number(each)), number)


_MAX_LENGTH = 254
_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


class NotAnAddressError(UnusableValue):
    """The text is no e-mail address; the message says why and never quotes it."""


def canonical_email(written: str) -> str:
    """The address with its domain in lower case; the part before the @ is left as it is, or refused.

    One in quotes is refused: the mailbox is the same without them, or none that anybody has. A domain with
    accents gets the form that travels (RFC 5891); before the @ an accent needs relays that few have.
    """
    written = _with_ascii_domain(written)
    if not written.isascii() or len(written) > _MAX_LENGTH or any(c.isspace() for c in written):
        raise NotAnAddressError("must be a plain e-mail address")
    try:
        address = Address(addr_spec=written)
    except (MessageError, ValueError, IndexError):
        raise NotAnAddressError("must be a plain e-mail address") from None
    domain = address.domain.lower()
    if (
        not address.username
        or address.username != written.rpartition("@")[0]
        or _DOMAIN.fullmatch(domain) is None
    ):
        raise NotAnAddressError("must be a plain e-mail address")
    return Address(username=address.username, domain=domain).addr_spec


def _with_ascii_domain(written: str) -> str:
    mailbox, at, domain = written.rpartition("@")
    if domain.isascii():
        return written
    try:
        return mailbox + at + idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        raise NotAnAddressError("must be a plain e-mail address") from None


def canonical(channel_name: ChannelName, written: str, *, countries: Collection[str] = SMS_COUNTRIES) -> str:
    """E.164 or a plain e-mail address; raises `ValueError` that says why and does not quote it."""
    return e164(written, countries=countries) if channel_name == "sms" else canonical_email(written)
