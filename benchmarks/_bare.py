"""A responder that does as little as exactly-once allows; started by ``bare.py``.

It has the orders' qbXML rendered beforehand.  Of all that the hub does it keeps only: the
SOAP calls, a commit that the set leaves, reading each reply's status and TxnID, and a
commit of that.  No matching, no settings, no states, no checks, no evidence.
"""

from __future__ import annotations

import sqlite3
import sys
import uuid
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from lxml import etree

from counterfoil.connectors.quickbooks_desktop.web_connector import soap

PER_SET = 100
LIMIT_BYTES = 64 * 2**20


class Responder:
    """Answers the calls of one Web Connector from one SQLite file."""

    def __init__(self, path: str) -> None:
        self.db = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
        for pragma in ("journal_mode=wal", "synchronous=full"):
            self.db.execute(f"pragma {pragma}")

    def answer(self, call: soap.Call) -> soap.Result:
        """Answer one call."""
        match call:
            case soap.Authenticate():
                return ["bare", ""]
            case soap.SendRequest():
                return self._send()
            case soap.ReceiveResponse():
                return self._take(call.response)
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
        parsed = soap.parse_call(body, charset="utf-8", limit_bytes=LIMIT_BYTES)
        reply = soap.render_reply(parsed, responder.answer(parsed))
        return Response(reply, media_type="text/xml; charset=utf-8")

    port = int(sys.argv[2])
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
