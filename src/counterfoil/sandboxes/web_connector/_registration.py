"""Adding an application to the Web Connector (section 2, "Operating facts").

The program fetches the support page, then opens a session on the company and
looks for its FileID there: a text field of the application's OwnerID on the
company record.  Absent, it is written; another one there is QBWC1026.
"""

from __future__ import annotations

import httpx2
from lxml import etree

from counterfoil.sandboxes.quickbooks_desktop import QuickBooksConnectionError
from counterfoil.sandboxes.web_connector._quickbooks import QuickBooks, QuickBooksSession
from counterfoil.sandboxes.web_connector._qwc import QbwcError, QwcFile

FILE_ID_FIELD = "FileID"
_ACCEPTED = frozenset({200, 202})


def check_support_page(qwc: QwcFile, client: httpx2.Client) -> None:
    """Fetch AppSupport; only 200 and 202 will do, redirects followed.

    Raises:
        QbwcError: 1003 for another status, 1004 when it cannot be fetched.
    """
    try:
        response = client.get(qwc.app_support, follow_redirects=True)
    except httpx2.HTTPError as error:
        raise QbwcError(1004, f"AppSupport {qwc.app_support}: {error}") from error
    if response.status_code not in _ACCEPTED:
        raise QbwcError(
            1003, f"AppSupport {qwc.app_support} answered {response.status_code}, not 200 or 202"
        )


def register(qwc: QwcFile, quickbooks: QuickBooks) -> None:
    """Bind the application to the company that is open, by writing its FileID there.

    Raises:
        QbwcError: 1023 when QuickBooks cannot be reached, 1025 to 1027 when the
            FileID can be neither found nor written.
    """
    try:
        session = quickbooks.open_session(None, application=qwc.app_name)
    except QuickBooksConnectionError as failure:
        raise QbwcError(1023, f"QuickBooks connection failed twice: {failure}") from failure
    try:
        _bind(qwc, session)
    finally:
        session.close()


def _bind(qwc: QwcFile, session: QuickBooksSession) -> None:
    found = _ask(session, f"<CompanyQueryRq><OwnerID>{qwc.owner_id}</OwnerID></CompanyQueryRq>")
    for field in found.iter("DataExtRet"):
        if field.findtext("DataExtName") == FILE_ID_FIELD:
            if field.findtext("DataExtValue") == qwc.file_id:
                return
            raise QbwcError(1026, "the company file holds another FileID of this application")
    definition = (
        f"<DataExtDefAddRq><DataExtDefAdd><OwnerID>{qwc.owner_id}</OwnerID>"
        f"<DataExtName>{FILE_ID_FIELD}</DataExtName><DataExtType>STR255TYPE</DataExtType>"
        "<AssignToObject>Company</AssignToObject></DataExtDefAdd></DataExtDefAddRq>"
    )
    value = (
        f"<DataExtAddRq><DataExtAdd><OwnerID>{qwc.owner_id}</OwnerID>"
        f"<DataExtName>{FILE_ID_FIELD}</DataExtName><OtherDataExtType>Company</OtherDataExtType>"
        f"<DataExtValue>{qwc.file_id}</DataExtValue></DataExtAdd></DataExtAddRq>"
    )
    for reply in _ask(session, definition + value).iter("DataExtDefAddRs", "DataExtAddRs"):
        if reply.get("statusCode") != "0":
            raise QbwcError(1026, f"FileID not created: {reply.get('statusMessage')}")


def _ask(session: QuickBooksSession, requests: str) -> etree._Element:
    major, minor = session.qbxml_version
    result = session.process(
        f'<?xml version="1.0" encoding="utf-8"?><?qbxml version="{major}.{minor}"?>'
        f'<QBXML><QBXMLMsgsRq onError="stopOnError">{requests}</QBXMLMsgsRq></QBXML>'
    )
    if result.hresult:
        raise QbwcError(1025, f"{result.hresult}: {result.message}")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return etree.fromstring(result.response.encode("utf-8"), parser)
