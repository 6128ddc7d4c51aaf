"""What strangers may send to a running server, and how long they may take."""

from __future__ import annotations

import resource
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI, Request, Response

from counterfoil.api.edge import Edge, Limits
from counterfoil.api.guarding import GUARDING
from tests.support.serving import Peer, served

Address = tuple[str, int]
GET = b"GET / HTTP/1.1\r\nHost: hub.example\r\n\r\n"
POST = b"POST /take HTTP/1.1\r\nHost: hub.example\r\n"
LARGE = 32 * 2**20


class Hasty(Edge):
    """Waits for nobody."""

    limits = Limits(
        connections=4, head_s=0.2, slow_s=0.2, bytes_per_s=10_000, body_s=1, look_every_s=0.05
    )


def application() -> FastAPI:
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)

    @app.get("/")
    async def there() -> str:
        return "there"

    @app.get("/large")
    async def large() -> Response:
        return Response(b"x" * LARGE)

    @app.post("/take")
    async def take(request: Request) -> int:
        size = 0
        async for piece in request.stream():
            size += len(piece)
        return size

    @app.post("/header")
    async def header(request: Request) -> str | None:
        await request.body()
        return request.headers.get("x-late")

    return app


@pytest.fixture(scope="module")
def usual() -> Iterator[Address]:
    """A server with the program's own limits."""
    with served(application()) as address:
        yield address


@pytest.fixture(scope="module")
def hasty() -> Iterator[Address]:
    """A server that waits for nobody, and takes four connections."""
    with served(application(), edge=Hasty) as address:
        yield address


def asked(address: Address, request: bytes = GET) -> int:
    with Peer(address) as peer:
        peer.send(request)
        return peer.status()


def until_a_silent_one_is_ended(address: Address) -> None:
    """Let as much time pass as a head may take."""
    with Peer(address) as silent:
        silent.answer()


