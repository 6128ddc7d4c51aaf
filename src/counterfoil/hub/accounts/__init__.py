"""Making, trying, changing and removing connections and links.

An account is connected once: two connections to the same company would do everything twice.
Which account it is, the system's row in the register tells (Fusion Operations: address and
key) or the system itself at the first meeting (QuickBooks: the company file's FileID).

Nothing is deleted.  What is removed keeps its record, is asked nothing any more, gives its name
free, and can be restored with all it knew.
"""

from ._changing import change_connection
from ._connections import GRACE_MAX, Made, accept_file, add_connection, new_password_for
from ._files import application_of, qwc_of
from ._links import Linked, add_link, change_link
from ._removing import (
    check_unlinked,
    remove_connection,
    removed_named,
    removed_sentence,
    restore_connection,
    what_connection_leaves,
    what_link_leaves,
)
from ._trying import StepTried, Trial, Tried, trial_of, try_connection

__all__ = [
    "GRACE_MAX",
    "Linked",
    "Made",
    "StepTried",
    "Trial",
    "Tried",
    "accept_file",
    "add_connection",
    "add_link",
    "application_of",
    "change_connection",
    "change_link",
    "check_unlinked",
    "new_password_for",
    "qwc_of",
    "remove_connection",
    "removed_named",
    "removed_sentence",
    "restore_connection",
    "trial_of",
    "try_connection",
    "what_connection_leaves",
    "what_link_leaves",
]
