"""What is wrong with a parameter is said in a sentence, without its value."""

from datetime import date, datetime
from uuid import UUID

import httpx
import pytest
from fastapi import FastAPI

from shared.web.middleware.errors import answer_with_problems

app = FastAPI()
answer_with_problems(app)


@app.get("/persons/{person_id}")
async def _read(person_id: UUID, day: date, as_of: datetime | None = None, limit: int = 1) -> None:
    del person_id, day, as_of, limit


@pytest.mark.parametrize(
    ("path", "pointer", "said"),
    [
        ("/persons/jeanne?day=2026-03-01", "/path/person_id", "expected a UUID"),
        (f"/persons/{UUID(int=1)}", "/query/day", "required"),
        (f"/persons/{UUID(int=1)}?day=jeanne", "/query/day", "expected a date such as 2026-03-01"),
        (
            f"/persons/{UUID(int=1)}?day=2026-03-01&as_of=jeanne",
            "/query/as_of",
            "expected a time such as 2026-03-01T12:00:00Z",
        ),
        (
            f"/persons/{UUID(int=1)}?day=2026-03-01&limit=jeanne",
            "/query/limit",
            "expected a whole number",
        ),
    ],
)
async def test_a_wrong_parameter_is_explained_without_its_value(path: str, pointer: str, said: str) -> None:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as client:
        answer = await client.get(path)
    assert (answer.status_code, answer.json()["errors"]) == (422, [{"pointer": pointer, "detail": said}])
    assert "jeanne" not in answer.text
