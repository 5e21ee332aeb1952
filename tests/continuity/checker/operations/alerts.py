"""I12: checks that each outage of more than a minute meets the condition of an alert, and nothing else does.

Only an alert's condition is checked, not Prometheus nor how long the condition must hold. The limits repeat
those of deploy/grafana/alerts.yml.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tests.continuity.checker.evidence import Evidence
from tests.continuity.checker.reading.journals import Line, Run, moment
from tests.continuity.checker.verdict import Finding

OUTAGE: Final = timedelta(seconds=75)
"""A minute, and the longest time between two samples."""
BACKLOG_TIME: Final = timedelta(seconds=120)
"""How long after a fault the backlog may still be old."""
CHANGE: Final = timedelta(seconds=10)
"""How long a relay may be without a leader while another worker takes over."""
FOLLOWING: Final = timedelta(seconds=30)
"""An outage's alert is raised while it lasts, or this long after it."""
AGES: Final[Mapping[str, tuple[str, float]]] = {
    "EventsAreNotSent": ("relais_outbox_oldest_unsent_seconds", 60),
    "EventsAreNotApplied": ("relais_consumer_lag_seconds", 60),
    "CarersAreNotTold": ("relais_obligations_due_oldest_seconds", 120),
}
LIMITS_AFTER_RECOVERY: Final[Mapping[str, float]] = {
    **dict(AGES.values()),
    "relais_paused_seconds": 0,
}
"""The most that each process may report once all faults are healed and the backlog is applied."""
REPORTED_ONLY: Final = "relais_reconciliation_unexplained"
"""Not judged: it rightly counts the malformed records that nobody published; I5 and I10 cover events."""
PUBLISHERS: Final = ("admission", "pathway", "notifications")


@dataclass(frozen=True, kw_only=True)
class Outage:
    """One fault from its beginning to its end."""

    kind: str
    target: str
    began: datetime
    ended: datetime
    back: datetime
    """When what it hit was ready again."""

    @property
    def raises(self) -> frozenset[str]:
        """The alerts of which one must be raised; empty when the platform can work through the fault."""
        return next((alerts for kinds, alerts in _RAISES.items() if self.kind in kinds), frozenset())


_RAISES: Final[Mapping[tuple[str, ...], frozenset[str]]] = {
    (
        "broker.kill",
        "broker.stop",
        "broker.wipe",
        "broker.truncate",
        "broker.disk_full",
        "broker.black_hole",
    ): (frozenset({"EventsAreNotSent"})),
    ("database.kill", "database.stop", "database.black_hole"): (
        frozenset({"NobodyRelays", "EventsAreNotSent", "EventsAreNotApplied"})
    ),
    ("gateway.unavailable", "gateway.busy"): frozenset({"ProviderIsDown", "CarersAreNotTold"}),
    ("service.zombie", "service.kill"): frozenset({"ProcessIsDown"}),
}


def check_alerts(evidence: Evidence) -> Finding:
    """Each long outage raises an alert, none is raised without a fault, and none is left in the end."""
    run = evidence.run
    faults = [*outages_of(run), *_start_up(run)]
    long = [fault for fault in faults if fault.raises and _noticeable_time(fault, run) > OUTAGE]
    raised = list(_raised(run.watched))
    violations = [
        f"{fault.kind} of {fault.ended - fault.began} raised none of {sorted(fault.raises)}"
        for fault in long
        if run.watched and not any(_sees(each, fault) for each in raised)
    ]
    violations += [
        f"{each.alert} of {each.process} at {each.at:%H:%M:%S} has no cause"
        for each in raised
        if each.lasts and not any(_explains(fault, each) for fault in faults)
    ]
    violations += _not_recovered(run)
    return Finding(
        invariant="I12 alerts",
        looked_at=len(run.watched),
        violations=violations,
        figures={
            "long outages": len(long),
            "raised": len({(each.alert, each.at) for each in raised}),
            "unexplained in the last comparisons": sum(
                int(line.get("figures", {}).get(REPORTED_ONLY, 0)) for line in _last_samples(run).values()
            ),
        },
    )


@dataclass(frozen=True, kw_only=True)
class Raised:
    """The condition of an alert held at this moment."""

    alert: str
    process: str
    at: datetime
    since: datetime
    """When the condition's cause began: for an age, now minus the age."""
    lasts: bool = True
    """Whether it must have a cause: one answer that is missed is not the minute that the alert wants."""


def outages_of(run: Run) -> list[Outage]:
    """Every fault that began and ended, and every process that died without a fault."""
    began: dict[str, datetime] = {}
    after = {line["fault"]: moment(line["at"]) for line in run.broken if line.get("phase") == "back"}
    found: list[Outage] = []
    for line in run.broken:
        if line.get("phase") == "began":
            began[line["fault"]] = moment(line["at"])
        elif line["fault"] in began and line.get("phase") == "ended":
            ended = moment(line["at"])
            found.append(
                Outage(
                    kind=line["kind"],
                    target=line["target"],
                    began=began[line["fault"]],
                    ended=ended,
                    back=after.get(line["fault"], ended),
                )
            )
    for name, deaths in run.about.get("deaths", {}).items():
        for death in deaths:
            at = moment(death["at"])
            found.append(Outage(kind="death", target=name, began=at, ended=at, back=at))
    return found


