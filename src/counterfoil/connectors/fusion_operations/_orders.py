"""Orders written: created, changed, closed, deleted, and what became of each.

The service keeps no key of ours, but codes are unique in it.  So after a lost answer, or
when a code is taken, the list is looked through for the code, and what is found there is
either what we sent (in every field that we sent, and by ``same_order``) or somebody else's.

It keeps no mark of a document's version either.  So before an order is changed it is read,
compared with what was expected, and only then written back whole, with the changes in it.
Between that reading and that writing lies one call; what somebody changes within it is
written over.  What became of a change whose answer was lost is told by the order itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import msgspec

from counterfoil.connectors.called import CallRefusedError, Reader, spelled
from counterfoil.documents import (
    CustomField,
    InvalidDocument,
    PurchaseOrder,
    Refusal,
    SalesOrder,
)
from counterfoil.engine.operations import (
    Conflict,
    CreateDocument,
    Done,
    LineScope,
    Missing,
    Outcome,
    Refused,
    Unreadable,
    UpdateDocument,
    VoidDocument,
    VoidWay,
    WriteField,
)
from counterfoil.errors import ConnectorError

from ._changing import (
    GoneError,
    NotAllowedError,
    Wish,
    as_kept,
    body_of,
    difference_of,
    is_seen_otherwise,
    left_over,
)
from ._elements import identity_of, row
from ._fields import FieldMap
from ._kinds import ORDERS, Company, Order, Resource
from ._lists import NO_SUCH_CALL, Lists
from ._outcomes import cannot_change, done, taken, unclear, unfit, unfit_value, unsupported
from ._wire import merge_for_put, same_order, with_pairs

__all__ = ["DUPLICATE_STATUSES", "Orders"]

# Statuses with which the service may say that a code is taken (it is not documented which).
DUPLICATE_STATUSES = frozenset({"400", "409", "422"})


class _Seen(NamedTuple):
    """An order that is to be changed: as it came, as it reads, and what it shall be."""

    resource: Resource
    raw: Any
    found: Order
    wish: Wish


class Orders:
    """The orders of one batch.

    Every method answers one operation, or raises what the client raises;
    ``InvalidDocument``: what would tell what became of it cannot be read.
    """

    def __init__(self, lists: Lists, company: Company, fields: FieldMap) -> None:
        self._lists = lists
        self._company = company
        self._fields = fields

    # --- Creation --------------------------------------------------------------------------

    def create(self, operation: CreateDocument) -> Outcome:
        """Create an order; where its code is taken, say by which one."""
        resource, document = ORDERS.get(operation.kind), operation.document
        if resource is None or not isinstance(document, SalesOrder | PurchaseOrder):
            return unsupported(f"a {operation.kind.words} cannot be created there")
        refusal = unfit(operation.kind, document) or self._unkeepable(document)
        if refusal is not None:
            return Refused(refusal)
        body = resource.render(document, self._company.zone, self._fields)
        try:
            raw = self._lists.post(resource.path, body)
        except CallRefusedError as error:
            if error.code not in DUPLICATE_STATUSES:
                raise
            try:
                found = self._lists.coded(resource, document.number or "")
            except InvalidDocument:
                # It was not created, whatever the list looks like.
                raise error from None
            if not found:
                raise
            return self._settled(operation, resource, found, code=error.code)
        return self._made_document(resource, raw, document)

    def _unkeepable(self, document: Order) -> Refusal | None:
        """Say what of a document could not be read back once it is there."""
        try:
            as_kept(document, self._company.zone, self._fields)
        except InvalidDocument as error:
            return unfit_value(error.where, error.value, error.problem)
        return None

    def _made_document(self, resource: Resource, raw: object, sent: Order) -> Done:
        zone, fields = self._company.zone, self._fields
        made: Order = resource.parse(raw, zone, fields)
        left_out = sum(line.item is None for line in sent.lines)
        note = f"Lines without an item were left out: {left_out}." if left_out else None
        if difference_of(as_kept(sent, zone, fields), made) is None:
            return done(made, note)
        # The answer said less than was sent, or otherwise: the order itself is asked.
        whole = self._whole(resource, made.id)
        return done(whole or made, note, is_whole=whole is not None)

    def _whole(self, resource: Resource, id_: str) -> Order | None:
        """Read an order that was created; ``None``: that has to be done later."""
        try:
            found: Order = resource.parse(
                self._lists.item(resource, id_), self._company.zone, self._fields
            )
        except (ConnectorError, InvalidDocument):
            return None
        return found

    def recover_creation(self, operation: CreateDocument) -> Outcome:
        """Look for an order whose creation got no answer, by its code."""
        resource, number = ORDERS.get(operation.kind), operation.document.number
        found = [] if resource is None or not number else self._lists.coded(resource, number)
        if resource is None or not found:
            return Missing("No document has that number.")
        return self._settled(operation, resource, found)

    def _settled(
        self,
        operation: CreateDocument,
        resource: Resource,
        there: list[Any],
        code: str | None = None,
    ) -> Outcome:
        """Decide about orders found under our number: ours, or somebody else's."""
        sent, zone, fields = operation.document, self._company.zone, self._fields
        assert isinstance(sent, SalesOrder | PurchaseOrder), "only orders are created there"
        kept = as_kept(sent, zone, fields)
        others: list[tuple[Order, str]] = []
        bad: list[Unreadable] = []
        for raw in there:
            try:
                found = resource.parse(raw, zone, fields)
            except InvalidDocument as error:
                id_ = identity_of(raw, resource.group, fields)
                bad.append(row(error, id_=id_, number=sent.number))
                continue
            path = difference_of(kept, found)
            if path is None and same_order(kept, found):
                return self._made_document(resource, raw, sent)
            others.append((found, path or "lines"))
        if not others:
            return unclear(operation.kind, bad, is_alone=True)
        return Refused(taken(operation, *others[0]), code)

    # --- Changes ---------------------------------------------------------------------------

    def _wish(self, operation: UpdateDocument, found: Order) -> Wish | Refusal:
        """Say what the order shall be; or what makes that impossible there."""
        document = operation.document
        assert isinstance(document, type(found)), "an order is changed into one of its kind"
        document = msgspec.structs.replace(document, number=document.number or found.number)
        if operation.lines is LineScope.NONE:
            document = msgspec.structs.replace(document, lines=())
        elif (refusal := unfit(operation.kind, document)) is not None:
            return refusal
        try:
            kept = as_kept(document, self._company.zone, self._fields)
        except InvalidDocument as error:
            return unfit_value(error.where, error.value, error.problem)
        return Wish(kept, operation.lines, operation.closes)

    def update(self, operation: UpdateDocument) -> Outcome:
        """Read the order, compare, write it back whole with the changes in it, read again."""
        seen = self._compared(operation)
        if not isinstance(seen, _Seen):
            return seen
        _, raw, found, wish = seen
        path = left_over(wish, found)
        assert path is not None, "what is as it shall be is done"
        if not self._company.changes_orders:
            return cannot_change(operation, path, "by the settings of this connection")
        try:
            body = body_of(raw, found, wish, self._company.zone, self._fields)
        except GoneError as error:
            return Conflict(found, str(error))
        except NotAllowedError as error:
            return Refused(unfit_value(error.where, error.value, error.problem))
        except InvalidDocument as error:
            return cannot_change(operation, path, f"what is there cannot be read: {error}")
        return self._put(operation, seen, body, path)

    def _compared(self, operation: UpdateDocument) -> _Seen | Outcome:
        """Read the order that is to be changed; the outcome, where nothing is to be written."""
        resource = ORDERS.get(operation.kind)
        if resource is None:
            return unsupported(f"a {operation.kind.words} cannot be changed there")
        zone, fields = self._company.zone, self._fields
        raw = self._lists.item(resource, operation.document_id)
        if raw is None:
            return Conflict(None, f"No {operation.kind.words} has this id any more")
        try:
            found = resource.parse(raw, zone, fields)
        except InvalidDocument as error:
            return cannot_change(operation, error.where, f"it cannot be read: {error}")
        wish = self._wish(operation, found)
        if isinstance(wish, Refusal):
            return Refused(wish)
        if left_over(wish, found) is None:
            return done(found)
        expected = operation.expected
        if isinstance(expected, SalesOrder | PurchaseOrder):
            other = is_seen_otherwise(expected, found, wish, zone, fields)
            if other is not None:
                return Conflict(found, f"{other} is not what it was")
        return _Seen(resource, raw, found, wish)

    def _put(
        self, operation: UpdateDocument, seen: _Seen, body: Mapping[str, Any], path: str
    ) -> Outcome:
        resource, _, found, wish = seen
        zone, fields = self._company.zone, self._fields
        try:
            reply = self._lists.write("PUT", resource, operation.document_id, body)
        except CallRefusedError as error:
            return self._put_refused(operation, seen, path, error)
        try:
            now: Order = resource.parse(reply, zone, fields)
        except InvalidDocument:
            now = resource.parse(self._lists.item(resource, operation.document_id), zone, fields)
        left = left_over(wish, now)
        if left is None:
            return done(now)
        if now == found:
            return cannot_change(operation, left, "it took the change and left it as it was")
        return done(now, f"It was changed, but {left} is not as it was sent.")

    def _put_refused(
        self, operation: UpdateDocument, seen: _Seen, path: str, error: CallRefusedError
    ) -> Outcome:
        resource, _, found, wish = seen
        if error.code in NO_SUCH_CALL:
            return cannot_change(operation, path, error.reason, error.code)
        if error.code == "404":
            if self._lists.item(resource, operation.document_id) is None:
                return Conflict(None, f"No {operation.kind.words} has this id any more")
            return cannot_change(operation, path, error.reason, error.code)
        if error.code in DUPLICATE_STATUSES and wish.order.number != found.number:
            other = self._holder(resource, wish.order.number or "", operation.document_id)
            if other is not None:
                return Refused(taken(operation, other, "id", number=wish.order.number), error.code)
        raise error

    def _holder(self, resource: Resource, number: str, other_than: str) -> Order | None:
        """Give another order that has a number, where one can be read."""
        try:
            for raw in self._lists.coded(resource, number):
                found: Order = resource.parse(raw, self._company.zone, self._fields)
                if found.id != other_than:
                    return found
        except InvalidDocument:
            pass
        return None

    def recover_update(self, operation: UpdateDocument) -> Outcome:
        """Let the order itself tell: as it shall be, as it was, or neither."""
        seen = self._compared(operation)
        if not isinstance(seen, _Seen):
            return seen
        if operation.expected is None:
            return Conflict(seen.found, "It is not what was sent, and what it was is not known")
        return Missing("It is as it was before.")

    def void(self, operation: VoidDocument) -> Outcome:
        """Delete an order; that it is not there counts as done, once the list says so."""
        resource = ORDERS.get(operation.kind)
        if resource is None:
            return unsupported(f"a {operation.kind.words} cannot be taken out there")
        if operation.how is not VoidWay.DELETE:
            return unsupported(f"a {operation.kind.words} cannot be voided there, only deleted")
        try:
            self._lists.write("DELETE", resource, operation.document_id)
        except CallRefusedError as error:
            if error.code not in {"404", *NO_SUCH_CALL}:
                raise
            # A service without this call may say the same as one without this order.
            if self._lists.listed(resource, operation.document_id) is not None:
                return unsupported(f"it does not delete a {operation.kind.words}: {error.reason}")
        return Done(id=operation.document_id)

    def recover_void(self, operation: VoidDocument) -> Outcome:
        """Look in the list whether an order is still there."""
        resource = ORDERS.get(operation.kind)
        if resource is None or operation.how is not VoidWay.DELETE:
            return self.void(operation)
        if self._lists.listed(resource, operation.document_id) is None:
            return Done(id=operation.document_id)
        return Missing("It is still there.")

    def write_field(self, operation: WriteField) -> Outcome:
        """Read the order, set one custom field, write everything back (A11)."""
        resource = ORDERS.get(operation.kind)
        if resource is None:
            return unsupported(f"a {operation.kind.words} has no custom fields there")
        current = self._lists.item(resource, operation.document_id)
        if current is None:
            return Missing(f"No {operation.kind.words} has the id {operation.document_id}")
        name = self._fields[f"{resource.group}.custom-fields"]
        try:
            pairs = Reader(current).value(name)
        except InvalidDocument as error:
            return unsupported(f"what is there cannot be read, and so not written back: {error}")
        field = CustomField(operation.name, operation.value)
        body = merge_for_put(current, {name: None})
        body[spelled(body, name)] = with_pairs(pairs, [field])
        try:
            self._lists.write("PUT", resource, operation.document_id, body)
        except CallRefusedError as error:
            if error.code not in NO_SUCH_CALL:
                raise
            return unsupported(f"it does not change a {operation.kind.words}: {error.reason}")
        return Done(id=operation.document_id)
