"""The report contains a run's figures as Markdown tables."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.continuity.report import report_of

RUN: dict[str, Any] = {
    "seed": 7,
    "n": 3000,
    "load_began_at": "2026-11-24T10:00:00+00:00",
    "load_ended_at": "2026-11-24T10:02:30+00:00",
    "quiesced_at": "2026-11-24T10:02:41+00:00",
    "faults": {"broker.kill": 20, "failpoint.sms.posted": 18},
    "faults_without_effect": {"failpoint.sms.posted": 1},
    "faults_left_out": {"failpoint.sms.posted": 2},
    "deaths": {"pathway-worker-1": [{"code": 1, "at": "2026-11-24T10:01:00+00:00"}]},
    "complaints": [],
    "figures": {
        "intake": {"sent": 3000, "within_2_s": 2700, "share": 0.9},
        "by_door": {
            "json": {"acknowledged": 2000, "sent": 2000, "within_2_s": 1800, "share": 0.9},
            "mllp": {"acknowledged": 1000, "sent": 1000, "within_2_s": 900, "share": 0.9},
        },
        "acknowledged_to_gateway_seconds": {
            "outside_faults": {"count": 10, "p50": 0.2, "p99": 0.4, "max": 0.5},
            "inside_faults": {"count": 0},
        },
        "recovery_seconds": {"broker.kill": {"count": 20, "p50": 3.0, "p99": 8.0, "max": 9.0}},
        "messages": 12,
    },
}
VERDICT: dict[str, Any] = {
    "acknowledged": 3000,
    "lost": 0,
    "unexplained": 0,
    "findings": [
        {"invariant": "I8 repeats", "figures": {"ambiguous": 5, "repeats": 2, "never answered": 5}},
        {"invariant": "I9 nothing passed over", "figures": {"pulled": 40}},
        {"invariant": "I7 order on the bus", "figures": {"sent again": 3}},
        {"invariant": "I12 alerts", "figures": {"long outages": 1, "raised": 4}},
    ],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "run.json").write_text(json.dumps(RUN))
    (tmp_path / "verdict.json").write_text(json.dumps(VERDICT))
    return tmp_path


def test_every_figure_has_its_row(folder: Path) -> None:
    report = report_of(folder)

    for row in (
        "| acknowledged | 3000 |",
        "| lost | 0 |",
        "| rate of loss, 95 % confidence | below 3/N = 0.001 |",
        "| ambiguous outcomes at the gateway | 5 (5 never answered) |",
        "| messages repeated | 2 |",
        "| answered within 2 s | 90.00% of 3000 movements |",
        "| receipt to gateway, outside faults | p50 0.20 s, p99 0.40 s, max 0.50 s (10 messages) |",
        "| by HL7 v2 over MLLP | 1000; 90.00% within 2 s |",
        "| receipt to gateway, inside faults | - |",
        "| load and faults | 2 min 30 s |",
        "| `broker.kill` | 20 | 0 | 0 | 3.0 s, 9.0 s |",
        "| `failpoint.sms.posted` | 18 | 1 | 2 | - |",
        "| all | 38 | 1 | 2 | |",
    ):
        assert row in report.splitlines()


def test_a_run_that_was_not_judged_has_its_figures_all_the_same(folder: Path) -> None:
    (folder / "verdict.json").unlink()

    assert "lost" not in report_of(folder)
    assert "| messages that reached the gateway | 12 |" in report_of(folder)


def test_no_bound_is_claimed_when_something_was_lost(folder: Path) -> None:
    (folder / "verdict.json").write_text(json.dumps({**VERDICT, "lost": 1}))

    assert "| rate of loss, 95 % confidence | - |" in report_of(folder)
