"""The textbook peer's consumer, which sends messages to carers in the loop that reads the topic.

Offsets are committed automatically, which is the default; a supervisor restarts a failed process. Run with
`PEER_DATABASE_URL`, `PEER_KAFKA_BOOTSTRAP`, `PEER_SMS_URL`, `PEER_REPORT_URL` and `PEER_PHONES`, a JSON file
of identifiers and phones.
"""

import asyncio
import json
import os
from datetime import UTC, datetime
from pathlib import Path

import httpx
from aiokafka import AIOKafkaConsumer
from sqlalchemy import Column, DateTime
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlmodel import Field, SQLModel
from sqlmodel.ext.asyncio.session import AsyncSession

from benchmarks.peer.textbook import TOPIC, PeerMovement

_SMS_SECONDS = 20.0


class PeerApplied(SQLModel, table=True):
    """An event that the consumer has processed."""

    id: int | None = Field(default=None, primary_key=True)
    source_event_id: str
    applied_at: datetime = Field(sa_column=Column(DateTime(timezone=True)))


async def main() -> None:
    """Consume for ever; any error ends the process."""
    engine = create_async_engine(os.environ["PEER_DATABASE_URL"])
    async with engine.begin() as connection:
        await connection.run_sync(SQLModel.metadata.create_all)
    phones = _phones()
    consumer = AIOKafkaConsumer(
        TOPIC,
        bootstrap_servers=os.environ["PEER_KAFKA_BOOTSTRAP"],
        group_id="peer-notifications",
        auto_offset_reset="earliest",
    )
    await consumer.start()
    try:
        async with httpx.AsyncClient(timeout=_SMS_SECONDS, trust_env=False) as gateway:
            async for record in consumer:
                movement = PeerMovement.model_validate_json(record.value)
                phone = phones.get(movement.person.identifiers[0].value)
                if phone is not None:
                    await _send_sms(gateway, phone, movement)
                await _apply(engine, movement)
    finally:
        await consumer.stop()
        await engine.dispose()


def _phones() -> dict[str, str]:
    phones: dict[str, str] = json.loads(Path(os.environ["PEER_PHONES"]).read_text())
    return phones


async def _send_sms(gateway: httpx.AsyncClient, phone: str, movement: PeerMovement) -> None:
    report = f"{os.environ['PEER_REPORT_URL']}?attempt={movement.source_event_id}&type=%d"
    message = {"to": phone, "text": f"{movement.kind} {movement.source_event_id}", "dlr-url": report}
    answer = await gateway.get(os.environ["PEER_SMS_URL"], params=message)
    answer.raise_for_status()


async def _apply(engine: AsyncEngine, movement: PeerMovement) -> None:
    async with AsyncSession(engine) as session:
        session.add(PeerApplied(source_event_id=movement.source_event_id, applied_at=datetime.now(UTC)))
        await session.commit()


if __name__ == "__main__":
    asyncio.run(main())
