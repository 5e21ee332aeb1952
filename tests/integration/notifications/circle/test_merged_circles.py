"""When two persons turn out to be one, both circles are told of that one, and nobody anything twice."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from services.notifications.domain.circle.members import Carer, Consent, Contact
from services.notifications.handlers.audit.audit_persons import audit_persons
from services.notifications.handlers.circle.list_circle import list_circle
from services.notifications.handlers.circle.members import CarerView
from shared.events.admission import PersonsMerged, PersonsUnmerged
from shared.testing.person_history import HOSPITAL, NURSING_HOME, PersonHistory, id_of, movement_of
from tests.integration.notifications.audit.publishers import ledgers_with
from tests.integration.notifications.engine import ALIAS, DECLARER, MORNING, PROOF, Engine

pytestmark = pytest.mark.services

DAUGHTER, SON = "+33639980001", "+33639980002"


def _by_phone(number: str) -> Carer:
    return Carer(
        alias=ALIAS,
        consent=Consent(given_at=MORNING, proof_kind="written", proof_reference=PROOF),
        contacts=(Contact(channel="sms", value=number),),
    )


class Story:
    """Rose and Iris, who may be one; a daughter is told of Rose, a son of Iris."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.rose, self.iris = PersonHistory("Rose"), PersonHistory("Iris")
        self.known = {"Rose": 0, "Iris": 0}
        self.revision = 0

    async def begin(self) -> None:
        for person, place, minutes_ago, number in (
            (self.iris, HOSPITAL, 60, SON),
            (self.rose, NURSING_HOME, 30, DAUGHTER),
        ):
            person.admit("stay", at=MORNING - timedelta(minutes=minutes_ago), establishment=place)
            await self.publish()
            await self.engine.enrol(person.person_id, _by_phone(number))
            await self.engine.turn()

    async def publish(self) -> None:
        for person in (self.rose, self.iris):
            new = person.events[self.known[person.name] :]
            self.known[person.name] = len(person.events)
            if new:
                await self.engine.state(*new)

    async def merge(self, *, undo: bool = False) -> None:
        """Iris becomes Rose, or is herself again."""
        self.revision += 1
        merge = (PersonsUnmerged if undo else PersonsMerged)(
            merge_id=id_of("merge"),
            surviving=self.rose.person_id,
            merged=self.iris.person_id,
            revision=self.revision,
        )
        at = max(self.engine.now, self.rose.now, self.iris.now) + timedelta(seconds=1)
        giver, taker = (self.rose, self.iris) if undo else (self.iris, self.rose)
        for person in (self.rose, self.iris):
            person.append(merge, occurred_at=at, recorded_at=at)
        giver.hand_over(self.movement_of_iris, taker, reason="separated" if undo else "merged")
        await self.publish()
        self.engine.now = at + timedelta(minutes=1)
        await self.engine.turn()

    @property
    def movement_of_iris(self) -> UUID:
        return movement_of(self.iris.events[0]).movement_id

    def told(self) -> list[str]:
        """The numbers to which messages went."""
        return [message.to for message in self.engine.sms.messages]

    async def differences(self) -> list[str]:
        """What the audit finds."""
        ledgers = ledgers_with([*self.rose.events, *self.iris.events])
        dependencies = replace(self.engine.dependencies, ledgers=ledgers)
        await audit_persons(dependencies, [self.rose.person_id, self.iris.person_id])
        rows = await self.engine.pool.fetch("SELECT difference, reason FROM obligation_differences")
        return [f"{row['difference']}: {row['reason']}" for row in rows]


async def test_a_merge_takes_nothing_back_and_both_circles_hear_what_follows(engine: Engine) -> None:
    story = Story(engine)
    await story.begin()
    assert story.told() == [SON, DAUGHTER]
    await story.merge()
    assert story.told()[2:] == [SON]  # where she is by now, of which he knew nothing
    story.rose.discharge("stay", at=engine.now, establishment=NURSING_HOME)
    await story.publish()
    await engine.after(minutes=5)
    assert sorted(story.told()[3:]) == [DAUGHTER, SON]
    assert {row["kind"] for row in await engine.obligations(status="informed")} <= {
        "admission.occurred",
        "discharge.occurred",
    }
    assert await story.differences() == []


