"""What kinds of news are there? Facts, and for each fact its correction and its retraction."""

from typing import Final, Literal, get_args

FactKind = Literal[
    "admission.occurred",
    "transfer.departed",
    "transfer.arrived",
    "transfer.overdue",
    "discharge.occurred",
]
FACT_KINDS: Final[tuple[FactKind, ...]] = get_args(FactKind)

_CORRECTED: Final = ".corrected"
_RETRACTED: Final = ".retracted"


def corrected(kind: FactKind) -> str:
    """The kind that says: what you were told has changed."""
    return kind + _CORRECTED


def retracted(kind: FactKind) -> str:
    """The kind that says: what you were told did not take place."""
    return kind + _RETRACTED


def is_corrected(kind: str) -> bool:
    return kind.endswith(_CORRECTED)


def is_retracted(kind: str) -> bool:
    return kind.endswith(_RETRACTED)


def fact_of(kind: str) -> FactKind:
    """The fact that a kind is about; itself, when it corrects nothing."""
    name = kind.removesuffix(_CORRECTED).removesuffix(_RETRACTED)
    for known in FACT_KINDS:
        if known == name:
            return known
    raise ValueError("not a kind of the catalogue")
