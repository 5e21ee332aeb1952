"""Runs the parts of the test suite at once, each line labelled, and leaves no temporary file behind.

`python -m tests.run --platform --spine --services --rest --unit`, some of the five, or arguments of pytest;
`--unit-shares`, with or without arguments of pytest, is `--unit` on every core.
"""

import os
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

PYTEST = (sys.executable, "-m", "pytest")
_NOTHING_COLLECTED = 5
# `-rfEs` says what failed and what was skipped. The platform's tests are long: each is named as it ends.
_UNIT = ("tests/architecture", "tests/contract", "tests/security/policy", "tests/unit")
_SPINE = "tests/integration/spine"
_SERVICES = (
    *(f"tests/integration/{service}" for service in ("admission", "indicators", "notifications", "pathway")),
    "tests/security",
)
PARTS: Mapping[str, Sequence[str]] = {
    "--platform": ("-vv", "-rfEs", "tests/e2e"),
    "--spine": ("-rfEs", _SPINE),
    "--services": ("-rfEs", "--ignore=tests/security/policy", *_SERVICES),
    "--rest": ("-rfEs", *(f"--ignore={folder}" for folder in ("tests/e2e", _SPINE, *_SERVICES, *_UNIT))),
    "--unit": ("-rfEs", *_UNIT),
}
SHARES = "--unit-shares"
# The whole source is parsed once, for all tests of this folder.
_TOGETHER = ("tests/architecture",)
# What pytest says of a failure in one line: where, and the first words of why.
_FAILURE = ("FAILED ", "ERROR ", "E   ")


def main(arguments: Sequence[str]) -> int:
    """The exit code: that of the first part of the suite which failed."""
    # Ended by a signal: still through the clean-up below.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    with tempfile.TemporaryDirectory(prefix="relais-tests-", ignore_cleanup_errors=True) as folder:
        # Servers of another account must be able to pass.
        Path(folder).chmod(0o711)
        environment = {**os.environ, "TMPDIR": folder, "RELAIS_SHORT_LIVED": "1"}
        if arguments[:1] == [SHARES]:
            # What is asked for by `-k` may all be in one share.
            chosen = shares(os.cpu_count() or 1, arguments[1:])
            return _run(chosen, environment, some_are_empty=len(arguments) > 1)
        if not arguments or not set(arguments) <= set(PARTS):
            return subprocess.call([*PYTEST, "-rfEs", *arguments], env=environment)
        return _run({name.lstrip("-"): PARTS[name] for name in arguments}, environment)


def shares(count: int, arguments: Sequence[str] = ()) -> Mapping[str, Sequence[str]]:
    """The tests without services, as arguments of pytest for so many processes.

    Each collects only what it runs: the files, in the order of their names, are dealt to them in turn. Those
    that take long lie together in few folders, and so each process gets some of them.
    """
    folders = [folder for folder in _UNIT if folder not in _TOGETHER]
    files = sorted(str(file) for folder in folders for file in Path(folder).rglob("test_*.py"))
    dealt = [*_TOGETHER, *files]
    return {f"{1 + share}": ("-rfEs", *arguments, *dealt[share::count]) for share in range(count)}


def _pytest(name: str) -> Sequence[str]:
    """With COVERAGE in the environment, the parts that run the code in their own process are measured."""
    if name != "platform" and os.environ.get("COVERAGE"):
        return (sys.executable, "-m", "coverage", "run", "-m", "pytest")
    return PYTEST


def _examples(name: str) -> Mapping[str, str]:
    """Which lines are reached is seen after a few examples, and measuring makes each thrice as slow."""
    return {"HYPOTHESIS_PROFILE": "measured"} if name == "unit" and os.environ.get("COVERAGE") else {}


def _priority(name: str) -> Sequence[str]:
    """The shortest part gives way: the suite ends with the longest one."""
    return ("nice", "-n", "10") if name == "unit" else ()


def _run(
    parts: Mapping[str, Sequence[str]], environment: Mapping[str, str], *, some_are_empty: bool = False
) -> int:
    processes = {
        name: subprocess.Popen(
            [*_priority(name), *_pytest(name), *arguments],
            env={**environment, **_examples(name)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
        for name, arguments in parts.items()
    }
    width = max(map(len, processes))
    failures: dict[str, list[str]] = {name: [] for name in processes}
    threads = [
        threading.Thread(target=_label, args=(f"{name:{width}} | ", process.stdout, failures[name]))
        for name, process in processes.items()
    ]
    for thread in threads:
        thread.start()
    try:
        codes = {name: process.wait() for name, process in processes.items()}
    except BaseException as error:
        # What they started must end before its files are removed. Ctrl-C has reached them by itself.
        for process in processes.values():
            if not isinstance(error, KeyboardInterrupt):
                process.send_signal(signal.SIGINT)
            process.wait()
        raise
    for thread in threads:
        thread.join()
    if some_are_empty and 0 in codes.values():
        codes = {name: 0 if code == _NOTHING_COLLECTED else code for name, code in codes.items()}
    for name, code in codes.items():
        # Said once more: the parts end minutes apart, and of a long output often only the end is kept.
        sys.stdout.writelines(f"{name:{width}} | {line}" for line in failures[name])
        sys.stdout.write(f"{name:{width}} | {'passed' if code == 0 else f'failed (exit code {code})'}\n")
    return next((code for code in codes.values() if code), 0)


def _label(label: str, output: IO[str] | None, failures: list[str]) -> None:
    for line in output or ():
        sys.stdout.write(f"{label}{line}")
        sys.stdout.flush()
        if line.startswith(_FAILURE):
            failures.append(line)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
