"""The demonstration's stage: sandboxes, a hub and a Web Connector in this process.

Everything speaks over real HTTP on the loopback address, as it would between computers;
nothing here reaches into a sandbox or into the hub.  What a user would type is typed:
``command`` starts ``counterfoil`` as a process of its own.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from html import unescape
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2

from counterfoil.console.app import create_app
from counterfoil.errors import CounterfoilError
from counterfoil.hub.configuration import load_configuration
from counterfoil.hub.dispatcher import Dispatcher
from counterfoil.hub.setup import open_hub
from counterfoil.hub.vault import new_key_text
from counterfoil.sandboxes.serve import ONLINE_CLIENT_ID, ONLINE_CLIENT_SECRET, ONLINE_REALM
from counterfoil.sandboxes.web_connector import (
    RemoteCompany,
    RunReport,
    WebConnector,
    parse_qwc,
)

from ._stand_ins import StandIns, free_port, serve_stand_ins, served

__all__ = ["Stage", "open_stage"]

_COMMAND_TIMEOUT_S: Final = 300
_CALL_TIMEOUT_S: Final = 600


class Stage(StandIns):
    """A company with its operations system, its books, a hub and a Web Connector.

    Attributes:
        hub_url: The hub's address.
        environment: What commands at this hub find in theirs.
    """

    def __init__(
        self, sandbox_url: str, dispatcher: Dispatcher, environment: Mapping[str, str]
    ) -> None:
        super().__init__(sandbox_url)
        self.hub_url = environment["COUNTERFOIL_PUBLIC_URL"]
        self._dispatcher = dispatcher
        self._dispatches = False
        self.environment = dict(environment)
        self._connector: WebConnector | None = None
        # The Web Connector's, to the hub and to QuickBooks.
        self._lines = httpx2.Client(timeout=_CALL_TIMEOUT_S)

    def dispatch(self) -> None:
        """Let the hub drive what is due from now on, as ``counterfoil serve`` does."""
        self._dispatches = True
        self._dispatcher.start()

    def close(self) -> None:
        """End what the stage began."""
        if self._dispatches:
            self._dispatcher.stop()
        self._lines.close()
        super().close()

    # --- What a user types --------------------------------------------------------------

    def command(self, *arguments: str) -> Any:
        """Run ``counterfoil`` with these arguments; gives what its ``--json`` printed.

        Raises:
            CounterfoilError: It failed; the message is its own.
        """
        done = subprocess.run(  # noqa: S603 - our own program, arguments as a list
            [sys.executable, "-m", "counterfoil", *arguments, "--json"],
            env={**os.environ, **self.environment},
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
        company = RemoteCompany(self.quickbooks_url, client=self._lines)
        self._connector = WebConnector(parse_qwc(qwc), password, company, client=self._lines)
        self._connector.add()

    def run_web_connector(self) -> RunReport:
        """Press Update Selected."""
        assert self._connector is not None, "installed first"
        return self._connector.run_once()

    # --- The books, online --------------------------------------------------------------

    def connect_online(self) -> None:
        """Connect QuickBooks Online as “Books”: the app's keys, then a person in a browser."""
        made = self.command(
            *("connections", "add", "quickbooks-online", "--name", "Books"),
            *("--client-id", ONLINE_CLIENT_ID, "--client-secret", ONLINE_CLIENT_SECRET),
            *("--environment", "sandbox"),
            *("--base-url", self.online_url, "--sign-in-url", self.online_url),
        )
        self.register(made["connect"]["redirect_uri"])
        token = self.command("tokens", "add", "Bookkeeper")["token"]
        with httpx2.Client(timeout=60, follow_redirects=True) as browser:
            _sign_in(browser, made["connect"]["url"], token)


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


_ON: Final = re.compile(r'href="([^"]+)">Go on')


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
        sandbox_url = stack.enter_context(serve_stand_ins(folder / "sandboxes"))
        hub_port = free_port(port)
        environment = {
            "COUNTERFOIL_DATABASE_URL": f"sqlite:///{folder / 'counterfoil.db'}",
            "COUNTERFOIL_SECRET_KEY": new_key_text(),
            "COUNTERFOIL_PUBLIC_URL": f"http://localhost:{hub_port}",
            # Invented documents: whoever plays may do everything with them.
            "COUNTERFOIL_TRUST_THIS_COMPUTER": "true",
            "COUNTERFOIL_THIS_COMPUTER_MAY": "administer",
        }
        hub = stack.enter_context(open_hub(load_configuration(environment)))
        dispatcher = Dispatcher(hub, is_led=True)
        stack.enter_context(served(create_app(hub, dispatcher=dispatcher), hub_port))
        stage = Stage(sandbox_url, dispatcher, environment)
        stack.callback(stage.close)
        yield stage
