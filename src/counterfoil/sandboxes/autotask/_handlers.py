"""What the calls do; nearly all are one function for every row of the table."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import islice
from typing import Any
from urllib.parse import quote

from ._call import Answer, Call
from ._checks import missing, unknown_values
from ._desk import Desk
from ._errors import missing_route, refused, wrong_verb
from ._query import Question, read_question
from ._rules import DELETED, SAVED, stamp
from ._stock import COMMANDS, update_item
from ._values import UDFS, Row, UnreadableError, read_fields, read_udfs
from ._views import described, field_list, record, records, shown, udf_definitions, udf_list
from .entities import ENTITIES, Entity

__all__ = [
    "carry_out",
    "count",
    "create",
    "describe",
    "erase",
    "following",
    "list_children",
    "query",
    "read",
    "render_invoice",
    "replace",
    "write",
]

_NOT_FOUND = (
    "No message. No matching records found. Please check that the id is valid and that the "
    "record may be accessed."
)


# --- Reading -----------------------------------------------------------------------------------


def read(desk: Desk, call: Call, entity: Entity, id_: int, parent_id: int | None = None) -> Answer:
    """One record by its id; what a missing one answers is a switch."""
    _check_readable(entity)
    row = record(desk, entity, id_)
    if row is not None and not _is_elsewhere(entity, row, parent_id):
        return Answer({"item": shown(desk, entity, row)})
    match desk.settings.missing_record:
        case "404":
            raise missing_route(call.url)
        case "empty":
            return Answer(None)
        case _:
            return Answer({"item": None})


def query(desk: Desk, call: Call, entity: Entity) -> Answer:
    """The first page of what is asked for."""
    return _page(desk, call, entity, _question(desk, call, entity), start=None, before=())


def count(desk: Desk, call: Call, entity: Entity) -> Answer:
    """How many there are."""
    question = _question(desk, call, entity, is_count=True)
    found = sum(1 for row in records(desk, entity) if question.test(row))
    return Answer({"queryCount": found})


def following(desk: Desk, call: Call, entity: Entity) -> Answer:
    """A further page: by GET when its query was made so, by POST with the same body else."""
    if (call.method == "GET") != ("search" in call.query):
        raise wrong_verb(call.method)
    try:
        paging = json.loads(call.query["paging"])
        start = int(paging["nextIds"][0])
        before = tuple(int(one) for one in paging["previousIds"])
    except (KeyError, ValueError, TypeError, IndexError):
        raise refused("The paging information is invalid.") from None
    return _page(desk, call, entity, _question(desk, call, entity), start=start, before=before)


def _question(desk: Desk, call: Call, entity: Entity, *, is_count: bool = False) -> Question:
    _check_readable(entity)
    if call.method == "GET":
        try:
            raw = json.loads(call.query.get("search", ""))
        except ValueError:
            raise refused("Invalid query syntax. The search parameter is no JSON.") from None
    else:
        raw = call.json()
    names = {name: row["name"] for name, row in udf_definitions(desk, entity).items()}
    return read_question(entity, raw, desk.settings, names, is_count=is_count)


def _check_readable(entity: Entity) -> None:
    if entity.is_command:
        raise refused(f"The {entity.singular} Entity does not support query.")


def _page(
    desk: Desk,
    call: Call,
    entity: Entity,
    question: Question,
    *,
    start: int | None,
    before: tuple[int, ...],
) -> Answer:
    """Give the rows after ``start``, and the way to the next and the previous page.

    Args:
        start: The last id of the page before; ``None``: this is the first.
        before: The ``start`` of every earlier page but the first.
    """
    matching = (
        row
        for row in records(desk, entity)
        if (start is None or row["id"] > start) and question.test(row)
    )
    found = [*islice(matching, question.page_size + 1)]
    page = found[: question.page_size]
    has_more = len(found) > len(page)
    if has_more and question.fields is not None and "id" not in question.fields:
        raise refused("IncludeFields must contain id when the result has more than one page.")
    passed = before if start is None else (*before, start)
    return Answer(
        {
            "items": [shown(desk, entity, row, question.fields) for row in page],
            "pageDetails": {
                "count": len(page),
                "requestCount": question.page_size,
                "prevPageUrl": _page_url(call, entity, question, before) if before else None,
                "nextPageUrl": _page_url(call, entity, question, (*passed, page[-1]["id"]))
                if has_more
                else None,
            },
        }
    )


def _page_url(call: Call, entity: Entity, question: Question, starts: tuple[int, ...]) -> str:
    paging = {
        "pageSize": question.page_size,
        "previousIds": [*starts[:-1]],
        "nextIds": [starts[-1]],
    }
    text = json.dumps(paging, separators=(",", ":"))
    url = f"{call.base}V1.0/{entity.name}/query/next?paging={quote(text)}"
    search = call.query.get("search")
    return url if search is None else f"{url}&search={quote(search)}"


def list_children(desk: Desk, call: Call, entity: Entity, parent_id: int) -> Answer:
    """All children of one parent, in one page."""
    assert entity.parent is not None
    rows = [row for row in records(desk, entity) if row[entity.parent.field] == parent_id]
    return Answer(
        {
            "items": [shown(desk, entity, row) for row in rows],
            "pageDetails": {
                "count": len(rows),
                "requestCount": len(rows),
                "prevPageUrl": None,
                "nextPageUrl": None,
            },
        }
    )


def describe(desk: Desk, call: Call, entity: Entity, part: str) -> Answer:
    """``entityInformation`` and the two lists below it."""
    assert desk.user is not None
    if part == "fields":
        return Answer({"fields": field_list(desk, entity)})
    if part == "userdefinedfields":
        if entity.udf_owner is None:
            raise missing_route(call.url)
        return Answer({"fields": udf_list(desk, entity)})
    return Answer({"info": described(entity, desk.user)})


def render_invoice(desk: Desk, call: Call, id_: int, form: str) -> Answer:
    """An invoice as a document: its PDF (as a list of bytes), or its markup."""
    row = record(desk, ENTITIES["Invoices"], id_)
    if row is None:
        raise refused(_NOT_FOUND)
    text = f"Invoice {row['invoiceNumber'] or row['id']}"
    if form != "invoicepdf":
        return Answer({"markup": f"<invoice>{text}</invoice>"})
    content = [*f"%PDF-1.4\n% {text}\n%%EOF\n".encode()]
    return Answer(
        {
            "id": id_,
            "contentType": "application/pdf",
            "fileName": f"{text}.pdf",
            "fileSize": len(content),
            "data": content,
        }
    )


# --- Writing -----------------------------------------------------------------------------------


def carry_out(desk: Desk, call: Call, entity: Entity, parent_id: int | None = None) -> Answer:
    """POST: make a record, or carry out a command."""
    return Answer({"itemId": create(desk, entity, _body(call), parent_id)})


def create(desk: Desk, entity: Entity, raw: Mapping[str, Any], parent_id: int | None) -> int:
    """Make a record from what was sent, by all rules; gives its id.

    Raises:
        ApiError: 500, with everything that is wrong.
    """
    values, problems = _values(desk, entity, raw)
    problems += _place_below(desk, entity, values, parent_id)
    problems += missing(entity, dict.fromkeys(entity.table) | values)
    problems += unknown_values(desk, entity, values)
    if problems:
        raise refused(*problems)
    command = COMMANDS.get(entity.name)
    if command is not None:
        return command(desk, dict.fromkeys(entity.table) | values)
    row = desk.add(entity.name, values)
    stamp(desk, row, is_new=True)
    if entity.name in SAVED:
        SAVED[entity.name](desk, row, None)
    return int(row["id"])


def write(
    desk: Desk,
    call: Call,
    entity: Entity,
    parent_id: int | None = None,
    id_in_path: int | None = None,
) -> Answer:
    """PATCH and PUT: change a record, whose id stands in the body; PUT empties what is not sent."""
    raw = _body(call)
    id_ = _id_of(raw) if id_in_path is None else id_in_path
    before = record(desk, entity, id_)
    if before is None or _is_elsewhere(entity, before, parent_id):
        raise refused(_NOT_FOUND)
    values, problems = _values(desk, entity, raw)
    if call.method == "PUT":
        values = _emptied(entity) | values
    if UDFS in values:
        values[UDFS] = before[UDFS] | values[UDFS]
    problems += _fixed(entity, values, before)
    after = before | values
    problems += missing(entity, after)
    problems += unknown_values(
        desk, entity, {k: v for k, v in values.items() if k != UDFS and v != before[k]}
    )
    if problems:
        raise refused(*problems)
    if entity.name == "InventoryItems":
        update_item(desk, id_, values)
    else:
        replace(desk, entity, id_, values, before)
    return Answer({"itemId": id_})


def replace(desk: Desk, entity: Entity, id_: int, values: Row, before: Row) -> Row:
    """Change a record that was checked, with what follows from it."""
    row = desk.edit(entity.name, id_)
    row.update(values)
    stamp(desk, row, is_new=False)
    if entity.name in SAVED:
        SAVED[entity.name](desk, row, before)
    return row


def erase(desk: Desk, call: Call, entity: Entity, id_: int, parent_id: int | None = None) -> Answer:
    """DELETE: a record that is not there is an error, and HTTP 500 at that."""
    row = record(desk, entity, id_)
    if row is None or _is_elsewhere(entity, row, parent_id):
        raise refused(_NOT_FOUND)
    if entity.name in DELETED:
        DELETED[entity.name](desk, row)
    desk.remove(entity.name, id_)
    return Answer({"itemId": id_})


def _body(call: Call) -> Mapping[str, Any]:
    raw = call.json()
    if not isinstance(raw, dict):
        raise refused("The request body must hold a JSON object.")
    return raw


def _id_of(raw: Mapping[str, Any]) -> int:
    id_ = next((value for name, value in raw.items() if name.lower() == "id"), None)
    if isinstance(id_, bool) or not isinstance(id_, int):
        raise refused("Missing Required Field: id")
    return id_


def _values(desk: Desk, entity: Entity, raw: Mapping[str, Any]) -> tuple[Row, list[str]]:
    """Read what was sent; user-defined fields stand beside the others."""
    strict = entity.refuses_read_only or desk.settings.read_only_fields == "refused"
    values, problems = read_fields(entity, raw, refuses_read_only=strict)
    sent = next((value for name, value in raw.items() if name.lower() == UDFS.lower()), None)
    if sent is not None and entity.udf_owner is not None:
        names = [row["name"] for row in udf_definitions(desk, entity).values()]
        try:
            values[UDFS] = read_udfs(sent, names)
        except UnreadableError as error:
            problems.append(str(error))
    return values, problems


def _place_below(desk: Desk, entity: Entity, values: Row, parent_id: int | None) -> list[str]:
    """Let a new child belong to the parent in its path; gives what is wrong with that."""
    if entity.parent is None:
        return []
    field = entity.parent.field
    if values.get(field, parent_id) != parent_id:
        return [f"{field} does not match the parent in the URL."]
    values[field] = parent_id
    return []


def _is_elsewhere(entity: Entity, row: Row, parent_id: int | None) -> bool:
    return (
        entity.parent is not None
        and parent_id is not None
        and row[entity.parent.field] != parent_id
    )


def _emptied(entity: Entity) -> Row:
    return {
        field.name: None
        for field in entity.table.values()
        if not field.is_read_only and not field.is_fixed and field.name != "id"
    }


def _fixed(entity: Entity, values: Row, before: Row) -> list[str]:
    """Name what cannot be changed after the record was made, and is not sent as it is."""
    found = []
    for name in [name for name in values if name != UDFS and entity.table[name].is_fixed]:
        if values[name] != before[name]:
            found.append(f"{name} cannot be changed after the record was created.")
        del values[name]
    return found
