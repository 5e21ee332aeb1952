"""Which process listens on a port is asked of processes that may be ending at that moment."""

import os
import socket
import subprocess
import sys

import psutil
import pytest

from deploy.local.ports import HOST, free_port, holders, listens


def test_a_process_that_listens_is_told_from_one_that_does_not() -> None:
    with socket.create_server((HOST, 0)) as server:
        port = server.getsockname()[1]
        assert listens(os.getpid(), port)
        assert not listens(os.getppid(), port)


def test_a_child_that_has_ended_listens_no_more() -> None:
    with subprocess.Popen([sys.executable, "-c", ""], stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        child.stdout.read()
        # Nobody has waited for it: an ordinary user may not look into it, root may.
        assert not listens(child.pid, 80)


def test_a_process_that_may_not_be_looked_into_is_ending(monkeypatch: pytest.MonkeyPatch) -> None:
    def denied(self: psutil.Process, **_: object) -> None:
        raise psutil.AccessDenied(self.pid)

    monkeypatch.setattr(psutil.Process, "net_connections", denied)
    assert not listens(os.getpid(), 80)


def test_who_holds_ports_is_asked_of_the_machine_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    look = psutil.net_connections

    def counted(kind: str) -> object:
        asked.append(kind)
        return look(kind)

    monkeypatch.setattr(psutil, "net_connections", counted)
    with socket.create_server((HOST, 0)) as one, socket.create_server((HOST, 0)) as other:
        taken = [server.getsockname()[1] for server in (one, other)]
        free = free_port(avoid=taken)
        said = holders({*taken, free})
    assert [said[port].endswith(f"(process {os.getpid()})") for port in taken] == [True, True]
    assert said[free] == "another process"
    assert asked == ["tcp"]
    assert (holders(()), asked) == ({}, ["tcp"])
