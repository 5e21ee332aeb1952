"""A member takes nobody for behind while the broker is away."""

from unittest.mock import Mock

from deploy.local.ports import HOST, free_port
from shared.database.pool import Pool
from shared.spine.consumer.assignment import Assignment
from shared.spine.kafka.clients import GroupClient


async def test_nobody_is_behind_a_broker_that_nobody_reaches() -> None:
    nowhere = f"{HOST}:{free_port()}"
    assignment = Assignment(
        Mock(spec=Pool), Mock(spec=GroupClient), bootstrap=nowhere, consumer_group="relais-test"
    )
    assert await assignment.behind(["relais.admission"]) == {}
