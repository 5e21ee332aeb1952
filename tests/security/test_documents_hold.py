"""Every operation of every service, asked as its OpenAPI document says and against it: the document holds.

The requests are generated from the documents that the services themselves serve. Whoever asks has every
scope, and speaks of a person who is known, so that what is reached is behind the door.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import pytest
import schemathesis
from fastapi import FastAPI
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.generation.feedback import NO_FEEDBACK
from schemathesis.schemas import APIOperation
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from shared.security.policy.operations import RULES
from shared.spine.service.api import connect, create_api, create_operations
from tests.integration.admission.running import bearer
from tests.security.erasure.platform import Platform, running_platform
from tests.security.policy.test_doors import ROUTES, SCOPES, VALUES
from tests.served import served
from tests.unit.admission.bodies import HOSPITAL, identifier, movement

pytestmark = pytest.mark.services

CHECKS: Final = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
EXAMPLES: Final = {GenerationMode.POSITIVE: 3, GenerationMode.NEGATIVE: 2}


@schemathesis.serializer("application/x-ndjson", "x-application/hl7-v2+er7")
def as_it_is(_context: Any, value: Any) -> bytes:
    """Both are read line by line, whatever the lines hold."""
    return value if isinstance(value, bytes) else str(value).encode()


@pytest.fixture
async def platform(create_database: Callable[..., str]) -> AsyncIterator[Platform]:
    async with running_platform(create_database) as platform:
        yield platform


@asynccontextmanager
async def _nothing(_app: FastAPI) -> AsyncIterator[None]:
    yield


async def test_every_answer_is_one_that_its_document_announces(platform: Platform) -> None:
    hospital = await platform.source(HOSPITAL, *SCOPES)
    operator = await platform.source(None, *SCOPES)
    receipt = await platform.ask("POST", "admission", "/v1/movements", hospital, movement(identifier("1")))
    await platform.carry()
    asking = Asking(
        keys={"platform": bearer(operator.secret), "establishment": bearer(hospital.secret)},
        known={**VALUES, "person_id": receipt["person_id"], "receipt_id": receipt["receipt_id"]},
    )
    for name, opened in platform.opened.items():
        app = create_api(opened.definition, lifespan=_nothing)
        connect(app, opened)
        operations = create_operations(opened.definition, app)
        async with served(app) as url, served(operations) as other:
            await asyncio.to_thread(asking.ask_everything, name, url)
            await asyncio.to_thread(asking.ask_everything, f"{name}-operations", other)
    assert asking.unexpected == []
    assert {status // 100 for status in asking.statuses} == {2, 4}


@dataclass
class Asking:
    """Whoever asks, and what was answered otherwise than announced."""

    keys: Mapping[str, dict[str, str]]
    known: Mapping[str, str]
    unexpected: list[str] = field(default_factory=list)
    statuses: set[int] = field(default_factory=set)
    _asked: list[Any] = field(default_factory=list)

    def ask_everything(self, service: str, url: str) -> None:
        """Every operation of one service, but what the spine gives every service in the same words."""
        document = schemathesis.openapi.from_url(f"{url}/openapi.json")
        operations = [each.ok() for each in document.get_all_operations() if isinstance(each, Ok)]
        # A pause changes what others are answered.
        for operation in sorted(operations, key=lambda each: "/pauses/" in each.path):
            if operation.definition.raw in self._asked:
                continue
            self._asked.append(operation.definition.raw)
            whom = RULES[ROUTES[f"{service} {operation.method.upper()} {operation.path}"]].whom
            for mode, examples in EXAMPLES.items():
                self._ask(operation, mode, examples, url, self.keys.get(whom, self.keys["establishment"]))

    def _ask(
        self,
        operation: APIOperation[Any, Any, Any, Any],
        mode: GenerationMode,
        examples: int,
        url: str,
        key: dict[str, str],
    ) -> None:
        named = {name: value for name, value in self.known.items() if f"{{{name}}}" in operation.path}
        cases = operation.as_strategy(
            mode,
            feedback=NO_FEEDBACK,
            path_parameters=named if mode is GenerationMode.POSITIVE else None,
        )

        @settings(
            max_examples=examples,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=cases)
        def ask(case: Case[Any]) -> None:
            response = case.call(base_url=url, headers=key)
            self.statuses.add(response.status_code)
            try:
                case.validate_response(response, checks=CHECKS)
            except FailureGroup as failures:
                self.unexpected += [f"{operation.label}: {each}" for each in failures.exceptions]

        ask()
