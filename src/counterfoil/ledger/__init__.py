"""The ledger: the SQL record of everything.

===============  =====================================================================
``database``     one database, its two kinds of transaction, the guard of a file
``migrations``   how its tables come up to date
``opening``      both together: a ledger that can be used
``schema``       the tables
``identity``     who this ledger is, and its epoch
``connections``  accounts, links and their settings; leases; budgets; tokens; audit
``directory``    the list records of a connection, found by name
``stock``        how much there is of each item, as each system last said
``presses``      what people want counted, and what came of it
``documents``    source documents as last seen, which wait for a flow, and what is unreadable
``ancestry``     which documents were made from which
``transfers``    documents on their way, and how many are in which state
``pairings``     what they became, and what they were seen to say there
``exchanges``    round trips: record, act, record
``runs``         stretches of work, and how far reading has come
===============  =====================================================================

Each module from ``identity`` on holds the named queries about one subject; each query
takes the transaction as its first argument.  Nothing outside this package writes SQL, and
nothing in it knows a clock: the moment is handed in.

What cannot be recorded must not be sent: callers record inside ``Database.writing()``,
and act only after it has committed.  Whatever the database does instead arrives as a
``LedgerError`` with a cure.
"""

from __future__ import annotations

from .database import Database, hold
from .opening import open_ledger

__all__ = ["Database", "hold", "open_ledger"]
