"""Making, trying, changing and removing connections and links.

An account is connected once: two connections to the same company would do everything twice.
Which account it is, the system's row in the register tells (Fusion Operations: address and
key) or the system itself at the first meeting (QuickBooks: the company file's FileID).

Nothing is deleted.  What is removed keeps its record, is asked nothing any more, gives its name
free, and can be restored with all it knew.
"""

from ._changing import change_connection
from ._connecting import (
    Came,
    NotConnectedError,
    begin_connecting,
    disconnect,
    finish_connecting,
    how_signed_in,
    how_to_connect,
    wait_for_sign_in,
)
from ._connections import GRACE_MAX, Made, accept_file, add_connection, new_password_for
from ._files import application_of, qwc_of
from ._links import Linked, add_link, change_link
from ._people import (
    PersonMade,
    add_person,
    new_password_of,
    people_of,
    person_named,
    remove_person,
    what_person_leaves,
)
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
    "Came",
    "Linked",
    "Made",
    "NotConnectedError",
    "PersonMade",
    "StepTried",
    "Trial",
    "Tried",
    "accept_file",
    "add_connection",
    "add_link",
    "add_person",
    "application_of",
    "begin_connecting",
    "change_connection",
    "change_link",
    "check_unlinked",
    "disconnect",
    "finish_connecting",
    "how_signed_in",
    "how_to_connect",
    "new_password_for",
    "new_password_of",
    "people_of",
    "person_named",
    "qwc_of",
    "remove_connection",
    "remove_person",
    "removed_named",
    "removed_sentence",
    "restore_connection",
    "trial_of",
    "try_connection",
    "wait_for_sign_in",
    "what_connection_leaves",
    "what_link_leaves",
    "what_person_leaves",
]
