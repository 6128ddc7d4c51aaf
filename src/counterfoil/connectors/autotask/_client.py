"""The client of Autotask: find the zone, sign each call, ask typed questions.

* A tenant lives in one zone; where it is, is asked without credentials, and kept as long as
  the process lives.  On 401 it is asked once more: another address, and the call goes there
  once; the same, and the credentials are wrong.
* A wrong zone may answer nothing at all, and so may a missing right.  ``prove`` reads the
  tenant's own organisation, which is always there; emptiness may be believed that was answered
  before it, in the zone that is still the right one.
* Version 1.0 is pinned, whatever the service advertises.
* Questions are POSTed; further pages are POSTed to the address that a page gives, with the
  same body, and on the same host only.
* Changes are PATCHes of a collection with the identity in the body, a child's below its
  parent.
* One call at a time, whoever asks: with the one process that drives a connection and a person
  who tries it, no more than two are under way at any entity, its metadata included.

Source: reference sections 1 to 7; corrections 2, rows 3, 4, 5 and 15.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, MutableMapping
from dataclasses import replace
from typing import Any, Final
from urllib.parse import SplitResult, quote, urlsplit

import httpx2

from counterfoil.connectors.called import (
    Ask,
    HttpClient,
    InProcessThrottle,
    Line,
    Patience,
    Reply,
    Secrets,
    clean_line,
    encoded,
    fold,
    shown,
)
from counterfoil.errors import RejectedError, SettingsError, UnavailableError

from ._account import Account, address_of
from ._entities import ENTITIES, Entity
from ._errors import NAME, SERVICE, SYSTEM
from ._query import Query

__all__ = ["CAPACITY", "HOURLY", "PER_MINUTE", "VERSION", "AutotaskClient", "Record"]

VERSION: Final = "v1.0"
HOURLY: Final = 10_000
"""Calls an hour that a tenant's integrations may make together."""
# Half of them are ours at most: beyond that the service slows everybody down.
CAPACITY: Final = 200
PER_MINUTE: Final = 80
PAGES_MAX: Final = 2000
LINK_LENGTH_MAX: Final = 4000
OWN_ORGANISATION: Final = 0

Record = Mapping[str, Any]
"""A record as it came: decimals are ``Decimal``."""


