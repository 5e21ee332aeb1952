"""Every table that knows persons is a section of their export, or is said to tell nothing more."""

from collections.abc import Mapping
from importlib import import_module
from typing import Final

import pytest

from shared.spine.export.own import COPIES, own_sections

KNOWS_PERSONS: Final = {
    *("person_id", "subject", "surviving", "stated_as", "former", "record"),
    *("member_id", "obligation_id", "attempt_id"),
}


@pytest.mark.parametrize("service", ["admission", "pathway", "notifications", "indicators"])
def test_no_table_that_knows_persons_is_left_out(service: str) -> None:
    tables = import_module(f"services.{service}.storage.tables").metadata.tables
    definition = import_module(f"services.{service}.wiring").SERVICE
    copies: Mapping[str, str] = import_module(f"services.{service}.storage.export").COPIES
    knows = {name for name, table in tables.items() if KNOWS_PERSONS & set(table.columns.keys())}
    own = own_sections(publishes=True, consumes=True)
    named = {each.name for each in (*definition.export.sections, *own)}
    assert knows - named == (copies.keys() | COPIES.keys()) & knows
    assert not named & (copies.keys() | COPIES.keys())
