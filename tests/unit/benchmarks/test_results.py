"""The benchmarks' own calculations."""

import xml.etree.ElementTree as ET

import pytest

from benchmarks.charts import bars
from benchmarks.load import cost
from benchmarks.results import Aim
from benchmarks.setup.example_events import events_of
from benchmarks.setup.filling import LARGE_PERSON, person_id


@pytest.mark.parametrize(
    ("aim", "is_met"),
    [
        (Aim("rate", 8, at_least=8), True),
        (Aim("rate", 7.9, at_least=8), False),
        (Aim("p99", 0.1, at_most=0.125), True),
        (Aim("p99", 0.2, at_most=0.125), False),
    ],
)
def test_an_aim_is_met_or_not(aim: Aim, is_met: bool) -> None:
    assert aim.is_met == is_met


def test_cost_counts_processes_that_came_and_forgets_those_that_ended() -> None:
    before = cost.Reading({1: ("load", 1.0), 2: ("peer", 5.0)}, wal_bytes=100, disk_bytes=50)
    after = cost.Reading({1: ("load", 3.0), 3: ("peer", 1.0)}, wal_bytes=1100, disk_bytes=50)
    assert cost.per_event(before, after, 1000) == {
        "CPU us, load": 2000.0,
        "CPU us, peer": 1000.0,
        "WAL bytes": 1.0,
    }


def test_a_chart_is_well_formed_whatever_the_labels_say() -> None:
    drawn = bars("<ours> & theirs", "/s", [("a < b", "relais", 2.0), ("none", "peer", 0.0)])
    texts = [element.text for element in ET.fromstring(drawn).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314
    assert texts == ["<ours> & theirs", "a < b", "2 /s", "none", "0 /s"]


def test_the_events_of_two_persons_share_no_id() -> None:
    one, other = (events_of(LARGE_PERSON, 8, mark=mark) for mark in ("00000001", "00000002"))
    assert not {event.event_id for event in one} & {event.event_id for event in other}
    assert [event.sequence for event in one] == list(range(1, 9))


def test_persons_have_the_ids_that_sql_gives_them() -> None:
    assert str(person_id(1)) == "c4ca4238-a0b9-2382-0dcc-509a6f75849b", "md5('1')"
