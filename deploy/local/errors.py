"""What does the stack say when it cannot start: one clear sentence, never a traceback."""


class StackError(Exception):
    """Something the user can act on; its text is the whole message."""
