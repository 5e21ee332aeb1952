"""Recognises a national extract by its first line."""

from typing import Final

from services.admission.domain.directory.extract import Extract, UnknownExtractError
from services.admission.domain.directory.finess_extract import FinessExtract
from services.admission.domain.directory.health_extracts import (
    MailboxesExtract,
    ProfessionalsExtract,
    columns_of,
)

_FINESS_RECORDS: Final = ("finess", "structureej", "structureet")


def extract_of(first_line: str) -> Extract:
    """The extract that begins so; raises UnknownExtractError."""
    if first_line.partition(";")[0].strip('"') in _FINESS_RECORDS:
        return FinessExtract()
    columns = columns_of(first_line)
    for known in (ProfessionalsExtract, MailboxesExtract):
        if known.columns <= columns.keys():
            return known(columns)
    raise UnknownExtractError
