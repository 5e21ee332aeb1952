"""Does a consumer stand still while there is something to read? Then its worker must end and be restarted."""

from collections.abc import Callable, Mapping
from typing import Generic, TypeVar

PartitionT = TypeVar("PartitionT")


class ConsumerStalled(Exception):  # noqa: N818
    """Records wait and none is fetched: the client is stuck, as aiokafka's group members can be."""


class Watchdog(Generic[PartitionT]):
    """Told from time to time which partitions are behind and where; `now` is a monotonic clock."""

    def __init__(self, *, stalled_after_seconds: float, now: Callable[[], float]) -> None:
        self._stalled_after_seconds = stalled_after_seconds
        self._now = now
        self._looked_at = now()
        self._standing: dict[PartitionT, tuple[int, float]] = {}

    def is_due(self) -> bool:
        """Whether it is time to look again."""
        return self._now() - self._looked_at >= self._stalled_after_seconds / 4

    def observe(self, behind: Mapping[PartitionT, int]) -> None:
        """Raise when a partition has been behind, at the same offset, for too long."""
        now = self._looked_at = self._now()
        standing = {}
        for partition, offset in behind.items():
            seen_offset, since = self._standing.get(partition, (offset, now))
            standing[partition] = (offset, since if seen_offset == offset else now)
        self._standing = standing
        if any(now - since >= self._stalled_after_seconds for _, since in standing.values()):
            raise ConsumerStalled(f"no record applied for {self._stalled_after_seconds} s though some wait")
