"""How often does Python look for garbage? Rarely, in a process that makes many short-lived objects.

Almost all of them are freed by counting references. The collector looks at all that live meanwhile, again and
again: under load, requests that wait; and from time to time everything that was imported.
"""

import gc
from typing import Final

_YOUNG: Final = 50_000
"""New objects, more than were freed, before the young ones are looked at; Python's own choice is 700."""


def collect_rarely() -> None:
    """Call once, when everything is imported and open: what lives by then is never looked at again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, 20, 20)
