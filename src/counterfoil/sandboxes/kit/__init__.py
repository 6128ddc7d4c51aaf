"""What every stand-in is made with, so that each holds nothing but its system's own rules.

==============  ============================================================================
``_clock``      the time a stand-in lives in: moved by a test, running underneath
``_faults``     what goes wrong: armed per call, counted, matched, used up
``_database``   where it keeps what it holds; a whole state saved and brought back
``_controls``   the door for tests: faults, settings, clock, saved states over HTTP
``_sheets``     folders of CSV files that fill it, read with what is wrong named
``_serving``    served on a port, for programs that call over a real line
==============  ============================================================================

The words of the doors (names of fields, of paths, shapes of refusals) belong to the stand-in
that opens them; how they work is here.
"""

from counterfoil.sandboxes.kit._clock import Now, SandboxClock
from counterfoil.sandboxes.kit._controls import Door
from counterfoil.sandboxes.kit._database import Database
from counterfoil.sandboxes.kit._faults import ArmedFault, FaultPlan
from counterfoil.sandboxes.kit._serving import KEEP_ALIVE_S, served
from counterfoil.sandboxes.kit._sheets import LoadError, Sheet, SheetRow, read_sheet

__all__ = [
    "KEEP_ALIVE_S",
    "ArmedFault",
    "Database",
    "Door",
    "FaultPlan",
    "LoadError",
    "Now",
    "SandboxClock",
    "Sheet",
    "SheetRow",
    "read_sheet",
    "served",
]
