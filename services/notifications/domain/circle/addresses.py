"""The canonical form of the addresses that are written to: E.164 numbers and plain e-mail addresses."""

import re
from email.errors import MessageError
from email.headerregistry import Address

import phonenumbers
from phonenumbers import PhoneNumberType

from services.notifications.domain.circle.members import ChannelName
from shared.runtime.errors import UnusableValue

_HOME = "FR"
_REACHED_BY_SMS = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)

# Reserved by ARCEP for fiction: invalid by the metadata, and the only numbers that demos and tests may use.
_FICTION = re.compile(r"\+3363998\d{4}")

# Overseas mobiles in national form parse as metropolitan ones: the first digits say which country code.
_OVERSEAS = {
    "690": "590",
    "691": "590",
    "694": "594",
    "696": "596",
    "697": "596",
    "692": "262",
    "693": "262",
    "639": "262",
}


class NotReachableError(UnusableValue):
    """The number cannot take an SMS; the message says why and never quotes the number."""


def e164(written: str) -> str:
    """The E.164 form of a mobile number; national forms are French, overseas departments included."""
    try:
        number = phonenumbers.parse(written, _HOME)
    except phonenumbers.NumberParseException:
        raise NotReachableError("is not a phone number") from None
    formatted = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if _FICTION.fullmatch(formatted):
        return formatted
    overseas = _OVERSEAS.get(str(number.national_number)[:3])
    if number.country_code == phonenumbers.country_code_for_region(_HOME) and overseas:
        formatted = f"+{overseas}{number.national_number}"
        number = phonenumbers.parse(formatted)
    if not phonenumbers.is_valid_number(number):
        raise NotReachableError("is not a number in use")
    if phonenumbers.number_type(number) not in _REACHED_BY_SMS:
        raise NotReachableError("is not a mobile number")
    return formatted


_MAX_LENGTH = 254
_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


class NotAnAddressError(UnusableValue):
    """The text is no e-mail address; the message says why and never quotes it."""


def canonical_email(written: str) -> str:
    """The address with its domain in lower case; the part before the @ is left as it is."""
    if not written.isascii() or len(written) > _MAX_LENGTH or any(c.isspace() for c in written):
        raise NotAnAddressError("must be a plain e-mail address")
    try:
        address = Address(addr_spec=written)
    except (MessageError, ValueError, IndexError):
        raise NotAnAddressError("must be a plain e-mail address") from None
    domain = address.domain.lower()
    if not address.username or _DOMAIN.fullmatch(domain) is None:
        raise NotAnAddressError("must be a plain e-mail address")
    return Address(username=address.username, domain=domain).addr_spec


def canonical(channel_name: ChannelName, written: str) -> str:
    """E.164 or a plain e-mail address; raises `ValueError` that says why and does not quote it."""
    return e164(written) if channel_name == "sms" else canonical_email(written)
