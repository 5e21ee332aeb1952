"""What does a sealed value belong to? The context that binds each ciphertext to its member and its field."""

from uuid import UUID


def alias_of(member_id: UUID) -> bytes:
    return b"alias:" + member_id.bytes


def consent_of(member_id: UUID) -> bytes:
    return b"consent:" + member_id.bytes


def said_by(obligation_id: UUID) -> bytes:
    return b"said-by:" + obligation_id.bytes


def contact_of(member_id: UUID, channel: str) -> bytes:
    return b"contact:" + channel.encode() + b":" + member_id.bytes