class AutotaskClient:
    """A connection to one tenant.

    Args:
        account: The API user.
        line: How the world is reached.
        zones: Account -> where its zone was found; shared by the clients of a process.

    Raises:
        SettingsError: The base URL is none.
    """

    def __init__(
        self,
        account: Account,
        *,
        line: Line | None = None,
        zones: MutableMapping[str, str] | None = None,
    ) -> None:
        line = line or Line()
        self.account = account
        self._base = address_of(account.base_url)
        self._zones = {} if zones is None else zones
        self._lock = threading.RLock()
        usual = InProcessThrottle(line.clock, capacity=CAPACITY, per_minute=PER_MINUTE)
        self._http = HttpClient(
            SERVICE,
            base_url=self._base.geturl().rstrip("/"),
            secrets=Secrets((account.secret, account.integration_code)),
            throttle=line.throttle or usual,
            line=line,
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def redacted(self, text: str) -> str:
        """Give a text without our credentials."""
        return self._http.redacted(text)

    @property
    def zone(self) -> str | None:
        """Where the tenant lives, as far as is known; ``None``: nobody has asked yet."""
        return self._zones.get(self.account.name)

    # --- Readings --------------------------------------------------------------------------

    def get(self, name: str, id_: int) -> Record | None:
        """Read one record; ``None``: the service has none of that identity.

        It says so in three ways: nothing in its answer, nothing at all, or 404.

        Raises:
            ConnectorError: The most specific of the tree.
        """
        ask = Ask(method="GET", path=f"{_path(ENTITIES[name])}/{id_}")
        try:
            found = self._called(ask).json
        except RejectedError as error:
            if error.code == "404":
                return None
            raise
        item = None if found is None else _of(found, "item")
        if item is None:
            return None
        if not isinstance(item, dict):
            raise self._http.unreadable(ask, f"its item is {shown(item)}")
        return item

    def query(self, query: Query, *, enough: int | None = None) -> tuple[Record, ...]:
        """Read the records that a question is about, in the order of their identities.

        Each comes once, as it was told last: pages repeat what moves while they are read.

        Args:
            query: The question.
            enough: So many will do; fewer are all there are, however short the pages are.

        Raises:
            UnreadableReplyError: A page is none, or the next one cannot be followed.
            ConnectorError: As above.
        """
        ask = self._asking(query, "query", query.body())
        records: dict[int | tuple[int], Record] = {}
        seen: set[str] = set()
        for _ in range(PAGES_MAX):
            found = self._called(ask).json
            items = _of(found, "items")
            if not isinstance(items, list) or not all(isinstance(each, dict) for each in items):
                raise self._http.unreadable(ask, "the answer holds no list of items")
            for each in items:
                records[_identity_of(each, len(records))] = each
            if records and not items:
                self._still_here(ask)
            following = self._next(ask, _of(_of(found, "pageDetails"), "nextPageUrl"))
            if following is None or (enough is not None and len(records) >= enough):
                return tuple(records.values())
            if following in seen:
                raise self._http.unreadable(ask, "its pages never end")
            seen.add(following)
            ask = replace(ask, path=following)
        raise self._http.unreadable(ask, "its pages never end")

    def _still_here(self, ask: Ask) -> None:
        """See that a page that was announced, and shows nothing, is not an old zone's.

        Raises:
            UnreadableReplyError: It is.
            ConnectorError: As above.
        """
        asked_in = self.zone
        self.prove()
        if self.zone != asked_in:
            raise self._http.unreadable(ask, "the tenant moved while its pages were read")

    def count(self, query: Query) -> int:
        """Say how many records a question is about.

        Raises:
            ConnectorError: As above.
        """
        ask = self._asking(query, "query/count", {"filter": query.conditions()})
        counted = _of(self._called(ask).json, "queryCount")
        if not isinstance(counted, int) or isinstance(counted, bool):
            raise self._http.unreadable(ask, f"it counts {shown(counted)}")
        return counted

    def labels(self, name: str, field: str) -> Mapping[int, str]:
        """Give the words of a picklist, by value: they differ from tenant to tenant.

        Raises:
            UnreadableReplyError: There is no such picklist.
            ConnectorError: As above.
        """
        ask = Ask(method="GET", path=f"{_path(ENTITIES[name])}/entityInformation/fields")
        fields = _of(self._called(ask).json, "fields")
        for each in fields if isinstance(fields, list) else ():
            if fold(str(_of(each, "name"))) == fold(field):
                return _labels(_of(each, "picklistValues"))
        raise self._http.unreadable(ask, f"it tells of no field {field}")

    def rights(self, name: str) -> Mapping[str, Any]:
        """Give what the service says of an entity and this user.

        Raises:
            ConnectorError: As above.
        """
        ask = Ask(method="GET", path=f"{_path(ENTITIES[name])}/entityInformation")
        found = _of(self._called(ask).json, "info")
        return found if isinstance(found, dict) else {}

    def usage(self) -> tuple[int, int] | None:
        """Give how many calls all integrations made lately, and how many they may.

        ``None``: it does not say.

        Raises:
            ConnectorError: As above.
        """
        found = self._called(Ask(method="GET", path=f"/{VERSION}/ThresholdInformation")).json
        made, allowed = (
            _of(found, "currentTimeframeRequestCount"),
            _of(found, "externalRequestThreshold"),
        )
        is_told = isinstance(made, int) and isinstance(allowed, int)
        return (made, allowed) if is_told else None

    def versions(self) -> tuple[str, ...]:
        """Give the versions that the service advertises.

        Raises:
            ConnectorError: As above.
        """
        found = _of(self._called(Ask(method="GET", path="/versioninformation")).json, "apiVersions")
        return tuple(str(each) for each in found) if isinstance(found, list) else ()

    def prove(self) -> None:
        """See the tenant's own organisation, which is always there.

        Where it is not, the zone is looked for once more.

        Raises:
            UnavailableError: It is not to be seen: nothing may be concluded from emptiness.
            ConnectorError: As above.
        """
        with self._lock:
            if self._sees_itself() or (self._find_zone_anew() and self._sees_itself()):
                return
        raise UnavailableError(
            f"{NAME} does not show this tenant's own organization (company 0), so what it does "
            "not show may be there all the same; see that the API user's security level lets it "
            "see organizations.",
            system=SYSTEM,
            operation="GET Companies/0",
            detail="company 0 is not to be seen",
        )

    def _sees_itself(self) -> bool:
        own = self.get("Companies", OWN_ORGANISATION)
        return own is not None and _of(own, "id") == OWN_ORGANISATION

    # --- Writes ----------------------------------------------------------------------------

    def create(self, name: str, values: Record, *, parent: int | None = None) -> int:
        """Add a record; gives its identity.

        Raises:
            OutcomeUnknownError: No answer came; it may have been carried out.
            UnreadableReplyError: It was carried out, but the answer cannot be read.
            CallRefusedError: The service said no.
            ConnectorError: As above.
        """
        return self._written("POST", ENTITIES[name], values, parent)

    def change(self, name: str, id_: int, values: Record, *, parent: int | None = None) -> int:
        """Change some fields of a record, and no other; gives its identity.

        Raises:
            ConnectorError: As of ``create``.
        """
        return self._written("PATCH", ENTITIES[name], {"id": id_, **values}, parent)

    def _written(self, method: str, entity: Entity, values: Record, parent: int | None) -> int:
        unknown = set(values) - set(entity.fields)
        assert not unknown, f"{entity.name} has no field {', '.join(sorted(unknown))}"
        assert (parent is None) is (entity.parent is None), "a child is written below its parent"
        path = _path(entity)
        if entity.parent is not None:
            path = f"/{VERSION}/{entity.parent.path}/{parent}/{entity.parent.collection}"
        ask = Ask(method=method, path=path)
        ask = replace(ask, body=encoded(SERVICE, ask.operation, values))
        written = _of(self._called(ask).json, "itemId")
        if not isinstance(written, int) or isinstance(written, bool):
            raise self._http.unreadable(ask, "it does not say what it wrote")
        return written

    # --- Pages -----------------------------------------------------------------------------

    def _asking(self, query: Query, how: str, body: Mapping[str, Any]) -> Ask:
        path = f"{_path(query.entity)}/{how}"
        return Ask(
            method="POST", path=path, body=encoded(SERVICE, f"POST {path}", body), reads=True
        )

    def _next(self, ask: Ask, link: Any) -> str | None:
        """Give path and query of the next page; credentials are not shown to strangers."""
        if link is None or link == "":
            return None
        zone, target = urlsplit(self._http.base_url), urlsplit("")
        try:
            target = urlsplit(link if isinstance(link, str) else "")
            is_ours = (target.hostname, target.port) == (zone.hostname, zone.port)
        except ValueError:
            is_ours = False
        path = target.path if is_ours else ""
        if len(str(link)) > LINK_LENGTH_MAX or not path.lower().startswith(zone.path.lower()):
            raise self._http.unreadable(ask, f"its next page is {shown(link)!r}")
        return f"{path[len(zone.path) :]}?{target.query}"

    # --- Zones -----------------------------------------------------------------------------

    def _called(self, ask: Ask) -> Reply:
        """Perform a call in the tenant's zone, which is found again once where it says 401."""
        with self._lock:
            patience = self._http.patience()
            self._http.base_url = self._zone(patience)
            signed = replace(ask, headers=self._headers)
            answered = self._http.perform(signed, patience)
            if answered.status == httpx2.codes.UNAUTHORIZED and self._find_zone_anew(patience):
                answered = self._http.perform(signed, patience)
            if isinstance(answered.reply, Reply):
                return answered.reply
            raise answered.reply

    @property
    def _headers(self) -> dict[str, str]:
        return {
            "ApiIntegrationCode": self.account.integration_code,
            "UserName": self.account.user,
            "Secret": self.account.secret,
        }

    def _zone(self, patience: Patience) -> str:
        known = self._zones.get(self.account.name)
        if known is None:
            known = self._zones[self.account.name] = self._found_zone(patience)
        return known

    def _find_zone_anew(self, patience: Patience | None = None) -> bool:
        """Ask where the zone is; whether it is elsewhere than we thought."""
        before = self._zones.get(self.account.name)
        found = self._found_zone(patience or self._http.patience())
        self._zones[self.account.name] = self._http.base_url = found
        return found != before

    def _found_zone(self, patience: Patience) -> str:
        """Ask for the zone; no credentials are sent.

        Raises:
            RejectedError: Nobody knows this user (``code`` 401).
            ConnectorError: As above.
        """
        self._http.base_url = self._base.geturl().rstrip("/")
        path = f"/{VERSION}/zoneInformation?user={quote(self.account.user, safe='')}"
        ask = Ask(method="GET", path=path)
        reply = self._http.perform(ask, patience).reply
        if not isinstance(reply, Reply):
            raise reply
        url = _of(reply.json, "url")
        zone = None if not isinstance(url, str) else _zone_at(url.strip())
        # Credentials that travel sealed do not begin to travel in the open.
        if zone is None or zone.scheme not in {"https", self._base.scheme}:
            raise self._http.unreadable(ask, f"the zone it tells is {shown(url)!r}")
        return zone.geturl().rstrip("/")


def _zone_at(url: str) -> SplitResult | None:
    """Take a zone's address apart; ``None``: it is none."""
    if len(url) > LINK_LENGTH_MAX:
        return None
    try:
        zone = address_of(url)
        httpx2.URL(url)
    except (SettingsError, httpx2.InvalidURL):
        return None
    return zone


def _path(entity: Entity) -> str:
    return f"/{VERSION}/{entity.name}"


def _identity_of(record: Record, position: int) -> int | tuple[int]:
    """Give what a record is known by; without an identity it is like no other."""
    id_ = record.get("id")
    return id_ if isinstance(id_, int) and not isinstance(id_, bool) else (position,)


def _of(found: Any, name: str) -> Any:
    """Give a property of an object, however its name is written; ``None``: it has none."""
    if not isinstance(found, Mapping):
        return None
    return next((value for key, value in found.items() if fold(str(key)) == fold(name)), None)


# What any database keeps as a number.
_WHOLE: Final = re.compile(r"-?[0-9]{1,18}")


def _labels(values: Any) -> dict[int, str]:
    """Give value -> label; values of whole-number fields come as texts."""
    labels = {}
    for each in values if isinstance(values, list) else ():
        value, label = str(_of(each, "value")), _of(each, "label")
        if _WHOLE.fullmatch(value) is not None and isinstance(label, str):
            labels[int(value)] = clean_line(label)
    return labels
