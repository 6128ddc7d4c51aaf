"""qbwc-kit as somebody would use it; started by ``kit.py``.

Another project's Web Connector service carries the same orders: it reads and writes SOAP,
renders each set from plain fields and reads its answer; what became of each order is committed.
"""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from collections.abc import Iterator
from typing import Any

import uvicorn
from qbwc_kit import qbxml
from qbwc_kit.server import create_app
from qbwc_kit.service import QBWCService
from qbwc_kit.session import SimpleTask, StaticAuthenticator

PER_SET = int(os.environ.get("BENCHMARK_PER_SET", "100"))


class Orders(SimpleTask):  # type: ignore[misc]  # the kit is not typed
    """One message set of orders."""

    def __init__(self, database: sqlite3.Connection, rows: list[tuple[int, str]]) -> None:
        super().__init__("orders")
        self.database = database
        self.rows = rows

    def build(self, ctx: Any) -> Any:
        """Render them."""
        return qbxml.QBXMLRequest(
            [
                qbxml.add("SalesOrder", json.loads(fields), request_id=str(number))
                for number, fields in self.rows
            ],
            version="16.0",
            on_error="continueOnError",
        )

    def handle(self, ctx: Any, response: Any) -> None:
        """Keep what became of each."""
        done = [
            (reply.records[0]["TxnID"], int(reply.request_id)) for reply in response if reply.ok
        ]
        with self.database:
            self.database.executemany(
                "update orders set state = 'done', txn_id = ? where id = ?", done
            )


def tasks(database: sqlite3.Connection) -> Iterator[Orders]:
    """Give a task for each message set."""
    rows = database.execute("select id, fields from orders order by id").fetchall()
    for start in range(0, len(rows), PER_SET):
        yield Orders(database, rows[start : start + PER_SET])


def main() -> None:
    """Serve until told to end."""
    database = sqlite3.connect(sys.argv[1].removeprefix("sqlite:///"), check_same_thread=False)
    for pragma in ("journal_mode=wal", "synchronous=full"):
        database.execute(f"pragma {pragma}")
    service = QBWCService(StaticAuthenticator("bare", "bare", list(tasks(database))))
    port = int(sys.argv[2])
    app = create_app(service, endpoint_url=f"http://localhost:{port}/qbwc")
    app.get("/qbwc/support")(lambda: "here")
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
