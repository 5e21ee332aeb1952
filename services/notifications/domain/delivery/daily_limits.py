"""Says how many messages one address gets in a day at most, over all persons and whoever declared it.

Beyond that nothing is sent there: the next channel is tried, or a person has to see to it. An address of a
desk is told of everybody in its establishment.
"""

from typing import Final

CARERS: Final = 30
PROFESSIONALS: Final = 3000
