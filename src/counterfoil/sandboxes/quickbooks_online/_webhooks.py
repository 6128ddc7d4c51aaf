"""Events for apps: what one is, how a delivery is written and signed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import uuid
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from ._settings import App

__all__ = ["Delivery", "Notice", "delivery"]


class Notice(msgspec.Struct, frozen=True):
    """Something happened to a record.

    Attributes:
        verb: ``created``, ``updated``, ``deleted``, ``merged``, ``voided`` or ``emailed``.
        absorbed: The id that was merged into it; ``""``: none.
        at: When, in Unix seconds.
    """

    realm: str
    entity: str
    id: str
    verb: str
    absorbed: str
    at: float


class Delivery(msgspec.Struct, frozen=True):
    """One POST: its body as bytes and its headers."""

    body: bytes
    headers: dict[str, str]


_LEGACY: Final[Mapping[str, str]] = {
    "created": "Create",
    "updated": "Update",
    "deleted": "Delete",
    "merged": "Merge",
    "voided": "Void",
    "emailed": "Emailed",
}
"""Verb -> the same in the legacy form."""


def delivery(app: App, notices: Sequence[Notice], moment: datetime) -> Delivery:
    """Write one delivery of events, of several companies if need be, and sign it."""
    if app.settings.webhook_duplicates:
        notices = [*notices, *notices]
    write = _legacy if app.settings.webhook_format == "legacy" else _cloud_events
    body = msgspec.json.encode(write(notices))
    digest = hmac.new(app.verifier_token.encode(), body, hashlib.sha256).digest()
    return Delivery(
        body,
        {
            "content-type": "application/json",
            "intuit-signature": base64.b64encode(digest).decode(),
            "intuit-created-time": _time(moment.timestamp()),
            "intuit-t-id": str(uuid.uuid4()),
            "intuit-notification-schema-version": "0.1",
            "user-agent": "intuit_notification_server/0.1",
        },
    )


def _cloud_events(notices: Sequence[Notice]) -> list[dict[str, Any]]:
    return [
        {
            "specversion": "1.0",
            "id": _event_id(one),
            "source": "intuit.standin",
            "type": f"qbo.{one.entity.lower()}.{one.verb}.v1",
            "datacontenttype": "application/json",
            "time": _time(one.at),
            "intuitentityid": one.id,
            "intuitaccountid": one.realm,
            "data": {"deletedid": one.absorbed} if one.absorbed else {},
        }
        for one in notices
    ]


def _event_id(notice: Notice) -> str:
    """The same for the same event: a duplicate is known by it."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, repr(notice)))


def _legacy(notices: Sequence[Notice]) -> dict[str, Any]:
    by_realm: dict[str, list[dict[str, str]]] = defaultdict(list)
    for one in notices:
        told = {"name": one.entity, "id": one.id, "operation": _LEGACY[one.verb]}
        told["lastUpdated"] = _time(one.at)
        if one.absorbed:
            told["deletedId"] = one.absorbed
        by_realm[one.realm].append(told)
    return {
        "eventNotifications": [
            {"realmId": realm, "dataChangeEvent": {"entities": entities}}
            for realm, entities in by_realm.items()
        ]
    }


def _time(unix: float) -> str:
    moment = datetime.fromtimestamp(unix, UTC)
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
