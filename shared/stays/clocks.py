"""Holds how far ahead of ours a ward's clock may run, for whatever tells a plan from a fact."""

from datetime import timedelta
from typing import Final

WARD_CLOCK_AHEAD: Final = timedelta(minutes=5)
"""What is dated further ahead than this has not happened yet."""
