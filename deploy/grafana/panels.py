"""The panels of the overview, as data: ages first, because an age says how late the platform is.

Every process is scraped with two labels of ours: `service`, and `process` (api or worker). `$__rate_interval`
is Grafana's: a few scrape intervals, depending on the zoom.
"""

from dataclasses import dataclass
from typing import Final, Literal

Unit = Literal["s", "reqps", "ops", "short"]


@dataclass(frozen=True)
class Query:
    """One PromQL expression and the name of its series."""

    expression: str
    legend: str


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One panel; a `number` has thresholds, the others are time series."""

    title: str
    description: str
    unit: Unit
    queries: tuple[Query, ...]
    number: bool = False
    warn_from: float | None = None
    alarm_from: float | None = None


@dataclass(frozen=True)
class Row:
    """A row of panels on one subject."""

    title: str
    panels: tuple[Panel, ...]


def _rate(metric: str, *by: str) -> str:
    return f"sum by ({', '.join(by)}) (rate({metric}[$__rate_interval]))"


def _quantile(quantile: float, metric: str, *by: str) -> str:
    return f"histogram_quantile({quantile}, {_rate(f'{metric}_bucket', 'le', *by)})"


def _latency(metric: str, *by: str) -> tuple[Query, ...]:
    names = " ".join(f"{{{{{label}}}}}" for label in by)
    return tuple(
        Query(_quantile(quantile, metric, *by), f"{names} p{round(quantile * 100)}".strip())
        for quantile in (0.5, 0.99)
    )


_MOVEMENTS: Final = 'relais_http_request_seconds_bucket{method="POST", route="/v1/movements"}'

NOW: Final = Row(
    "Is anything late?",
    (
        Panel(
            title="Oldest unsent event",
            description="Accepted, not yet acknowledged by the broker. Grows when relay or Kafka is down.",
            unit="s",
            queries=(Query("max by (service) (relais_outbox_oldest_unsent_seconds)", "{{service}}"),),
            number=True,
            warn_from=10,
            alarm_from=60,
        ),
        Panel(
            title="Oldest unapplied event",
            description="Waits in Kafka for a service. Grows when a worker or its database is down.",
            unit="s",
            queries=(Query("max by (service) (relais_consumer_lag_seconds)", "{{service}}"),),
            number=True,
            warn_from=10,
            alarm_from=60,
        ),
        Panel(
            title="Oldest due obligation",
            description="Someone should have been told by now. Grows when notifications does not get to try.",
            unit="s",
            queries=(Query("max(relais_obligations_due_oldest_seconds)", "due"),),
            number=True,
            warn_from=30,
            alarm_from=120,
        ),
        Panel(
            title="Parked events",
            description="Events that are wrong, and those that wait behind them. Each needs a person.",
            unit="short",
            queries=(Query("max by (service) (relais_parked_events)", "{{service}}"),),
            number=True,
            warn_from=1,
            alarm_from=100,
        ),
        Panel(
            title="Longest pause",
            description="For how long a person has held up a part of a service; `relais status` says why.",
            unit="s",
            queries=(Query("max by (service) (relais_paused_seconds)", "{{service}}"),),
            number=True,
            warn_from=1,
            alarm_from=1800,
        ),
        Panel(
            title="Open ruptures",
            description="Persons who left for another establishment and were not seen there in time.",
            unit="short",
            queries=(Query("max(relais_ruptures_open)", "open"),),
            number=True,
            warn_from=1,
        ),
        Panel(
            title="Processes down",
            description="Processes that do not answer when they are asked for their figures.",
            unit="short",
            queries=(Query('count(up{job="relais"} == 0) or vector(0)', "down"),),
            number=True,
            alarm_from=1,
        ),
    ),
)
INTAKE: Final = Row(
    "Intake: is what establishments send accepted?",
    (
        Panel(
            title="Movements by answer",
            description="202 new, 200 repeated, 409 other content of a known id, 422 unfit, 503 later.",
            unit="reqps",
            queries=(Query(_rate("relais_intake_requests_total", "status"), "{{status}}"),),
        ),
        Panel(
            title="Refused on arrival",
            description="503, unread: as many requests as may wait were waiting.",
            unit="reqps",
            queries=(Query(_rate("relais_http_overload_refusals_total", "service"), "{{service}}"),),
        ),
        Panel(
            title="Time to answer a movement",
            description="From the request to the receipt, its commit to disk included.",
            unit="s",
            queries=tuple(
                Query(
                    f"histogram_quantile({quantile}, sum by (le) (rate({_MOVEMENTS}[$__rate_interval])))",
                    name,
                )
                for quantile, name in ((0.5, "p50"), (0.99, "p99"))
            ),
        ),
        Panel(
            title="Group commits",
            description="One statement and one sync for all movements that wait.",
            unit="s",
            queries=_latency("relais_intake_flush_seconds"),
        ),
    ),
)
SPINE: Final = Row(
    "Spine: does what was accepted reach every service?",
    (
        Panel(
            title="Age of the oldest unsent event",
            description="Of each publisher's outbox.",
            unit="s",
            queries=(Query("max by (service) (relais_outbox_oldest_unsent_seconds)", "{{service}}"),),
        ),
        Panel(
            title="Age of the oldest unapplied event",
            description="Of each consumer and topic.",
            unit="s",
            queries=(
                Query("max by (service, topic) (relais_consumer_lag_seconds)", "{{service}} < {{topic}}"),
            ),
        ),
        Panel(
            title="Events published and applied",
            description="What leaves the ledgers, and what arrives at each service.",
            unit="ops",
            queries=(
                Query(_rate("relais_relay_published_total", "publisher"), "{{publisher}} published"),
                Query(_rate("relais_events_applied_total", "service"), "{{service}} applied"),
            ),
        ),
    ),
)
TOLD: Final = Row(
    "Obligations: is everyone told in time?",
    (
        Panel(
            title="Obligations by status",
            description="Every obligation ends in one outcome; expired means that a person must act.",
            unit="short",
            queries=(Query("sum by (status) (relais_obligations)", "{{status}}"),),
        ),
        Panel(
            title="Age of the oldest due obligation",
            description="How late the next attempt is.",
            unit="s",
            queries=(Query("max(relais_obligations_due_oldest_seconds)", "due"),),
        ),
        Panel(
            title="Accepted to informed",
            description="From the acceptance of a fact until a recipient was informed of it.",
            unit="s",
            queries=_latency("relais_informed_after_seconds", "recipient_role"),
        ),
    ),
)
PROVIDERS: Final = Row(
    "Providers: do messages go out?",
    (
        Panel(
            title="Attempts by result",
            description="Unknown results are tried again: a repeat is tolerable, a gap is not.",
            unit="ops",
            queries=(Query(_rate("relais_attempts_total", "channel", "result"), "{{channel}} {{result}}"),),
        ),
        Panel(
            title="Time that a provider takes",
            description="One call, by channel.",
            unit="s",
            queries=_latency("relais_provider_seconds", "channel"),
        ),
        Panel(
            title="What went wrong",
            description="Retried or refused, by place: nothing here is lost, all of it deserves a look.",
            unit="ops",
            queries=(
                Query(_rate("relais_http_errors_total", "service", "error"), "{{service}} api {{error}}"),
                Query(_rate("relais_duty_errors_total", "service", "duty"), "{{service}} {{duty}}"),
                Query(_rate("relais_relay_errors_total", "service", "error"), "{{service}} relay {{error}}"),
            ),
        ),
    ),
)

ROWS: Final = (NOW, INTAKE, SPINE, TOLD, PROVIDERS)
