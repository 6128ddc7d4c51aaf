"""What only a real socket shows: silence, hang-ups, threads, and the HTTP library's own log."""

from __future__ import annotations

import logging
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI

from counterfoil.connectors.called import Line
from counterfoil.connectors.fusion_operations import Account, FusionClient
from counterfoil.errors import OutcomeUnknownError, UnavailableError
from counterfoil.sandboxes.fusion_operations import Company, FusionState, fusion_app
from tests.sandboxes.fusion_operations.play import KEY, SECRET

CLIENTS = "/api/v1/clients/"


class Started(uvicorn.Server):
    """A server that says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listens.set()


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A sandbox on a port of this machine."""
    state = FusionState([Company(name="acme", keys={KEY: SECRET})])
    root = FastAPI()
    root.mount("/fusion", fusion_app(state))
    listener = socket.create_server(("127.0.0.1", 0))
    server = Started(uvicorn.Config(root, log_config=None, access_log=False, lifespan="off"))
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    assert server.listens.wait(10)
    yield f"http://127.0.0.1:{listener.getsockname()[1]}/fusion"
    server.should_exit = True
    thread.join(10)
    listener.close()


@pytest.fixture
def client(url: str) -> Iterator[FusionClient]:
    """A client of little patience that never really waits between tries."""
    account = Account(base_url=url, key=KEY, secret=SECRET)
    made = FusionClient(account, line=Line(read_timeout_s=0.1, sleep=lambda seconds: None))
    yield made
    made.close()


def fault(url: str, kind: str, **fields: object) -> None:
    answer = httpx2.post(f"{url}/sandbox/faults", json={"kind": kind, "seconds": 0.3, **fields})
    assert answer.status_code == 201


class TestSilence:
    @pytest.mark.parametrize("kind, is_done", [("timeout-before", False), ("timeout-after", True)])
    def test_a5_a_post_without_answer(
        self, url: str, client: FusionClient, kind: str, is_done: bool
    ) -> None:
        """A5: the client stops waiting, and the list tells whether it was carried out."""
        client.fetch(CLIENTS)
        fault(url, kind, method="POST", path="/clients/")

        with pytest.raises(OutcomeUnknownError, match="did not answer in time"):
            client.send("POST", CLIENTS, {"code": kind})

        codes = {raw["code"] for raw in client.fetch_list(CLIENTS)}
        assert (kind in codes) is is_done

    def test_nobody_listens(self) -> None:
        """A closed port is told as unreachable: nothing was sent."""
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        account = Account(base_url=f"http://127.0.0.1:{port}", key=KEY, secret=SECRET)
        client = FusionClient(account, line=Line(sleep=lambda seconds: None))

        with pytest.raises(UnavailableError, match="cannot be reached"):
            client.send("POST", CLIENTS, {"code": "X"})
        client.close()


class TestThreads:
    def test_one_code_is_given_once(self, url: str) -> None:
        """Eight clients that create the same code at once: one is told 201, seven 409."""
        token = httpx2.post(f"{url}/api/v1/authorization", auth=(KEY, SECRET)).json()["token"]

        def create(number: int) -> int:
            return httpx2.post(
                f"{url}{CLIENTS}", params={"access_token": token}, json={"code": "RACE"}
            ).status_code

        with ThreadPoolExecutor(8) as pool:
            assert sorted(pool.map(create, range(8))) == [201] + [409] * 7

    def test_threads_share_one_client(self, url: str, client: FusionClient) -> None:
        """Calls of several threads go one after another, on one token."""
        with ThreadPoolExecutor(4) as pool:
            replies = [*pool.map(lambda _: client.fetch(CLIENTS).status, range(8))]

        assert replies == [200] * 8


class TestSecrets:
    def test_a13_not_in_the_librarys_log_either(
        self, client: FusionClient, caplog: pytest.LogCaptureFixture
    ) -> None:
        """A13: at the finest level the HTTP library shows no token and no Basic header."""
        with caplog.at_level(logging.DEBUG):
            client.fetch(CLIENTS)

        # pytest listens to the server's access log too, although that is switched off.
        ours = [record for record in caplog.records if not record.name.startswith("uvicorn")]
        text = "\n".join(record.getMessage() for record in ours)
        assert "HTTP Request: GET" in text
        assert "send_request_headers" in text
        assert "access_token" not in text
        assert client.redacted(text) == text
