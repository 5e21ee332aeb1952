"""Which form of an address is kept and sent to? One canonical form for each medium, or a refusal."""

from services.notifications.domain import email_address, phone
from services.notifications.domain.circle import Medium


def canonical(medium: Medium, written: str) -> str:
    """E.164 or a plain e-mail address; raises `ValueError` that says why and does not quote it."""
    return phone.e164(written) if medium == "sms" else email_address.canonical(written)
