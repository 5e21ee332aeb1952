"""Validates what a carer calls the person: a short word that fits every SMS and carries no link or number."""

from services.notifications.domain.wording import sms

LONGEST = 20

_PUNCTUATION = frozenset(" '-" + sms.APOSTROPHE)


def problem(alias: str) -> str | None:
    """Why this alias is refused, or none.

    Accents that an SMS cannot carry are accepted: the SMS leaves them out, the page and the e-mail show them.
    """
    if not alias.strip() or alias != alias.strip():
        return "must not be empty, nor begin or end with a space"
    on_the_air = sms.folded(alias)
    if len(alias) > LONGEST or len(on_the_air) > LONGEST:
        return f"must have at most {LONGEST} characters"
    if not all(c.isalpha() or c in _PUNCTUATION for c in alias):
        return "must have letters, spaces, apostrophes and hyphens only"
    if not all(c in sms.BASIC for c in on_the_air):
        return "must have letters that an SMS can carry"
    return None
