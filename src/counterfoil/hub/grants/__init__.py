"""What people signed in for at services that take no password of ours (OAuth 2.0).

The tokens stand in the ledger, sealed, one row a connection.  ``tokens_of`` gives them to the
client that calls the service, and renews them in time; ``trouble_of`` and ``notice_of`` say what
a person has to do about them: nobody has signed in, it has ended, or it will.
"""

from ._apps import WayToConnect, client_of, provider_of, way_to_connect
from ._keeping import ACCESS, REFRESH, fields_of, sealed_place, tokens_of
from ._standing import (
    ENDED_BY_CHANGE,
    ENDED_HERE,
    NOTICE_DAYS,
    Notice,
    SignedIn,
    Trouble,
    notice_of,
    problem_of,
    signed_in,
    trouble_of,
)

__all__ = [
    "ACCESS",
    "ENDED_BY_CHANGE",
    "ENDED_HERE",
    "NOTICE_DAYS",
    "REFRESH",
    "Notice",
    "SignedIn",
    "Trouble",
    "WayToConnect",
    "client_of",
    "fields_of",
    "notice_of",
    "problem_of",
    "provider_of",
    "sealed_place",
    "signed_in",
    "tokens_of",
    "trouble_of",
    "way_to_connect",
]
