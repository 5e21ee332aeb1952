"""Somebody who is known everywhere."""

from collections.abc import AsyncIterator, Callable
from uuid import UUID

import pytest

from services.notifications.handlers.delivery.claim_due import claim_due
from tests.security.erasure.platform import running_platform
from tests.security.erasure.story import Story, admitted, left, live
from tests.unit.admission.bodies import HOSPITAL


@pytest.fixture
async def story(create_database: Callable[..., str]) -> AsyncIterator[Story]:
    async with running_platform(create_database) as platform:
        ward = await platform.source(HOSPITAL, "intake", "read", "circle", "operator")
        operator = await platform.source(None, "privacy", "operator")
        first = admitted(source_event_id="MSG-4713", movement_id="MVT-4712")
        receipt = await platform.ask("POST", "admission", "/v1/movements", ward, first)
        await platform.ask("POST", "admission", "/v1/movements", ward, left())
        told = Story(platform, ward, operator, UUID(receipt["person_id"]), [])
        await platform.carry()
        await live(told)
        await platform.carry()
        await claim_due(platform.opened["notifications"].dependencies, "sms", limit=10)
        for service in ("admission", "notifications"):
            rows = await platform.rows(service, "SELECT wrapped_key FROM persons")
            told.keys += [bytes(row["wrapped_key"]) for row in rows]
        yield told
