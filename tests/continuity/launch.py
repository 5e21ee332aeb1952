"""`python -m tests.continuity.launch SERVICE MODULE [ARGUMENTS]`: runs an entry point with failpoints.

CONTINUITY_FAILPOINTS names the folder of its failpoints, CONTINUITY_MUTATION a bug to inject. Production code
contains neither: both wrap functions here, before the entry point imports them.
"""

import os
import runpy
import sys
from importlib import import_module

from tests.continuity import failpoints


def main(service: str, module: str, *arguments: str) -> None:
    """Wrap the functions, then run as `python -m module arguments` would."""
    if failpoints.VARIABLE in os.environ:
        failpoints.install()
    if mutation := os.environ.get("CONTINUITY_MUTATION"):
        import_module("tests.continuity.mutations").apply(mutation)
    if failpoints.VARIABLE in os.environ:
        failpoints.install_in(service)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
