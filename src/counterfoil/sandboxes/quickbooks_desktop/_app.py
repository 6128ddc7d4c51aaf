"""The company file over HTTP: its control paths.

Two kinds of callers use them.  A Web Connector in another process opens
sessions and passes message sets through.  A person (or a test playing one)
looks at records, works in QuickBooks as another application, arms faults,
moves the clock and begins anew.  All paths are below ``/sandbox/quickbooks``.
"""

from __future__ import annotations

from collections import OrderedDict
from contextlib import nullcontext
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from counterfoil.sandboxes.kit import Door
from counterfoil.sandboxes.quickbooks_desktop._company import PERSON, CompanyFile, Session
from counterfoil.sandboxes.quickbooks_desktop._faults import FAULT_KINDS, Fault
from counterfoil.sandboxes.quickbooks_desktop._processor import ProcessResult
from counterfoil.sandboxes.quickbooks_desktop._refusals import (
    QuickBooksConnectionError,
    RefusedError,
)
from counterfoil.sandboxes.quickbooks_desktop._settings import CompanySettings
from counterfoil.sandboxes.quickbooks_desktop._switches import described
from counterfoil.sandboxes.quickbooks_desktop.sample import fill_company

PREFIX = "/sandbox/quickbooks"
XML = "text/xml; charset=utf-8"
# A Web Connector that was killed never closes its session; the oldest gives way.
_SESSIONS_MAX = 50


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SessionAsked(_Asked):
    company_file: str = ""
    application: str = PERSON


class LockAsked(_Asked):
    """``host`` takes the application's lock, ``None`` gives it back."""

    owner_id: str
    host: str | None = None


class ConversionAsked(_Asked):
    """The receipt a person enters the bill against; its number and date where not given."""

    txn_id: str
    ref_number: Annotated[str | None, Field(max_length=20)] = None
    txn_date: date | None = None


class ResetAsked(_Asked):
    """``settings`` as ``GET`` shows them, in part or whole; ``sample`` fills the small lists."""

    settings: dict[str, Any] | None = None
    sample: bool = True


async def _raw_body(request: Request) -> str:
    return (await request.body()).decode("utf-8", "replace")


RawBody = Annotated[str, Depends(_raw_body)]


def quickbooks_app(company: CompanyFile) -> FastAPI:
    """An application that serves nothing but this company."""
    app = FastAPI(title="QuickBooks Desktop sandbox", docs_url=None, redoc_url=None)
    app.include_router(quickbooks_router(company))
    return app


def quickbooks_router(company: CompanyFile) -> APIRouter:
    """The control paths of one company, to be mounted by a larger server."""
    router = APIRouter(prefix=PREFIX, tags=["QuickBooks Desktop sandbox"])
    _add_sessions(router, company)
    _add_records(router, company)
    _add_door(router, company)
    _add_company(router, company)
    return router


def _add_sessions(router: APIRouter, company: CompanyFile) -> None:
    sessions: OrderedDict[str, Session] = OrderedDict()

    def known(session_id: str) -> Session:
        session = sessions.get(session_id)
        if session is None:
            raise HTTPException(404, f"there is no session {session_id}; it was closed")
        return session

    @router.post("/session")
    def open_session(asked: SessionAsked, response: Response) -> dict[str, str]:
        try:
            session = company.open_session(asked.company_file, application=asked.application)
        except QuickBooksConnectionError as failure:
            response.status_code = 409
            return {"hresult": failure.hresult, "message": failure.message}
        sessions[session.id] = session
        while len(sessions) > _SESSIONS_MAX:
            sessions.popitem(last=False)[1].close()
        return {
            "session": session.id,
            "company_file": session.company_file,
            "country": session.country,
            "qbxml_version": company.settings.qbxml_version,
        }

    @router.post("/session/{session_id}/process")
    def process(session_id: str, text: RawBody) -> Response:
        return _xml(known(session_id).process(text))

    @router.post("/session/{session_id}/host-company-preferences")
    def host_company_preferences(session_id: str, owner_id: RawBody) -> Response:
        return _xml(known(session_id).host_company_preferences(owner_id))

    @router.put("/session/{session_id}/lock", status_code=204)
    def lock(session_id: str, asked: LockAsked) -> None:
        session = known(session_id)
        if asked.host is None:
            session.unlock(asked.owner_id)
        else:
            session.lock(asked.owner_id, asked.host)

    @router.delete("/session/{session_id}", status_code=204)
    def close_session(session_id: str) -> None:
        session = sessions.pop(session_id, None)
        if session is not None:
            session.close()


