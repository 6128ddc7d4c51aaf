"""The ``.qwc`` file: how a user introduces this hub to the Web Connector on their computer.

The user opens the file once, with the right company open and the Admin signed in; the Web Connector
stores it in the registry, writes ``FileID`` into the company file, and asks for the password, which
is never in the file.  A wrong entry shows only then, as a bare number, on somebody else's computer.
So ``qwc_problems`` checks every rule that is known beforehand and says each in a sentence, with the
number the Web Connector would have shown.

``parse_qwc`` reads any file of the kind and applies no rules: check what it gives with
``qwc_problems`` where they matter.

Source: Web Connector Programmer's Guide, chapter 4 and Appendix A, and working sample files.
``IsReadOnly`` is never written: the guide contradicts itself about what it means.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntFlag, StrEnum
from typing import Final, Literal, TypeVar
from urllib.parse import SplitResult, urlsplit
from xml.sax.saxutils import escape

from counterfoil.connectors.quickbooks_desktop.trouble import see
from counterfoil.connectors.quickbooks_desktop.web_connector._xml import (
    Element,
    XmlError,
    read_xml,
)

__all__ = [
    "Editions",
    "PersonalData",
    "Product",
    "QwcFile",
    "QwcProblem",
    "RunEvery",
    "Style",
    "Unattended",
    "UnreadableQwc",
    "UnusableQwc",
    "parse_qwc",
    "qwc_problems",
    "render_qwc",
]

# Longer texts are cut off in the authorisation dialog.
DESCRIPTION_LENGTH_MAX: Final = 80
# A real file has about a thousand characters.
_FILE_BYTES_MAX: Final = 64 * 1024

_GUID = re.compile(r"\{[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}\}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_INTUIT: Final = "intuit.com"
_LOCALHOST: Final = frozenset({"localhost"})


class Product(StrEnum):
    """Which QuickBooks the file is for: ``QBFS`` is every edition but the point of sale."""

    FINANCIAL = "QBFS"
    POINT_OF_SALE = "QBPOS"


class Style(StrEnum):
    """How the Web Connector writes its SOAP bodies; all three are understood here."""

    DOCUMENT = "Document"
    WRAPPED = "DocWrapped"
    RPC = "RPC"


class PersonalData(StrEnum):
    """Whether the admin must grant access to social security and credit card numbers."""

    NOT_NEEDED = "pdpNotNeeded"
    OPTIONAL = "pdpOptional"
    REQUIRED = "pdpRequired"


class Unattended(StrEnum):
    """Whether the admin must allow runs while QuickBooks is closed."""

    REQUIRED = "umpRequired"
    OPTIONAL = "umpOptional"


class Editions(IntFlag):
    """``AuthFlags``: which editions may connect; ``ALL`` (0) lets any."""

    ALL = 0x0
    SIMPLE_START = 0x1
    PRO = 0x2
    PREMIER = 0x4
    ENTERPRISE = 0x8


@dataclass(frozen=True, slots=True)
class RunEvery:
    """How often the Web Connector starts a run: a default the user can change, no guarantee.

    A schedule in seconds is shown as "Real Time"; once the user has picked minutes, only adding
    the application anew brings seconds back.
    """

    number: int
    unit: Literal["minutes", "seconds"] = "minutes"


@dataclass(frozen=True, slots=True, kw_only=True)
class QwcFile:
    """What the file says, one field per element.  Optional texts are empty when absent."""

    app_name: str  # shown to the user, and the key under which the application is known
    app_url: str
    app_description: str
    app_support: str  # a page that answers 200 without signing in
    user_name: str  # what ``authenticate`` will carry
    owner_id: str  # GUID in braces: one per product, the same for every customer
    file_id: str  # GUID in braces: one per company file
    app_id: str = ""
    cert_url: str = ""
    product: Product = Product.FINANCIAL
    style: Style = Style.DOCUMENT
    personal_data: PersonalData = PersonalData.NOT_NEEDED
    unattended: Unattended = Unattended.OPTIONAL
    editions: Editions = Editions.ALL
    notify: bool = False  # pop-ups beside the Windows clock
    display_name: str = ""
    unique_name: str = ""  # replaces an entry of that name without asking
    schedule: RunEvery | None = None  # ``None``: only when the user presses the button


@dataclass(frozen=True, slots=True)
class QwcProblem:
    """One broken rule: the element, a sentence with the cure, the Web Connector's own number."""

    element: str
    sentence: str
    code: int | None = None  # ``None``: the Web Connector documents no number for it


