"""Defines what admission publishes when a person is erased: everybody forgets whom the event is about.

It is under every id that the person had, and counts with the signature of admission only
(`shared/security/signatures.py`): whoever can write to the bus can have nobody forgotten. Whatever else is
published under such an id, before or after it, has no effect that knows the person.
"""

from uuid import UUID

from shared.events.envelope import Payload


class PersonErased(Payload, frozen=True, kw_only=True):
    """The subject is forgotten; what counts without knowing whom stays."""

    erasure_id: UUID
    """Of the decision, which admission keeps: on what basis, and by whom."""
    key_id: str
    """Names the key that signed."""
    signature: str
    """Ed25519, base64, over the subject and everything else here."""
