"""What the connectors of all systems that we call share.

``HttpClient`` performs calls within a ``Throttle``'s limit and one ``Patience``; ``_errors``
is the table of what can go wrong; ``_rim``, ``_reader`` and ``_dates`` read what comes in;
``Driver`` turns a system's ``Port`` into the engine's outcomes.
"""

from ._address import account_name, address_of
from ._client import Answered, Ask, HttpClient, Line, Patience, Reply, Witness, encoded
from ._dates import STRETCH_MAX, days_between, parse_day, parse_instant, render_day, render_instant
from ._driver import LOST_IN_A_ROW_MAX, Driver
from ._errors import CallRefusedError, Fate, Said, Service, StatusRow, words_of
from ._outcomes import unsupported
from ._port import Answer, OneByOne, Port
from ._reader import Json, Reader, fold, spelled
from ._rim import Unfit, clean_line, clean_text, code_problem, exact_number, read_json, shown
from ._throttle import InProcessThrottle, Throttle, TokenBucket
from ._tokens import Tokens
from ._trial import Trial, TrialFailure, Trying
from ._witness import Call, Secrets

__all__ = [
    "LOST_IN_A_ROW_MAX",
    "STRETCH_MAX",
    "Answer",
    "Answered",
    "Ask",
    "Call",
    "CallRefusedError",
    "Driver",
    "Fate",
    "HttpClient",
    "InProcessThrottle",
    "Json",
    "Line",
    "OneByOne",
    "Patience",
    "Port",
    "Reader",
    "Reply",
    "Said",
    "Secrets",
    "Service",
    "StatusRow",
    "Throttle",
    "TokenBucket",
    "Tokens",
    "Trial",
    "TrialFailure",
    "Trying",
    "Unfit",
    "Witness",
    "account_name",
    "address_of",
    "clean_line",
    "clean_text",
    "code_problem",
    "days_between",
    "encoded",
    "exact_number",
    "fold",
    "parse_day",
    "parse_instant",
    "read_json",
    "render_day",
    "render_instant",
    "shown",
    "spelled",
    "unsupported",
    "words_of",
]