class UnreadableQwc(ValueError):  # noqa: N818 (named like its siblings)
    """The text is no ``.qwc`` file; ``code`` is the Web Connector's number for it, if any."""

    def __init__(self, sentence: str, *, code: int | None = None) -> None:
        super().__init__(sentence)
        self.code = code


class UnusableQwc(ValueError):  # noqa: N818 (named like its siblings)
    """The Web Connector would refuse the file; ``problems`` says why."""

    def __init__(self, problems: tuple[QwcProblem, ...]) -> None:
        told = [problem.sentence for problem in problems]
        told += dict.fromkeys(see(f"QBWC{each.code}") for each in problems if each.code)
        super().__init__(" ".join(told))
        self.problems = problems


def render_qwc(file: QwcFile, *, http_hosts: frozenset[str] = _LOCALHOST) -> str:
    """The file's text: ASCII, other characters as references, so no encoding can spoil it.

    Args:
        file: What to say.
        http_hosts: See ``qwc_problems``.

    Raises:
        UnusableQwc: the Web Connector would refuse it.
    """
    problems = qwc_problems(file, http_hosts=http_hosts)
    if problems:
        raise UnusableQwc(problems)
    lines = ['<?xml version="1.0"?>', "<QBWCXML>"]
    lines += [f"  <{name}>{escape(text)}</{name}>" for name, text in _elements(file)]
    if file.schedule is not None:
        name = _SCHEDULES[file.schedule.unit]
        lines += ["  <Scheduler>", f"    <{name}>{file.schedule.number}</{name}>", "  </Scheduler>"]
    lines += ["</QBWCXML>", ""]
    return "\n".join(lines).encode("ascii", "xmlcharrefreplace").decode("ascii")


def parse_qwc(text: str) -> QwcFile:
    """What a ``.qwc`` file's text says; unknown elements and ``IsReadOnly`` are passed over.

    Raises:
        UnreadableQwc: not XML of this kind, a mandatory element missing (1039), or a value that
            is none of the choices.
    """
    try:
        root = read_xml(text.encode(), limit_bytes=_FILE_BYTES_MAX, charset="utf-8")
    except (XmlError, UnicodeError) as error:
        raise UnreadableQwc(f"The .qwc file cannot be read. {error}") from error
    if root.tag != "QBWCXML":
        raise UnreadableQwc(f"The file is <{root.tag[:60]}>, not a .qwc file (<QBWCXML>).")
    found = {child.tag: (child.text or "").strip() for child in root}
    missing = [name for name in _MANDATORY if name not in found]
    if missing:
        raise UnreadableQwc(f"The .qwc file lacks {', '.join(missing)}.", code=1039)
    return QwcFile(
        app_name=found["AppName"],
        app_id=found["AppID"],
        app_url=found["AppURL"],
        app_description=found["AppDescription"],
        app_support=found["AppSupport"],
        cert_url=found.get("CertURL", ""),
        user_name=found["UserName"],
        owner_id=found["OwnerID"],
        file_id=found["FileID"],
        product=_choice(found, "QBType", Product.FINANCIAL),
        style=_choice(found, "Style", Style.DOCUMENT),
        personal_data=_choice(found, "PersonalDataPref", PersonalData.NOT_NEEDED),
        unattended=_choice(found, "UnattendedModePref", Unattended.OPTIONAL),
        editions=_editions(found.get("AuthFlags", "")),
        notify=found.get("Notify", "").lower() == "true",
        display_name=found.get("AppDisplayName", ""),
        unique_name=found.get("AppUniqueName", ""),
        schedule=_schedule(root),
    )


