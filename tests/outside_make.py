"""The environment of a command as a user's terminal has it, without what `make test` adds to its own."""

import os

OF_MAKE = {"MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES", "ARGS", "N", "PYTHON"}


def outside_make(**own: str) -> dict[str, str]:
    """This process's environment without the variables of make, and with these."""
    kept = {name: value for name, value in os.environ.items() if name not in OF_MAKE}
    return {**kept, **own}
