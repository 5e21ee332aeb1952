"""Counts the files whose functions run while a message passes, in every task and thread."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

_PROJECT = Path(__file__).parents[1]
_FUNCTION = 0x1
"""`CO_OPTIMIZED`: set for functions, not for the bodies of modules and classes that an import runs."""


class FilesPassed:
    """The project's files in the order in which a function of theirs was first called."""

    def __init__(self) -> None:
        self._called: dict[str, None] = {}
        self.committed: tuple[str, ...] | None = None
        """What had been called when a transaction was committed for the first time."""

    def assert_at_most(self, most: int, folder: str, *, until_commit: bool = False) -> None:
        """Fail, with the list, when more files below the folder were passed: by the end or by the commit."""
        assert self.committed is not None or not until_commit, "nothing was committed"
        called = self.committed if until_commit else tuple(self._called)
        top = f"{_PROJECT / folder}/"
        files = [Path(name).relative_to(_PROJECT).as_posix() for name in called or () if name.startswith(top)]
        listed = "\n".join([f"{len(files)} files below {folder}, at most {most}:", *files])
        print(listed)  # noqa: T201 - shown with `pytest -s`, for whoever wants to cut
        assert len(files) <= most, listed

    @contextmanager
    def recorded(self) -> Iterator[None]:
        """Record what this process calls; threads that are running already are left out."""
        before = sys.getprofile()
        threading.setprofile(self._profile)
        sys.setprofile(self._profile)
        try:
            yield
        finally:
            sys.setprofile(before)
            threading.setprofile(before)

    def _profile(self, frame: FrameType, event: str, argument: object) -> None:
        if event == "call" and frame.f_code.co_flags & _FUNCTION:
            self._called[frame.f_code.co_filename] = None
        elif event == "return" and argument is None and self.committed is None and _is_commit(frame):
            # Not one of its waits: these give the future that is waited for.
            self.committed = tuple(self._called)


def _is_commit(frame: FrameType) -> bool:
    """Whether this is the driver's function that sends COMMIT and waits for the answer."""
    code = frame.f_code
    return code.co_name == "__commit" and code.co_filename.endswith("asyncpg/transaction.py")
