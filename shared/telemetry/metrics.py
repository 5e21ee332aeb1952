"""The catalogue of metrics: every one that a process exposes, with its meaning.

Ages are in seconds; what must stay low is an age, not a count. Labels hold names from fixed lists
(route templates, topics, types), never an identifier.
"""

from typing import Final

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    Counter,
    Gauge,
    Histogram,
    disable_created_metrics,
    generate_latest,
)

CONTENT_TYPE: Final = CONTENT_TYPE_LATEST

_FAST_SECONDS: Final = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_SLOW_SECONDS: Final = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0)


# A second series for each one, which nothing here asks for.
disable_created_metrics()  # type: ignore[no-untyped-call]


def expose() -> bytes:
    """Everything this process knows, in the Prometheus text format."""
    return generate_latest()


# Intake

intake_requests_total: Final = Counter(
    "relais_intake_requests_total", "Movements offered, by door and HTTP status", ["door", "status"]
)
hl7v2_answers_total: Final = Counter(
    "relais_hl7v2_answers_total", "Answers of the HL7 v2 door, by event and code", ["event", "code"]
)
mllp_connections: Final = Gauge("relais_mllp_connections", "Connections of MLLP that are open")
mllp_refused_total: Final = Counter(
    "relais_mllp_refused_total", "Connections and messages of MLLP that were not taken", ["reason"]
)
intake_flush_seconds: Final = Histogram(
    "relais_intake_flush_seconds", "One group commit of the intake", buckets=_FAST_SECONDS
)
intake_queue_depth: Final = Gauge("relais_intake_queue_depth", "Movements that wait for a group commit")

sources_silent: Final = Gauge(
    "relais_sources_silent",
    "Sources that are not heard for longer than is usual, by reason: nothing_heard, or only_heartbeats",
    ["reason"],
)
callbacks_total: Final = Counter(
    "relais_callbacks_total", "Calls of sources' endpoints, by result: delivered, failed or gone", ["result"]
)
callbacks_suspended: Final = Gauge(
    "relais_callbacks_suspended",
    "Sources that are told nothing, because their endpoint took nothing for days",
)

# Ledger and relay

ledger_events_total: Final = Counter(
    "relais_ledger_events_total", "Events appended to the ledger, those rolled back included", ["publisher"]
)
outbox_oldest_unsent_seconds: Final = Gauge(
    "relais_outbox_oldest_unsent_seconds", "Age of the oldest event that the broker has not acknowledged"
)
outbox_unsent: Final = Gauge("relais_outbox_unsent", "Events that the broker has not acknowledged")
relay_leads: Final = Gauge(
    "relais_relay_leads", "1 in the one worker whose relay sends, 0 where it stands by", ["publisher"]
)
relay_published_total: Final = Counter(
    "relais_relay_published_total", "Events that the broker acknowledged", ["publisher"]
)
relay_errors_total: Final = Counter(
    "relais_relay_errors_total", "Rounds of the relay that failed, by class of error", ["error"]
)

# Consumption

consumer_lag_seconds: Final = Gauge(
    "relais_consumer_lag_seconds", "Age of the oldest event known to wait that is not applied", ["topic"]
)
events_applied_total: Final = Counter("relais_events_applied_total", "Events applied, by type", ["type"])
inbox_duplicates_total: Final = Counter(
    "relais_inbox_duplicates_total", "Events that came again and were not applied twice", ["topic"]
)
fenced_batches_total: Final = Counter(
    "relais_fenced_batches_total", "Batches refused because another worker owns the partition", ["topic"]
)
consumer_restarts_total: Final = Counter(
    "relais_consumer_restarts_total", "Times a consumer was made anew, by reason", ["reason"]
)
parked_events: Final = Gauge("relais_parked_events", "Events that are wrong and wait for a person")
parking_cap: Final = Gauge("relais_parking_cap", "Beyond so many parked events the worker stops")

# Operation

paused_seconds: Final = Gauge(
    "relais_paused_seconds", "For how long a person has held up a part; 0 when nobody does", ["part"]
)

# Reconciliation

