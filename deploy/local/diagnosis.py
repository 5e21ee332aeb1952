"""Why did a part end, in one sentence, from its exit code and the end of its log?"""

from pathlib import Path

TAIL_BYTES = 16_384
KNOWN = {
    "No space left on device": "the disk is full",
    "Address already in use": "its port was taken by another program",
    "Cannot allocate memory": "the memory is exhausted",
    "OutOfMemoryError": "the memory is exhausted",
}


def tail(log: Path) -> list[str]:
    """The last lines of a log that say something."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - TAIL_BYTES))
            lines = file.read().decode(errors="replace").splitlines()
    except FileNotFoundError:
        return []
    return [line for line in lines if line.strip()]


def why_it_ended(name: str, exit_code: int | None, log: Path) -> str:
    """One sentence for the user."""
    lines = tail(log)
    ended = (
        f"{name} was stopped by signal {-exit_code}"
        if exit_code and exit_code < 0
        else (
            f"{name} ended with exit code {exit_code}"
            if exit_code is not None
            else f"{name} did not become ready"
        )
    )
    for sign, meaning in KNOWN.items():
        if any(sign in line for line in lines[-40:]):
            return f"{ended}: {meaning} (`relais logs {name}`)"
    last = f": {lines[-1].strip()[:300]}" if lines else ""
    return f"{ended}{last} (`relais logs {name}`)"
