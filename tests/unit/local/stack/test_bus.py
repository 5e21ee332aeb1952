"""Each service may do on the bus what it does, and no more."""

import importlib
from typing import Any

import pytest

from deploy.local.stack.bus import SERVICES
from deploy.local.stack.topics import rights_of
from shared.events.registry import TOPICS
from shared.spine.kafka.rights import Operation, Resource


def _definition(service: str) -> Any:
    return importlib.import_module(f"services.{service}.wiring").SERVICE


@pytest.mark.parametrize("service", SERVICES)
def test_it_may_do_what_its_definition_says(service: str) -> None:
    definition = _definition(service)
    writes = {TOPICS[definition.name]} if definition.publishes else set()
    reads = {TOPICS[each] for each in definition.consumes.publishers} if definition.consumes else set()
    expected = {
        *((Resource.TOPIC, topic, operation) for topic in writes for operation in _WRITING),
        *((Resource.TOPIC, topic, Operation.READ) for topic in reads),
        *((Resource.GROUP, group, Operation.READ) for group in ([definition.group] if reads else [])),
    }
    assert set(rights_of(service)) == expected


_WRITING = (Operation.WRITE, Operation.CREATE)