reconciliation_age_seconds: Final = Gauge(
    "relais_reconciliation_age_seconds", "Since the last complete comparison with a publisher", ["publisher"]
)
reconciliation_missing: Final = Gauge(
    "relais_reconciliation_missing",
    "Events that the publisher recorded and this service did not hold, at the last comparison",
    ["publisher"],
)
reconciliation_unexplained: Final = Gauge(
    "relais_reconciliation_unexplained",
    "Events that only one side has and that no comparison will mend",
    ["publisher"],
)
reconciliation_unknown: Final = Gauge(
    "relais_reconciliation_unknown",
    "Events that this service applied and that are not in their publisher's ledger",
    ["publisher"],
)
events_of_nobody_taken_back_total: Final = Counter(
    "relais_events_of_nobody_taken_back_total",
    "Events taken back with what they did, since their publisher never recorded them",
    ["publisher"],
)
reconciliation_pulled_total: Final = Counter(
    "relais_reconciliation_pulled_total", "Missing events pulled from the publisher's ledger", ["publisher"]
)
reconciliation_seconds: Final = Histogram(
    "relais_reconciliation_seconds", "One complete comparison", ["publisher"], buckets=_SLOW_SECONDS
)

# Obligations

obligations_due_oldest_seconds: Final = Gauge(
    "relais_obligations_due_oldest_seconds", "Age of the oldest obligation that is due and not attempted"
)
obligations: Final = Gauge("relais_obligations", "Obligations by status", ["status"])
attempts_total: Final = Counter(
    "relais_attempts_total", "Tries to reach a recipient, by channel and result", ["channel", "result"]
)
provider_seconds: Final = Histogram(
    "relais_provider_seconds", "One call to a provider", ["channel"], buckets=_FAST_SECONDS
)
informed_after_seconds: Final = Histogram(
    "relais_informed_after_seconds",
    "From the acceptance of a fact to the recipient informed of it",
    ["recipient_role"],
    buckets=_SLOW_SECONDS,
)
obligations_audited_total: Final = Counter(
    "relais_obligations_audited_total", "Persons whose obligations were derived again from the ledgers"
)
obligation_differences: Final = Gauge(
    "relais_obligation_differences",
    "Obligations about which the ledgers and the table do not agree, by difference",
    ["difference"],
)
obligation_gaps_repaired_total: Final = Counter(
    "relais_obligation_gaps_repaired_total", "Obligations that were missing and were planned after all"
)
obligations_unaudited_seconds: Final = Gauge(
    "relais_obligations_unaudited_seconds", "Age of the oldest change that may not have been audited"
)

# Pathway

ruptures_open: Final = Gauge("relais_ruptures_open", "Ruptures in care that nobody has closed")
expectations_overdue_oldest_seconds: Final = Gauge(
    "relais_expectations_overdue_oldest_seconds",
    "Age of the oldest expectation past its time, not judged",
)

# Grants

glasses_broken_total: Final = Counter(
    "relais_glasses_broken_total",
    "Times the glass was to be broken, by result: broken, or nobody where the number means no person",
    ["result"],
)

# Access

api_keys_ending: Final = Gauge(
    "relais_api_keys_ending", "Keys that end within 30 days and whose source has no later one"
)

# Audit

audit_entries_total: Final = Counter(
    "relais_audit_entries_total", "Accesses recorded, those of the intake's own commits not included"
)
audit_verified_total: Final = Counter(
    "relais_audit_verified_total", "Entries of the audit that were verified"
)
audit_faults: Final = Gauge(
    "relais_audit_faults",
    "Entries and heads of the audit that are not as they were written; anything but 0 is one",
)

# HTTP

http_requests_total: Final = Counter(
    "relais_http_requests_total", "Requests answered, by route template", ["method", "route", "status"]
)
http_request_seconds: Final = Histogram(
    "relais_http_request_seconds",
    "Time to answer, by route template",
    ["method", "route"],
    buckets=_FAST_SECONDS,
)
http_overload_refusals_total: Final = Counter(
    "relais_http_overload_refusals_total",
    "Requests refused on arrival because the places, or the caller's share of them, were taken; nothing else "
    "counts them",
)
http_limited_total: Final = Counter(
    "relais_http_limited_total",
    "Requests and connections refused or ended because of a limit of the caller's own: `key`, `address` (its "
    "keys were not recognised), `connections`, `slow`",
    ["limit"],
)
http_failed_keys_total: Final = Counter(
    "relais_http_failed_keys_total", "Requests with a key that is unknown, expired or revoked"
)
http_errors_total: Final = Counter(
    "relais_http_errors_total", "Requests that failed by our fault, by class of error", ["error"]
)

# Periodic duties and logs

duty_seconds: Final = Histogram(
    "relais_duty_seconds", "One turn of a periodic duty", ["duty"], buckets=_SLOW_SECONDS
)
duty_errors_total: Final = Counter(
    "relais_duty_errors_total", "Turns of a duty that failed, by class of error", ["duty", "error"]
)
log_fields_dropped_total: Final = Counter(
    "relais_log_fields_dropped_total", "Log fields outside the allow-list; anything but 0 is a bug"
)
