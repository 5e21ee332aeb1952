"""Errors of the stack: one clear sentence for the user, never a traceback."""


class StackError(Exception):
    """Something the user can act on; its text is the whole message."""


class PortTakenError(StackError):
    """Between choosing a port and listening on it, another program was faster."""