def _start_up(run: Run) -> Iterator[Outage]:
    """Before the load, all persons with a carer are admitted together and a backlog builds up."""
    if run.about.get("load_began_at"):
        began, ended = (moment(run.about[name]) for name in ("began_at", "load_began_at"))
        yield Outage(kind="beginning", target="", began=began, ended=ended, back=ended)


def _noticeable_time(fault: Outage, run: Run) -> timedelta:
    """How long the fault was noticeable: a gateway's only from its first to its last refusal."""
    if not fault.kind.startswith("gateway."):
        return fault.ended - fault.began
    refused = [
        at
        for line in run.gateway
        if line.get("answered") in {"busy", "refused"}
        and fault.began <= (at := moment(line["at"])) <= fault.ended
    ]
    return max(refused) - min(refused) if refused else timedelta()


def _raised(watched: Sequence[Line]) -> Iterator[Raised]:
    answered: dict[str, bool] = {}
    for line in watched:
        at, process = moment(line["at"]), line["process"]
        if not line["up"]:
            again = not answered.get(process, True)
            yield Raised(alert="ProcessIsDown", process=process, at=at, since=at, lasts=again)
        answered[process] = line["up"]
        for alert, (figure, limit) in AGES.items():
            age = line.get("figures", {}).get(figure, 0)
            if age > limit:
                since = at - timedelta(seconds=age)
                yield Raised(alert=alert, process=process, at=at, since=since)
    yield from _nobody_relays(watched)
    yield from _provider_is_down(watched)


def _nobody_relays(watched: Sequence[Line]) -> Iterator[Raised]:
    """No answering worker of a service leads its relay for longer than a hand-over takes."""
    workers = {line["process"] for line in watched if "-worker-" in line["process"]}
    for publisher in PUBLISHERS:
        own = {worker for worker in workers if worker.startswith(f"{publisher}-")}
        leads: dict[str, float | None] = {}
        since: datetime | None = None
        for line in (line for line in watched if line["process"] in own):
            at = moment(line["at"])
            leads[line["process"]] = line["figures"].get("relais_relay_leads", 0) if line["up"] else None
            heard = [value for value in leads.values() if value is not None]
            nobody = leads.keys() == own and heard and not any(heard)
            since = (since or at) if nobody else None
            if since is not None and at - since >= CHANGE:
                yield Raised(alert="NobodyRelays", process=line["process"], at=at, since=since)


def _provider_is_down(watched: Sequence[Line]) -> Iterator[Raised]:
    """More than half of the attempts since the last sample were not accepted."""
    before: dict[str, Mapping[str, float]] = {}
    for line in watched:
        figures = line.get("figures", {})
        if "attempts" not in figures:
            continue
        last = before.get(line["process"])
        before[line["process"]] = figures
        if last is None or figures["attempts"] <= last["attempts"]:
            continue  # no attempt was made, or the process was restarted
        tried = figures["attempts"] - last["attempts"]
        if figures["attempts_not_taken"] - last["attempts_not_taken"] > tried / 2:
            at = moment(line["at"])
            yield Raised(alert="ProviderIsDown", process=line["process"], at=at, since=at)


def _sees(raised: Raised, fault: Outage) -> bool:
    if raised.alert == "ProcessIsDown" and raised.process != fault.target:
        return False
    return raised.alert in fault.raises and fault.began <= raised.at <= fault.ended + FOLLOWING


def _explains(fault: Outage, raised: Raised) -> bool:
    return fault.began <= raised.at and raised.since <= fault.back + BACKLOG_TIME


def _last_samples(run: Run) -> dict[str, Line]:
    """The last sample of each process, after the backlog was applied."""
    quiesced = run.about.get("quiesced_at")
    if not quiesced:
        return {}
    return {line["process"]: line for line in run.watched if moment(line["at"]) >= moment(quiesced)}


def _not_recovered(run: Run) -> Iterator[str]:
    last = _last_samples(run)
    for process, line in last.items():
        if not line["up"]:
            yield f"{process} does not answer after all faults were healed"
        for figure, limit in LIMITS_AFTER_RECOVERY.items():
            value = line.get("figures", {}).get(figure, 0)
            if value > limit:
                yield f"{process} reports {figure} {value:.0f} after all faults were healed"
    for service in PUBLISHERS if last else ():
        of_workers = [line for name, line in last.items() if name.startswith(f"{service}-worker")]
        if not any(line.get("figures", {}).get("relais_relay_leads") for line in of_workers):
            yield f"nobody relays what {service} publishes after all faults were healed"
