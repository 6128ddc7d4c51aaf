"""The .qwc file as the Web Connector reads it when an application is added (section 2).

The order of elements does not matter, except inside Scheduler, where the first
child wins.  A fault in the file is a QBWC code of section 8, as the program
shows it.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from lxml import etree

_MANDATORY = (
    "AppName",
    "AppID",
    "AppURL",
    "AppDescription",
    "AppSupport",
    "UserName",
    "OwnerID",
    "FileID",
    "QBType",
)
_MAY_BE_EMPTY = frozenset({"AppID"})
_GUID = re.compile(r"\{[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}")
_STYLES = ("Document", "DocWrapped", "RPC")
_SECONDS_PER = {"RunEveryNMinutes": 60, "RunEveryNSeconds": 1}
_FILE_BYTES_MAX = 1 << 20


class QbwcError(Exception):
    """The Web Connector ended something with one of its own codes (section 8)."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"QBWC{code}: {message}")
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class QwcFile:
    """An application as its file describes it; ``every_s`` is ``None`` without a schedule."""

    app_name: str
    app_url: str
    app_support: str
    user_name: str
    owner_id: str
    file_id: str
    description: str
    style: str
    every_s: int | None
    is_read_only: bool


def parse_qwc(text: str) -> QwcFile:
    """Read a .qwc file.

    Raises:
        QbwcError: 1039 for what is missing or malformed, 1000 to 1002 and 1010
            for addresses the program refuses.
    """
    root = _root(text)
    for name in _MANDATORY:
        element = root.find(name)
        if element is None or (not (element.text or "").strip() and name not in _MAY_BE_EMPTY):
            raise QbwcError(1039, f"the mandatory element {name} is missing or empty")
    for name in ("OwnerID", "FileID"):
        value = _text(root, name)
        if not _GUID.fullmatch(value):
            raise QbwcError(1039, f"{name} {value!r} is no GUID in braces")
    if _text(root, "QBType") != "QBFS":
        raise QbwcError(1039, f"QBType {_text(root, 'QBType')!r} is not QBFS")
    style = _text(root, "Style") or "Document"
    if style not in _STYLES:
        raise QbwcError(1039, f"Style {style!r} is none of {', '.join(_STYLES)}")
    app_url, support = _text(root, "AppURL"), _text(root, "AppSupport")
    _check_addresses(app_url, support)
    return QwcFile(
        app_name=_text(root, "AppName"),
        app_url=app_url,
        app_support=support,
        user_name=_text(root, "UserName"),
        owner_id=_text(root, "OwnerID"),
        file_id=_text(root, "FileID"),
        description=_text(root, "AppDescription"),
        style=style,
        every_s=_every_s(root),
        is_read_only=_text(root, "IsReadOnly").lower() == "true",
    )


def _root(text: str) -> etree._Element:
    data = text.encode("utf-8")
    if len(data) > _FILE_BYTES_MAX:
        raise QbwcError(1039, "the file is too large for a .qwc file")
    parser = etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False
    )
    try:
        root = etree.fromstring(data.lstrip(b"\xef\xbb\xbf"), parser)
    except etree.XMLSyntaxError as error:
        raise QbwcError(1039, f"the file is not well-formed XML: {error}") from error
    if root.tag != "QBWCXML":
        raise QbwcError(1039, f"the root element is {root.tag!s}, not QBWCXML")
    return root


def _text(root: etree._Element, name: str) -> str:
    return (root.findtext(name) or "").strip()


def _every_s(root: etree._Element) -> int | None:
    scheduler = root.find("Scheduler")
    if scheduler is None:
        return None
    for child in scheduler:
        seconds = _SECONDS_PER.get(str(child.tag))
        if seconds is not None:
            number = (child.text or "").strip()
            if not number.isdigit() or int(number) < 1:
                raise QbwcError(1039, f"{child.tag!s} {number!r} is not a number of at least 1")
            return int(number) * seconds
    return None


def _check_addresses(app_url: str, support: str) -> None:
    application, helper = urlsplit(app_url), urlsplit(support)
    host, other = application.hostname or "", helper.hostname or ""
    if _is_address(host):
        raise QbwcError(1001, f"AppURL {app_url} names an IP address instead of a host")
    if _is_address(other):
        raise QbwcError(1002, f"AppSupport {support} names an IP address instead of a host")
    is_local = host == "localhost"
    if application.scheme != "https" and not (application.scheme == "http" and is_local):
        raise QbwcError(1010, f"AppURL {app_url} must begin with https://")
    if not is_local and _domain(host) != _domain(other):
        raise QbwcError(1000, f"AppURL ({host}) and AppSupport ({other}) have different domains")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _domain(host: str) -> str:
    """The last two labels; a machine name is its own domain."""
    return ".".join(host.lower().split(".")[-2:])
