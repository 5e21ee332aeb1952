"""No false and no missed alarm on a day as the demo plays it, sent in real time or in a burst."""

import pytest

from deploy.local.demo import generated, mimic
from deploy.local.demo.journey import Person
from services.pathway.domain.rules import RULES
from tests.integration.pathway import played_day
from tests.integration.pathway.delivery import WITHOUT_FEEDS, Delivery
from tests.integration.pathway.played_day import Sending, play

pytestmark = pytest.mark.services

FEEDS: dict[str, Sending] = {
    "in real time": played_day.at_once,
    "every hour": played_day.every_hour,
    "in a burst of 90 s": played_day.in_a_burst,
    "in a burst, one establishment after the other": played_day.establishment_after_establishment,
}


def _people(of: str) -> list[Person]:
    if of == "generated":
        return generated.people(count=40)
    if not mimic.FOLDER.is_dir():
        pytest.skip("the real stays are not here")
    return mimic.people()


@pytest.mark.parametrize(
    ("of", "feed"), [*(("generated", feed) for feed in FEEDS), ("real stays", "in a burst of 90 s")]
)
async def test_a_day_raises_the_right_alarms_and_no_other(delivery: Delivery, of: str, feed: str) -> None:
    delivery.rules = RULES
    alarms = await play(delivery, _people(of), sent=FEEDS[feed])
    assert (alarms.false, alarms.missed) == (0, 0)
    assert alarms.right > 0


@pytest.mark.parametrize("feed", [feed for feed in FEEDS if "burst" in feed])
async def test_the_time_of_sending_for_that_of_emission_changes_nothing(
    delivery: Delivery, feed: str
) -> None:
    delivery.rules = RULES
    alarms = await play(delivery, _people("generated"), sent=FEEDS[feed], stamped_when_sent=True)
    assert (alarms.false, alarms.missed) == (0, 0)


async def test_the_deadline_alone_would_raise_mostly_false_ones_in_a_burst(delivery: Delivery) -> None:
    delivery.rules = WITHOUT_FEEDS
    alarms = await play(delivery, _people("generated"), sent=played_day.in_a_burst)
    assert alarms.false > alarms.right
