"""How often does Python look for garbage? Rarely, in a process that makes many short-lived objects.

Almost all of them are freed by counting references. The collector looks at all that live meanwhile, again and
again: under load, requests that wait, or the batch that is being applied; and from time to time everything
that was imported.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

YOUNG: Final = 200_000
"""New objects, more than were freed, before the young ones are looked at; Python's own choice is 700."""


@contextmanager
def rarely_collected() -> Iterator[None]:
    """Begin when everything is imported and open: what lives by then is not looked at any more."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
