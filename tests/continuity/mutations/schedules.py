"""The load and faults under which the checker finds each bug; the smallest that were found."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Final

from tests.continuity.faults.schedule import Fault
from tests.continuity.run import REVOKED

OF_INDICATORS: Final = 0
"""With this seed, `database.locks` locks the inbox of indicators."""


@dataclass(frozen=True, kw_only=True)
class Exposure:
    """The load and faults for one bug."""

    n: int = 400
    load_seconds: float = 12.0
    faults: Sequence[Fault] = ()
    revoked: float = REVOKED
    shown_by: Sequence[str]
    """Invariants, by number or name, of which one must be violated; others may be violated as well."""


def _killed(*parts: str, at_seconds: float = 2.0, every_seconds: float = 2.0) -> Iterator[Fault]:
    """Kill the parts one after the other."""
    for number, (part, turn) in enumerate(zip(parts, count()), start=1):
        yield Fault(number, "service.kill", part, at_seconds + turn * every_seconds, 0.2, number)


_APIS: Final = ("admission-api", "admission-api-2") * 3
_SENDERS: Final = ("notifications-worker-1", "notifications-worker-2") * 2
_CONSUMERS: Final = ("pathway-worker-1", "indicators-worker-1")
_SENDERS_AT_THE_WORST_MOMENT: Final = tuple(
    Fault(number, "failpoint.sms.posted", "notifications-worker", 7.0 * number - 6, 12.0, number)
    for number in (1, 2)
)
"""Right after the gateway accepted a message and before that was stored."""

EXPOSURES: Final[Mapping[str, Exposure]] = {
    "acknowledged_before_commit": Exposure(shown_by=("I1",), faults=[*_killed(*_APIS)], load_seconds=16),
    "numbers_drawn_outside": Exposure(shown_by=("I4",), faults=[*_killed(*_APIS)], load_seconds=16),
    "answers_swapped": Exposure(shown_by=("I1",)),
    "messages_acknowledged_first": Exposure(shown_by=("I1",), n=200),
    "persons_merged": Exposure(shown_by=("I3",)),
    "id_cursor": Exposure(shown_by=("I5", "I7"), n=600),
    "several_relays": Exposure(shown_by=("I7",), n=800),
    "deleted_before_acknowledged": Exposure(
        shown_by=("I5", "I7"),
        n=200,
        faults=[Fault(1, "failpoint.relay.within_batch", "admission-worker", 1.0, 20.0, 1)],
    ),
    "position_before_effects": Exposure(shown_by=("I5", "I9"), n=200, faults=[*_killed(*_CONSUMERS)]),
    "no_fence": Exposure(
        shown_by=("I7",),
        n=600,
        load_seconds=45,
        faults=[Fault(1, "service.zombie", "pathway-worker-1", 4.0, 33.0, 1)],
    ),
    "inbox_swallows": Exposure(
        shown_by=("I6",), faults=[Fault(1, "database.locks", "postgresql", 2.0, 7.0, OF_INDICATORS)]
    ),
    "poison_skipped": Exposure(shown_by=("I10",), n=200),
    "correction_dropped": Exposure(shown_by=("I6",)),
    "cancelled_for_ever": Exposure(shown_by=("I6 pathways = fold",), n=600),
    "update_erases": Exposure(shown_by=("I6 pathways = fold",), n=800, load_seconds=20),
    "numbers_unscoped": Exposure(shown_by=("I3 whose it is", "I3 whose in the end")),
    "owner_remembered": Exposure(shown_by=("I3 whose in the end",), n=800, load_seconds=30),
    "separation_forgets": Exposure(shown_by=("I3 whose in the end",), n=800, load_seconds=30),
    "moved_and_kept": Exposure(shown_by=("I3 whose in the end",)),
    "moves_outdated": Exposure(shown_by=("I3 whose in the end",)),
    "stays_moved_by_half": Exposure(shown_by=("I3 whose in the end",)),
    "links_are_merges": Exposure(shown_by=("I3 whose in the end",), n=800),
    "numbers_never_end": Exposure(shown_by=("I3 whose it is",)),
    "learnt_in_vain": Exposure(shown_by=("I3 whose in the end",)),
    "plans_are_facts": Exposure(shown_by=("I6 pathways = fold",)),
    "reassigned_shown": Exposure(shown_by=("I6 pathways = fold",)),
    "sent_before_row": Exposure(shown_by=("I8",), faults=_SENDERS_AT_THE_WORST_MOMENT),
    "unknown_not_resent": Exposure(shown_by=("I8",), load_seconds=25, faults=_SENDERS_AT_THE_WORST_MOMENT),
    # Late reports leave time for the bug; the kills make other outcomes ambiguous, which must not excuse it.
    "answered_and_sent_again": Exposure(
        shown_by=("I8",),
        load_seconds=25,
        faults=[Fault(9, "gateway.reports_late", "sms-gateway", 0.5, 22.0, 9), *_killed(*_SENDERS)],
    ),
    "rights_checked_once": Exposure(
        shown_by=("I8",),
        load_seconds=20,
        revoked=0.8,
        faults=[Fault(1, "gateway.busy", "sms-gateway", 0.5, 28.0, 1)],
    ),
    "revocation_forgotten": Exposure(shown_by=("I8 the circle",)),
    "nothing_leaves": Exposure(n=200, shown_by=("I8 required is told",)),
    "phone_in_log": Exposure(shown_by=("I12",), n=200),
    "nothing_pulled": Exposure(
        shown_by=("I5",),
        faults=[
            Fault(1, "database.locks", "postgresql", 2.0, 9.0, OF_INDICATORS),
            Fault(2, "broker.wipe", "kafka", 7.0, 0.5, 2),
        ],
    ),
}
