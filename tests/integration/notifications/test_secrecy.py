"""Personal data is encrypted at rest, and links open no more than they must."""

from urllib.parse import urlsplit

import pytest

from services.notifications.domain.circle.members import Carer
from services.notifications.handlers.circle.members import get_carer
from services.notifications.handlers.delivery.carer_page import PageView, read_carer_page
from services.notifications.handlers.delivery.dispatch import record_delivery_report
from shared.security.principal import Principal
from shared.testing.person_history import HOSPITAL, NURSING_HOME, PersonHistory, id_of, minutes
from tests.integration.notifications.engine import (
    ALIAS,
    DECLARER,
    MAIL,
    PHONE,
    PROFESSIONAL_MAIL,
    PROOF,
    Engine,
    carer,
)

pytestmark = pytest.mark.services

SECRETS = (ALIAS, PHONE, MAIL, PROFESSIONAL_MAIL, PROOF, "est en établissement", "est entrée")


async def test_no_contact_alias_proof_or_message_is_readable_in_any_table(engine: Engine) -> None:
    rose = PersonHistory("Rose")
    await engine.state(rose.admit("stay", at=minutes(0)))
    carer_id = await engine.enrol(rose.person_id)
    await engine.enrol_professional(rose.person_id, NURSING_HOME)
    await engine.turn()
    await record_delivery_report(
        engine.dependencies,
        attempt_id=engine.sms.messages[0].attempt_id,
        provider_id="1",
        state="undelivered",
    )
    await engine.turn()
    tables = await engine.pool.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    assert {row["tablename"] for row in tables} >= {"members", "contact_points", "attempts", "ledger"}
    link = urlsplit(engine.sms.messages[0].text.split("https:")[1].split()[0]).path.rpartition("/")[2]
    for table in tables:
        rows = await engine.pool.fetch(f'SELECT t::text AS row FROM "{table["tablename"]}" t')  # noqa: S608
        stored = "\n".join(row["row"] for row in rows)
        for secret in (*SECRETS, link):
            assert secret not in stored
            assert secret.encode().hex() not in stored

    view_of_manager = await get_carer(
        engine.dependencies, principal=DECLARER, person_id=rose.person_id, carer_id=carer_id
    )
    assert view_of_manager is not None
    assert view_of_manager.carer == carer()


async def test_only_the_establishment_that_declared_a_member_sees_them(engine: Engine) -> None:
    rose = PersonHistory("Rose")
    await engine.state(rose.admit("stay", at=minutes(0), establishment=HOSPITAL))
    carer_id = await engine.enrol(rose.person_id)

    async def seen_by(establishment: str | None) -> Carer | None:
        principal = Principal(
            source_id=id_of("source"), establishment=establishment, scopes=frozenset({"circle"})
        )
        found = await get_carer(
            engine.dependencies, principal=principal, person_id=rose.person_id, carer_id=carer_id
        )
        return None if found is None else found.carer

    assert await seen_by(DECLARER.establishment) == carer()
    assert await seen_by(HOSPITAL) is None
    assert await seen_by(NURSING_HOME) is None
    assert await seen_by(None) is None


async def test_the_link_in_a_message_shows_whether_it_still_holds_and_dies_with_the_membership(
    engine: Engine,
) -> None:
    rose = PersonHistory("Rose")
    admission = rose.admit("stay", at=minutes(0))
    await engine.state(admission)
    carer_id = await engine.enrol(rose.person_id)
    await engine.turn()

    page = await _followed(engine)
    assert page is not None
    assert (page.kind, page.alias, page.still_true) == ("admission.occurred", ALIAS, True)
    await engine.state(rose.cancel(admission))
    page = await _followed(engine)
    assert page is not None
    assert not page.still_true
    assert await read_carer_page(engine.dependencies, token="nobodys-one") is None
    await engine.revoke(rose.person_id, carer_id)
    assert await _followed(engine) is None


async def test_a_carer_who_chose_discretion_gets_no_alias(engine: Engine) -> None:
    rose = PersonHistory("Rose")
    await engine.state(rose.admit("stay", at=minutes(0)))
    await engine.enrol(rose.person_id, carer(discretion=1))
    await engine.turn()
    assert ALIAS not in engine.sms.messages[0].text
    page = await _followed(engine)
    assert page is not None
    assert page.alias is None


async def test_a_carer_who_wants_nothing_gets_nothing(engine: Engine) -> None:
    rose = PersonHistory("Rose")
    await engine.state(rose.admit("stay", at=minutes(0)))
    await engine.enrol(rose.person_id, carer(discretion=0))
    await engine.turn()
    assert engine.sms.messages == []
    assert await engine.ends() == {"admission.occurred": ("suppressed", "preference_off")}


async def _followed(engine: Engine) -> PageView | None:
    """What the link of the first message shows."""
    token = engine.sms.messages[0].text.split("/s/")[1].split()[0]
    return await read_carer_page(engine.dependencies, token=token)
