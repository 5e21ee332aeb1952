"""Where does an obligation stand, by the facts alone? Sent, or not, with the reason.

What each recipient was told so far is not looked at here: see `freshness`.
"""

from collections.abc import Mapping
from typing import Literal
from uuid import UUID

import msgspec

from services.notifications.domain.obligations.catalogue import (
    CLOCK_SKEW,
    STALE_AFTER,
    fact_of,
    is_corrected,
    is_retracted,
)
from services.notifications.domain.obligations.statements import NOTHING, Fact, Recipient, Statement, newest

Suppression = Literal[
    "no_entitlement",
    "preference_off",
    "deceased",
    "stale_at_creation",
    "duplicate_fact",
    "nothing_to_correct",
]


class Send(msgspec.Struct, frozen=True, tag=True):
    """It stands: whoever is due to hear it hears it."""


class Suppress(msgspec.Struct, frozen=True, tag=True):
    """It must not be told, or there is nothing to tell."""

    reason: Suppression


class Supersede(msgspec.Struct, frozen=True, tag=True):
    """Newer news takes its place."""

    by: UUID
    reason: str


Verdict = Send | Suppress | Supersede


def verdict_of(
    statement: Statement,
    kind: str,
    recipient: Recipient,
    *,
    facts: Mapping[str, Fact],
    deceased: bool,
) -> Verdict:
    """Rights first, then whether it is still the newest version, then whether it is news at all."""
    if recipient.revoked_at is not None:
        return Suppress("no_entitlement")
    if deceased:
        return Suppress("deceased")
    newer = _outdated_by(statement, kind, recipient, facts[statement.fact_key])
    if newer is not None:
        return Supersede(newer.event.event_id, "newer_version")
    if is_corrected(kind) or is_retracted(kind):
        return Send()
    return _verdict_of_news(statement, recipient, facts)


def _verdict_of_news(statement: Statement, recipient: Recipient, facts: Mapping[str, Fact]) -> Verdict:
    if recipient.discretion == 0:
        return Suppress("preference_off")
    event = statement.event
    if event.recorded_at - event.occurred_at > STALE_AFTER:
        return Suppress("stale_at_creation")
    if event.recorded_at > recipient.joined_at:
        return Send()
    newest_then = _newest_when_joining(statement, recipient, facts)
    if newest_then.fact_key != statement.fact_key:
        return Supersede(newest_then.event.event_id, "newer_when_joining")
    return Send()


def _outdated_by(statement: Statement, kind: str, recipient: Recipient, fact: Fact) -> Statement | None:
    """The version that holds now, when it says something else; to repeat the words is not to say else."""
    shown = fact_of(kind)
    if statement.news is not None and not is_retracted(kind):
        shown = statement.news.shown_kind
    now = newest(fact, shown, recipient)
    if now is None or now.version <= statement.version:
        return None
    return now if now.said_to(recipient) != statement.said_to(recipient) else None


def _newest_when_joining(statement: Statement, recipient: Recipient, facts: Mapping[str, Fact]) -> Statement:
    """Who joins is told where the person is now: not the whole day before, nor only what is to come."""
    known = [
        fact[-1]
        for fact in facts.values()
        if fact[-1].aspect == statement.aspect
        and fact[-1].event.recorded_at <= recipient.joined_at
        and fact[-1].event.occurred_at <= recipient.joined_at + CLOCK_SKEW
        and fact[-1].said_to(recipient) != NOTHING
    ]
    return max([statement, *known], key=lambda version: (version.event.occurred_at, version.version))
