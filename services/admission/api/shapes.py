"""What do the bodies of this API look like? A movement's is `domain.movement.StatedMovement`."""

from typing import Annotated
from uuid import UUID

from msgspec import Meta, Struct

from services.admission.domain.movement import Finess, Label
from services.admission.domain.receipt import Receipt, ServiceOutcome
from shared.events.admission import Scope

DAY_SECONDS = 86_400


class CreateSource(Struct, frozen=True, kw_only=True):
    """An application that will state movements, or read."""

    name: Label
    scopes: Annotated[tuple[Scope, ...], Meta(min_length=1, max_length=5)]
    establishment: Finess | None = None
    """None: an operator of the whole platform."""
    tolerance_seconds: Annotated[int, Meta(ge=0, le=DAY_SECONDS)] = 300
    """How far ahead its clock may run before a time is marked as future."""


class SourceCreated(Struct, frozen=True, kw_only=True):
    """The source and its key, which is shown now and never again."""

    source_id: UUID
    key_id: UUID
    key: str
    name: str
    establishment: str | None
    scopes: tuple[Scope, ...]
    tolerance_seconds: int


class ReceiptWithServices(Receipt, frozen=True, kw_only=True):
    """The receipt, and what each service says of its event now."""

    services: dict[str, ServiceOutcome]
