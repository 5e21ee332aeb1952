"""Names what was committed meanwhile, after which a transaction is begun again."""

from collections.abc import Collection, Mapping
from uuid import UUID

from shared.runtime.errors import RetryableError


class LinkedMeanwhile(RetryableError):  # noqa: N818
    """Another batch was the first to link an identifier; its owner can be read now."""


class IdentitiesChanged(RetryableError):  # noqa: N818
    """Persons were merged or separated since the owners were read; they can be read again now."""

    def __init__(self, revision: int) -> None:
        super().__init__()
        self.revision = revision


class StoredBefore(RetryableError):  # noqa: N818
    """Messages of this batch were stored before with fewer statements; nothing of them is stored now."""

    def __init__(self, messages: Collection[UUID]) -> None:
        super().__init__()
        self.messages = messages


class StatedOtherwise(RetryableError):  # noqa: N818
    """Under the MSH-10 of these new messages identities were stated; their digests. Nothing is stored."""

    def __init__(self, messages: Mapping[UUID, str]) -> None:
        super().__init__()
        self.messages = messages
