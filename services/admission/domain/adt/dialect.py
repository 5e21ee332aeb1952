"""Defines how one source writes ADT, as data: what its events mean here, its authorities, zone and codes.

What the standard and PAM.fr 2.11 say is the default; a dialect names only where a source differs.
"""

from collections.abc import Mapping
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from services.admission.domain.movement import Code, Finess, Label
from shared.events.admission import ClassOfStay, Mode

Meaning = Literal[
    "admission",
    "transfer",
    "discharge",
    "cancel_admission",
    "cancel_transfer",
    "cancel_discharge",
    "leave",
    "return",
    "cancel_leave",
    "cancel_return",
    "planned_admission",
    "planned_transfer",
    "planned_discharge",
    "cancel_planned_admission",
    "cancel_planned_transfer",
    "cancel_planned_discharge",
    "temporary_departure",
    "temporary_arrival",
    "cancel_temporary_departure",
    "cancel_temporary_arrival",
    "change_of_responsibility",
    "cancel_change_of_responsibility",
    "death",
    "cancel_death",
    "cancel_stay",
    "update",
    "traits",
    "merge",
    "link",
    "unlink",
    "move_stay",
    "change_number",
    "ignored",
]
"""What an event states here; one that means nothing yet is answered as its dialect says."""

EVENTS: Final[Mapping[str, Meaning]] = {
    "A01": "admission",
    "A04": "admission",
    "A02": "transfer",
    "A06": "transfer",
    "A07": "transfer",
    "A17": "transfer",
    "A03": "discharge",
    "A11": "cancel_admission",
    "A12": "cancel_transfer",
    "A13": "cancel_discharge",
    "A21": "leave",
    "A22": "return",
    "A52": "cancel_leave",
    "A53": "cancel_return",
    "A05": "planned_admission",
    "A14": "planned_admission",
    "A15": "planned_transfer",
    "A16": "planned_discharge",
    "A38": "cancel_planned_admission",
    "A27": "cancel_planned_admission",
    "A26": "cancel_planned_transfer",
    "A25": "cancel_planned_discharge",
    "A09": "temporary_departure",
    "A10": "temporary_arrival",
    "A33": "cancel_temporary_departure",
    "A32": "cancel_temporary_arrival",
    "A54": "change_of_responsibility",
    "A55": "cancel_change_of_responsibility",
    "A23": "cancel_stay",
    "Z99": "update",
    "A08": "traits",
    "A28": "traits",
    "A31": "traits",
    "A18": "merge",
    "A30": "merge",
    "A34": "merge",
    "A36": "merge",
    "A40": "merge",
    "A24": "link",
    "A37": "unlink",
    "A44": "move_stay",
    "A45": "move_stay",
    "A46": "change_number",
    "A47": "change_number",
}
"""A change of class is a movement within the stay (A06, A07), and so is each side of a swap of beds (A17).

A08 has no visit that it may move.
"""

CLASSES: Final[Mapping[str, ClassOfStay]] = {
    "E": "emergency",
    "I": "inpatient",
    "O": "outpatient",
    "R": "recurring",
    "V": "telemonitoring",
    "B": "inpatient",
}
"""PV1-2 (table 0004 and PAM.fr 6.10.1)."""

NO_CLASS: Final = frozenset({"", "N", "U", "P", "C"})
"""Values of PV1-2 that say nothing of a stay."""

MODES: Final[Mapping[str, Mode]] = {
    "0": "acute_visit",
    "6": "mutation",
    "7": "transfer",
    "8": "home",
    "9": "death",
    "N": "birth",
    "O": "other",
}
"""ZFM-1 and ZFM-2: modes of entry and exit of the PMSI (PAM.fr 6.17)."""

DISPOSITIONS: Final[Mapping[str, Mode]] = {
    "01": "home",
    "02": "transfer",
    "03": "transfer",
    "04": "transfer",
    "05": "transfer",
    "06": "home",
    "20": "death",
    "HOME": "home",
}
"""PV1-36 (user-defined table 0112, as it is suggested)."""

STAY_NUMBERS: Final = ("PV1-19", "PID-18", "PV1-50")

SourceCode = Annotated[str, Meta(min_length=1, max_length=60)]


class Dialect(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """How a source differs; empty for one that keeps to the standard, or to PAM.fr."""

    time_zone: Label | None = None
    """IANA name; otherwise that of the establishment."""
    charset: Literal["utf-8", "cp1252", "iso8859-15"] | None = None
    """What it writes where MSH-18 says nothing."""
    unsupported: Literal["refused", "ignored"] | None = None
    """Events that mean nothing here yet: AR, or AA and nothing done. PAM.fr ignores them, others refuse."""
    events: Annotated[dict[SourceCode, Meaning], Meta(max_length=200)] = {}
    establishments: Annotated[dict[SourceCode, Finess], Meta(max_length=200)] = {}
    """MSH-4, PV1-37 or ZFV-1 as it writes them -> FINESS; otherwise the key's own establishment."""
    authorities: Annotated[dict[SourceCode, Label], Meta(max_length=200)] = {}
    """Namespace or universal id of CX-4 -> authority."""
    authority: Label | None = None
    """Of numbers without any."""
    units: Annotated[dict[SourceCode, Code], Meta(max_length=5000)] = {}
    classes: Annotated[dict[SourceCode, ClassOfStay], Meta(max_length=200)] = {}
    dispositions: Annotated[dict[SourceCode, Mode], Meta(max_length=200)] = {}
    stay_numbers: Annotated[tuple[SourceCode, ...], Meta(max_length=5)] = STAY_NUMBERS
    """Where the number of a stay is looked for."""

    def meaning(self, event: str) -> Meaning | None:
        return self.events.get(event) or EVENTS.get(event)


STANDARD: Final = Dialect()
