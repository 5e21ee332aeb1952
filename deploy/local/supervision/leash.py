"""Runs a command so that it never outlives its parent: drop rights, bind the life to the parent's, exec.

A script of its own, not code between fork and exec: that stays safe when the parent has threads.
usage: leash.py PARENT_PID SIGNAL UID:GID|- FOLDER|- COMMAND...

FOLDER is opened before the rights are dropped and stays open under HELD_FOLDER, so that an account can use a
folder it owns inside one it may not pass, such as root's private home.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
HELD_DESCRIPTOR = 3
HELD_FOLDER = f"/proc/self/fd/{HELD_DESCRIPTOR}"


def main(parent: str, death_signal: str, account: str, folder: str, *command: str) -> None:
    """Replace this process by `command`. Never returns."""
    if folder != "-":
        os.dup2(os.open(folder, os.O_RDONLY | os.O_DIRECTORY), HELD_DESCRIPTOR)
        # Said again, for the case that open() gave this very number.
        os.set_inheritable(HELD_DESCRIPTOR, True)
    if account != "-":
        uid, gid = map(int, account.split(":"))
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    # After the change of account, which clears the setting. It survives exec.
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, int(death_signal))
    if os.getppid() != int(parent):
        sys.exit("the parent ended before its child started")
    for number in (signal.SIGINT, signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(number, signal.SIG_DFL)
    os.execvp(command[0], command)  # noqa: S606 - that is this script's purpose


if __name__ == "__main__":
    main(*sys.argv[1:])