def _add_records(router: APIRouter, company: CompanyFile) -> None:
    @router.post("/qbxml")
    def qbxml(text: RawBody, application: str = PERSON) -> Response:
        """What a person or another program does in QuickBooks."""
        return _xml(company.process(text, application=application))

    @router.get("/records/{kind}")
    def records(
        kind: str,
        list_id: str | None = None,
        full_name: str | None = None,
        txn_id: str | None = None,
        ref_number: str | None = None,
    ) -> list[dict[str, Any]]:
        asked = {
            "ListID": list_id,
            "FullName": full_name,
            "TxnID": txn_id,
            "RefNumber": ref_number,
        }
        given = {name: value for name, value in asked.items() if value is not None}
        try:
            found = company.records(kind, **given)
        except KeyError:
            raise HTTPException(404, f"there are no records of kind {kind}") from None
        return [_plain(record) for record in found]

    @router.post("/convert")
    def convert(asked: ConversionAsked) -> dict[str, str]:
        """A person makes an item receipt a bill, which no request can do."""
        dated = None if asked.txn_date is None else asked.txn_date.isoformat()
        try:
            bill = company.convert_receipt(
                asked.txn_id, ref_number=asked.ref_number, txn_date=dated
            )
        except RefusedError as refused:
            raise HTTPException(409, refused.message) from refused
        return {"txn_id": bill}

    @router.get("/counts")
    def counts() -> dict[str, int]:
        return company.counts()


def _add_door(router: APIRouter, company: CompanyFile) -> None:
    """Faults, settings, the clock of the books' computer (nobody else's), backups of the file."""

    def listed(armed: tuple[Fault, ...]) -> dict[str, Any]:
        return {
            "armed": armed,
            "kinds": {
                name: {"stage": kind.stage, "code": kind.code, "message": kind.message}
                for name, kind in FAULT_KINDS.items()
            },
        }

    door = Door(router, nullcontext(), _wrong, _unknown)
    door.faults(company.faults, Fault, listed)
    door.clock(company.clock, lambda: {"unix": company.clock()})
    door.settings(lambda changes: company.change_settings(**changes).to_json())
    door.saves(company.saved, company.save, company.restore)


def _wrong(words: str) -> HTTPException:
    return HTTPException(422, words)


def _unknown(words: str) -> HTTPException:
    return HTTPException(404, words)


def _add_company(router: APIRouter, company: CompanyFile) -> None:
    @router.get("")
    def show() -> dict[str, Any]:
        return {
            "settings": company.settings.to_json(),
            "unix": company.clock(),
            "counts": company.counts(),
            "switches": described(),
        }

    @router.post("/reset")
    def reset(asked: ResetAsked) -> dict[str, Any]:
        try:
            settings = None if asked.settings is None else CompanySettings.from_json(asked.settings)
        except ValueError as error:
            raise HTTPException(422, str(error)) from error
        company.reset(settings)
        if asked.sample:
            fill_company(company.process, company.settings)
        return {"counts": company.counts()}


def _xml(result: ProcessResult) -> Response:
    """A response, or an HRESULT in a header with COM's text as the body."""
    if result.hresult:
        return Response(
            result.message, media_type="text/plain", headers={"X-HResult": result.hresult}
        )
    return Response(result.response, media_type=XML)


def _plain(value: Any) -> Any:
    """Line pairs become objects with their element's name, everything else stays."""
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, tuple):
        element, fields = value
        return {"element": element, **_plain(fields)}
    if isinstance(value, list):
        return [_plain(part) for part in value]
    return value
