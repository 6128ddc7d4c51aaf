"""The demonstration's stage: sandboxes, a hub and a Web Connector in this process.

Everything speaks over real HTTP on the loopback address, as it would between computers;
nothing here reaches into a sandbox or into the hub.  What a user would type is typed:
``command`` starts ``counterfoil`` as a process of its own.
"""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from decimal import Decimal
from html import unescape
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2
import uvicorn
from fastapi import FastAPI

from counterfoil.api.app import create_app
from counterfoil.api.edge import Edge
from counterfoil.connectors.quickbooks_desktop.qbxml import Request, Version, render_set
from counterfoil.errors import CounterfoilError
from counterfoil.hub.configuration import load_configuration
from counterfoil.hub.dispatcher import Dispatcher
from counterfoil.hub.setup import open_hub
from counterfoil.hub.vault import new_key_text
from counterfoil.sandboxes.autotask.load import load_folder as load_tenant
from counterfoil.sandboxes.fusion_operations import load_folder
from counterfoil.sandboxes.serve import (
    AUTOTASK_TENANT,
    FUSION_KEY,
    FUSION_SECRET,
    ONLINE_CLIENT_ID,
    ONLINE_CLIENT_SECRET,
    ONLINE_REALM,
    TIME_ZONE,
    Sandboxes,
)
from counterfoil.sandboxes.web_connector import (
    RemoteCompany,
    RunReport,
    WebConnector,
    parse_qwc,
)

from ._server import KEEP_ALIVE_S

__all__ = ["Stage", "open_stage"]

_COMMAND_TIMEOUT_S: Final = 300


