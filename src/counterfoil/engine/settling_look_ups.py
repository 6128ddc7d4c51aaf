"""What the answer to a question changes: orders, numbers, and documents read again.

Beside what the outcomes of writes change (``settling``).
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

import msgspec

from counterfoil.documents import Document, Refusal, decode, document_kind, encode, refuse

from .asked import Asked, Sent
from .confirming import (
    Verdict,
    Word,
    confirm_create,
    confirm_update,
    confirm_void,
    number_checked,
    other_number_checked,
)
from .deciding import Wish, Write
from .life import Event, State
from .numbering import Claim, Known, vendor_in
from .operations import Busy, Done, Missing, Outcome, Page, Refused, Unknown
from .ordering import proves
from .seeing import may_lack, with_id
from .settlement import Changes, outcome_asked
from .transfers import OrderSeen, Transfer, mark_of

__all__ = ["LookUpSettler"]

_NOT_ALL_READ: Final = "not all could be read"


class LookUpSettler:
    """Takes the answers to questions; ``known``: of the documents found by their numbers."""

    def __init__(self, changes: Changes, known: Known | None = None) -> None:
        self.changes = changes
        self._known = known or Known()
        self._taken = set(self._known.taken)

    def take(self, each: Asked, outcome: Outcome) -> None:
        """Take the outcome of one question, for every transfer that waited for it."""
        if isinstance(outcome, Done) and outcome.page is None:
            outcome = Unknown("the answer to the question holds nothing")
        page = outcome.page if isinstance(outcome, Done) else None
        for transfer in each.dependants:
            current = self.changes.current(transfer)
            if not isinstance(outcome, (Done, Missing)):
                self._look_up_failed(transfer, current, outcome)
            elif each.sent is not None and each.sent.orders:
                self._order_read(transfer, each.sent, page or Page())
            elif current.state is State.CONFIRMING:
                self._confirm(transfer, each, page or Page())
            elif current.state is State.MATCHING and current.write is Write.CREATE:
                self._number_checked(transfer, each, page or Page())
            elif current.state is State.MATCHING and each.sent and each.sent.by_number:
                self._other_number_checked(transfer, each, page or Page())
            elif current.state is State.MATCHING:
                self._read_before(transfer, page or Page())

    def _order_read(self, transfer: int, sent: Sent, page: Page) -> None:
        """Keep the order that was read before something is linked to it, or prove the link."""
        order_id = next(order for asker, order in sent.orders if asker == transfer)
        found = with_id(page, order_id)
        is_unread = found is None and may_lack(page, order_id)
        current = self.changes.current(transfer)
        if current.state is State.CONFIRMING:
            self._prove(transfer, found, is_unread=is_unread)
        elif current.state is State.MATCHING and is_unread:
            self.changes.matched(transfer, Unknown(_NOT_ALL_READ))
        elif current.state is State.MATCHING:
            # An order that is gone there is noticed by itself: the next plan asks again.
            seen = None if found is None else _order_seen(found, self.changes.now)
            self.changes.moved[transfer] = msgspec.structs.replace(current, order_seen=seen)
            gone = Busy("its order was not found there")
            self.changes.matched(transfer, Done() if found is not None else gone)

    def _prove(self, transfer: int, order: Document | None, *, is_unread: bool) -> None:
        """Say whether what was entered is linked to its order, by the order itself."""
        pairing, current = self.changes.pairing(transfer), self.changes.current(transfer)
        before = None if current.order_seen is None else current.order_seen.document
        if is_unread:
            self.changes.move(transfer, Event.UNANSWERED, why=outcome_asked(_NOT_ALL_READ))
        elif order is None or proves(order, pairing, before):
            # An order that is gone had nothing linked to it: QuickBooks would have kept it.
            self._link_known(transfer, is_linked=order is not None)
            self.changes.move(transfer, Event.WRITTEN)
        elif current.wish is Wish.REPLACE:
            # It was written anew for this very reason: a person looks.
            self._drop_wish(transfer)
            self.changes.move(transfer, Event.DECLINED, refusal=self._link_dropped(transfer))
        else:
            self.changes.move(transfer, Event.UNLINKED)

    def _link_known(self, transfer: int, *, is_linked: bool) -> None:
        known = msgspec.structs.replace(self.changes.pairing(transfer), is_linked=is_linked)
        self.changes.at[transfer] = self.changes.standpoint(transfer).with_pairing(known)
        self.changes.linked[known.id] = is_linked

    def _drop_wish(self, transfer: int) -> None:
        current = self.changes.current(transfer)
        self.changes.moved[transfer] = msgspec.structs.replace(
            current, wish=Wish.NONE, wished_by=None
        )

    def _link_dropped(self, transfer: int) -> Refusal:
        pairing = self.changes.pairing(transfer)
        return refuse(
            "link-dropped",
            document=pairing.target_kind.words,
            value=pairing.number or pairing.target_id,
            target=self.changes.target,
        )

    def _look_up_failed(self, transfer: int, current: Transfer, outcome: Outcome) -> None:
        if current.state is State.MATCHING:
            self.changes.matched(transfer, outcome)
        elif current.state is State.CONFIRMING:
            refusal = outcome.refusal if isinstance(outcome, Refused) else None
            if refusal is not None and refusal.code == "outcome-unclear":
                # Nobody can tell: a person looks.
                self.changes.move(transfer, Event.DECLINED, refusal=refusal)
                return
            why = refusal.sentence if refusal else getattr(outcome, "reason", "no answer came")
            seen = getattr(refusal or outcome, "detail", None) or ""
            self.changes.move(transfer, Event.UNANSWERED, why=outcome_asked(why, seen))

    def _read_before(self, transfer: int, page: Page) -> None:
        """Keep what the document that shall be changed says now; the next plan compares."""
        pairing = self.changes.pairing(transfer)
        found = with_id(page, pairing.target_id)
        if found is None and may_lack(page, pairing.target_id):
            self.changes.matched(transfer, Unknown("it could not be read"))
        elif self.changes.see(transfer, found):
            self.changes.move(transfer, Event.CONFLICT)
        else:
            # Whatever else it waited for in this batch decides, too.
            self.changes.read.add(transfer)
            self.changes.matched(transfer, Done())

    def _other_number_checked(self, transfer: int, each: Asked, page: Page) -> None:
        current = self.changes.current(transfer)
        target_id, claim = self.changes.pairing(transfer).target_id, self._claim(transfer, each)
        number = current.target_number
        verdict = other_number_checked(number, target_id, claim, self._all_known(), page)
        if verdict.word is Word.UNREAD:
            self.changes.matched(transfer, Unknown(_NOT_ALL_READ))
        elif verdict.document is not None:
            self._number_taken(transfer, each, verdict.document)
        else:
            self.changes.matched(transfer, Done())

    def _number_checked(self, transfer: int, each: Asked, page: Page) -> None:
        current = self.changes.current(transfer)
        wanted = each.sent.wanted_by(transfer, current.target_kind) if each.sent else None
        marks, claim = self._marks(transfer), self._claim(transfer, each)
        verdict = number_checked(
            current.target_number, marks, wanted, claim, self._all_known(), page
        )
        other = self.changes.waiting[transfer].other_number
        if verdict.word is Word.UNREAD:
            self.changes.matched(transfer, Unknown(_NOT_ALL_READ))
        elif verdict.document is None:
            self.changes.moved[transfer] = msgspec.structs.replace(current, is_checked=True)
            self.changes.matched(transfer, Done())
        elif verdict.word is Word.THERE:
            self._taken.add(verdict.document.id)
            fields = each.sent.fields_of(transfer) if each.sent else ()
            self.changes.land_found(transfer, verdict.document, Sent(follow_ups=fields))
        elif other is not None:
            self.changes.moved[transfer] = msgspec.structs.replace(current, target_number=other)
            self.changes.matched(transfer, Done())
        else:
            self._number_taken(transfer, each, verdict.document)

    def _claim(self, transfer: int, each: Asked) -> Claim:
        """On what terms it shall bear the number it asked for; what was read tells whose it is."""
        claim = Claim() if each.sent is None else each.sent.claim_of(transfer)
        if claim.vendor is not None:
            return claim
        current, pairing = self.changes.current(transfer), self.changes.standpoint(transfer).pairing
        read = current.order_seen.document if current.order_seen is not None else None
        if pairing is not None and pairing.seen is not None:
            read = decode(pairing.target_kind, pairing.seen)
        vendor = vendor_in(current.target_kind, read)
        return msgspec.structs.replace(claim, vendor=vendor)

    def _all_known(self) -> Known:
        """What is known of documents there, with what this answer has given to transfers."""
        return msgspec.structs.replace(self._known, taken=self._taken)

    def _confirm(self, transfer: int, each: Asked, page: Page) -> None:
        """Say whether the write whose answer was lost is there after all."""
        current = self.changes.current(transfer)
        sent = self.changes.waiting[transfer].sent or Sent()
        translator = self.changes.translator(transfer)
        match current.write:
            case Write.CREATE:
                marks = self._marks(transfer)
                number = current.target_number
                verdict = confirm_create(number, marks, sent, self._all_known(), page)
            case Write.UPDATE:
                verdict = confirm_update(self.changes.pairing(transfer), sent, translator, page)
            case _:
                verdict = confirm_void(self.changes.pairing(transfer), sent, translator, page)
        self._confirmed(transfer, each, verdict, sent)

    def _confirmed(self, transfer: int, each: Asked, verdict: Verdict, sent: Sent) -> None:
        found = verdict.document
        match verdict.word:
            case Word.UNREAD:
                self.changes.move(transfer, Event.UNANSWERED, why=outcome_asked(_NOT_ALL_READ))
            case Word.THERE:
                assert found is not None, "what is there was read"
                self.changes.land_found(transfer, found, sent)
            case Word.NUMBER_TAKEN:
                assert found is not None, "what bears the number was read"
                self._number_taken(transfer, each, found)
            case Word.AS_BEFORE:
                self.changes.see(transfer, found)
                self.changes.absent(transfer)
            case Word.ABSENT:
                self.changes.absent(transfer)
            case Word.ANOTHER:
                self.changes.conflict(transfer, found)
            case Word.GONE if self.changes.current(transfer).write is Write.VOID:
                self.changes.taken_out(transfer)
            case Word.GONE:
                self.changes.see(transfer, None)
                self.changes.move(transfer, Event.CONFLICT)

    def _marks(self, transfer: int) -> set[str]:
        waiting = self.changes.waiting[transfer]
        return {*waiting.marks, mark_of(waiting.transfer.key or "")} - {""}

    def _number_taken(self, transfer: int, each: Asked, found: Document) -> None:
        refusal = refuse(
            "number-taken",
            where="number",
            value=found.number,
            document=(each.subject or "document").replace("-", " "),
            target=self.changes.target,
            found=_described(found),
            id=found.id,
        )
        # Whoever changes the number at the source starts with a clean look-up.
        current = self.changes.current(transfer)
        self.changes.moved[transfer] = msgspec.structs.replace(current, target_number=None)
        self.changes.move(transfer, Event.DECLINED, refusal=refusal)


def _order_seen(order: Document, now: datetime) -> OrderSeen:
    body = msgspec.Raw(encode(order))
    return OrderSeen(kind=document_kind(order), at=now, body=body)


def _described(document: Document) -> str:
    customer = getattr(document, "customer", None) or getattr(document, "vendor", None)
    day = getattr(document, "created_on", None)
    parts = [customer.name if customer else None, f"of {day}" if day else None]
    return " ".join(part for part in parts if part) or document.id
