"""Lets the HL7 v2 door state identities without a database."""

import pytest


@pytest.fixture
def identities_are_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Statements about identities need a database: here they are read, checked and believed."""

    async def take(*_: object, **_given: object) -> None:
        return None

    monkeypatch.setattr("services.admission.api.hl7v2.stating.state_identities", take)
