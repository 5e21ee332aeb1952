"""Defines who may be said to call over MLLP, and checks it."""

from typing import Annotated

from msgspec import Meta, Struct

from services.admission.domain.hl7v2.callers import said
from shared.web.decoding import decode
from shared.web.problems import FieldError, Problem

Caller = Annotated[str, Meta(min_length=1, max_length=100)]


class MllpCallers(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Networks (`10.1.2.0/24`), addresses, and certificates of clients (`sha256:<digest of its DER>`)."""

    callers: Annotated[tuple[Caller, ...], Meta(max_length=100)]


def parse_callers(body: bytes) -> set[str]:
    """Those of a body, in their one spelling; raises `Problem` 422 with every one that is none."""
    callers: set[str] = set()
    errors: list[FieldError] = []
    for place, text in enumerate(decode(body, MllpCallers).callers):
        try:
            callers.add(said(text))
        except ValueError:
            errors.append(FieldError(f"/callers/{place}", "is no address, network or sha256:<certificate>"))
    if errors:
        raise Problem(422, "The body does not fit", errors=errors)
    return callers
