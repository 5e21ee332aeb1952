"""The textbook peer's timeline: a person's stored events, newest first, as tutorials read them.

One FastAPI route, one SQLModel session, a response model. Run by uvicorn with `PEER_DATABASE_URL`.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from fastapi import FastAPI, Request
from pydantic import BaseModel
from sqlalchemy import Column, LargeBinary
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import Field, SQLModel, col, select
from sqlmodel.ext.asyncio.session import AsyncSession


class StoredEvent(SQLModel, table=True):
    """A row of the table that both contestants read."""

    __tablename__ = "movement_events"

    event_id: UUID = Field(primary_key=True)
    person_id: UUID
    type: str
    recorded_at: datetime
    data: bytes = Field(sa_column=Column(LargeBinary))


class Entry(BaseModel):
    """An entry of the timeline."""

    event_id: UUID
    type: str
    recorded_at: datetime
    movement: dict[str, Any]


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.engine = create_async_engine(os.environ["PEER_DATABASE_URL"], pool_size=8)
    yield
    await app.state.engine.dispose()


app = FastAPI(lifespan=_lifespan)


@app.get("/v1/persons/{person_id}/pathway")
async def get_pathway(person_id: UUID, request: Request, limit: int = 50) -> list[Entry]:
    """The newest events."""
    wanted = (
        select(StoredEvent)
        .where(StoredEvent.person_id == person_id)
        .order_by(col(StoredEvent.recorded_at).desc())
        .limit(limit)
    )
    async with AsyncSession(request.app.state.engine) as session:
        found = await session.exec(wanted)
        return [
            Entry(
                event_id=event.event_id,
                type=event.type,
                recorded_at=event.recorded_at,
                movement=msgspec.json.decode(event.data),
            )
            for event in found
        ]
