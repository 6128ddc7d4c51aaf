"""The program on the QuickBooks computer: carries qbXML between a hub and QuickBooks.

It calls outward only, asks the hub for work all the time, and knows nothing of documents.
``docs/agent-protocol.md`` describes its calls.

==============  ====================================================================
``_seam``       QuickBooks as it is needed here: open, process, close
``com``         QuickBooks through its request processor; Windows only
``_line``       the calls to the hub over HTTPS
``_agent``      what is done in which order, and again after what failed
``bitness``     which programs QuickBooks lets in
==============  ====================================================================
"""

from ._agent import Agent, Stopped
from ._line import Line
from ._seam import Opening, QuickBooks, QuickBooksError, Session

__all__ = ["Agent", "Line", "Opening", "QuickBooks", "QuickBooksError", "Session", "Stopped"]
