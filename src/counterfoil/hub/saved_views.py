"""Lists that people look at again: a name, and what the list is asked for.

A view is one person's, or everybody's; a person is known by their number, for they may be called
otherwise tomorrow, and somebody else as they were.  Who saves one under a name that they have
given before has the new one from then on.
"""

from __future__ import annotations

from typing import Final

from counterfoil.errors import UsageError
from counterfoil.hub.setup import Hub
from counterfoil.ledger import connections
from counterfoil.ledger import saved_views as kept
from counterfoil.ledger.saved_views import EVERYBODY, SavedView

__all__ = ["NAME_LENGTH_MAX", "SavedView", "remove_view", "save_view", "views_of"]

NAME_LENGTH_MAX: Final = 60
_QUERY_LENGTH_MAX: Final = 1_000
# Of one person, or everybody's.
_VIEWS_MAX: Final = 50


def views_of(hub: Hub, owner: str) -> list[SavedView]:
    """List a person's own views and everybody's, by name."""
    with hub.database.reading() as tx:
        return kept.all_views(tx, owner)


def save_view(hub: Hub, name: str, query: str, actor: str, *, owner: str, is_shared: bool) -> None:
    """Save what a list is asked for under a name.

    Args:
        hub, name, query: As their names say.
        actor: Who does it, for the audit.
        owner: Whose it is, unless it ``is_shared``.
        is_shared: It is everybody's.

    Raises:
        UsageError: It has no name, or there are too many.
    """
    words = " ".join(name.split())
    if not words:
        raise UsageError("Give the view a name, such as “Open over USD 1,000”.")
    if len(words) > NAME_LENGTH_MAX:
        raise UsageError(f"A name has at most {NAME_LENGTH_MAX} characters; this has {len(words)}.")
    if len(query) > _QUERY_LENGTH_MAX:
        raise UsageError("This list is asked for with too much to be saved; search for less.")
    whose = EVERYBODY if is_shared else owner
    with hub.database.writing() as tx:
        names = {each.name for each in kept.all_views(tx, owner) if each.owner == whose}
        if words not in names and len(names) >= _VIEWS_MAX:
            raise UsageError(f"There are {_VIEWS_MAX} views already; remove one first.")
        kept.keep(tx, whose, words, query, actor, hub.now())
        if is_shared:
            connections.note(tx, hub.now(), actor, "view saved", "views", words)


def remove_view(hub: Hub, view: int, actor: str, *, owner: str, is_shared: bool) -> SavedView:
    """Remove a view of one's own, or one that everybody sees; gives it as it was.

    Raises:
        UsageError: There is no such view for this person.
    """
    with hub.database.writing() as tx:
        seen = {each.id: each for each in kept.all_views(tx, owner)}
        found = seen.get(view)
        if found is None or found.is_shared is not is_shared:
            raise UsageError("That view is not there any more.")
        kept.remove(tx, view)
        if is_shared:
            connections.note(tx, hub.now(), actor, "view removed", "views", found.name)
        return found
