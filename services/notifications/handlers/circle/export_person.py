"""Opens what notifications keeps of a person, for the person who asks: the circle, and who was told what."""

from typing import Any, Final
from uuid import UUID

import msgspec

from services.notifications.handlers.dependencies import Dependencies
from services.notifications.storage import export
from services.notifications.storage.circle import members
from shared.spine.export.section import Content, section

_FIRST: Final = UUID(int=0)


def _member(dependencies: Dependencies, row: Content) -> Content:
    key, member_id = row["wrapped_key"], row["member_id"]
    consent = _opened(dependencies, key, row["consent"], context=members.consent_context(member_id))
    alias = _opened(dependencies, key, row["alias"], context=members.alias_context(member_id))
    shown: dict[str, Any] = {
        **row,
        "wrapped_key": None,
        "alias": alias,
        "consent": None if consent is None else msgspec.json.decode(consent),
        "contacts": [
            {
                "channel": channel,
                "address": _opened(
                    dependencies, key, value, context=members.contact_context(member_id, channel)
                ),
                "state": state,
                "changed_at": changed_at,
                "proof": proof,
            }
            for channel, value, state, changed_at, proof in row["contacts"]
        ],
    }
    return shown


def _obligation(dependencies: Dependencies, row: Content) -> Content:
    context = members.resolver_context(row["obligation_id"])
    by = _opened(dependencies, row["wrapped_key"], row["human_by"], context=context)
    return {**row, "wrapped_key": None, "human_by": by}


def _opened(
    dependencies: Dependencies, key: bytes | None, sealed: bytes | None, *, context: bytes
) -> str | None:
    if key is None or sealed is None:
        return None
    return dependencies.vault.decrypt(key, sealed, context=context).decode()


SECTIONS: Final = (
    section("members", export.MEMBERS, _FIRST, _member),
    section("obligations", export.OBLIGATIONS, _FIRST, _obligation),
    section("attempts", export.ATTEMPTS, _FIRST),
    section("delivery_reports", export.DELIVERY_REPORTS, 0),
    section("human_tasks", export.HUMAN_TASKS, _FIRST),
    section("transitions", export.TRANSITIONS, 0),
    section("relations", export.RELATIONS, _FIRST),
)
