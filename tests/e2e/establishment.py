"""Establishments with a key of their own, as integrators would write them."""

import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any

import httpx

from tests.e2e.eventually import eventually
from tests.e2e.running import RunningPlatform

TEST_AUTHORITY = "1.2.250.1.213.1.4.10"


@dataclass(frozen=True)
class Services:
    """Where the APIs and the sinks are."""

    admission: str
    pathway: str
    notifications: str
    indicators: str
    sms: str
    mail: str

    @classmethod
    def of(cls, platform: RunningPlatform) -> "Services":
        """The addresses that `relais status` gives."""
        parts = platform.parts()
        return cls(
            admission=parts["admission-api"]["url"],
            pathway=parts["pathway-api"]["url"],
            notifications=parts["notifications-api"]["url"],
            indicators=parts["indicators-api"]["url"],
            sms=parts["sms-gateway"]["url"],
            mail=parts["mail-sink"]["url"],
        )


@dataclass(frozen=True)
class Establishment:
    """An establishment as seen by the platform: a FINESS number and a key."""

    finess: str
    key: str
    services: Services
    client: httpx.Client = field(repr=False)

    def get(self, url: str, **parameters: str) -> httpx.Response:
        """Read with this establishment's key."""
        return self.client.get(url, params=parameters, headers=self._headers())

    def put(self, url: str, body: dict[str, Any]) -> httpx.Response:
        """Write with this establishment's key."""
        return self.client.put(url, json=body, headers=self._headers())

    def post(self, url: str, body: dict[str, Any]) -> httpx.Response:
        """Ask for something with this establishment's key."""
        return self.client.post(url, json=body, headers=self._headers())

    def post_movement(self, body: dict[str, Any]) -> httpx.Response:
        """Offer a movement."""
        return self.client.post(f"{self.services.admission}/v1/movements", json=body, headers=self._headers())

    def movement(self, kind: str, person: str, **other: Any) -> dict[str, Any]:
        """A movement of a person of this establishment, now, under new ids."""
        now = datetime.now(UTC).isoformat()
        return {
            "source_event_id": str(uuid.uuid4()),
            "movement_id": str(uuid.uuid4()),
            "stay_id": f"{self.finess}-{person}",
            "action": "insert",
            "kind": kind,
            "person": {
                "identifiers": [{"authority": TEST_AUTHORITY, "value": person}],
                "traits": {
                    "birth_name": "ZZSECRETNAME",
                    "given_names": ["Camille"],
                    "birth_date": "1941-05-17",
                    "sex": "female",
                },
            },
            "establishment": self.finess,
            "class_of_stay": "inpatient",
            "occurred_at": now,
            "emitted_at": now,
        } | other

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"}


def register(
    platform: RunningPlatform, services: Services, client: httpx.Client, finess: str
) -> Establishment:
    """Give an establishment a key with every scope but the operator's."""
    answer = client.post(
        f"{services.admission}/v1/sources",
        json={"name": f"test {finess}", "establishment": finess, "scopes": ["intake", "read", "circle"]},
        headers={"Authorization": f"Bearer {platform.operator_key}"},
    )
    assert answer.status_code == httpx.codes.CREATED, answer.text
    registered = Establishment(finess, answer.json()["key"], services, client)
    # The key travels to the other services as an event.
    for service in (services.pathway, services.notifications, services.indicators):
        url = f"{service}/v1/events/{uuid.uuid4()}/outcome"
        eventually(partial(_is_recognised, registered, url))
    return registered


def _is_recognised(establishment: Establishment, url: str) -> bool:
    return establishment.get(url).status_code != httpx.codes.UNAUTHORIZED
