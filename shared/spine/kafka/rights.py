"""Says what one identity may do on the bus; the broker refuses all else."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum


class Resource(IntEnum):
    """What a right is about, by its number in Kafka's protocol."""

    TOPIC = 2
    GROUP = 3


class Operation(IntEnum):
    """What may be done, by its number in Kafka's protocol; who may read or write may also describe."""

    READ = 3
    WRITE = 4
    CREATE = 5


@dataclass(frozen=True, kw_only=True)
class Rights:
    """All that one identity may do."""

    identity: str
    writes: Sequence[str]
    """Topics, which it may also create."""
    reads: Sequence[str]
    groups: Sequence[str]
    """Consumer groups that it may join."""

    def __iter__(self) -> Iterator[tuple[Resource, str, Operation]]:
        for topic in self.writes:
            yield Resource.TOPIC, topic, Operation.WRITE
            yield Resource.TOPIC, topic, Operation.CREATE
        for topic in self.reads:
            yield Resource.TOPIC, topic, Operation.READ
        for group in self.groups:
            yield Resource.GROUP, group, Operation.READ
