"""The textbook peer: the same promise (unique id, event stored, sent to Kafka) as tutorials write it.

One FastAPI route with a pydantic body, one SQLModel session and commit per request, one
`send_and_wait` per event. Run by uvicorn with `PEER_DATABASE_URL` and `PEER_KAFKA_BOOTSTRAP`.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from aiokafka import AIOKafkaProducer
from fastapi import FastAPI, Request
from pydantic import BaseModel
from sqlalchemy import JSON, Column, DateTime
from sqlalchemy.ext.asyncio import create_async_engine
from sqlmodel import Field, SQLModel, select
from sqlmodel.ext.asyncio.session import AsyncSession

TOPIC = "peer.admission"


class PeerEvent(SQLModel, table=True):
    """The stored event."""

    id: int | None = Field(default=None, primary_key=True)
    source_event_id: str = Field(unique=True)
    recorded_at: datetime = Field(sa_column=Column(DateTime(timezone=True)))
    body: dict[str, Any] = Field(sa_column=Column(JSON))


class Identifier(BaseModel):
    """An identifier of a person."""

    authority: str
    value: str
    type: str | None = None


class PeerPerson(BaseModel):
    """The person of a movement."""

    identifiers: list[Identifier]
    traits: dict[str, Any]


class PeerMovement(BaseModel):
    """The body of the request."""

    source_event_id: str
    movement_id: str
    stay_id: str
    action: str
    kind: str
    person: PeerPerson
    establishment: str
    unit: str | None = None
    class_of_stay: str | None = None
    origin: dict[str, Any] | None = None
    occurred_at: datetime
    emitted_at: datetime


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    engine = create_async_engine(os.environ["PEER_DATABASE_URL"], pool_size=20)
    async with engine.begin() as connection:
        await connection.run_sync(SQLModel.metadata.create_all)
    producer = AIOKafkaProducer(
        bootstrap_servers=os.environ["PEER_KAFKA_BOOTSTRAP"], acks="all", enable_idempotence=True
    )
    await producer.start()
    app.state.engine, app.state.producer = engine, producer
    yield
    await producer.stop()
    await engine.dispose()


app = FastAPI(lifespan=_lifespan)


@app.post("/v1/movements", status_code=202)
async def post_movement(movement: PeerMovement, request: Request) -> dict[str, Any]:
    """Store the event, then send it to Kafka: the dual write of most tutorials."""
    body = movement.model_dump(mode="json")
    async with AsyncSession(request.app.state.engine) as session:
        known = await session.exec(
            select(PeerEvent).where(PeerEvent.source_event_id == movement.source_event_id)
        )
        if (stored := known.first()) is None:
            stored = PeerEvent(
                source_event_id=movement.source_event_id, recorded_at=datetime.now(UTC), body=body
            )
            session.add(stored)
            await session.commit()
            await session.refresh(stored)
    await request.app.state.producer.send_and_wait(
        TOPIC, movement.model_dump_json().encode(), key=movement.person.identifiers[0].value.encode()
    )
    return {"receipt_id": stored.id, "accepted_at": stored.recorded_at.isoformat()}


@app.post("/v1/movements/batch", status_code=202)
async def post_movements(movements: list[PeerMovement], request: Request) -> list[dict[str, Any]]:
    """The same for a list: one session, one commit, then one message after the other."""
    async with AsyncSession(request.app.state.engine) as session:
        stored = [
            PeerEvent(
                source_event_id=movement.source_event_id,
                recorded_at=datetime.now(UTC),
                body=movement.model_dump(mode="json"),
            )
            for movement in movements
        ]
        session.add_all(stored)
        await session.commit()
        receipts = []
        for event in stored:
            await session.refresh(event)
            receipts.append({"receipt_id": event.id, "accepted_at": event.recorded_at.isoformat()})
    for movement in movements:
        key = movement.person.identifiers[0].value.encode()
        await request.app.state.producer.send_and_wait(TOPIC, movement.model_dump_json().encode(), key=key)
    return receipts
