"""A small stack for the supervisor's tests: `python stand_in.py FOLDER [failing|late]`."""

import sys
from functools import partial
from pathlib import Path

import psutil

from deploy.local.stack.parts import Part, Plan, Step
from deploy.local.supervision.children import leashed
from deploy.local.supervision.keeper import Pace
from deploy.local.supervision.run import Folders, run_stack

# Says that it is ready by its pid file, and at its end writes its name behind those that ended before.
CHILD = """
import pathlib, signal, sys
folder, name = pathlib.Path(sys.argv[1]), sys.argv[2]
def end(*_):
    with (folder / "ended").open("a") as ended:
        ended.write(name + chr(10))
    sys.exit(0)
signal.signal(signal.SIGTERM, end)
(folder / "new").write_text(str(__import__("os").getpid()))
(folder / "new").rename(folder / name)
while True:
    signal.pause()
"""
# The first time it is too late for its port; its second start finds another one.
LATE = (
    """
import pathlib, sys
late = pathlib.Path(sys.argv[1]) / "late"
if not late.exists():
    late.touch()
    sys.exit("OSError: [Errno 98] Address already in use")
"""
    + CHILD
)
FAILING = "import sys; print('No space left on device'); sys.exit(3)"


def _is_ready(folder: Path, name: str) -> bool:
    try:
        return psutil.pid_exists(int((folder / name).read_text()))
    except (FileNotFoundError, ValueError):
        return False


def _part(folder: Path, name: str, *after: str, code: str = CHILD) -> Part:
    return Part(
        name=name,
        command=lambda: leashed([sys.executable, "-c", code, str(folder), name]),
        is_ready=partial(_is_ready, folder, name),
        url=f"stand-in://{name}",
        after=after,
    )


def plan(folders: Folders, *, top: str) -> Plan:
    """ground <- step <- middle <- top, which runs the code it is given."""
    folder = folders.state

    async def step() -> None:
        (folder / "step").touch()

    return [
        _part(folder, "ground"),
        Step("step", step, after=("ground",)),
        _part(folder, "middle", "step"),
        _part(folder, "top", "middle", code=top),
    ]


if __name__ == "__main__":
    pace = Pace(look_seconds=0.01, ask_seconds=0.1, first_pause_seconds=0.01)
    codes = {"failing": FAILING, "late": LATE}
    run_stack(Path(sys.argv[1]), partial(plan, top=codes.get(sys.argv[-1], CHILD)), pace=pace)
