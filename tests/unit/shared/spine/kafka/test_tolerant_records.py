"""Records whose header names are no text are read like all others, wherever they stand in their batch."""

import pytest
from aiokafka.codec import lz4_encode
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.memory_records import MemoryRecords

from shared.spine.kafka.tolerant_records import TolerantRecords

STAND_IN = "a-name-to-be-overwritten"
NO_TEXT = b"\xff" * len(STAND_IN)
READ_AS = "\\xff" * len(STAND_IN)
LENGTH, ATTRIBUTES, HEADER = slice(8, 12), 22, 61
LZ4 = 3


def batch(*names: str, compressed: bool = False) -> bytes:
    """A batch with one record per name, each with a header of that name."""
    builder = DefaultRecordBatchBuilder(
        2, 0, is_transactional=0, producer_id=-1, producer_epoch=-1, base_sequence=0, batch_size=10_000
    )
    for offset, name in enumerate(names):
        builder.append(offset, 1, key=b"key", value=b"value", headers=[(name, b"\xff"), ("other", None)])
    data = bytearray(bytes(builder.build()).replace(STAND_IN.encode(), NO_TEXT))
    if compressed:
        data[HEADER:] = lz4_encode(bytes(data[HEADER:]))
        data[ATTRIBUTES] |= LZ4
        data[LENGTH] = (len(data) - 12).to_bytes(4, "big")
    return bytes(data)


def names_in(data: bytes) -> list[list[str]]:
    """The first header's name of every record, by batch."""
    records = TolerantRecords(data)
    assert records.size_in_bytes() == len(data)
    found = []
    while records.has_next():
        found.append([record.headers[0][0] for record in records.next_batch()])
    return found


@pytest.mark.parametrize("compressed", [False, True])
@pytest.mark.parametrize("place", [0, 1, 2])
def test_the_record_and_its_neighbours_are_all_read(place: int, compressed: bool) -> None:
    names = ["a", "b", "c"]
    names[place] = STAND_IN
    expected = [READ_AS if name == STAND_IN else name for name in names]
    assert names_in(batch(*names, compressed=compressed)) == [expected]


def test_other_batches_of_the_same_answer_are_read_too() -> None:
    data = batch("é") + batch(STAND_IN, STAND_IN) + batch("b", "c") + batch("cut off")[:-1]
    assert names_in(data) == [["é"], [READ_AS, READ_AS], ["b", "c"]]


def test_keys_values_and_places_are_those_of_the_fast_way() -> None:
    fast = [
        (each.offset, each.timestamp, each.key, each.value, each.headers[1:])
        for each in MemoryRecords(batch("a", "b")).next_batch()
    ]
    batch_read = TolerantRecords(batch("a", STAND_IN)).next_batch()
    assert batch_read.next_offset == 2
    assert not batch_read.is_control_batch
    assert [
        (each.offset, each.timestamp, each.key, each.value, each.headers[1:]) for each in batch_read
    ] == fast


def test_a_batch_that_was_damaged_is_still_seen_to_be() -> None:
    data = bytearray(batch("a"))
    data[-1] ^= 1
    assert TolerantRecords(batch("a")).next_batch().validate_crc()
    assert not TolerantRecords(bytes(data)).next_batch().validate_crc()
