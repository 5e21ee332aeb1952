"""What may a carer call the person? A short word that fits every SMS and can carry no link."""

from services.notifications.domain.wording import gsm7

LONGEST = 20

_PUNCTUATION = frozenset(" '-" + gsm7.APOSTROPHE)


def problem(alias: str) -> str | None:
    """Why this alias is refused, or none.

    Accents that an SMS cannot carry are accepted: the SMS leaves them out, the page and the e-mail show them.
    """
    if not alias.strip() or alias != alias.strip():
        return "must not be empty, nor begin or end with a space"
    on_the_air = gsm7.folded(alias)
    if len(alias) > LONGEST or len(on_the_air) > LONGEST:
        return f"must have at most {LONGEST} characters"
    if not all(c.isalnum() or c in _PUNCTUATION for c in alias):
        return "must have letters, digits, spaces, apostrophes and hyphens only"
    if not all(c in gsm7.BASIC for c in on_the_air):
        return "must have letters that an SMS can carry"
    return None
