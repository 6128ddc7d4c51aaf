"""What each path of a company does: one function per kind of call, from a desk to a body."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import msgspec

from ._call import Call
from ._company import (
    SINGLE_ID,
    change_company,
    change_preferences,
    exchange_rate,
    set_rate,
)
from ._desk import DELETED, Desk
from ._errors import ApiError, missing, not_found, unsupported
from ._plans import demand, demand_interface
from ._query import PAGE_MAX, found, parse
from ._views import shown, tombstone
from ._wire import Row, decode
from ._writing import Options, delete, save, void
from .entities import FOLDED, Entity

__all__ = ["capture", "json_body", "post", "query", "read", "report", "send", "upload"]

_DAYS_BACK = timedelta(days=30)
_SERVER = ZoneInfo("America/Los_Angeles")
_PART = re.compile(rb'name="?file_(metadata|content)_(\d+)"?')


def json_body(call: Call) -> Mapping[str, Any]:
    """Read the body of a write.

    Raises:
        ApiError: 1050 for another type than JSON, 2010 for what is no JSON object.
    """
    if "json" not in call.headers.get("content-type", ""):
        raise ApiError(1050, "Content type is not supported: send application/json")
    try:
        body = decode(call.body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        body = None
    if not isinstance(body, Mapping):
        raise ApiError(2010, "Property Name:failed to parse json object")
    return body


# --- One record --------------------------------------------------------------------------------


def read(desk: Desk, entity: Entity, id_: str) -> Row:
    """Show a record, an inactive one too.

    Raises:
        ApiError: 610, or 5020 where the plan has none of them.
    """
    demand_interface(desk, entity.name)
    demand(desk, entity.name)
    if entity.name == "CompanyInfo" and id_ == desk.company.realm:
        id_ = SINGLE_ID
    row = desk.find(entity.name, id_)
    if row is None:
        raise not_found()
    return {entity.name: shown(desk, entity, row)}


def read_rate(desk: Desk, call: Call) -> Row:
    """Show the rate of a currency."""
    code = call.query.get("sourcecurrencycode", "")
    row = exchange_rate(desk, code, call.query.get("asofdate", desk.today))
    return {"ExchangeRate": shown(desk, FOLDED["exchangerate"], row)}


def post(desk: Desk, entity: Entity, body: Mapping[str, Any], words: Mapping[str, str]) -> Row:
    """Create, update, delete or void.

    Args:
        words: ``operation`` and ``include``, as the address or a batch has them.

    Raises:
        ApiError: What is wrong first.
    """
    demand_interface(desk, entity.name)
    operation = words.get("operation", "")
    included = frozenset(words.get("include", "").lower().split(","))
    if operation == "delete":
        return {entity.name: delete(desk, entity, body)}
    if operation == "void" or "void" in included:
        row = void(desk, entity, body)
    elif entity.name == "Preferences":
        row = change_preferences(desk, body)
    elif entity.name == "CompanyInfo":
        row = change_company(desk, body)
    elif entity.name == "ExchangeRate":
        row = set_rate(desk, body)
    else:
        row = save(desk, entity, body, Options(included))
    desk.settle()
    return {entity.name: shown(desk, entity, row)}


def send(desk: Desk, entity: Entity, id_: str, address: str | None) -> Row:
    """Send a document by e-mail: it is marked as sent, and nobody gets anything.

    Raises:
        ApiError: 610, 2020 without an address, 500 for what cannot be sent.
    """
    if not entity.sends:
        raise unsupported()
    if desk.find(entity.name, id_) is None:
        raise not_found()
    row = desk.edit(entity.name, id_)
    field = "POEmail" if entity.name == "PurchaseOrder" else "BillEmail"
    if address:
        row[field] = {"Address": address}
    if field not in row:
        raise missing(field)
    row["EmailStatus"] = "EmailSent"
    desk.tell(entity.name, id_, "emailed")
    desk.settle()
    return {entity.name: shown(desk, entity, row)}


# --- Many records ------------------------------------------------------------------------------


def query(desk: Desk, statement: str) -> Row:
    """Carry out a statement.

    Raises:
        ApiError: 4000, 4001 or 5020.
    """
    asked = parse(statement)
    demand_interface(desk, asked.entity.name)
    demand(desk, asked.entity.name)
    rows = found(desk, asked)
    if asked.is_count:
        return {"QueryResponse": {"totalCount": len(rows)}}
    page = rows[asked.start - 1 : asked.start - 1 + asked.size]
    if not page:
        return {"QueryResponse": {}}
    told = [shown(desk, asked.entity, row, asked.columns) for row in page]
    response = {asked.entity.name: told, "startPosition": asked.start, "maxResults": len(page)}
    return {"QueryResponse": response}


def capture(desk: Desk, names: str, since: str) -> Row:
    """Tell what changed since a moment, at most 1,000 records of all entities.

    Raises:
        ApiError: 4001 for a moment that is none or longer ago than 30 days, 2000 for an
            entity that is not carried.
    """
    moment = _since(desk, since)
    room = PAGE_MAX
    responses: list[Row] = []
    for name in (part.strip() for part in names.split(",") if part.strip()):
        entity = FOLDED.get(name.lower())
        if entity is None or not entity.is_captured:
            raise ApiError(4001, f"QueryValidationError: Entity {name} is not supported by CDC")
        demand_interface(desk, entity.name, is_capture=True)
        told = [*_changed(desk, entity, moment)][:room]
        room -= len(told)
        if told:
            page = {"startPosition": 1, "maxResults": len(told)}
            responses.append({entity.name: told, **page})
    return {"CDCResponse": [{"QueryResponse": responses or [{}]}]}


def _since(desk: Desk, text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        raise ApiError(4001, f"QueryValidationError: Invalid changedSince {text}") from None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=_SERVER)
    if moment < desk.now - _DAYS_BACK:
        raise ApiError(4001, "QueryValidationError: changedSince is more than 30 days ago")
    return moment


def _changed(desk: Desk, entity: Entity, moment: datetime) -> Iterator[Row]:
    """Yield what changed, by time; what was deleted comes after the living."""
    rows = [
        (datetime.fromisoformat(row["MetaData"]["LastUpdatedTime"]), row)
        for row in desk.all(entity.name, with_deleted=True)
    ]
    recent = sorted((pair for pair in rows if pair[0] >= moment), key=lambda pair: pair[0])
    for is_deleted in (False, True):
        for _, row in recent:
            if (row.get("status") == DELETED) is is_deleted:
                yield tombstone(row) if is_deleted else shown(desk, entity, row)


# --- Reports and files -------------------------------------------------------------------------


def report(desk: Desk, name: str) -> Row:
    """Make a report: an account and its balance per row."""
    rows = [
        {
            "ColData": [
                {"value": row["FullyQualifiedName"], "id": row["Id"]},
                {"value": str(row["CurrentBalance"])},
            ],
            "type": "Data",
        }
        for row in desk.all("Account")
        if row["CurrentBalance"]
    ]
    columns = [{"ColTitle": "", "ColType": "Account"}, {"ColTitle": "Total", "ColType": "Money"}]
    header = {"ReportName": name, "Time": desk.stamp, "Currency": desk.company.home_currency}
    return {"Header": header, "Columns": {"Column": columns}, "Rows": {"Row": rows}}


def upload(desk: Desk, call: Call) -> Row:
    """Take files: parts ``file_metadata_01`` and ``file_content_01``, counted on.

    Some clients write line ends and leading lines that a strict reader of forms refuses.

    Raises:
        ApiError: 2010 for a body that is none of that.
    """
    parts = _parts(call)
    told: list[Row] = []
    for number in sorted({number for _, number in parts}):
        try:
            fields = decode(parts.get(("metadata", number), b"{}"))
        except msgspec.DecodeError:
            raise ApiError(2010, "Property Name:failed to parse json object") from None
        content = _content(parts.get(("content", number), b""))
        row = save(desk, FOLDED["attachable"], fields, Options())
        row["Size"] = len(content)
        desk.settle()
        told.append({"Attachable": shown(desk, FOLDED["attachable"], row)})
    if not told:
        raise ApiError(2010, "The request holds no file")
    return {"AttachableResponse": told}


def _parts(call: Call) -> dict[tuple[str, str], bytes]:
    boundary = call.headers.get("content-type", "").partition("boundary=")[2].strip('"')
    if not boundary:
        raise ApiError(1050, "Content type is not supported: send multipart/form-data")
    parts: dict[tuple[str, str], bytes] = {}
    for piece in call.body.split(b"--" + boundary.encode()):
        head, _, content = piece.replace(b"\r\n", b"\n").partition(b"\n\n")
        match = _PART.search(head)
        if match is not None:
            parts[match[1].decode(), match[2].decode()] = content.strip(b"\n")
    return parts


def _content(content: bytes) -> bytes:
    try:
        return base64.b64decode(content, validate=True)
    except binascii.Error:
        return content
