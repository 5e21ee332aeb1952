"""I12: is each outage of more than a minute seen by the figures that alerts look at, and nothing else?

Of an alert its condition is checked, not Prometheus, nor for how long the condition must hold. The limits are
those of deploy/grafana/alerts.yml, written down a second time here.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tests.continuity.checker.evidence import Evidence
from tests.continuity.checker.run import Line, Run, moment
from tests.continuity.checker.verdict import Finding

OUTAGE: Final = timedelta(seconds=75)
"""A minute, and the time in which somebody looks for certain: an age beyond a minute needs one to be seen."""
AFTERMATH: Final = timedelta(seconds=120)
"""So long after a fault what had waited may still be old; the bound within which all must settle."""
CHANGE: Final = timedelta(seconds=10)
"""So long may a relay be led by nobody while one worker takes over from another."""
FOLLOWING: Final = timedelta(seconds=30)
"""What an outage raised is seen while it lasts, or soon after."""
AGES: Final[Mapping[str, tuple[str, float]]] = {
    "EventsAreNotSent": ("relais_outbox_oldest_unsent_seconds", 60),
    "EventsAreNotApplied": ("relais_consumer_lag_seconds", 60),
    "CarersAreNotTold": ("relais_obligations_due_oldest_seconds", 120),
}
AT_REST: Final[Mapping[str, float]] = {
    **dict(AGES.values()),
    "relais_paused_seconds": 0,
}
"""What each process says at most once all is healed and settled."""
NOTED: Final = "relais_reconciliation_unexplained"
"""Not judged: it rightly counts the broken records that nobody published. I5 and I10 judge the events."""
PUBLISHERS: Final = ("admission", "pathway", "notifications")


@dataclass(frozen=True, kw_only=True)
class Outage:
    """One fault from its begin to its end."""

    kind: str
    target: str
    began: datetime
    ended: datetime

    @property
    def raises(self) -> frozenset[str]:
        """The alerts of which one must see it; none when parts of the platform go on through it."""
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
    """Raised by each long outage, by nothing without a fault, and all at rest in the end."""
    run = evidence.run
    faults = [*outages_of(run), *_beginning(run)]
    long = [fault for fault in faults if fault.raises and _felt(fault, run) > OUTAGE]
    raised = list(_raised(run.watched))
    violations = [
        f"{fault.kind} of {fault.ended - fault.began} raised none of {sorted(fault.raises)}"
        for fault in long
        if run.watched and not any(_sees(each, fault) for each in raised)
    ]
    violations += [
        f"{each.alert} of {each.process} at {each.at:%H:%M:%S} has no cause"
        for each in raised
        if not any(_explains(fault, each) for fault in faults)
    ]
    violations += _not_at_rest(run)
    return Finding(
        invariant="I12 alerts",
        looked_at=len(run.watched),
        violations=violations,
        figures={
            "long outages": len(long),
            "raised": len({(each.alert, each.at) for each in raised}),
            "unexplained in the last comparisons": sum(
                int(line.get("figures", {}).get(NOTED, 0)) for line in _last_looks(run).values()
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
    """When what it counts from began."""


def outages_of(run: Run) -> list[Outage]:
    """Every fault that began and ended, and every process that died without one."""
    began: dict[str, datetime] = {}
    found: list[Outage] = []
    for line in run.broken:
        if line.get("phase") == "began":
            began[line["fault"]] = moment(line["at"])
        elif line["fault"] in began:
            ended = moment(line["at"])
            found.append(
                Outage(kind=line["kind"], target=line["target"], began=began[line["fault"]], ended=ended)
            )
    for name, deaths in run.about.get("deaths", {}).items():
        for death in deaths:
            at = moment(death["at"])
            found.append(Outage(kind="death", target=name, began=at, ended=at))
    return found


def _beginning(run: Run) -> Iterator[Outage]:
    """Before the load all persons who have a carer come at once, and everything waits for its turn."""
    if run.about.get("load_began_at"):
        began, ended = (moment(run.about[name]) for name in ("began_at", "load_began_at"))
        yield Outage(kind="beginning", target="", began=began, ended=ended)


def _felt(fault: Outage, run: Run) -> timedelta:
    """For how long anybody noticed: a gateway is out for those whom it refuses."""
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
    for line in watched:
        at = moment(line["at"])
        if not line["up"]:
            yield Raised(alert="ProcessIsDown", process=line["process"], at=at, since=at)
        for alert, (figure, limit) in AGES.items():
            age = line.get("figures", {}).get(figure, 0)
            if age > limit:
                since = at - timedelta(seconds=age)
                yield Raised(alert=alert, process=line["process"], at=at, since=since)
    yield from _nobody_relays(watched)
    yield from _provider_is_down(watched)


def _nobody_relays(watched: Sequence[Line]) -> Iterator[Raised]:
    """All workers of a service stand by, and did so a while ago; one that is silent says nothing."""
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
    """More than half of the tries since the last look were not taken."""
    before: dict[str, Mapping[str, float]] = {}
    for line in watched:
        figures = line.get("figures", {})
        if "attempts" not in figures:
            continue
        last = before.get(line["process"])
        before[line["process"]] = figures
        if last is None or figures["attempts"] <= last["attempts"]:
            continue  # nothing was tried, or it is another process by now
        tried = figures["attempts"] - last["attempts"]
        if figures["attempts_not_taken"] - last["attempts_not_taken"] > tried / 2:
            at = moment(line["at"])
            yield Raised(alert="ProviderIsDown", process=line["process"], at=at, since=at)


def _sees(raised: Raised, fault: Outage) -> bool:
    if raised.alert == "ProcessIsDown" and raised.process != fault.target:
        return False
    return raised.alert in fault.raises and fault.began <= raised.at <= fault.ended + FOLLOWING


def _explains(fault: Outage, raised: Raised) -> bool:
    return fault.began <= raised.at and raised.since <= fault.ended + AFTERMATH


def _last_looks(run: Run) -> dict[str, Line]:
    """What each process said last, after all had settled."""
    quiesced = run.about.get("quiesced_at")
    if not quiesced:
        return {}
    return {line["process"]: line for line in run.watched if moment(line["at"]) >= moment(quiesced)}


def _not_at_rest(run: Run) -> Iterator[str]:
    last = _last_looks(run)
    for process, line in last.items():
        if not line["up"]:
            yield f"{process} does not answer after all is healed"
        for figure, limit in AT_REST.items():
            value = line.get("figures", {}).get(figure, 0)
            if value > limit:
                yield f"{process} says {figure} {value:.0f} after all is healed"
    for service in PUBLISHERS if last else ():
        of_workers = [line for name, line in last.items() if name.startswith(f"{service}-worker")]
        if not any(line.get("figures", {}).get("relais_relay_leads") for line in of_workers):
            yield f"nobody relays what {service} publishes after all is healed"
