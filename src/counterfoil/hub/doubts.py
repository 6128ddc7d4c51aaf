"""Settings that fit by themselves and disagree with what the books hold: people are warned.

Nothing stops because of a doubt.  What the books hold is told by our copy of their lists; of a
list that was not read nothing is known, so nothing is said.
"""

from __future__ import annotations

from sqlalchemy import Connection as Tx

from counterfoil.documents import RecordKind, name_key
from counterfoil.ledger import directory
from counterfoil.settings import OPTIONS, SECTIONS

from .links import LinkView

__all__ = ["doubts"]


def doubts(tx: Tx, view: LinkView) -> tuple[str, ...]:
    """Warn of income accounts whose id and full name are those of two accounts (DOC-1)."""
    given = {
        section: (view.settings.value(key), view.settings.value(f"{section}.income_account"))
        for section in SECTIONS
        if (key := f"{section}.income_account_id") in OPTIONS
    }
    both = {section: each for section, each in given.items() if all(each)}
    ids = {identity for identity, _name in both.values()}
    known = directory.read_known(tx, view.books.id, RecordKind.ACCOUNT, ids) if ids else {}
    return tuple(
        f"{section}.income_account_id {identity} is the account “{account.full_name}” in "
        f"{view.books.name}, and {section}.income_account says “{name}”: the id counts. "
        "Correct one of them."
        for section, (identity, name) in both.items()
        if (account := known.get(identity)) is not None
        and name_key(account.full_name) != name_key(name)
    )
