"""``/metrics``: what a Prometheus collects.

What the ledger knows is read when somebody asks (so it is right in any process); what only
this process knows (requests, Web Connector calls) is counted as it happens.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from counterfoil import __version__
from counterfoil.connectors.quickbooks_desktop.web_connector.soap import Operation
from counterfoil.errors import LedgerError
from counterfoil.hub.dispatcher import Dispatcher
from counterfoil.hub.grants import problem_of
from counterfoil.hub.metering import counted
from counterfoil.hub.setup import Hub
from counterfoil.ledger import connections, exchanges, grants, people, transfers
from counterfoil.ledger.grants import Grant

__all__ = ["Metrics"]

_BUCKETS: Final = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_CALLS: Final = frozenset(each.value for each in Operation)


class Metrics:
    """The metrics of one process.

    Args:
        hub: Whose ledger is read.
        dispatcher: Of this process; ``None``: it drives nothing by itself.
    """

    def __init__(self, hub: Hub, dispatcher: Dispatcher | None = None) -> None:
        self.registry = CollectorRegistry()
        self.requests = Histogram(
            "counterfoil_http_request_duration_seconds",
            "How long requests took.",
            ("method", "route", "status"),
            buckets=_BUCKETS,
            registry=self.registry,
        )
        self.calls = Counter(
            "counterfoil_web_connector_calls",
            "Calls of Web Connectors, by operation and HTTP status.",
            ("call", "status"),
            registry=self.registry,
        )
        self.registry.register(_Ledger(hub))
        if dispatcher is not None:
            self.registry.register(_Driving(dispatcher))

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count a request."""
        self.requests.labels(method, route, str(status)).observe(seconds)

    def call(self, soap_action: str, status: int) -> None:
        """Count a call of a Web Connector, by the name in its SOAPAction."""
        name = soap_action.strip().strip('"').rpartition("/")[2]
        self.calls.labels(name if name in _CALLS else "other", str(status)).inc()

    def text(self) -> bytes:
        """Give everything in Prometheus' text form."""
        return generate_latest(self.registry)


class _Driving(Collector):
    """How driving goes in this process."""

    def __init__(self, dispatcher: Dispatcher) -> None:
        self._dispatcher = dispatcher

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Nothing is asked at registration."""
        yield from ()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        pulse = self._dispatcher.pulse()
        for name, words, value in (
            ("driving_up", "1 while what is due is driven.", pulse.stands_still is None),
            ("looks_failed_in_a_row", "Looks for what is due that failed.", pulse.failures),
            ("drives_failed", "Drives that failed since the start.", pulse.drives_failed),
        ):
            gauge = GaugeMetricFamily(f"counterfoil_{name}", words)
            gauge.add_metric([], int(value))
            yield gauge


class _Ledger(Collector):
    """What the ledger holds at this moment."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def describe(self) -> Iterator[GaugeMetricFamily]:
        """Nothing is read at registration."""
        yield from ()

    def collect(self) -> Iterator[GaugeMetricFamily]:
        build = GaugeMetricFamily(
            "counterfoil_build_info", "Which version runs.", labels=["version"]
        )
        build.add_metric([__version__], 1)
        yield build
        is_up = GaugeMetricFamily("counterfoil_ledger_up", "1 while the database answers.")
        try:
            found = list(self._read())
        except LedgerError:
            is_up.add_metric([], 0)
            yield is_up
            return
        is_up.add_metric([], 1)
        yield is_up
        yield from found

    def _read(self) -> Iterator[GaugeMetricFamily]:
        now = self._hub.now()
        states = GaugeMetricFamily(
            "counterfoil_transfers",
            "Transfers by link, flow and state.",
            labels=["link", "flow", "state"],
        )
        ages = GaugeMetricFamily(
            "counterfoil_transfer_oldest_seconds",
            "How long the oldest transfer of a state has been in it.",
            labels=["state"],
        )
        trips = GaugeMetricFamily(
            "counterfoil_exchanges",
            "Round trips without an answer, by connection and state.",
            labels=["connection", "state"],
        )
        contact = GaugeMetricFamily(
            "counterfoil_connection_contact_age_seconds",
            "How long ago a connection last answered or called.",
            labels=["connection", "system"],
        )
        problems = GaugeMetricFamily(
            "counterfoil_connection_problem",
            "1 while a connection has a problem.",
            labels=["connection", "system"],
        )
        ends = GaugeMetricFamily(
            "counterfoil_connection_sign_in_left_seconds",
            "How long a sign-in lasts: unused, or in any case.",
            labels=["connection", "system", "end"],
        )
        calls = GaugeMetricFamily(
            "counterfoil_connection_calls_month",
            "Calls of this month to a service that counts them: metered reads, free writes.",
            labels=["connection", "system", "class"],
        )
        with self._hub.database.reading() as tx:
            signed = grants.all_grants(tx)
            for link, flow, state, number in transfers.counts(tx):
                states.add_metric([str(link), flow, state.value], number)
            for state, since in transfers.oldest(tx).items():
                ages.add_metric([state.value], max(0.0, (now - since).total_seconds()))
            for each in exchanges.counts(tx):
                trips.add_metric([str(each.connection), each.state], each.number)
            everyone = people.of_all(tx)
            for one in connections.all_connections(tx):
                labels = [str(one.id), one.system.value]
                grant = signed.get(one.id)
                problem = problem_of(one, grant, None, everyone.get(one.id, ()))
                problems.add_metric(labels, 1 if problem else 0)
                for end, left_s in _left(grant, now):
                    ends.add_metric([*labels, end], left_s)
                for kind, number in counted(one, now).items():
                    calls.add_metric([*labels, kind], number)
                if one.last_seen_at is not None:
                    age = (now - one.last_seen_at).total_seconds()
                    contact.add_metric(labels, max(0.0, age))
        yield from (states, ages, trips, contact, problems, ends, calls)


def _left(grant: Grant | None, now: datetime) -> Iterator[tuple[str, float]]:
    """Give the ends of a sign-in that is open, and the seconds until each."""
    if grant is None or grant.ended_at is not None:
        return
    for end, at in (("unused", grant.idle_until), ("hard", grant.hard_until)):
        if at is not None:
            yield end, max(0.0, (at - now).total_seconds())
