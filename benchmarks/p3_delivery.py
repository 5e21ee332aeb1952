"""P3: measures the time from a POST to the SMS gateway by hop, beside the sum of its bare parts.

The whole platform runs and every trace is recorded; hops are read from the spans. The parts are measured
alone at the same rate: two HTTP calls, two commits and the bus.
"""

import asyncio
import statistics
from argparse import Namespace
from collections import defaultdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import uvloop

from benchmarks.limits import bare_parts, fsync
from benchmarks.results import Aim, Result, Row
from benchmarks.setup.platform import Platform, carer, movement, open_platform
from benchmarks.setup.processes import open_api
from benchmarks.setup.servers import open_kafka, open_postgres, scratch_folder
from shared.testing.otlp_sink import OtlpSink, running_sink
from shared.testing.spans import SpanRecord

RATES = (10, 40)
_ADMITTED_TOGETHER = 8
_TRIES = 1200
_LAST_SMS_SECONDS = 90.0
_ALL = (
    "POST /v1/movements",
    "ledger commit",
    "send relais.admission",
    "process relais.admission",
    "sms send",
)

Hops = dict[str, float]


def run(options: Namespace) -> Result:
    """Measure the parts first, then the platform at each rate."""
    raw: list[dict[str, Any]] = []
    with scratch_folder() as folder:
        parts = _parts(folder / "parts", options.seconds)
        with running_sink() as sink:
            tracing = {"OTEL_EXPORTER_OTLP_ENDPOINT": sink.endpoint, "OTEL_TRACES_SAMPLER": "always_on"}
            with open_platform(folder, **tracing) as platform:
                for rate in RATES:
                    hops = uvloop.run(_deliver(platform, sink, rate, int(rate * options.seconds)))
                    raw.append({"rate": rate, "hops": hops, "parts": parts[rate]})
    rows = [row for one in raw for row in _rows(one)]
    ends = [row for row in rows if row["hop"] == "POST to SMS"]
    aims = [
        Aim(f"p99 at {row['POSTs/s']}/s, of the parts'", float(row["of the parts' p99"] or 0), at_most=3)
        for row in ends
    ]
    return Result("p3", "POST to the SMS gateway", rows, aims, raw, vars(options))


def _parts(folder: Path, seconds: float) -> dict[int, dict[str, Any]]:
    """Rate -> the time of each part, on otherwise idle servers."""
    folder.mkdir(mode=0o711)
    parts = {}
    with (
        open_postgres(folder) as database,
        open_kafka(folder) as bootstrap,
        open_api(folder, "benchmarks.limits.bare_http:app", ready="/", environment={}) as url,
    ):
        database.make(["bare"])
        for rate in RATES:
            probe = fsync.fdatasyncs_per_second(folder)
            count = max(int(rate * seconds), 100)
            taken = bare_parts.milliseconds(database, bootstrap, url, per_second=rate, count=count)
            parts[rate] = {"fdatasync/s": probe, **uvloop.run(taken)}
    return parts


async def _deliver(platform: Platform, sink: OtlpSink, rate: int, count: int) -> list[Hops]:
    persons = [f"{rate}-{number}" for number in range(count)]
    before = _count_sms(sink.spans())
    async with httpx.AsyncClient(headers=platform.headers, timeout=30, trust_env=False) as client:
        for first in range(0, count, _ADMITTED_TOGETHER):
            numbers = range(first, min(first + _ADMITTED_TOGETHER, count))
            await asyncio.gather(*(_admit(client, platform, persons[each], each) for each in numbers))
        # The carers are told of the admissions first; what is still pending then is not measured.
        await asyncio.to_thread(
            sink.wait_until,
            lambda spans: _count_sms(spans) >= before + count,
            timeout_seconds=_LAST_SMS_SECONDS,
        )
        traces = await _discharge(client, platform, persons, rate)
    await asyncio.to_thread(
        sink.wait_until,
        lambda spans: len(_hops_of_delivered(spans, traces)) == count,
        timeout_seconds=_LAST_SMS_SECONDS,
    )
    return list(_hops_of_delivered(sink.spans(), traces).values())


