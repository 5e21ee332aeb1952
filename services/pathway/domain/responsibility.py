"""Says who answers for a person in a stay, wherever they lie: of each part the newest that was stated."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from msgspec.structs import asdict

from shared.events.admission import Responsibility
from shared.stays.movements import MovementHistory


def responsibilities(histories: Iterable[MovementHistory], *, at: datetime) -> Mapping[UUID, Responsibility]:
    """By stay, at that moment; `histories` are in timeline order."""
    newest: dict[UUID, dict[str, str]] = defaultdict(dict)
    for history in histories:
        content = history.current
        if content.responsibility is None or content.occurred_at > at:
            continue
        if history.reassigned is None and not history.cancelled:
            stated = asdict(content.responsibility)
            newest[content.stay_id] |= {name: value for name, value in stated.items() if value is not None}
    return {stay_id: Responsibility(**parts) for stay_id, parts in newest.items()}
