"""Runs the supervisor in the background: `python -m deploy.local.supervision.supervise [--traces]`.

It speaks by its state file; only what ends it goes to its output.
"""

import sys
from functools import partial

from deploy.local.errors import StackError
from deploy.local.places import state_folder
from deploy.local.supervision.run import local_plan, run_stack

if __name__ == "__main__":
    try:
        run_stack(state_folder(), partial(local_plan, traces="--traces" in sys.argv[1:]))
    except StackError as error:
        sys.exit(str(error))