def memory_bytes() -> int:
    """The memory of this process at this moment."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize()


class TestHeads:
    def test_ordinary_requests_pass(self, usual: Address) -> None:
        """A request, and one with as many headers as programs send, is answered."""
        many = b"".join(b"X-%d: %s\r\n" % (number, b"v" * 200) for number in range(90))

        assert asked(usual) == 200
        assert asked(usual, b"GET / HTTP/1.0\r\n\r\n") == 200
        assert asked(usual, GET[:-2] + many + b"\r\n") == 200

    @pytest.mark.parametrize(
        "request_, status",
        [
            (b"GET /" + b"a" * 10_000 + b" HTTP/1.1\r\n\r\n", 414),
            (GET[:-2] + b"X: " + b"a" * 40_000 + b"\r\n\r\n", 431),
            (GET[:-2] + b"X" * 40_000 + b": a\r\n\r\n", 431),
            (GET[:-2] + b"X: a\r\n" * 200 + b"\r\n", 431),
            (b"\r\n" * 40_000, 431),
            (GET * 100, 0),
            (b"\x16\x03\x01 no HTTP at all\r\n\r\n", 400),
            (GET[:-2] + b"Host: localhost\r\n\r\n", 400),
            (b"GET / HTTP/1.1\r\n\r\n", 400),
            (GET[:-2] + b"Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\nabc", 400),
        ],
        ids="line header name headers blanks pipelined tls hosts hostless smuggled".split(),
    )
    def test_what_is_too_much_is_refused(
        self, usual: Address, request_: bytes, status: int
    ) -> None:
        """Each kind of excess has its status (0: none is due), and ends the connection."""
        assert asked(usual, request_) == status

    @pytest.mark.parametrize("request_", [b"no HTTP\r\n\r\n", GET[:-2] + b"X: a\r\n" * 200])
    def test_what_the_edge_says_is_guarded(self, usual: Address, request_: bytes) -> None:
        """Its own answers tell a browser the same as all others."""
        with Peer(usual) as peer:
            peer.send(request_)
            head = peer.answer().lower()

        assert all(b"%b: %b\r\n" % (name, value.lower()) in head for name, value in GUARDING)

    @pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read in /proc")
    def test_a_header_of_100_mb_stalls_nobody(self, usual: Address) -> None:
        """It ends after some kilobytes; others are answered meanwhile, and no memory is held."""
        before = memory_bytes()
        slowest = 0.0
        with Peer(usual) as stranger:
            stranger.send(GET[:-2] + b"X-Large: ")
            sending = threading.Thread(
                target=lambda: all(stranger.send(b"a" * 65536) for _ in range(1600))
            )
            sending.start()
            for _ in range(10):
                started = time.perf_counter()
                assert asked(usual) == 200
                slowest = max(slowest, time.perf_counter() - started)
            sending.join(10)

            assert not sending.is_alive()
            assert not stranger.send(b"a" * 2**20)
        assert slowest < 1
        assert memory_bytes() - before < 40 * 2**20

    @pytest.mark.parametrize(
        "piece", [b"a" * 1000, b"X: a\r\n" * 100], ids=["one-header", "many-headers"]
    )
    def test_trailers_are_headers_as_well(self, usual: Address, piece: bytes) -> None:
        """What follows a chunked body is bounded as the head is."""
        with Peer(usual) as peer:
            peer.send(POST + b"Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\nX: ")
            while peer.send(piece):
                pass

    def test_trailers_are_no_headers_of_the_request(self, usual: Address) -> None:
        """A header that a proxy never saw in the head is not believed."""
        request = POST.replace(b"/take", b"/header") + b"Transfer-Encoding: chunked\r\n"
        request += b"Connection: close\r\n\r\n1\r\na\r\n0\r\nX-Late: believed\r\n\r\n"
        with Peer(usual) as peer:
            peer.send(request)

            assert b"believed" not in peer.answer()

    def test_another_protocol_is_answered_in_this_one(self, usual: Address) -> None:
        """Nobody is given a WebSocket."""
        upgrade = b"Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"

        assert asked(usual, GET[:-2] + upgrade + b"\r\n") == 200


class TestDeadlines:
    def test_a_slow_head_is_ended(self, hasty: Address) -> None:
        """One byte now and then does not keep a connection; 408 says why."""
        with Peer(hasty) as peer:
            peer.send(GET[:10])

            assert peer.status() == 408

    @pytest.mark.parametrize("has_asked", [False, True])
    def test_saying_nothing_is_ended(self, hasty: Address, has_asked: bool) -> None:
        """Neither before the first request nor after one is there room to stay for nothing."""
        with Peer(hasty) as peer:
            if has_asked:
                peer.send(GET)
                assert peer.status() == 200
                peer.send(b"\r\n")
            started = time.perf_counter()
            peer.answer()

            assert time.perf_counter() - started < 3

    @pytest.mark.parametrize(
        "framing", [b"Content-Length: 100000\r\n\r\na", b"Transfer-Encoding: chunked\r\n\r\n1\r\na"]
    )
    def test_a_slow_body_is_ended(self, hasty: Address, framing: bytes) -> None:
        """A body that stops coming is answered with 408, however it is framed."""
        assert asked(hasty, POST + framing) == 408

    def test_a_body_that_comes_well_is_taken(self, hasty: Address) -> None:
        """Longer than the slowest may take, and fast enough: it is read."""
        with Peer(hasty) as peer:
            peer.send(POST + b"Content-Length: 40000\r\n\r\n" + b"a" * 20_000)
            until_a_silent_one_is_ended(hasty)
            peer.send(b"a" * 20_000)

            assert peer.status() == 200

    def test_an_answer_that_nobody_reads_is_dropped(self, hasty: Address) -> None:
        """The connection ends, and what was to be sent is no longer held."""
        with Peer(hasty) as peer:
            peer.send(GET.replace(b"/ ", b"/large "))
            for _ in range(3):
                until_a_silent_one_is_ended(hasty)

            assert len(peer.answer()) < LARGE

    def test_a_body_that_nobody_wants_ends_soon(self, hasty: Address) -> None:
        """After the answer there is no use in sending the rest."""
        with Peer(hasty) as peer:
            peer.send(POST.replace(b"/take", b"/nowhere") + b"Content-Length: 9999999\r\n\r\n")
            assert peer.status() == 404

            assert peer.answer() is not None
            assert not (peer.send(b"a" * 2**20) and peer.send(b"a" * 2**20))


def test_newcomers_take_the_place_of_those_who_only_wait(hasty: Address) -> None:
    """However many connections strangers hold without asking, the next one is served."""
    waiting = [Peer(hasty) for _ in range(4)]
    try:
        for peer in waiting[:2]:
            peer.send(GET[:10])
        assert asked(hasty) == 200
    finally:
        for peer in waiting:
            peer.socket.close()
