"""A time means what was written: its precision, its offset or zone, also when clocks change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.admission.domain.hl7v2.moments import as_hl7, written

PARIS = ZoneInfo("Europe/Paris")
_FIRST = datetime(1900, 1, 1)  # noqa: DTZ001 - as it is written, without a zone
_LAST = datetime(2199, 12, 31)  # noqa: DTZ001


def _utc(text: str, *, not_after: str | None = None) -> str:
    read = written(text)
    assert read is not None
    limit = None if not_after is None else datetime.fromisoformat(not_after)
    return read.at(PARIS, not_after=limit).astimezone(UTC).isoformat()


@pytest.mark.parametrize(
    ("text", "precision", "day"),
    [
        ("2024", "year", "2024"),
        ("202403", "month", "2024-03"),
        ("20240304", "day", "2024-03-04"),
        ("20240300", "month", "2024-03"),
        ("19410000", "year", "1941"),
        ("2024030407", "hour", "2024-03-04"),
        ("202403040705", "minute", "2024-03-04"),
        ("20240304070509", "second", "2024-03-04"),
        ("20240304070509.1234+0100", "second", "2024-03-04"),
    ],
)
def test_a_time_is_as_precise_as_it_is_written(text: str, precision: str, day: str) -> None:
    read = written(text)
    assert read is not None
    assert (read.precision, read.day) == (precision, day)
    assert read.has_time == (precision in {"hour", "minute", "second"})


@pytest.mark.parametrize(
    "text", ["", "now", "24", "20240231", "2024030425", "20240304070509+2500", "2024-03-04"]
)
def test_what_is_no_time_is_none(text: str) -> None:
    assert written(text) is None


def test_an_offset_counts_before_the_zone_of_the_source() -> None:
    assert _utc("20240304070000") == "2024-03-04T06:00:00+00:00"
    assert _utc("20240304070000-0500") == "2024-03-04T12:00:00+00:00"


def test_an_hour_that_does_not_exist_goes_on_from_the_hour_before() -> None:
    assert _utc("20240331023000") == "2024-03-31T01:30:00+00:00"


def test_an_hour_that_comes_twice_is_the_later_one_unless_that_was_not_yet() -> None:
    assert _utc("20241027023000") == "2024-10-27T01:30:00+00:00"
    assert _utc("20241027023000", not_after="2024-10-27T01:00:00+00:00") == "2024-10-27T00:30:00+00:00"


@given(st.datetimes(_FIRST, _LAST), st.integers(-1439, 1439))
def test_every_time_with_an_offset_comes_back(local: datetime, minutes: int) -> None:
    local = local.replace(microsecond=0)
    sign = "-" if minutes < 0 else "+"
    read = written(f"{local:%Y%m%d%H%M%S}{sign}{abs(minutes) // 60:02}{abs(minutes) % 60:02}".zfill(19))
    assert read is not None
    assert read.at(PARIS) == (local - timedelta(minutes=minutes)).replace(tzinfo=UTC)
    assert as_hl7(read.at(PARIS)).endswith("+0000")


@given(st.text(max_size=30))
def test_any_text_is_a_time_or_none(text: str) -> None:
    read = written(text)
    assert read is None or read.local.year >= 1
