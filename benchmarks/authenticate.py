"""How long a Web Connector waits to be let in while 5,000 transfers wait.

Run from the top folder, in the developer's environment::

    python -m benchmarks.authenticate

Each sign-in checks the password (argon2), ends the run before it, looks for work and begins
a run; measured at the client, over HTTP on one kept connection.
"""

from __future__ import annotations

import argparse
import time

import httpx2

from benchmarks._stage import (
    Figure,
    Load,
    free_port,
    ledger_url,
    percentile,
    prepare,
    serving,
    show,
)
from counterfoil.sandboxes.web_connector import parse_qwc

BODY = (
    '<?xml version="1.0" encoding="utf-8"?><soap:Envelope '
    'xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
    '<authenticate xmlns="http://developer.intuit.com/"><strUserName>{user}</strUserName>'
    "<strPassword>{password}</strPassword></authenticate></soap:Body></soap:Envelope>"
)
HEADERS = {
    "Content-Type": "text/xml; charset=utf-8",
    "SOAPAction": '"http://developer.intuit.com/authenticate"',
}
WARM_UP = 5


def main() -> None:
    """Sign in again and again."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--orders", type=int, default=5_000)
    parser.add_argument("--times", type=int, default=100)
    parser.add_argument("--postgres", action="store_true")
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    database = "postgres" if asked.postgres else "sqlite"
    port = free_port()
    with ledger_url(database) as url:
        prepared = prepare(url, Load(orders=asked.orders), f"http://localhost:{port}")
        user = parse_qwc(prepared.qwc).user_name
        content = BODY.format(user=user, password=prepared.password).encode()
        with serving(url, port) as hub, httpx2.Client() as client:
            waited_ms: list[float] = []
            before = hub.usage()
            for _ in range(asked.times + WARM_UP):
                started = time.perf_counter()
                answer = client.post(
                    f"http://localhost:{port}/qbwc", content=content, headers=HEADERS
                )
                waited_ms.append((time.perf_counter() - started) * 1000)
                if "<string></string>" not in answer.text:
                    raise SystemExit(f"not let in to work: {answer.text}")
            cpu_s = hub.usage().cpu_s - before.cpu_s
    waited_ms = waited_ms[WARM_UP:]
    show(
        f"authenticate, {asked.orders:,} transfers waiting, {database}, {asked.times} times",
        [
            Figure("median", percentile(waited_ms, 0.5), "ms", "<= 50"),
            Figure("95 of 100 within", percentile(waited_ms, 0.95), "ms"),
            Figure("CPU of the hub", cpu_s / (asked.times + WARM_UP) * 1000, "ms each"),
        ],
        as_json=asked.json,
    )


if __name__ == "__main__":
    main()
