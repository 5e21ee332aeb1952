"""Writes a place of HL7 v2 as specifications do."""

from services.admission.domain.hl7v2.message import Place


def spelled(place: Place | None) -> str:
    """The place as specifications write it: `PID-3[2].4`, `ZBE(2)-1`."""
    if place is None:
        return ""
    text = place.segment + (f"({place.occurrence})" if place.occurrence > 1 else "")
    if place.field is not None:
        text += f"-{place.field}"
        text += f"[{place.repetition}]" if place.repetition and place.repetition > 1 else ""
        text += f".{place.component}" if place.component else ""
    return text
