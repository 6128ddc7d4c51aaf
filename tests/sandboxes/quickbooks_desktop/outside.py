"""A stranger's client of the company file: qbXML as text over its HTTP door, and nothing else.

It knows the door's address and the wire, as anybody's integration would.  It builds
its XML from its own strings, reads answers with lxml, and shares no table, shape or
helper with the connector or with the other tests: an error which the connector and
the stand-in have in common is not shared by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from xml.sax.saxutils import escape

import httpx2
from lxml import etree

DOOR = "/sandbox/quickbooks"
APPLICATION = "Outside"


@dataclass(frozen=True, slots=True)
class Reply:
    """One ``...Rs``: its status as QuickBooks words it, and the element itself."""

    code: int
    severity: str
    message: str
    element: etree._Element

    @property
    def record(self) -> etree._Element:
        """The only record of the answer."""
        assert len(self.element) == 1, f"{self.code} {self.message}: {len(self.element)} records"
        return self.element[0]

    def text(self, path: str) -> str | None:
        """The first text at a path below the record."""
        return self.record.findtext(path)

    def texts(self, path: str) -> list[str]:
        """Every text at a path, through all records; "" for an empty element."""
        return [found.text or "" for record in self.element for found in record.iterfind(path)]


class HresultError(AssertionError):
    """QuickBooks threw instead of answering: the request was not even qbXML to it."""

    def __init__(self, hresult: str, message: str) -> None:
        super().__init__(f"{hresult}: {message}")
        self.hresult = hresult


class Outside:
    """The client; ``client`` reaches the door of one company file."""

    def __init__(self, client: httpx2.Client, version: str = "16.0") -> None:
        self.client = client
        self.version = version

    def ask(self, inner: str) -> Reply:
        """Ask one request, given as its ``...Rq`` element."""
        (reply,) = self.ask_all(inner)
        return reply

    def ask_all(self, *inner: str) -> list[Reply]:
        """Ask several requests in one message set; each is answered whatever the others meet."""
        messages = self.send(
            f'<?xml version="1.0" encoding="utf-8"?><?qbxml version="{self.version}"?>'
            f'<QBXML><QBXMLMsgsRq onError="continueOnError">{"".join(inner)}</QBXMLMsgsRq></QBXML>'
        )
        return [
            Reply(
                int(element.get("statusCode", "-1")),
                element.get("statusSeverity", ""),
                element.get("statusMessage", ""),
                element,
            )
            for element in messages
        ]

    def send(self, document: str) -> etree._Element:
        """Send a whole document as it is; the ``QBXMLMsgsRs`` element that comes back.

        Raises:
            HresultError: COM gave an HRESULT.
        """
        response = self.client.post(
            f"{DOOR}/qbxml",
            params={"application": APPLICATION},
            content=document.encode(),
            headers={"Content-Type": "text/xml"},
        )
        assert response.status_code == 200, response.text
        if "X-HResult" in response.headers:
            raise HresultError(response.headers["X-HResult"], response.text)
        return etree.fromstring(response.content)[0]

    def enter(self, inner: str) -> Reply:
        """Ask what has to succeed."""
        reply = self.ask(inner)
        assert reply.code == 0, f"{reply.code} {reply.message}"
        return reply

    def reset(self, **settings: Any) -> None:
        """A new company with its small lists; ``settings`` in part, the rest as usual."""
        response = self.client.post(f"{DOOR}/reset", json={"settings": settings})
        assert response.status_code == 200, response.text

    def change(self, **settings: Any) -> None:
        """Change the company's settings, for example ``file_mode`` or ``preferences``."""
        response = self.client.patch(f"{DOOR}/settings", json=settings)
        assert response.status_code == 200, response.text

    def switch(self, **switches: Any) -> None:
        """Turn switches of the stand-in: what QuickBooks does where nobody knows it."""
        self.change(switches=switches)

    def wait(self, seconds: float) -> None:
        """Let the books' clock run."""
        self.client.post(f"{DOOR}/clock", json={"advance_s": seconds})


# --- qbXML as text -----------------------------------------------------------------------------


def fields(values: Mapping[str, str | None]) -> str:
    """Elements in the order given; ``None`` leaves one out.

    A name with a dot is a reference by another field, such as ``ItemRef.FullName``.
    """
    return "".join(_field(name, value) for name, value in values.items() if value is not None)


def _field(name: str, value: str) -> str:
    outer, dot, inner = name.partition(".")
    if dot:
        return f"<{outer}><{inner}>{escape(value)}</{inner}></{outer}>"
    return f"<{name}>{escape(value)}</{name}>"


def act(name: str, inner: str) -> str:
    """An Add or a Mod: the request element with its one block."""
    return f"<{name}Rq><{name}>{inner}</{name}></{name}Rq>"


def look(name: str, inner: str) -> str:
    """A query, or a deletion: the request element with its elements directly inside."""
    return f"<{name}Rq>{inner}</{name}Rq>"
