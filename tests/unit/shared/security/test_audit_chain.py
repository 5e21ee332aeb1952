"""A chain of accesses shows whatever is done to it afterwards."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import fields, replace

from shared.security.audit.chain import Chain, Finding, Reading, audit_key_of
from shared.security.audit.entry import ChainedEntry, Entry
from shared.security.audit.heads import Head, Tip, faults_of_heads, faults_of_tips, next_head

KEY: Final = bytes(range(32))
NOW: Final = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)
CHAIN: Final = UUID(int=1)


def entry(number: int) -> Entry:
    return Entry(
        at=NOW + timedelta(seconds=number),
        access_id=UUID(int=100 + number),
        operation="read_pathway",
        stage="done",
        why="states",
        person_id=UUID(int=7),
        object_id=UUID(int=8),
        key_id=UUID(int=9),
        source_id=UUID(int=10),
        establishment="750000002",
    )


def chain(length: int, *, key: bytes = KEY, chain_id: UUID = CHAIN) -> list[ChainedEntry]:
    return Chain(key, chain_id).extend(entry(number) for number in range(length))


def faults(entries: list[ChainedEntry], *, key: bytes = KEY) -> list[Finding]:
    return list(Reading(key).read(entries))


def test_what_nobody_touched_is_as_it_was_written() -> None:
    others = chain(3, chain_id=UUID(int=2))
    assert faults([*chain(5), *others]) == []


CHANGED: Final = {
    "at": NOW,
    "access_id": UUID(int=1),
    "operation": "list_stays",
    "stage": "refused",
    "why": None,
    "person_id": None,
    "object_id": None,
    "key_id": None,
    "source_id": UUID(int=1),
    "establishment": "690000013",
}


def test_every_field_is_covered() -> None:
    assert set(CHANGED) == {each.name for each in fields(Entry)}


@pytest.mark.parametrize("name", CHANGED)
def test_an_altered_field_is_found_where_it_is(name: str) -> None:
    entries = chain(5)
    entries[2] = replace(entries[2], entry=replace(entries[2].entry, **{name: CHANGED[name]}))
    assert faults(entries) == [Finding(fault="altered", chain=CHAIN, number=3)]


@given(length=st.integers(2, 8), data=st.data())
def test_a_removed_entry_is_missed_unless_it_was_the_last(length: int, data: st.DataObject) -> None:
    removed = data.draw(st.integers(0, length - 2))
    entries = chain(length)
    del entries[removed]
    assert faults(entries) == [Finding(fault="removed", chain=CHAIN, number=removed + 1)]


@given(length=st.integers(1, 6), data=st.data())
def test_an_inserted_entry_is_taken_for_nobodys(length: int, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, length))
    entries = chain(length)
    forged = Chain(b"another key".ljust(32), CHAIN).extend([entry(50)])[0]
    moved = [replace(each, number=each.number + 1) for each in entries[place:]]
    found = faults([*entries[:place], replace(forged, number=place + 1), *moved])
    assert Finding(fault="altered", chain=CHAIN, number=place + 1) in found


def test_a_chain_that_was_computed_anew_without_the_key_is_found() -> None:
    assert {each.fault for each in faults(chain(3, key=b""))} == {"altered"}


def test_a_reading_goes_on_where_another_ended() -> None:
    entries = chain(6)
    first = Reading(KEY)
    assert list(first.read(entries[:3])) == []
    assert list(Reading(KEY, after=first.place).read(entries[3:])) == []


@dataclass
class Kept:
    """Two heads, and the entries that they name."""

    heads: list[Head] = field(default_factory=list)
    entries: list[ChainedEntry] = field(default_factory=lambda: chain(6))

    def __post_init__(self) -> None:
        for length in (2, 6):
            tips = [Tip(CHAIN, length, self.entries[length - 1].digest)]
            self.heads.append(next_head(KEY, self.heads[-1] if self.heads else None, tips, at=NOW))

    def faults(self, *, remembered: tuple[int, bytes] | None = None) -> set[str]:
        stored = {(each.chain, each.number): each.digest for each in self.entries}
        found = [
            *faults_of_heads(KEY, self.heads, remembered=remembered),
            *faults_of_tips(self.heads, stored),
        ]
        return {each.fault for each in found}


def _cut_the_end(kept: Kept) -> None:
    del kept.entries[4:]


def _put_another_end(kept: Kept) -> None:
    kept.entries[5] = replace(kept.entries[5], digest=bytes(32))


def _remove_the_first_head(kept: Kept) -> None:
    del kept.heads[0]


def _alter_a_head(kept: Kept) -> None:
    kept.heads[1] = replace(kept.heads[1], tips=())


@pytest.mark.parametrize(
    ("attack", "fault"),
    [
        (_cut_the_end, "removed"),
        (_put_another_end, "altered"),
        (_remove_the_first_head, "head removed"),
        (_alter_a_head, "head altered"),
    ],
)
def test_the_heads_show_what_was_done_to_the_ends(attack: Callable[[Kept], None], fault: str) -> None:
    kept = Kept()
    assert kept.faults() == set()
    attack(kept)
    assert fault in kept.faults()


def test_the_newest_head_cannot_be_cut_off_unseen_by_who_kept_it() -> None:
    kept = Kept()
    newest = kept.heads.pop()
    del kept.entries[2:]
    assert kept.faults() == set()
    assert kept.faults(remembered=(newest.number, newest.digest)) == {"head removed"}


@pytest.mark.parametrize("text", ["short", "AAAA", "é"])
def test_a_key_of_another_form_is_refused_without_being_quoted(text: str) -> None:
    with pytest.raises(ValueError, match="RELAIS_AUDIT_KEY") as refused:
        audit_key_of(text)
    assert text not in str(refused.value)