class Stage:
    """A company with its operations system, its books, a hub and a Web Connector.

    Attributes:
        hub_url: The hub's address.
        fusion_url: Base URL of the operations sandbox.
        autotask_url: Base URL of the service desk's sandbox.
        online_url: Base URL of the sandbox of QuickBooks Online.
        quickbooks_url: Base URL of the company file's control paths.
    """

    def __init__(
        self, sandbox_url: str, dispatcher: Dispatcher, environment: Mapping[str, str]
    ) -> None:
        self.fusion_url = f"{sandbox_url}/fusion"
        self.autotask_url = f"{sandbox_url}/autotask"
        self.online_url = f"{sandbox_url}/online"
        self.quickbooks_url = f"{sandbox_url}/sandbox/quickbooks"
        self.hub_url = environment["COUNTERFOIL_PUBLIC_URL"]
        self.time_zone = TIME_ZONE
        self._dispatcher = dispatcher
        self._dispatches = False
        self._environment = dict(environment)
        self._http = httpx2.Client(timeout=60)
        self._token: str | None = None
        self._connector: WebConnector | None = None

    def dispatch(self) -> None:
        """Let the hub drive what is due from now on, as ``counterfoil serve`` does."""
        self._dispatches = True
        self._dispatcher.start()

    def close(self) -> None:
        """End what the stage began."""
        if self._dispatches:
            self._dispatcher.stop()
        self._http.close()

    # --- What a user types --------------------------------------------------------------

    def command(self, *arguments: str) -> Any:
        """Run ``counterfoil`` with these arguments; gives what its ``--json`` printed.

        Raises:
            CounterfoilError: It failed; the message is its own.
        """
        done = subprocess.run(  # noqa: S603 - our own program, arguments as a list
            [sys.executable, "-m", "counterfoil", *arguments, "--json"],
            env={**os.environ, **self._environment},
            capture_output=True,
            text=True,
            timeout=_COMMAND_TIMEOUT_S,
            check=False,
        )
        if done.returncode not in (0, 1):
            said = done.stderr.strip() or done.stdout
            raise CounterfoilError(f"“counterfoil {' '.join(arguments[:2])}” failed: {said}")
        return json.loads(done.stdout) if done.stdout.strip() else None

    # --- The Web Connector --------------------------------------------------------------

    def install_web_connector(self, qwc: str, password: str) -> None:
        """Do what the user does: open the file in the Web Connector, type the password."""
        self._connector = WebConnector(parse_qwc(qwc), password, RemoteCompany(self.quickbooks_url))
        self._connector.add()

    def run_web_connector(self) -> RunReport:
        """Press Update Selected."""
        assert self._connector is not None, "installed first"
        return self._connector.run_once()

    # --- The operations system ----------------------------------------------------------

    def load(self, data: Path, progress: Callable[[str, int, int], None]) -> int:
        """Fill the operations sandbox over its own API; says how many orders."""
        report = load_folder(self.fusion_url, FUSION_KEY, FUSION_SECRET, data, progress=progress)
        return report.created.get("sales-orders", 0)

    def operations(self, method: str, path: str, body: object = None) -> Any:
        """Call the operations sandbox's API as one of its users' programs would."""
        if self._token is None:
            answer = self._http.post(
                f"{self.fusion_url}/api/v1/authorization", auth=(FUSION_KEY, FUSION_SECRET)
            )
            answer.raise_for_status()
            self._token = str(answer.json()["token"])
        answer = self._http.request(
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
        load_tenant(f"{self.autotask_url}/sandbox", AUTOTASK_TENANT, data, http=self._http)

    def service_desk(self, method: str, path: str, body: object = None) -> Any:
        """Do or look at something at the service desk's screens."""
        url = f"{self.autotask_url}/sandbox/tenants/{AUTOTASK_TENANT}/{path}"
        answer = self._http.request(method, url, json=body)
        answer.raise_for_status()
        return json.loads(answer.content, parse_float=Decimal)

    # --- The books ----------------------------------------------------------------------

    def in_quickbooks(self, *requests: Request) -> str:
        """Do something in the company file as the person at QuickBooks does.

        Raises:
            CounterfoilError: QuickBooks refused it.
        """
        text = render_set(requests, version=Version(16, 0))
        answer = self._http.post(f"{self.quickbooks_url}/qbxml", content=text.encode())
        answer.raise_for_status()
        if 'statusSeverity="Error"' in answer.text:
            raise CounterfoilError("The sample company refused its own data.", detail=answer.text)
        return answer.text

    def books(self, kind: str) -> list[dict[str, Any]]:
        """List the records of a kind that the company file holds."""
        answer = self._http.get(f"{self.quickbooks_url}/records/{kind}")
        answer.raise_for_status()
        found: list[dict[str, Any]] = answer.json()
        return found

    # --- The books, online --------------------------------------------------------------

    def connect_online(self) -> None:
        """Connect QuickBooks Online as “Books”: the app's keys, then a person in a browser."""
        made = self.command(
            *("connections", "add", "quickbooks-online", "--name", "Books"),
            *("--client-id", ONLINE_CLIENT_ID, "--client-secret", ONLINE_CLIENT_SECRET),
            *("--environment", "sandbox"),
            *("--base-url", self.online_url, "--sign-in-url", self.online_url),
        )
        redirect = {"uri": made["connect"]["redirect_uri"]}
        self._in_online("POST", f"apps/{ONLINE_CLIENT_ID}/redirects", redirect)
        token = self.command("tokens", "add", "Bookkeeper")["token"]
        with httpx2.Client(timeout=60, follow_redirects=True) as browser:
            _sign_in(browser, made["connect"]["url"], token)

    def at_online(self, path: str, body: object) -> Any:
        """Do something in QuickBooks Online as the person there does."""
        return self._in_online("POST", f"companies/{ONLINE_REALM}/{path}", body)

    def online_books(self, entity: str) -> list[dict[str, Any]]:
        """List the records of an entity that the company in QuickBooks Online holds."""
        found = self._in_online("GET", f"companies/{ONLINE_REALM}/records/{entity}")
        return [each for each in found if each.get("status") != "Deleted"]

    def _in_online(self, method: str, path: str, body: object = None) -> Any:
        answer = self._http.request(method, f"{self.online_url}/sandbox/{path}", json=body)
        answer.raise_for_status()
        return json.loads(answer.content, parse_float=Decimal) if answer.content else None

    @property
    def credentials(self) -> tuple[str, str]:
        """Key and secret of the operations sandbox's company."""
        return FUSION_KEY, FUSION_SECRET


def _sign_in(browser: httpx2.Client, page: str, token: str) -> None:
    """Do what a person does: sign in to the hub, press Connect, and press Connect once more.

    Raises:
        CounterfoilError: A page said something else than it should.
    """
    hub = "{0.scheme}://{0.netloc}".format(urlsplit(page))
    browser.headers["Origin"] = hub
    _pressed(browser.post(f"{hub}/login", data={"token": token, "to": urlsplit(page).path}))
    leaving = _pressed(browser.post(page))
    there = _ON.search(leaving.text)
    if there is None:
        raise CounterfoilError("The hub did not lead on to the provider.", detail=leaving.text)
    asked = _pressed(browser.get(unescape(there[1])))
    company = {"company": ONLINE_REALM, "decision": "connect"}
    _pressed(browser.post(asked.url, data=company))


_ON: Final = re.compile(r'<a href="([^"]+)">Go on')


def _pressed(answer: httpx2.Response) -> httpx2.Response:
    if not answer.is_success:
        raise CounterfoilError(
            f"{answer.url.path} answered {answer.status_code}.", detail=answer.text
        )
    return answer


@contextmanager
def open_stage(folder: Path, port: int) -> Iterator[Stage]:
    """Start the sandboxes and the hub; everything ends with the context.

    Args:
        folder: For the database and the sandboxes' state.
        port: For the hub's console; another one is taken when it is in use.
    """
    with ExitStack() as stack:
        sandboxes = Sandboxes(folder / "sandboxes")
        stack.callback(sandboxes.close)
        sandbox_port = _free(0)
        base = f"http://127.0.0.1:{sandbox_port}"
        stack.enter_context(_served(sandboxes.app(base), sandbox_port))
        hub_port = _free(port)
        environment = {
            "COUNTERFOIL_DATABASE_URL": f"sqlite:///{folder / 'counterfoil.db'}",
            "COUNTERFOIL_SECRET_KEY": new_key_text(),
            "COUNTERFOIL_PUBLIC_URL": f"http://localhost:{hub_port}",
            # Invented documents, and a page that whoever plays may look at.
            "COUNTERFOIL_TRUST_THIS_COMPUTER": "true",
        }
        hub = stack.enter_context(open_hub(load_configuration(environment)))
        dispatcher = Dispatcher(hub, is_led=True)
        stack.enter_context(_served(create_app(hub, dispatcher=dispatcher), hub_port))
        stage = Stage(base, dispatcher, environment)
        stack.callback(stage.close)
        yield stage


def _free(port: int) -> int:
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
def _served(app: FastAPI, port: int) -> Iterator[int]:
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
            raise CounterfoilError("A server of the demonstration did not start.")
        time.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join(timeout=10)
