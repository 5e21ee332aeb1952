"""Every bug of the mutation set can be injected into the services as they are now."""

import subprocess
import sys

from tests.continuity.mutations import MUTATIONS
from tests.continuity.mutations.schedules import EXPOSURES

_PUT_ALL_IN = "from tests.continuity.mutations import MUTATIONS, apply\nfor name in MUTATIONS: apply(name)"


def test_each_has_its_load_and_faults() -> None:
    assert EXPOSURES.keys() == MUTATIONS.keys()


def test_each_finds_what_it_replaces() -> None:
    # In a process of its own, which is unusable afterwards.
    done = subprocess.run(
        [sys.executable, "-c", _PUT_ALL_IN], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr
