"""The user learns in one sentence why a part ended."""

from pathlib import Path

import pytest

from deploy.local.supervision.diagnosis import why_it_ended

SERVICE_LOG = """{"event": "worker_started", "level": "info"}
{"event": "duty_failed", "duty": "relay", "error": "TypeError", "level": "error"}
{"event": "worker_stopped", "level": "info"}
"""

TRACE = "\tat kafka.Kafka$.main(Kafka.scala:87)\n" * 100


@pytest.mark.parametrize(
    ("log", "exit_code", "sentence"),
    [
        ("one\ntwo\n\n", 3, "kafka ended with exit code 3: two (`relais logs kafka`)"),
        ("WARNING: old\n", None, "kafka did not become ready (`relais logs kafka`)"),
        ("", -9, "kafka was ended by SIGKILL (`relais logs kafka`)"),
        (SERVICE_LOG, 1, "kafka ended with exit code 1: duty_failed relay TypeError (`relais logs kafka`)"),
        (
            SERVICE_LOG.replace("TypeError", "ParkingCapReached"),
            1,
            "kafka ended with exit code 1: too many events are wrong, see docs/runbooks/parking-cap.md"
            " (`relais logs kafka`)",
        ),
        (
            f"ERROR Fatal error during startup\njava.lang.RuntimeException: no log dir\n{TRACE}",
            1,
            "kafka ended with exit code 1: ERROR Fatal error during startup"
            " java.lang.RuntimeException: no log dir (`relais logs kafka`)",
        ),
        (
            "FATAL:  data directory has wrong ownership\nHINT:  The server must be started by its owner.\n",
            1,
            "kafka ended with exit code 1: FATAL:  data directory has wrong ownership (`relais logs kafka`)",
        ),
        (
            "java.io.IOException: No space left on device\nbye",
            1,
            "kafka ended with exit code 1: the disk is full (`relais logs kafka`)",
        ),
    ],
)
def test_the_sentence_says_how_and_why(
    tmp_path: Path, log: str, exit_code: int | None, sentence: str
) -> None:
    (tmp_path / "kafka.log").write_text(log)
    assert str(why_it_ended("kafka", exit_code, tmp_path / "kafka.log")) == sentence


def test_what_an_earlier_process_said_is_no_reason(tmp_path: Path) -> None:
    log = tmp_path / "kafka.log"
    log.write_text("No space left on device\n")
    assert str(why_it_ended("kafka", 1, log, since=log.stat().st_size)) == (
        "kafka ended with exit code 1 (`relais logs kafka`)"
    )
