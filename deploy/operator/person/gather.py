"""Puts together what every service keeps of a person: one document, in the order of the services."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, Final

from deploy.operator.platform import SERVICES, Platform

_TIMEOUT_SECONDS: Final = 120.0


def export_of(platform: Platform, person_id: str) -> dict[str, Any]:
    """Everything of a person under all their ids; raises `StackError`, also where admission knows nobody."""
    persons: list[str] = []
    services: dict[str, list[dict[str, Any]]] = {}
    for page in _pages(platform, SERVICES[0], person_id):
        persons = page["person_ids"]
        services.setdefault(SERVICES[0], []).extend(page["records"])
    for service in SERVICES[1:]:
        services[service] = [
            record
            for each in persons
            for page in _pages(platform, service, each)
            for record in page["records"]
        ]
    exported_at = datetime.now(UTC).isoformat(timespec="seconds")
    return {"person_ids": persons, "exported_at": exported_at, "services": services}


def _pages(platform: Platform, service: str, person_id: str) -> Iterator[dict[str, Any]]:
    query: dict[str, str | int] = {}
    while True:
        path = f"/v1/persons/{person_id}/export"
        page: dict[str, Any] = platform.call(
            "GET", service, path, query=query, timeout_seconds=_TIMEOUT_SECONDS
        )
        yield page
        if "continuation" not in page:
            return
        query = {"continuation": page["continuation"]}