async def test_after_they_are_separated_nobody_hears_of_the_other(engine: Engine) -> None:
    story = Story(engine)
    await story.begin()
    await story.merge()
    await story.merge(undo=True)
    before = len(story.told())
    story.rose.discharge("stay", at=engine.now, establishment=NURSING_HOME)
    await story.publish()
    await engine.after(minutes=5)
    assert story.told()[before:] == [DAUGHTER]
    assert await story.differences() == []
    await story.merge()
    assert await story.differences() == []


async def test_who_heard_of_the_other_is_told_so_after_they_are_separated(engine: Engine) -> None:
    story = Story(engine)
    await story.begin()
    await story.merge()
    assert story.told()[2:] == [SON]  # of Rose, in the nursing home
    await story.merge(undo=True)
    assert story.told()[3:] == [SON]
    text = engine.sms.messages[-1].text
    assert "ERREUR" in text
    assert "concernait une autre personne" in text
    assert f"{ALIAS} est en établissement." in text
    ends = {(row["kind"], row["reason"]) for row in await engine.obligations(status="suppressed")}
    assert ("person.merged.retracted", "nothing_to_correct") in ends  # the daughter's
    assert await story.differences() == []
    engine.now += timedelta(hours=5)
    await story.merge()
    assert story.told()[4:] == [SON]  # it was about the same person after all
    assert "ERREUR" not in engine.sms.messages[-1].text
    assert await story.differences() == []
    await story.merge(undo=True)
    assert story.told()[5:] == [SON]
    assert "concernait une autre personne" in engine.sms.messages[-1].text
    assert await story.differences() == []


async def test_the_circle_of_who_is_one_person_lists_the_members_of_both(engine: Engine) -> None:
    story = Story(engine)
    await story.begin()
    await story.merge()
    at_first = (MORNING - timedelta(days=1), UUID(int=0))
    declarer = replace(DECLARER, establishment=HOSPITAL, sites=frozenset({str(DECLARER.establishment)}))
    for person in (story.rose, story.iris):
        circle = await list_circle(
            engine.dependencies, principal=declarer, person_id=person.person_id, after=at_first, limit=9
        )
        assert circle is not None
        assert circle.number_of_carers == 2
        numbers = {contact.value for each in circle.members for contact in _carer_of(each).contacts}
        assert numbers == {DAUGHTER, SON}


def _carer_of(view: object) -> Carer:
    assert isinstance(view, CarerView)
    return view.carer


async def test_an_address_in_both_circles_hears_a_fact_once(engine: Engine) -> None:
    story = Story(engine)
    await story.begin()
    await engine.enrol(story.rose.person_id, _by_phone(SON))
    await engine.turn()
    before = len(story.told())
    await story.merge()
    assert (
        story.told()[before:] == []
    )  # each fact of either was told to that address, whomever it was of then
    assert await story.differences() == []


async def test_whoever_was_told_of_the_wrong_person_is_told_so(engine: Engine) -> None:
    story = Story(engine)
    await story.begin()
    story.iris.hand_over(story.movement_of_iris, story.rose, reason="moved")
    await story.publish()
    await engine.after(minutes=5)
    retracted = await engine.obligations(kind="admission.occurred.retracted")
    assert [row["status"] for row in retracted] == ["in_progress"]
    assert story.told()[2:] == [SON]
    presence = await engine.pool.fetch("SELECT person_id, establishment FROM presence ORDER BY establishment")
    assert [tuple(row) for row in presence] == sorted(
        [(story.rose.person_id, HOSPITAL), (story.rose.person_id, NURSING_HOME)], key=lambda each: each[1]
    )
    assert await story.differences() == []
