"""Says how far each chain had come at a moment, so that what is cut off at its end is missed.

Heads are one chain of their own. Whoever removes the newest of them is found by who remembers its number and
digest elsewhere: they are logged.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

import msgspec
from msgspec import Struct

from shared.security.audit.chain import START, Finding, digest_of, is_digest


class Tip(Struct, frozen=True, array_like=True):
    """How far a chain had come."""

    chain: UUID
    number: int
    digest: bytes


class Head(Struct, frozen=True, kw_only=True):
    """The chains that had grown since the head before it."""

    number: int
    at: datetime
    tips: tuple[Tip, ...]
    digest: bytes


def next_head(key: bytes, last: Head | None, tips: Sequence[Tip], *, at: datetime) -> Head:
    """The head that follows."""
    number, before = (1, START) if last is None else (last.number + 1, last.digest)
    ordered = tuple(sorted(tips, key=lambda tip: tip.chain.bytes))
    digest = digest_of(key, before, _content(number, at, ordered))
    return Head(number=number, at=at, tips=ordered, digest=digest)


def faults_of_heads(
    key: bytes, heads: Sequence[Head], *, remembered: tuple[int, bytes] | None = None
) -> list[Finding]:
    """What is wrong with all heads, in their order; `remembered`: one that was seen elsewhere."""
    found: list[Finding] = []
    before = START
    for expected, head in enumerate(heads, 1):
        if head.number != expected:
            return [*found, Finding(fault="head removed", number=expected)]
        if not is_digest(key, before, _content(head.number, head.at, head.tips), head.digest):
            found.append(Finding(fault="head altered", number=head.number))
        before = head.digest
    if remembered is not None:
        number, digest = remembered
        if number > len(heads):
            found.append(Finding(fault="head removed", number=len(heads) + 1))
        elif heads[number - 1].digest != digest:
            found.append(Finding(fault="head altered", number=number))
    return found


def faults_of_tips(heads: Sequence[Head], stored: Mapping[tuple[UUID, int], bytes]) -> list[Finding]:
    """Which entries that a head names are not there as they were."""
    tips = [tip for head in heads for tip in head.tips]
    missing = [tip for tip in tips if (tip.chain, tip.number) not in stored]
    changed = [tip for tip in tips if stored.get((tip.chain, tip.number), tip.digest) != tip.digest]
    return [
        *(Finding(fault="removed", chain=tip.chain, number=tip.number) for tip in missing),
        *(Finding(fault="altered", chain=tip.chain, number=tip.number) for tip in changed),
    ]


def _content(number: int, at: datetime, tips: Sequence[Tip]) -> bytes:
    return msgspec.json.encode([number, at.astimezone(UTC), tips])
