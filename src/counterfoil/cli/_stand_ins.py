"""The stand-ins, as whoever plays with them reaches them: over HTTP, on the loopback address.

Nothing here reaches into a sandbox: it is filled, looked at and worked with as its people do.
"""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2
import uvicorn
from fastapi import FastAPI

from counterfoil.api.edge import Edge
from counterfoil.connectors.quickbooks_desktop.qbxml import Request, Version, render_set
from counterfoil.errors import CounterfoilError
from counterfoil.sandboxes.autotask.load import load_folder as load_tenant
from counterfoil.sandboxes.fusion_operations import load_folder
from counterfoil.sandboxes.serve import (
    AUTOTASK_TENANT,
    FUSION_KEY,
    FUSION_SECRET,
    ONLINE_CLIENT_ID,
    ONLINE_REALM,
    TIME_ZONE,
    Sandboxes,
)

from ._server import KEEP_ALIVE_S

__all__ = ["StandIns", "free_port", "serve_stand_ins", "served"]


class StandIns:
    """All stand-ins, at one address.

    Attributes:
        fusion_url: Base URL of the operations sandbox.
        autotask_url: Base URL of the service desk's sandbox.
        online_url: Base URL of the sandbox of QuickBooks Online.
        quickbooks_url: Base URL of the company file's control paths.
    """

    def __init__(self, sandbox_url: str) -> None:
        self.fusion_url = f"{sandbox_url}/fusion"
        self.autotask_url = f"{sandbox_url}/autotask"
        self.online_url = f"{sandbox_url}/online"
        self.quickbooks_url = f"{sandbox_url}/sandbox/quickbooks"
        self.time_zone = TIME_ZONE
        self.http = httpx2.Client(timeout=60)
        self._token: str | None = None

    def close(self) -> None:
        """Let go of the network."""
        self.http.close()

    @property
    def credentials(self) -> tuple[str, str]:
        """Key and secret of the operations sandbox's company."""
        return FUSION_KEY, FUSION_SECRET

    # --- The operations system ----------------------------------------------------------

    def load(self, data: Path, progress: Callable[[str, int, int], None]) -> int:
        """Fill the operations sandbox over its own API; says how many orders."""
        report = load_folder(self.fusion_url, FUSION_KEY, FUSION_SECRET, data, progress=progress)
        return report.created.get("sales-orders", 0)

    def operations(self, method: str, path: str, body: object = None) -> Any:
        """Call the operations sandbox's API as one of its users' programs would."""
        if self._token is None:
            answer = self.http.post(
                f"{self.fusion_url}/api/v1/authorization", auth=(FUSION_KEY, FUSION_SECRET)
            )
            answer.raise_for_status()
            self._token = str(answer.json()["token"])
        answer = self.http.request(
            method,
            f"{self.fusion_url}/api/v1/{path}",
            params={"access_token": self._token},
            json=body,
        )
        answer.raise_for_status()
        return json.loads(answer.content, parse_float=Decimal) if answer.content else None

    # --- The service desk ---------------------------------------------------------------

    def load_service_desk(self, data: Path) -> None:
        """Fill the service desk's sandbox as its people do."""
        load_tenant(f"{self.autotask_url}/sandbox", AUTOTASK_TENANT, data, http=self.http)

    def service_desk(self, method: str, path: str, body: object = None) -> Any:
        """Do or look at something at the service desk's screens."""
        url = f"{self.autotask_url}/sandbox/tenants/{AUTOTASK_TENANT}/{path}"
        answer = self.http.request(method, url, json=body)
        answer.raise_for_status()
        return json.loads(answer.content, parse_float=Decimal)

    # --- The books ----------------------------------------------------------------------

    def in_quickbooks(self, *requests: Request) -> str:
        """Do something in the company file as the person at QuickBooks does.

        Raises:
            CounterfoilError: QuickBooks refused it.
        """
        text = render_set(requests, version=Version(16, 0))
        answer = self.http.post(f"{self.quickbooks_url}/qbxml", content=text.encode())
        answer.raise_for_status()
        if 'statusSeverity="Error"' in answer.text:
            raise CounterfoilError("The sample company refused its own data.", detail=answer.text)
        return answer.text

    def books(self, kind: str) -> list[dict[str, Any]]:
        """List the records of a kind that the company file holds."""
        answer = self.http.get(f"{self.quickbooks_url}/records/{kind}")
        answer.raise_for_status()
        found: list[dict[str, Any]] = answer.json()
        return found

    # --- The books, online --------------------------------------------------------------

    def register(self, redirect: str) -> None:
        """Let the app at QuickBooks Online know one more address that people come back to."""
        self._in_online("POST", f"apps/{ONLINE_CLIENT_ID}/redirects", {"uri": redirect})

    def at_online(self, path: str, body: object) -> Any:
        """Do something in QuickBooks Online as the person there does."""
        return self._in_online("POST", f"companies/{ONLINE_REALM}/{path}", body)

    def online_books(self, entity: str) -> list[dict[str, Any]]:
        """List the records of an entity that the company in QuickBooks Online holds."""
        found = self._in_online("GET", f"companies/{ONLINE_REALM}/records/{entity}")
        return [each for each in found if each.get("status") != "Deleted"]

    def _in_online(self, method: str, path: str, body: object = None) -> Any:
        answer = self.http.request(method, f"{self.online_url}/sandbox/{path}", json=body)
        answer.raise_for_status()
        return json.loads(answer.content, parse_float=Decimal) if answer.content else None


@contextmanager
def serve_stand_ins(folder: Path | None = None, *, mark: str = "") -> Iterator[str]:
    """Start the stand-ins, and give their address; they end with the context.

    Args:
        folder: For what they hold; ``None``: it is gone with them.
        mark: What the names of their books end with.
    """
    with ExitStack() as stack:
        sandboxes = Sandboxes(folder, mark=mark)
        stack.callback(sandboxes.close)
        port = free_port(0)
        base = f"http://127.0.0.1:{port}"
        stack.enter_context(served(sandboxes.app(base), port))
        yield base


def free_port(port: int) -> int:
    """Give the port, or any free one when it is in use."""
    for candidate in (port, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", candidate))
            except OSError:
                continue
            found: int = probe.getsockname()[1]
            return found
    raise CounterfoilError("No port is free on this computer.")


@contextmanager
def served(app: FastAPI, port: int) -> Iterator[int]:
    """Serve an application in a thread; gives its port."""
    server = uvicorn.Server(
        uvicorn.Config(
            app,
            host="127.0.0.1",
            port=port,
            http=Edge,
            ws="none",
            log_level="error",
            access_log=False,
            lifespan="on",
            timeout_keep_alive=KEEP_ALIVE_S,
        )
    )
    thread = threading.Thread(target=server.run, name="server", daemon=True)
    thread.start()
    while not server.started:
        if not thread.is_alive():
            raise CounterfoilError("A server of the stand-ins did not start.")
        time.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(timeout=10)
