"""Bugs about whose a movement is: kept by both persons, shown where it is no fact any more."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

from services.admission.handlers import commit_submissions
from services.pathway.domain import fold
from tests.continuity.mutations.patching import replaced

_NOTHING: Final[Mapping[Any, Any]] = {}


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
