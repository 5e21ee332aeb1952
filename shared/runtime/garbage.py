"""Makes garbage collections infrequent, in a process that makes many short-lived objects.

Almost all of them are freed by reference counting. The collector examines the others again and again: under
load the waiting requests, or the batch that is being applied; and from time to time everything imported.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

YOUNG: Final = 200_000
"""How many more objects are made than freed before the young ones are examined; Python's default is 700."""


@contextmanager
def infrequent_garbage_collection() -> Iterator[None]:
    """Collect infrequently during the block; what is alive when it begins is never examined again."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
