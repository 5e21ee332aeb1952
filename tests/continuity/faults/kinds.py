"""The catalogue of faults: what each kind hits, and for how long."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tests.continuity.platform.layout import MLLP, PROCESSES, PUBLISHERS, SERVICES, WORKERS

BROKER: Final = ("kafka",)
DATABASE: Final = ("postgresql",)
GATEWAY: Final = ("sms-gateway",)
CONSUMERS: Final = tuple(f"{service}-worker" for service in SERVICES if service != "admission")
INTAKES: Final = ("admission-api", "admission-mllp")
RELAYS: Final = tuple(f"{service}-worker" for service in PUBLISHERS)


@dataclass(frozen=True)
class Kind:
    """`lasts` is the shortest and the longest time until the fault is healed, in seconds."""

    targets: Sequence[str]
    lasts: tuple[float, float]


KINDS: Final[Mapping[str, Kind]] = {
    "broker.kill": Kind(BROKER, (0.5, 3)),
    # Longer than the consumer groups' session timeout.
    "broker.stop": Kind(BROKER, (11, 13)),
    "broker.restart": Kind(BROKER, (0, 1)),
    "broker.wipe": Kind(BROKER, (0, 1)),
    "broker.truncate": Kind(BROKER, (0, 1)),
    "broker.disk_full": Kind(BROKER, (3, 6)),
    "broker.cut": Kind(BROKER, (0, 0)),
    "broker.black_hole": Kind(BROKER, (3, 10)),
    "broker.delay": Kind(BROKER, (3, 6)),
    "database.kill": Kind(DATABASE, (0.3, 2)),
    "database.backend_killed": Kind(DATABASE, (0, 0)),
    "database.stop": Kind(DATABASE, (3, 7)),
    "database.cut_after_commit": Kind(DATABASE, (3, 5)),
    "database.no_connections": Kind(DATABASE, (2, 5)),
    "database.locks": Kind(DATABASE, (3, 7)),
    "database.cut": Kind(DATABASE, (0, 0)),
    "database.black_hole": Kind(DATABASE, (3, 8)),
    "database.delay": Kind(DATABASE, (3, 6)),
    "service.kill": Kind(PROCESSES, (0, 2)),
    # Longer than an attempt's lease (30 s) and than the consumer group's session timeout.
    "service.zombie": Kind((*MLLP, *WORKERS), (32, 34)),
    "service.two_leaders": Kind(RELAYS, (4, 6)),
    "service.rolling_restart": Kind(SERVICES, (0, 0)),
    "failpoint.transaction.before_commit": Kind((*INTAKES, *CONSUMERS), (8, 12)),
    "failpoint.intake.committed": Kind(INTAKES, (8, 12)),
    "failpoint.relay.within_batch": Kind(RELAYS, (8, 12)),
    "failpoint.relay.acknowledged": Kind(RELAYS, (8, 12)),
    "failpoint.consumer.committed": Kind(CONSUMERS, (8, 12)),
    "failpoint.sms.posted": Kind(("notifications-worker",), (8, 12)),
    "gateway.unavailable": Kind(GATEWAY, (3, 6)),
    "gateway.busy": Kind(GATEWAY, (3, 6)),
    "gateway.slow": Kind(GATEWAY, (3, 6)),
    "gateway.timeout_after_accept": Kind(GATEWAY, (2, 4)),
    "gateway.cut_after_accept": Kind(GATEWAY, (3, 5)),
    "gateway.reports_lost": Kind(GATEWAY, (3, 5)),
    "gateway.reports_late": Kind(GATEWAY, (3, 6)),
    "gateway.reports_repeated": Kind(GATEWAY, (3, 6)),
}
LOSES_DATA: Final = frozenset({"broker.wipe", "broker.truncate"})


def group_of(target: str) -> str:
    """What is never hit twice at the same time: a server, or a service with all its processes."""
    return target.partition("-")[0]
