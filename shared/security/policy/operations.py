"""Names every operation of every service, and says for each whom it is for; a route names its operation."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, get_args

from shared.events.admission import Scope
from shared.stays.relations import Basis

Operation = Literal[
    # stating and following what one stated
    "state_movement",
    "state_identity",
    "state_hl7v2",
    "send_heartbeat",
    "try_statement",
    "read_receipt",
    "find_receipt",
    "read_outcome",
    "read_callback",
    # a person
    "find_person",
    "read_pathway",
    "close_expectation",
    "read_obligations",
    "resolve_obligation",
    "read_circle",
    "change_circle",
    "declare_team",
    "end_grant",
    "break_glass",
    "erase_person",
    "list_erasures",
    "export_person",
    # an establishment
    "list_broken_glasses",
    "read_accesses",
    "list_stays",
    "list_indicators",
    "read_indicator",
    "read_obligation_balance",
    "list_work_items",
    "decide_work_item",
    "list_sources",
    "list_keys",
    "create_source",
    "revoke_key",
    "rotate_key",
    "register_certificate",
    "read_dialect",
    "change_dialect",
    "change_callback",
    "read_mllp_callers",
    "change_mllp_callers",
    "read_conformance",
    "read_silences",
    "list_quarantined",
    "settle_quarantined",
    "look_up_establishment",
    "look_up_professional",
    "register_unit",
    # the platform
    "register_establishment",
    "list_identity_domains",
    "register_identity_domain",
    "state_network",
    "list_networks",
    "load_directory",
    "read_operations",
    "pause_part",
    "list_parked",
    "show_parked",
    "retry_parked",
    "dismiss_parked",
    "read_reconciliation",
    "read_ledger",
    "read_inbox",
    "read_outcomes",
    "verify_audit",
    # what admits by itself, without a key
    "report_delivery",
    "read_carer_page",
    "read_invitation",
    "answer_invitation",
]

Whom = Literal["anybody", "related", "platform", "capability"]
"""`anybody` with a scope; `related` to what it is about, or an operator of the platform; `platform`: keys
that no establishment has; `capability`: whoever holds the address, which admits to this one thing."""

ALL_BASES: Final[frozenset[Basis]] = frozenset(get_args(Basis))


@dataclass(frozen=True, kw_only=True)
class Rule:
    """Whom an operation is for."""

    whom: Whom
    scopes: frozenset[Scope] = frozenset()
    """One of them is enough."""
    bases: frozenset[Basis] = frozenset()
    """Any of which makes a caller related to what the operation is about."""


def _anybody(*scopes: Scope) -> Rule:
    return Rule(whom="anybody", scopes=frozenset(scopes))


def _own(*scopes: Scope) -> Rule:
    return _related(*scopes, bases=frozenset({"states"}))


def _related(*scopes: Scope, bases: frozenset[Basis] = ALL_BASES) -> Rule:
    return Rule(whom="related", scopes=frozenset(scopes), bases=bases)


def _platform(*scopes: Scope) -> Rule:
    return Rule(whom="platform", scopes=frozenset(scopes))


_CAPABILITY: Final = Rule(whom="capability")

RULES: Final[Mapping[Operation, Rule]] = {
    "state_movement": _own("intake"),
    "state_identity": _own("intake"),
    "state_hl7v2": _own("intake"),
    "send_heartbeat": _own("intake"),
    "try_statement": _own("intake"),
    "read_receipt": _own("intake", "read"),
    "find_receipt": _anybody("intake", "read"),
    "read_outcome": _own("intake", "read"),
    "read_callback": _own("intake", "operator"),
    "find_person": _related("intake", "read"),
    "read_pathway": _related("read"),
    "close_expectation": _related("intake", "operator", bases=frozenset({"states", "transfer"})),
    "read_obligations": _related("read"),
    "resolve_obligation": _related("circle", "operator"),
    "read_circle": _related("circle"),
    "change_circle": _related("circle"),
    "declare_team": _own("circle"),
    "end_grant": _own("circle", "operator"),
    "break_glass": _anybody("read"),
    "erase_person": _platform("privacy", "operator"),
    "list_erasures": _platform("privacy", "operator"),
    "export_person": _platform("privacy", "operator"),
    "list_broken_glasses": _own("privacy"),
    "read_accesses": _own("privacy", "operator"),
    "list_stays": _own("read"),
    "list_indicators": _anybody("read"),
    "read_indicator": _own("read"),
    "read_obligation_balance": _own("read", "operator"),
    "list_work_items": _own("intake", "read", "operator"),
    "decide_work_item": _own("operator"),
    "list_sources": _own("operator"),
    "list_keys": _own("operator"),
    "create_source": _own("operator"),
    "revoke_key": _own("operator"),
    "rotate_key": _own("operator"),
    "register_certificate": _own("operator"),
    "read_dialect": _own("operator"),
    "change_dialect": _own("operator"),
    "change_callback": _own("operator"),
    "read_mllp_callers": _platform("operator"),
    "change_mllp_callers": _platform("operator"),
    "read_conformance": _own("intake", "operator"),
    "read_silences": _own("intake", "operator"),
    "list_quarantined": _own("operator"),
    "settle_quarantined": _own("operator"),
    "look_up_establishment": _anybody("read", "intake", "circle", "operator"),
    "look_up_professional": _anybody("read", "intake", "circle", "operator"),
    "register_unit": _own("operator"),
    "register_establishment": _platform("operator"),
    "list_identity_domains": _platform("operator"),
    "register_identity_domain": _platform("operator"),
    "state_network": _platform("operator"),
    "list_networks": _platform("operator"),
    "load_directory": _platform("operator"),
    "read_operations": _platform("operator"),
    "pause_part": _platform("operator"),
    "list_parked": _platform("operator"),
    "show_parked": _platform("operator"),
    "retry_parked": _platform("operator"),
    "dismiss_parked": _platform("operator"),
    "read_reconciliation": _platform("operator"),
    "read_ledger": _platform("ledger", "operator"),
    "read_inbox": _platform("ledger", "operator"),
    "read_outcomes": _platform("ledger", "operator"),
    "verify_audit": _platform("operator"),
    "report_delivery": _CAPABILITY,
    "read_carer_page": _CAPABILITY,
    "read_invitation": _CAPABILITY,
    "answer_invitation": _CAPABILITY,
}
"""Operation -> whom it is for."""

Audit = Literal["read", "change", "with_commit", "none"]
"""What an operation leaves in the audit: an entry before its answer; one before it is made, too; those that
its own commit writes; or nothing, since it tells and changes nothing of any one person."""

_CHANGES: Final[tuple[Operation, ...]] = (
    "erase_person",
    "close_expectation",
    "resolve_obligation",
    "change_circle",
    "answer_invitation",
    "declare_team",
    "end_grant",
    "break_glass",
    "decide_work_item",
    "create_source",
    "revoke_key",
    "rotate_key",
    "register_certificate",
    "state_network",
    "change_callback",
    "change_mllp_callers",
    "settle_quarantined",
    "retry_parked",
    "dismiss_parked",
)
_WITH_COMMIT: Final[tuple[Operation, ...]] = ("state_movement", "state_identity", "state_hl7v2")
_NOBODYS: Final[tuple[Operation, ...]] = (
    "list_indicators",
    "read_indicator",
    "read_obligation_balance",
    "list_sources",
    "list_keys",
    "look_up_establishment",
    "look_up_professional",
    "register_unit",
    "register_establishment",
    "list_identity_domains",
    "register_identity_domain",
    "list_networks",
    "load_directory",
    "read_dialect",
    "change_dialect",
    "read_callback",
    "read_conformance",
    "read_silences",
    "send_heartbeat",
    "read_mllp_callers",
    "read_operations",
    "pause_part",
    "read_reconciliation",
    "verify_audit",
    "report_delivery",
)
AUDITS: Final[Mapping[Operation, Audit]] = {
    **dict.fromkeys(RULES, "read"),  # whatever is added, unless it says otherwise
    **dict.fromkeys(_CHANGES, "change"),
    **dict.fromkeys(_NOBODYS, "none"),
    **dict.fromkeys(_WITH_COMMIT, "with_commit"),
}
"""Operation -> what it leaves in the audit."""
