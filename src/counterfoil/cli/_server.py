"""``counterfoil serve``: the hub, and how a server of ours starts and ends."""

from __future__ import annotations

import gc
import signal
import socket
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ._show import emit, say
from ._state import Json, configuration

if TYPE_CHECKING:
    import uvicorn

    from counterfoil.hub.setup import Hub

__all__ = ["KEEP_ALIVE_S", "listening", "options_of", "serve", "serve_app"]

# How long an idle connection stays open: longer than the pauses of a Web Connector's NoOp (5 s)
# and of proxies, whose next call must not meet a connection that is just being closed.
KEEP_ALIVE_S = 75
# How long requests under way may take to end after SIGTERM.
_DRAIN_S = 20
# A file of a hundred megabytes is checked within this; more of it is checked in part.
_CHECK_S = 2.0
# A command that is just driving the same database ends within this, or is told of.
_WAIT_FOR_GUARD_S = 2.0


def serve(
    context: typer.Context,
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="0 chooses a free one.")
    ] = 8080,
    json: Json = False,
) -> None:
    """Run the hub: endpoint, schedules, API and console."""
    from counterfoil.hub.served import serve_under
    from counterfoil.hub.setup import open_hub
    from counterfoil.ledger import connections
    from counterfoil.ledger.database import hold

    from ._logs import to_standard_error

    configured = configuration(context)
    to_standard_error(configured.log_level)
    with listening(host, port) as server:
        address = f"http://{_shown_host(host)}:{server.getsockname()[1]}"
        if not configured.public_url:
            local = f"http://localhost:{server.getsockname()[1]}"
            configured = replace(configured, public_url=local)
        with open_hub(configured) as hub, hold(hub.database, wait_s=_WAIT_FOR_GUARD_S):
            _check_file(hub)
            _check_secrets(hub)
            serve_under(hub)
            if hub.database.is_sqlite:
                with hub.database.writing() as tx:
                    connections.release_all(tx)
            _tell(address, hub, json=json)
            _run(hub, server, address)


def _tell(address: str, hub: Hub, *, json: bool) -> None:
    from counterfoil.hub import users

    public = hub.configuration.address
    # Several processes serve a hub on PostgreSQL: the code that each has told opens.
    code = users.new_setup_code(hub, beside_others=not hub.database.is_sqlite)
    if json:
        emit({"url": address, "public_url": public, "setup_code": code})
    else:
        say(f"Counterfoil listens on {address}")
        if code is not None:
            way = f"{public.rstrip('/')}/welcome/administrator"
            say(f"Create its administrator: {way}", indent=2)
            say(f"Setup code: {code}", indent=2)
        if public.rstrip("/") != address:
            say(f"Web Connectors reach it under {public}", indent=2)
        say("End it with Ctrl-C.", indent=2)
    sys.stdout.flush()


def _shown_host(host: str) -> str:
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        return "localhost"
    return f"[{host}]" if ":" in host else host


def _check_file(hub: Hub) -> None:
    """Let the database check itself, as far as it comes in a short while.

    Raises:
        LedgerError: It is damaged.
    """
    import structlog

    from counterfoil.ledger.opening import check_whole

    if not check_whole(hub.database, within_s=_CHECK_S):
        structlog.get_logger(__name__).info("database checked in part", seconds=_CHECK_S)


def _check_secrets(hub: Hub) -> None:
    """Open every stored secret once, so that a wrong key is told now and not at night.

    Raises:
        SettingsError: One of them was sealed with another key.
    """
    from counterfoil.errors import SettingsError
    from counterfoil.hub.systems import secret_place
    from counterfoil.ledger import connections

    with hub.database.reading() as tx:
        found = connections.all_connections(tx)
    for each in found:
        if each.secret is None:
            continue
        try:
            hub.vault.open(each.secret, secret_place(each.id))
        except SettingsError as error:
            raise SettingsError(
                f"{each.name}: {error.message}", *error.advice, detail=error.detail
            ) from error


def _run(hub: Hub, server: socket.socket, address: str) -> None:
    """Serve and drive; ``address``: where this process itself is reached."""
    from counterfoil.console.app import create_app
    from counterfoil.hub.dispatcher import Dispatcher

    from ._trial import StandInTrials

    dispatcher = Dispatcher(hub)
    trials = StandInTrials(hub, dispatcher, address)
    app = create_app(hub, dispatcher=dispatcher, trials=trials)
    dispatcher.start()
    _spare_the_collector()
    try:
        serve_app(
            app,
            server,
            trusted_proxies=hub.configuration.trusted_networks,
            begins=lambda running: setattr(
                app.state, "is_ending", lambda: bool(running.should_exit)
            ),
        )
    finally:
        trials.close()
        dispatcher.stop()


# Documents are trees without cycles; what a batch of a hundred makes is gone with it.
_COLLECT_AFTER = (50_000, 20, 50)


def _spare_the_collector() -> None:
    """Take what is loaded out of the garbage collector's sight, and let it look less often.

    Measured with benchmarks/web_connector.py: about a twentieth of the hub's CPU.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECT_AFTER)


@contextmanager
def listening(host: str, port: int) -> Iterator[socket.socket]:
    """Listen on an address; whoever connects before the server runs simply waits.

    Raises:
        SettingsError: The address cannot be listened on.
    """
    from counterfoil.errors import SettingsError

    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        server = socket.create_server((host, port), family=family, backlog=512)
    except OSError as error:
        raise SettingsError(
            f"Nothing can listen on {host} port {port}: {error.strerror or error}. "
            "Choose another one with --port, or end what listens there."
        ) from error
    with server:
        yield server


def options_of(app: Any, *, trusted_proxies: Sequence[str] = ()) -> uvicorn.Config:
    """Say how an application is served.

    Args:
        app: The application.
        trusted_proxies: Addresses and networks whose word is taken for where a call comes from.
    """
    import uvicorn

    from counterfoil.api.edge import Edge

    return uvicorn.Config(
        app,
        http=Edge,
        ws="none",
        # Without a proxy that is trusted nobody's word is taken for where he calls from.
        proxy_headers=bool(trusted_proxies),
        forwarded_allow_ips=list(trusted_proxies),
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=_DRAIN_S,
        timeout_keep_alive=KEEP_ALIVE_S,
        server_header=False,
    )


def serve_app(
    app: Any,
    server: socket.socket,
    *,
    trusted_proxies: Sequence[str] = (),
    begins: Callable[[uvicorn.Server], None] | None = None,
) -> None:
    """Serve until SIGTERM or Ctrl-C, then let the requests under way end; see ``options_of``.

    ``begins``: told of the server before it runs, for answers that would go on for long.
    """
    import uvicorn

    options = options_of(app, trusted_proxies=trusted_proxies)
    # uvicorn drains on a signal and then raises it again; by then nothing is left to stop.
    kept = {each: signal.signal(each, _ignored) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        running = uvicorn.Server(options)
        if begins is not None:
            begins(running)
        running.run(sockets=[server])
    finally:
        for each, handler in kept.items():
            signal.signal(each, handler)


def _ignored(_signal: int, _frame: object) -> None:
    return