async def _admit(client: httpx.AsyncClient, platform: Platform, person: str, number: int) -> None:
    body = movement("admission", person, datetime.now(UTC).isoformat())
    receipt = (await client.post(f"{platform.admission}/v1/movements", json=body)).json()
    circle = f"{platform.notifications}/v1/persons/{receipt['person_id']}/circle/carers/{receipt['event_id']}"
    for _ in range(_TRIES):
        if (await client.put(circle, json=carer(number))).is_success:
            return
        await asyncio.sleep(0.05)  # notifications does not know the person yet
    raise RuntimeError("a person is not known to notifications")


async def _discharge(
    client: httpx.AsyncClient, platform: Platform, persons: list[str], rate: int
) -> set[str]:
    async def one(person: str, wait_seconds: float) -> str:
        await asyncio.sleep(wait_seconds)
        body = movement("discharge", person, datetime.now(UTC).isoformat(), destination={"mode": "home"})
        answer = await client.post(f"{platform.admission}/v1/movements", json=body)
        return str(answer.headers["traceresponse"].split("-")[1])

    return set(await asyncio.gather(*(one(person, at / rate) for at, person in enumerate(persons))))


def _count_sms(spans: list[SpanRecord]) -> int:
    return sum(span["name"] == "sms send" for span in spans)


def _hops_of_delivered(spans: list[SpanRecord], traces: set[str]) -> dict[str, Hops]:
    """Trace id -> its hops in milliseconds, for traces that reached the gateway."""
    by_trace: dict[str, dict[str, SpanRecord]] = defaultdict(dict)
    for span in spans:
        if span["trace_id"] in traces and (not span["name"].startswith("process") or _is_ours(span)):
            by_trace[span["trace_id"]].setdefault(span["name"], span)
    return {trace: _hops(named) for trace, named in by_trace.items() if all(name in named for name in _ALL)}


def _is_ours(span: SpanRecord) -> bool:
    return span["service"] == "notifications"


def _hops(named: dict[str, SpanRecord]) -> Hops:
    post, commit, send, process, sms = (named[name] for name in _ALL)
    moments = [
        post["start_ns"],
        commit["end_ns"],
        send["end_ns"],
        process["end_ns"],
        sms["start_ns"],
        sms["end_ns"],
    ]
    names = ("intake", "relay", "apply", "plan", "gateway")
    hops = {name: (end - begin) / 1e6 for name, begin, end in zip(names, moments, moments[1:], strict=False)}
    return {**hops, "POST to SMS": (moments[-1] - moments[0]) / 1e6}


def _rows(one: dict[str, Any]) -> list[Row]:
    parts = one["parts"]
    sums = {
        q: 2 * _percentile(parts["HTTP"], q)
        + 2 * _percentile(parts["commit"], q)
        + _percentile(parts["bus"], q)
        for q in (50, 99)
    }
    rows: list[Row] = []
    for hop in ("intake", "relay", "apply", "plan", "gateway", "POST to SMS"):
        taken = [hops[hop] for hops in one["hops"]]
        row: dict[str, Any] = {
            "POSTs/s": one["rate"],
            "hop": hop,
            "p50 ms": _percentile(taken, 50),
            "p99 ms": _percentile(taken, 99),
        }
        if hop == "POST to SMS":
            row |= {
                "told": len(taken),
                "parts p50 ms": sums[50],
                "parts p99 ms": sums[99],
                "of the parts' p99": row["p99 ms"] / sums[99],
                "fdatasync/s": parts["fdatasync/s"],
            }
        rows.append(row)
    return rows


def _percentile(values: list[float], percent: int) -> float:
    return statistics.quantiles(values, n=100)[percent - 1]
