"""To-dos of the tenant's own organization: added once, and completed (OP13).

A to-do bears our mark at the end of its text.  An open one that bears it is the one: it is looked
for before one is added, and after an answer that was lost.

Source: reference section 11.9; corrections 2, section 2 (API users cannot be assigned).
"""

from __future__ import annotations

from datetime import UTC, datetime

from counterfoil.connectors.called import shown
from counterfoil.documents import Refusal, name_key, refuse
from counterfoil.engine.operations import (
    CompleteToDo,
    CreateToDo,
    Done,
    FindToDo,
    Missing,
    Outcome,
    Refused,
)

from ._client import OWN_ORGANISATION, AutotaskClient, Record
from ._errors import NAME
from ._query import Query, contains, is_
from ._visible import Names, Visible, identity_in, stray

__all__ = ["ToDos", "to_do_problem"]

_TO_DOS = "CompanyToDos"
_TEXT_LENGTH_MAX = 32_000


class ToDos:
    """The to-dos of one batch."""

    def __init__(self, client: AutotaskClient, visible: Visible, names: Names) -> None:
        self._client = client
        self._visible = visible
        self._names = names

    def create(self, operation: CreateToDo) -> Outcome:
        """Add one, unless an open one bears its mark."""
        there = self._open(operation.key)
        if there is not None:
            return Done(id=str(there), note="It was already there.")
        resolved = self.resolved(operation.action_type, operation.assignee)
        if isinstance(resolved, Refusal):
            return Refused(resolved)
        action_type, resource = resolved
        values = {
            "companyID": OWN_ORGANISATION,
            "actionType": action_type,
            "assignedToResourceID": resource,
            "startDateTime": _moment(operation.due),
            "endDateTime": _moment(operation.due),
            "activityDescription": _marked(operation.text, operation.key),
        }
        made = self._client.create(_TO_DOS, values, parent=OWN_ORGANISATION)
        self._visible.forget()
        return Done(id=str(made))

    def complete(self, operation: CompleteToDo) -> Outcome:
        """Mark one as done, if nobody did so or took it away."""
        found = self._one(operation.record_id)
        if found is None:
            return Missing("The to-do is not there any more.")
        if found.get("completedDate") is None:
            values = {"completedDate": _moment(operation.at)}
            id_ = int(operation.record_id)
            self._client.change(_TO_DOS, id_, values, parent=OWN_ORGANISATION)
            self._visible.forget()
        return Done(id=operation.record_id)

    def find(self, operation: FindToDo) -> Outcome:
        """Look for an open one by its mark, or say whether one was completed."""
        self._visible.forget()
        if operation.record_id is None:
            there = self._open(operation.key)
            return (
                Missing("No open to-do bears its mark.") if there is None else Done(id=str(there))
            )
        found = self._one(operation.record_id)
        if found is not None and found.get("completedDate") is None:
            return Missing("It is still to be done.")
        return Done(id=operation.record_id)

    def _open(self, key: str) -> int | None:
        query = Query.of(
            _TO_DOS,
            is_("companyID", OWN_ORGANISATION),
            contains("activityDescription", key),
            fields="activityDescription completedDate",
        )
        found = self._visible.believed(lambda: self._visible.query(query))
        other = next((each for each in found if not _bears(each, key)), None)
        if other is not None:
            # Somebody else's is never completed, and what came instead of ours is not told.
            raise stray(_TO_DOS, "activityDescription", other)
        open_ = (each for each in found if each.get("completedDate") is None)
        return next((id_ for each in open_ if (id_ := identity_in(each, "id")) is not None), None)

    def _one(self, record_id: str) -> Record | None:
        return self._visible.believed(lambda: self._visible.one(_TO_DOS, int(record_id)))

    # --- What people call the two settings ---------------------------------------------------

    def resolved(self, action_type: str, assignee: str) -> tuple[int, int] | Refusal:
        """Find the action type and the resource by their names; or say which of them is none."""
        kind = self._action_type(action_type)
        if isinstance(kind, Refusal):
            return kind
        resource = self._resource(assignee)
        return resource if isinstance(resource, Refusal) else (kind, resource)

    def _action_type(self, name: str) -> int | Refusal:
        query = Query.of("ActionTypes", is_("isActive", value=True), fields="name")
        known = self._visible.believed(lambda: self._visible.query(query))
        for each in known:
            id_ = identity_in(each, "id")
            if id_ is not None and name_key(_text(each, "name")) == name_key(name):
                return id_
        there = ", ".join(sorted(_text(each, "name") for each in known)) or "none is visible"
        return _unfit("action type", "to_do_action_type", name, f"the active ones are: {there}")

    def _resource(self, name: str) -> int | Refusal:
        fields = "firstName lastName email userName isActive licenseType"
        query = Query.of("Resources", fields=fields)
        known = self._visible.believed(lambda: self._visible.query(query))
        named = [each for each in known if name_key(name) in _called(each)]
        if not named:
            return _unfit("resource", "to_do_resource", name, "no resource is called so")
        fit = [each for each in named if each.get("isActive") is True]
        if not fit:
            return _unfit("resource", "to_do_resource", name, "it is not active")
        people = [each for each in fit if not self._is_machine(each)]
        if not people:
            return _unfit("resource", "to_do_resource", name, "it is an API user, who gets none")
        ids = {id_ for each in people if (id_ := identity_in(each, "id")) is not None}
        if len(ids) != 1:
            return _unfit(
                "resource", "to_do_resource", name, "several are called so; give an e-mail address"
            )
        return ids.pop()

    def _is_machine(self, resource: Record) -> bool:
        """Whether it is an API user, by the word of its licence."""
        licence = identity_in(resource, "licenseType")
        word = None if licence is None else self._names.label("Resources", "licenseType", licence)
        return word is not None and "api" in word.lower()


def to_do_problem(client: AutotaskClient, action_type: str, assignee: str) -> Refusal | None:
    """Say why to-dos of a type cannot be given to somebody; ``None``: they can.

    Raises:
        ConnectorError: The lists could not be read.
    """
    found = ToDos(client, Visible(client), Names(client)).resolved(action_type, assignee)
    return found if isinstance(found, Refusal) else None


def _called(resource: Record) -> set[str]:
    """Give what a resource is called, as names are compared."""
    whole = f"{_text(resource, 'firstName')} {_text(resource, 'lastName')}"
    words = (_text(resource, "email"), _text(resource, "userName"), whole)
    return {name_key(word) for word in words if word.strip()}


def _text(record: Record, field: str) -> str:
    found = record.get(field)
    return found.strip() if isinstance(found, str) else ""


def _unfit(what: str, setting: str, value: str, problem: str) -> Refusal:
    return refuse(
        "to-do-unfit",
        where=f"purchase-order-out.{setting}",
        value=shown(value),
        what=what,
        setting=f"purchase-order-out.{setting}",
        target=NAME,
        problem=problem,
    )


def _marked(text: str, key: str) -> str:
    """Give a text with the mark on a line of its own, at its end."""
    mark = f"\n\n[{key}]"
    return text[: _TEXT_LENGTH_MAX - len(mark)] + mark


def _bears(record: Record, key: str) -> bool:
    """Whether a to-do's text has a mark, written as the service compares it."""
    return key.lower() in _text(record, "activityDescription").lower()


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"
