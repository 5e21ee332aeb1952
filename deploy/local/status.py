"""Describes what runs where for scripts: state, process, memory and address of each part."""

from pathlib import Path
from typing import Any, Final

import psutil

from deploy.local.machine import is_full
from deploy.local.supervision.state import Record, State, process_of, read_state

DISK_FULL: Final = "disk full"


def status_document(folder: Path) -> dict[str, Any]:
    """What `relais status --json` prints."""
    return describe(read_state(folder), folder)


def describe(state: State, folder: Path) -> dict[str, Any]:
    """The state with what only the kernel knows now."""
    running = state.state != "stopped"
    parts = [_part(record, folder, running=running) for record in state.records if record.kind == "part"]
    supervisor = process_of(state.pid, state.started)
    full = folder.exists() and is_full(folder)
    own = memory_bytes(supervisor, with_children=False) if supervisor else 0
    return {
        # What cannot write is not ready, whatever its parts still answer.
        "state": DISK_FULL if full and state.state == "ready" else state.state,
        "message": state.message or (f"the disk is full: make room in {folder}" if full else ""),
        "since": state.since,
        "supervisor": {"pid": supervisor.pid if supervisor else None, "memory_bytes": own},
        "memory_bytes": own + sum(part["memory_bytes"] or 0 for part in parts),
        "parts": parts,
        "steps": [{"name": each.name, "state": each.state} for each in state.records if each.kind == "step"],
    }


def _part(record: Record, folder: Path, *, running: bool) -> dict[str, Any]:
    process = process_of(record.pid, record.started)
    state = record.state if running else "stopped"
    return {
        "name": record.name,
        "state": state if process is not None or state != "ready" else "restarting",
        "pid": process.pid if process else None,
        "memory_bytes": memory_bytes(process) if process else None,
        "url": record.url,
        "operations": record.operations,
        "restarts": record.restarts,
        "note": record.note,
        "log": str(folder / "logs" / f"{record.name}.log"),
    }


def memory_bytes(process: psutil.Process, *, with_children: bool = True) -> int:
    """The resident memory of a process and its children, counting shared pages once where possible."""
    total = 0
    try:
        family = [process, *process.children(recursive=True)] if with_children else [process]
    except psutil.Error:
        return 0
    for member in family:
        try:
            full = member.memory_full_info() if len(family) > 1 else member.memory_info()
            total += getattr(full, "pss", 0) or full.rss
        except psutil.Error:
            continue
    return total
