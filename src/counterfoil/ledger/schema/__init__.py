"""The tables.  Every fact the program relies on is in one of them.

Told in the order in which a document meets them: who this **ledger** is; a **connection** with the
people who work on it (**person**), its **agent** and the steps of setting it up (**setup_step**),
and a **link** with its versioned **settings**; the list records of a connection (**record**: the
directory), what is named in none (**told_name**) and how far they have been read (**cursor**); a
**document** as last seen at its source, what it was made from there (**ancestry**), by what it is
found (**document_word**), and what could not be read (**unreadable**); its passage through a flow
(**transfer**), counted by state (**tally**) and by quarter of an hour (**daybook**); the round
trips made for it (**run**, **exchange**, **operation**); what it became (**pairing**), and marks
that were read in a target (**mark**); the decisions of people (**name_choice**, **counterpart**,
**route**, **audit**) and the lists that they look at again (**saved_view**); what keeps anything
from going on (**cause**), who is told of it (**notice_rule**, **notice**) and what is to be done
about it (**to_do**); who may ask (**api_token**, **browser_session**); who uses the console
(**hub_user**), with the browsers they signed in on (**user_session**), what else they prove
themselves with (**recovery_code**, **user_link**, **sign_on**), how the first of them comes in
(**setup_code**) and what holds for all of them (**hub_rule**); where we may ask because a person
signed in there (**oauth_grant**, **sign_in**); and which process has the stand-ins of a **trial**.

Instants are whole microseconds since 1970 in UTC; bodies are the documents' stored
form; wire texts are compressed with zstandard.  State words are not in CHECK
constraints: the engine's table is their one home, and Alembic does not see changes in
constraints; which of them are open is read from there, too (``OPEN``).  Only our own words
have a length: a name or number from outside that is too
long must stop one document at the rim, not the transaction of a whole batch here.
"""

from __future__ import annotations

from sqlalchemy import MetaData

from ._columns import metadata
from ._connections import (
    agent,
    budget,
    connection,
    ledger,
    link,
    link_settings,
    person,
    setup_step,
    wake,
)
from ._documents import (
    CLOSED_SINCE,
    NOT_CLOSED,
    PENDING,
    ancestry,
    cursor,
    document,
    document_word,
    mark,
    record,
    stock,
    stock_at_site,
    told_name,
    unreadable,
)
from ._grants import oauth_grant, sign_in
from ._notices import KEPT, LASTS, TO_BE_DONE, cause, notice, notice_rule, to_do
from ._pairings import NOT_BROUGHT, RECEIPTS, STANDS, UNENDED, UNREAD, pairing
from ._people import (
    HOLDS,
    api_token,
    audit,
    browser_session,
    counterpart,
    cure_done,
    name_choice,
    request,
    route,
    saved_view,
)
from ._runs import (
    KEEPS_TEXTS,
    NOT_JUDGED,
    RUNS_ON,
    UNANSWERED,
    WRITES,
    WRITES_DOCUMENT,
    exchange,
    operation,
    run,
)
from ._transfers import (
    COUNTS,
    NOT_DONE,
    OPEN,
    SKIPPED,
    adoption,
    daybook,
    follow_up,
    tally,
    transfer,
)
from ._users import (
    hub_rule,
    hub_user,
    recovery_code,
    setup_code,
    sign_on,
    trial,
    user_link,
    user_session,
)

__all__ = [
    "CLOSED_SINCE",
    "COUNTS",
    "HOLDS",
    "KEEPS_TEXTS",
    "KEPT",
    "LASTS",
    "NOT_BROUGHT",
    "NOT_CLOSED",
    "NOT_DONE",
    "NOT_JUDGED",
    "OPEN",
    "PENDING",
    "RECEIPTS",
    "RUNS_ON",
    "SKIPPED",
    "STANDS",
    "TO_BE_DONE",
    "UNANSWERED",
    "UNENDED",
    "UNREAD",
    "WRITES",
    "WRITES_DOCUMENT",
    "adoption",
    "agent",
    "ancestry",
    "api_token",
    "audit",
    "browser_session",
    "budget",
    "cause",
    "connection",
    "counterpart",
    "cure_done",
    "cursor",
    "daybook",
    "document",
    "document_word",
    "exchange",
    "follow_up",
    "for_postgresql",
    "hub_rule",
    "hub_user",
    "ledger",
    "link",
    "link_settings",
    "mark",
    "metadata",
    "name_choice",
    "notice",
    "notice_rule",
    "oauth_grant",
    "operation",
    "pairing",
    "person",
    "record",
    "recovery_code",
    "request",
    "route",
    "run",
    "saved_view",
    "setup_code",
    "setup_step",
    "sign_in",
    "sign_on",
    "stock",
    "stock_at_site",
    "tally",
    "to_do",
    "told_name",
    "transfer",
    "trial",
    "unreadable",
    "user_link",
    "user_session",
    "wake",
]


def for_postgresql() -> MetaData:
    """Give the tables as statements that make them on PostgreSQL need them: with every condition.

    Naming that database anywhere loads all that is known of it, which takes as long as all other
    tables here, and which no query needs.
    """
    for table in metadata.tables.values():
        for index in table.indexes:
            if "where" in index.info:
                index.dialect_kwargs["postgresql_where"] = index.info["where"]
    return metadata
