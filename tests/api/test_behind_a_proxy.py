"""The how-to's nginx example, in front of a real server."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import httpx2
import pytest
from fastapi import FastAPI, Request

from counterfoil.api.bodies import QBXML_LIMIT_BYTES
from counterfoil.api.security import is_here
from tests.support.serving import Peer, served

NGINX = shutil.which("nginx", path="/usr/sbin:/usr/local/sbin:/usr/bin:/usr/local/bin")
HOW_TO = Path(__file__).parents[2] / "docs" / "how-to" / "behind-a-proxy.md"
# Another address of this computer, so that it is told from the proxy's.
BROWSER = "127.0.0.2"
ABSENT = "nginx is not there; install it (Debian: apt-get install nginx-light)"


def example() -> str:
    """The server block that people copy."""
    found = re.search(r"```nginx\n(.*?)```", HOW_TO.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def application() -> FastAPI:
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/who")
    def who(request: Request) -> dict[str, object]:
        assert request.client is not None
        return {
            "client": request.client.host,
            "host": request.headers["host"],
            "scheme": request.url.scheme,
            "is_here": is_here(request),
        }

    @app.post("/take")
    async def take(request: Request) -> int:
        return len(await request.body())

    return app


def configured(folder: Path, port: int, hub: tuple[str, int]) -> Path:
    """The example, on a port anybody may use and without the certificate."""
    block = re.sub(r"\n *ssl_certificate.*", "", example())
    block = block.replace("listen 443 ssl;", f"listen 127.0.0.1:{port};")
    block = block.replace("127.0.0.1:8080", f"{hub[0]}:{hub[1]}")
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    places = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    file = folder / "nginx.conf"
    file.write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;\n"
        f"events {{}}\nhttp {{ access_log off;\n{places}{block}}}\n",
        encoding="utf-8",
    )
    return file


def started(command: list[str], port: int) -> subprocess.Popen[bytes]:
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    for _ in range(200):
        with closing(socket.socket()) as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return process
        with suppress(subprocess.TimeoutExpired):
            raise AssertionError(f"nginx ended with {process.wait(0.02)}")
    raise AssertionError("nginx does not listen")


@pytest.fixture(scope="module", params=["127.0.0.1", ""], ids=["trusted", "not-trusted"])
def proxied(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, httpx2.Client]]:
    """Whether the hub trusts it, and a browser that asks by way of nginx."""
    if NGINX is None:
        pytest.skip(ABSENT)
    folder = tmp_path_factory.mktemp("nginx")
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    trusted = [request.param] if request.param else []
    with served(application(), trusted_proxies=trusted) as hub:
        process = started(
            [NGINX, "-c", str(configured(folder, port, hub)), "-p", str(folder)], port
        )
        try:
            way = httpx2.HTTPTransport(local_address=BROWSER)
            with httpx2.Client(base_url=f"http://127.0.0.1:{port}", transport=way) as browser:
                yield request.param, browser
        finally:
            process.terminate()
            process.wait(10)


def test_who_asks_is_told_by_the_proxy(proxied: tuple[str, httpx2.Client]) -> None:
    """A stranger's own claim is not passed on, and nobody behind a proxy is this computer."""
    trusted, browser = proxied
    claims = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
    claims |= {"Forwarded": "for=203.0.113.9", "Host": "localhost:8080"}
    found = browser.get("/who", headers=claims).json()

    assert found["client"] == (BROWSER if trusted else "127.0.0.1")
    assert found["host"] == "localhost:8080"
    assert found["scheme"] == "http"
    assert found["is_here"] is False


def test_large_answers_pass_and_larger_do_not(proxied: tuple[str, httpx2.Client]) -> None:
    """The proxy takes what the hub takes, no more and no less."""
    _, browser = proxied
    size = 2 * 2**20
    assert browser.post("/take", content=b"x" * size).json() == size

    url = browser.base_url
    with Peer((url.host, url.port or 0)) as peer:
        peer.send(
            b"POST /take HTTP/1.1\r\nHost: hub.example\r\n"
            b"Content-Length: %d\r\n\r\n" % (QBXML_LIMIT_BYTES + 1)
        )
        assert peer.status() == 413


def test_only_a_trusted_proxy_says_who_calls() -> None:
    """From any other peer the header is an assertion of the caller's."""
    claims = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}
    for trusted, client, scheme in (
        (["127.0.0.1"], "203.0.113.9", "https"),
        (["127.0.0.0/8"], "203.0.113.9", "https"),
        (["10.0.0.0/8"], "127.0.0.1", "http"),
        ([], "127.0.0.1", "http"),
    ):
        with served(application(), trusted_proxies=trusted) as (host, port):
            found = httpx2.get(f"http://{host}:{port}/who", headers=claims).json()

        assert (found["client"], found["scheme"]) == (client, scheme), trusted
        assert found["is_here"] is False