def qwc_problems(
    file: QwcFile, *, http_hosts: frozenset[str] = _LOCALHOST
) -> tuple[QwcProblem, ...]:
    """Every rule the file breaks, in the order of its elements; empty when it can be used.

    ``http_hosts`` are the hosts, in lower case, that may be addressed without https.  Some
    sources allow the names of machines on the local network too; adding one here lets it pass.
    """
    return (*_text_problems(file), *_url_problems(file, http_hosts), *_other_problems(file))


_SCHEDULES: Final[dict[Literal["minutes", "seconds"], str]] = {
    "minutes": "RunEveryNMinutes",
    "seconds": "RunEveryNSeconds",
}
_MANDATORY: Final = (
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


def _elements(file: QwcFile) -> Iterator[tuple[str, str]]:
    yield "AppName", file.app_name
    yield "AppID", file.app_id
    yield "AppURL", file.app_url
    yield "AppDescription", file.app_description
    yield "AppSupport", file.app_support
    if file.cert_url:
        yield "CertURL", file.cert_url
    yield "UserName", file.user_name
    yield "OwnerID", file.owner_id
    yield "FileID", file.file_id
    yield "QBType", file.product
    yield "Style", file.style
    yield "PersonalDataPref", file.personal_data
    yield "UnattendedModePref", file.unattended
    if file.editions:
        yield "AuthFlags", f"0x{file.editions:X}"
    yield "Notify", "true" if file.notify else "false"
    if file.display_name:
        yield "AppDisplayName", file.display_name
    if file.unique_name:
        yield "AppUniqueName", file.unique_name


_Choice = TypeVar("_Choice", bound=StrEnum)


def _choice(found: dict[str, str], element: str, default: _Choice) -> _Choice:
    text = found.get(element, "")
    if not text:
        return default
    try:
        return type(default)(text)
    except ValueError as error:
        choices = ", ".join(type(default))
        raise UnreadableQwc(f"{element} is {text[:40]!r}; it must be one of {choices}.") from error


def _editions(text: str) -> Editions:
    if not text:
        return Editions.ALL
    try:
        number = int(text, 16 if text[:2].lower() == "0x" else 10)
    except ValueError:
        number = -1
    if not 0 <= number <= 0xF:
        raise UnreadableQwc(f"AuthFlags is {text[:40]!r}; it must be a number from 0x0 to 0xF.")
    return Editions(number)


def _schedule(root: Element) -> RunEvery | None:
    """The first schedule in the file: where both units are given, the first one holds."""
    scheduler = root.find("Scheduler")
    for child in () if scheduler is None else scheduler:
        for unit, name in _SCHEDULES.items():
            if child.tag == name:
                text = (child.text or "").strip()
                if not re.fullmatch(r"[0-9]{1,9}", text):
                    raise UnreadableQwc(f"{name} is {text[:40]!r}; it must be a whole number.")
                return RunEvery(int(text), unit)
    return None


def _text_problems(file: QwcFile) -> Iterator[QwcProblem]:
    for element, text in _elements(file):
        if element in _MANDATORY and element != "AppID" and not text.strip():
            yield QwcProblem(element, f"{element} is empty; the Web Connector needs it.", 1039)
        if text != text.strip():
            yield QwcProblem(element, f"{element} begins or ends with a blank; remove it.")
        if _CONTROL.search(text):
            yield QwcProblem(element, f"{element} holds a control character; remove it.")
    for element, text in (("AppName", file.app_name), ("AppUniqueName", file.unique_name)):
        if "\\" in text:
            # The name becomes a key in the Windows registry, where a backslash starts a new one.
            yield QwcProblem(element, f"{element} {text!r} holds a backslash; leave it out.")
    if len(file.app_description) > DESCRIPTION_LENGTH_MAX:
        length = len(file.app_description)
        yield QwcProblem(
            "AppDescription",
            f"AppDescription has {length} characters; shorten it to {DESCRIPTION_LENGTH_MAX}.",
        )


def _url_problems(file: QwcFile, http_hosts: frozenset[str]) -> Iterator[QwcProblem]:
    app = _url(file.app_url)
    support = _url(file.app_support)
    app_host = "" if app is None else app.hostname or ""
    support_host = "" if support is None else support.hostname or ""
    if app is None:
        yield _unusable("AppURL", file.app_url)
    elif _is_address(app_host):
        yield _bare_address("AppURL", app_host, 1001)
    elif app.scheme != "https" and app_host not in http_hosts:
        yield QwcProblem(
            "AppURL",
            f"AppURL {file.app_url!r} is not https; only localhost may do without.",
            1010,
        )
    if support is None:
        yield _unusable("AppSupport", file.app_support)
    elif _is_address(support_host):
        yield _bare_address("AppSupport", support_host, 1002)
    elif support_host == _INTUIT or support_host.endswith("." + _INTUIT):
        yield QwcProblem("AppSupport", "AppSupport is a page of Intuit; give one of this hub.")
    elif app_host and app_host not in _LOCALHOST and app_host != support_host:
        yield QwcProblem(
            "AppSupport",
            f"AppSupport is at {support_host!r} and AppURL at {app_host!r}; use one host for both.",
            1000,
        )
    if file.cert_url and _url(file.cert_url) is None:
        yield _unusable("CertURL", file.cert_url)


def _other_problems(file: QwcFile) -> Iterator[QwcProblem]:
    for element, guid in (("OwnerID", file.owner_id), ("FileID", file.file_id)):
        if guid and not _GUID.fullmatch(guid):
            example = "{12345678-90ab-cdef-1234-567890abcdef}"
            yield QwcProblem(
                element, f"{element} is {guid!r}; it must be a GUID in braces, such as {example}."
            )
    if file.owner_id and file.owner_id.lower() == file.file_id.lower():
        yield QwcProblem("FileID", "FileID equals OwnerID; give every company file its own.")
    if file.editions and file.product is Product.POINT_OF_SALE:
        yield QwcProblem("AuthFlags", "AuthFlags is not for QBPOS; leave it out.")
    if file.schedule is not None and file.schedule.number < 1:
        yield QwcProblem(
            "Scheduler",
            f"Scheduler says every {file.schedule.number} {file.schedule.unit}; 1 is the least.",
        )


def _url(text: str) -> SplitResult | None:
    """The parts of an absolute web address without sign-in data; ``None`` for anything else."""
    if not text.isascii() or re.search(r"[\s<>\"\\]", text):
        return None
    try:
        parts = urlsplit(text)
        _ = parts.port  # raises for a port that is no number
    except ValueError:
        return None
    usable = parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc
    return parts if usable else None


def _is_address(host: str) -> bool:
    """Whether ``host`` is an IP address in any of its spellings: no name ends in a number."""
    last = host.rstrip(".").rpartition(".")[2]
    if last.isdigit() or re.fullmatch(r"0x[0-9a-f]*", last):
        return True
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def _unusable(element: str, text: str) -> QwcProblem:
    return QwcProblem(
        element, f"{element} is {text[:120]!r}; give a whole web address, starting with https://."
    )


def _bare_address(element: str, host: str, code: int) -> QwcProblem:
    cure = "localhost" if host in ("127.0.0.1", "::1") else "the computer's name"
    return QwcProblem(element, f"{element} has the IP address {host}; use {cure} instead.", code)
