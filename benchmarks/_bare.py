"""A responder that does as little as exactly-once allows; started by ``bare.py``.

It has the orders' qbXML rendered beforehand.  Of all that the hub does it keeps only: the
SOAP calls, a commit that the set leaves, reading each reply's status and TxnID, and a
commit of that.  No matching, no settings, no states, no checks, no evidence.

It is the measure that the hub's figures are told against: nothing of the hub is imported, and
nothing here is to be made faster or slower.
"""

from __future__ import annotations

import sqlite3
import sys
import uuid
from xml.sax.saxutils import escape

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from lxml import etree

PER_SET = 100
NAMESPACE = "http://developer.intuit.com/"
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"


class Responder:
    """Answers the calls of one Web Connector from one SQLite file."""

    def __init__(self, path: str) -> None:
        self.db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        for pragma in ("journal_mode=wal", "synchronous=full"):
            self.db.execute(f"pragma {pragma}")

    def answer(self, operation: str, given: dict[str, str]) -> str:
        """Answer one call with what stands inside its result, escaped."""
        match operation:
            case "authenticate":
                return "<string>bare</string><string></string>"
            case "sendRequestXML":
                return escape(self._send())
            case "receiveResponseXML":
                return str(self._take(given["response"]))
            case _:
                return ""

    def _send(self) -> str:
        self.db.execute("begin immediate")
        rows = self.db.execute(
            "select id, qbxml from orders where state = 'ready' order by id limit ?", (PER_SET,)
        ).fetchall()
        key = uuid.uuid4().hex[:24]
        self.db.execute("insert into sets (key) values (?)", (key,))
        self.db.executemany(
            "update orders set state = 'sent', set_key = ? where id = ?",
            [(key, row[0]) for row in rows],
        )
        self.db.execute("commit")
        body = "".join([row[1] for row in rows])
        return (
            '<?xml version="1.0" encoding="utf-8"?>\n<?qbxml version="16.0"?>\n'
            f'<QBXML><QBXMLMsgsRq onError="continueOnError" newMessageSetID="{key}">'
            f"{body}</QBXMLMsgsRq></QBXML>"
        )

    def _take(self, text: str) -> int:
        replies = etree.fromstring(text.encode())[0]
        rows = [
            (reply.findtext("SalesOrderRet/TxnID"), int(reply.get("requestID", "0")))
            for reply in replies
            if reply.get("statusCode") == "0"
        ]
        self.db.execute("begin immediate")
        self.db.executemany("update orders set state = 'done', txn_id = ? where id = ?", rows)
        self.db.execute("commit")
        left, total = self.db.execute(
            "select sum(state = 'ready'), count(*) from orders"
        ).fetchone()
        return 100 if not left else 99 * (total - left) // total


def called(body: bytes) -> tuple[str, dict[str, str]]:
    """Read a SOAP call: its operation, and its parameters by name."""
    parser = etree.XMLParser(resolve_entities=False, huge_tree=True)
    call = etree.fromstring(body, parser).findall(f"{{{ENVELOPE}}}Body/*")[0]
    given = {etree.QName(each).localname: each.text or "" for each in call}
    return etree.QName(call).localname, given


def replied(operation: str, result: str) -> str:
    """Write a SOAP reply."""
    return (
        f'<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="{ENVELOPE}">'
        f'<soap:Body><{operation}Response xmlns="{NAMESPACE}"><{operation}Result>{result}'
        f"</{operation}Result></{operation}Response></soap:Body></soap:Envelope>"
    )


def main() -> None:
    """Serve until told to end."""
    responder = Responder(sys.argv[1].removeprefix("sqlite:///"))
    app = FastAPI(openapi_url=None)

    @app.post("/qbwc")
    async def call(request: Request) -> Response:
        return await run_in_threadpool(answered, await request.body())

    @app.get("/qbwc/support")
    def support() -> Response:
        return Response("here")

    def answered(body: bytes) -> Response:
        operation, given = called(body)
        reply = replied(operation, responder.answer(operation, given))
        return Response(reply, media_type="text/xml; charset=utf-8")

    port = int(sys.argv[2])
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
