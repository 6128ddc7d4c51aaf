"""Batches as qbXML message sets, and their answers as outcomes.  Pure: text in, text out.

``_forms``     one row per kind of document and per list: the words QuickBooks has for it
``_requests``  from operations to message sets, each request checked before it is sent
``_answers``   from answers to outcomes: of writes (``_written``) and of questions (``_readings``)

The request's id is the operation's own; where one operation becomes several requests, the
others carry it with a suffix.

Sets that write carry a ``newMessageSetID``; QuickBooks keeps their answer in the company
file until a later set clears it, and gives it again when asked with an empty set.  That
is how a lost answer is recovered (reference section 3.3).  Where QuickBooks keeps no
answer, nothing is known of any operation of that set: it may have run and been forgotten.
"""

from ._answers import read_answer
from ._requests import Writer, clear_set, render_batch, requests_of

__all__ = ["Writer", "clear_set", "read_answer", "render_batch", "requests_of"]
