"""``/transfers/{id}``: one document in full, and what went over the wire for it."""

from __future__ import annotations

from typing import Final, Literal

from fastapi import APIRouter, Response

from counterfoil.api.errors import ApiError
from counterfoil.api.finding import absent
from counterfoil.console.filters import took
from counterfoil.console.forms import Typed
from counterfoil.console.rendering import page
from counterfoil.console.visiting import Looking
from counterfoil.documents import DocumentKind
from counterfoil.hub import inbox, views
from counterfoil.hub.setup import Hub
from counterfoil.hub.views import DocumentShown

from . import wire
from .comparing import Compared, compared
from .effects import Verb, effects_of, offered, said_of
from .elsewhere import way_there
from .life import asked_words, life_of
from .words import KINDS, called, status_of

__all__ = ["add"]


def add(routes: APIRouter, hub: Hub) -> None:
    """Add the routes."""

    @routes.get("/transfers/{transfer}")
    def show(transfer: int, visit: Looking) -> Response:
        with absent():
            shown = views.document_shown(hub, transfer)
        row = shown.row
        return page(
            visit,
            "documents/document.html",
            shown=shown,
            row=row,
            title=f"{row.transfer.number or row.kind.words} · {row.party or row.link_name}",
            sides=_compared(shown),
            events=life_of(shown),
            exchanges=list(reversed(shown.exchanges)),
            verbs=[_offer(verb, row) for verb in offered(row)],
            moved=_MOVED.get(row.kind),
            case=f"/inbox/{inbox.key_of(row.transfer, shown.refusal) or ''}".rstrip("/"),
            no_typed=Typed(),
            elsewhere=_elsewhere(shown),
            kinds=KINDS,
            called=called,
            status_of=status_of,
            asked_words=lambda step: asked_words(step.kind, step.name, shown),
            took=took,
        )

    @routes.get("/transfers/{transfer}/exchanges/{exchange}")
    def show_exchange(transfer: int, exchange: int, visit: Looking) -> Response:
        with absent():
            shown = views.document_shown(hub, transfer)
            texts = views.wire_texts(hub, transfer, exchange)
        (found,) = (each for each in shown.exchanges if each.id == exchange)
        hits = _named_by(shown)
        return page(
            visit,
            "documents/exchange.html",
            shown=shown,
            row=shown.row,
            exchange=found,
            texts=[
                ("request", "Request", _readable(texts.request, hits)),
                ("answer", "Answer", _readable(texts.answer, hits)),
            ],
            called=called,
            asked_words=lambda step: asked_words(step.kind, step.name, shown),
            took=took,
        )

    @routes.get("/transfers/{transfer}/exchanges/{exchange}/{side}")
    def save_text(
        transfer: int, exchange: int, side: Literal["request", "answer"], visit: Looking
    ) -> Response:
        """The text as it went, as a file; secrets are left out as on the page."""
        with absent():
            texts = views.wire_texts(hub, transfer, exchange)
        found = texts.request if side == "request" else texts.answer
        if found is None:
            raise ApiError(404, "This text is not kept any more.")
        name = f"exchange-{exchange}-{side}.txt"
        return Response(
            wire.without_secrets(_text(found)),
            media_type="text/plain; charset=utf-8",
            headers={"content-disposition": f'attachment; filename="{name}"'},
        )


_MOVED: Final = {DocumentKind.PURCHASE_ORDER: "Received", DocumentKind.SALES_ORDER: "Shipped"}
"""What is said of what came of an order, or went."""


def _compared(shown: DocumentShown) -> Compared:
    there = shown.there
    if there is None:
        return compared(shown.source, None, None)
    return compared(
        shown.source,
        there.content,
        there.lines,
        there_total=shown.row.total_there,
        there_number=there.number,
    )


def _offer(verb: Verb, row: views.DocumentRow) -> dict[str, object]:
    """Give what can be done with a document, and what it would do."""
    return {
        "verb": verb,
        "question": said_of(verb.question, [row]),
        "button": said_of(verb.words, [row]),
        "effects": effects_of(verb, [row]),
    }


def _elsewhere(shown: DocumentShown) -> str | None:
    there = shown.there
    if there is None or there.gone_at is not None:
        return None
    return way_there(shown.row.there, shown.environment, there.kind, there.id)


def _named_by(shown: DocumentShown) -> list[str]:
    """Give what names the document in what went over the wire: its mark, numbers and identity."""
    row = shown.row.transfer
    there = shown.there
    found = [(shown.key or "").strip("{}"), row.number, row.target_number]
    return [each for each in (*found, None if there is None else there.id) if each]


def _readable(text: bytes | None, hits: list[str]) -> wire.Shown | None:
    return None if text is None else wire.shown(_text(text), hits)


def _text(text: bytes) -> str:
    return text.decode("utf-8", "replace")
