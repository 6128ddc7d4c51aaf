"""qbXML: messages to and from a QuickBooks Desktop company file.  Pure, no I/O.

Two parties stand on this package.  The connector checks and renders requests and reads replies;
the sandbox company reads requests as strictly as QuickBooks does and renders replies.  Both use
the same shape tables (``shapes/*.qbs``), which hold every element's order, length, type, first
version and country: what one refuses to send, the other refuses to take.

How the contents of a request or record are written as mappings is said at the top of
``_model``; the notation of the tables at the top of ``_shapes``; what status codes mean in
``status``.
"""

from counterfoil.connectors.quickbooks_desktop.qbxml._characters import (
    described,
    transliterate,
    unholdable,
)
from counterfoil.connectors.quickbooks_desktop.qbxml._check import check, prepare
from counterfoil.connectors.quickbooks_desktop.qbxml._formats import shown
from counterfoil.connectors.quickbooks_desktop.qbxml._model import (
    LINES,
    Answer,
    Country,
    Field,
    Fields,
    IncomingRequest,
    OnError,
    Problem,
    Request,
    ResponseData,
)
from counterfoil.connectors.quickbooks_desktop.qbxml._reading import WORD_LENGTH_MAX, decimal_of
from counterfoil.connectors.quickbooks_desktop.qbxml._render import (
    REQUEST_ID_LENGTH_MAX,
    SET_ID_LENGTH_MAX,
    Rendered,
    render_replies,
    render_set,
)
from counterfoil.connectors.quickbooks_desktop.qbxml._replies import (
    Column,
    Record,
    Reply,
    ReplySet,
    parse_replies,
)
from counterfoil.connectors.quickbooks_desktop.qbxml._requests import (
    InvalidQbxml,
    RequestSet,
    parse_request_set,
)
from counterfoil.connectors.quickbooks_desktop.qbxml._shapes import allowed_values, length_limit
from counterfoil.connectors.quickbooks_desktop.qbxml._values import (
    Element,
    UnreadableValue,
    date_in,
    decimal_in,
    flag_in,
    reader,
    text_in,
    word_in,
)
from counterfoil.connectors.quickbooks_desktop.qbxml._version import Version
from counterfoil.connectors.quickbooks_desktop.qbxml._xml import UnreadableQbxml

__all__ = [
    "LINES",
    "REQUEST_ID_LENGTH_MAX",
    "SET_ID_LENGTH_MAX",
    "WORD_LENGTH_MAX",
    "Answer",
    "Column",
    "Country",
    "Element",
    "Field",
    "Fields",
    "IncomingRequest",
    "InvalidQbxml",
    "OnError",
    "Problem",
    "Record",
    "Rendered",
    "Reply",
    "ReplySet",
    "Request",
    "RequestSet",
    "ResponseData",
    "UnreadableQbxml",
    "UnreadableValue",
    "Version",
    "allowed_values",
    "check",
    "date_in",
    "decimal_in",
    "decimal_of",
    "described",
    "flag_in",
    "length_limit",
    "parse_replies",
    "parse_request_set",
    "prepare",
    "reader",
    "render_replies",
    "render_set",
    "shown",
    "text_in",
    "transliterate",
    "unholdable",
    "word_in",
]
