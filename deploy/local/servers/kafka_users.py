"""Names those who may do everything at the broker; everybody else may do what they are given the right to."""

from typing import Final

BROKER: Final = "broker"
OPERATOR: Final = "operator"
