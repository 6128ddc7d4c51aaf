"""Setting a pairing up, step by step: what is done, what is next, what is missing, since when.

For each pairing one row of ``PAIRINGS`` names its steps; each step is judged from the record
whenever it is shown, so a setup can be left at any point and gone on with anywhere.  Nothing about
it is kept but what it made: connections, a link, settings.
"""

from ._guiding import Guide, StepGuided, guide, steps_of_books
from ._rows import PAIRINGS, Act, Part
from ._setups import Setup, resumed, setup_of_link

__all__ = [
    "PAIRINGS",
    "Act",
    "Guide",
    "Part",
    "Setup",
    "StepGuided",
    "guide",
    "resumed",
    "setup_of_link",
    "steps_of_books",
]
