"""Bugs about whose a movement is: kept by both persons, given to a stranger, forgotten by a separation."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from msgspec.structs import replace

from services.admission.handlers import accept_movement, commit_submissions
from services.admission.handlers.identities import reassign
from services.admission.storage import submissions
from services.pathway.domain import fold
from tests.continuity.mutations.patching import replaced

_NOTHING: Final[Mapping[Any, Any]] = {}
_SAME_REVISION: Final = "(SELECT revision FROM identities) = $14"
_ANY_REVISION: Final = "$14::bigint IS NOT NULL"


def moved_and_kept() -> None:
    """Publish a statement that names another person, and leave the movement with the former one as well."""

    def nothing_disputed(*_: Any, **__: Any) -> Any:
        return _NOTHING

    replaced(commit_submissions, "disputed_movements", nothing_disputed)


def reassigned_shown() -> None:
    """Show a movement that is no fact of a person any more on the person's timeline."""

    def histories(events: Iterable[Any]) -> Any:
        return plain(event for event in events if hasattr(event.data, "occurred_at"))

    plain = replaced(fold, "movement_histories", histories)


def numbers_unscoped() -> None:
    """Take a local number as one person's, whichever establishment gave it."""

    def everywhere(*_: Any) -> str:
        return "everywhere"

    replaced(accept_movement, "identity_domain_of", everywhere)


def owner_remembered() -> None:
    """Publish under the persons whom a process remembers, whoever was merged or separated since."""
    assert _SAME_REVISION in submissions._STORE

    async def store(*args: Any, revision: int, **more: Any) -> Any:
        return replace(await plain(*args, revision=revision, **more), revision=revision)

    replaced(submissions, "_STORE", submissions._STORE.replace(_SAME_REVISION, _ANY_REVISION))
    plain = replaced(submissions, "store", store)


def separation_forgets() -> None:
    """Give back what a merge took, and leave with the survivor what was stated since."""

    def reassigned_events(statements: Sequence[Any], *, reason: str, **more: Any) -> Any:
        since = reason == "separated" and not any(statement.data.restates for statement in statements)
        return [] if since else plain(statements, reason=reason, **more)

    plain = replaced(reassign, "reassigned_events", reassigned_events)
