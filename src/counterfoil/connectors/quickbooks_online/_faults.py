"""QuickBooks Online as a service that is called: its names, and how it says no.

A fault comes in two spellings (``Fault``, and the gateway's ``fault``), as JSON or as XML, and
not only with a status that says so.  Its texts are in the company's language and change; what
counts is its code, and ``FAULTS`` says what each code means.  A code that nobody has described
means what its HTTP status means, in QuickBooks' own words.

Source: reference section 5; corrections 2, rows 12 and 13.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from lxml import etree

from counterfoil.connectors.called import Fate, Said, Service, clean_line, words_of

__all__ = [
    "DUPLICATE_NAME",
    "DUPLICATE_NUMBER",
    "FAULTS",
    "GENERIC",
    "NAME",
    "NOT_FOUND",
    "NOT_THERE",
    "SERVICE",
    "STALE",
    "SYSTEM",
    "Fault",
    "fault_in",
    "meaning_of",
]

SYSTEM: Final = "quickbooks-online"
NAME: Final = "QuickBooks Online"
_TEXT_LENGTH_MAX: Final = 500
_CODE_LENGTH_MAX: Final = 40
# A fault is short; what is longer is no fault.
_FAULT_SIZE_MAX: Final = 256 * 1024

STALE: Final = "5010"
NOT_FOUND: Final = "610"
DUPLICATE_NUMBER: Final = "6140"
DUPLICATE_NAME: Final = "6240"
GENERIC: Final = "6000"
NOT_THERE: Final = frozenset({NOT_FOUND, "2500"})
"""What is referred to is not there, or was made inactive."""

# What is not about a document, as HTTP says it; 402 and 423 have rows of their own.
_SIGNED_OUT: Final = 401
_ENDED: Final = 402
_NOT_ALLOWED: Final = 403
_LOCKED: Final = 423
_TOO_OFTEN: Final = 429
_OWN_ERROR: Final = 500


@dataclass(frozen=True, kw_only=True)
class Fault:
    """What a code means.

    Attributes:
        problem: In people's words; QuickBooks' own stand beside it.
        refusal: Which refusal it is where it stops a document.
        status: What it means as an HTTP status, whatever was sent; ``None``: what was sent.
    """

    problem: str
    refusal: str = "rejected"
    status: int | None = None


def _rows(codes: Iterable[str], problem: str, **more: Any) -> dict[str, Fault]:
    return dict.fromkeys(codes, Fault(problem=problem, **more))


_INVALID: Final = "request-invalid"

FAULTS: Final[Mapping[str, Fault]] = {
    # --- Signing in and rights
    **_rows(
        ("3200", "3202", "100", "110"),
        "the connection's sign-in is not valid any more",
        status=_SIGNED_OUT,
    ),
    **_rows(
        ("3100",),
        "the app's keys may be those of the other environment, the app was disconnected in "
        "QuickBooks, or what was asked needs another plan of the app",
        refusal="permission-missing",
        status=_NOT_ALLOWED,
    ),
    **_rows(
        ("120",),
        "the user who connected it has no right to do this",
        refusal="permission-missing",
        status=_NOT_ALLOWED,
    ),
    "5020": Fault(
        problem="the role of the user who connected it does not allow this, or the edition lacks "
        "it (purchase orders need Plus or higher)",
        refusal="feature-missing",
    ),
    "5030": Fault(
        problem="this company's edition or preferences do not have it", refusal="feature-missing"
    ),
    "6190": Fault(
        problem="the company's subscription has ended or its trial is over",
        refusal="permission-missing",
        status=_ENDED,
    ),
    # --- Not now
    "3001": Fault(problem="it was asked too often", status=_TOO_OFTEN),
    **_rows(
        ("130", "140", "150", "10200"),
        "the company is locked, moving or under maintenance",
        status=_LOCKED,
    ),
    **_rows(
        ("10000", "1000", "1010", "1020", "-1"),
        "it had an error of its own",
        status=_OWN_ERROR,
    ),
    # --- What a person in the books can mend
    **_rows(
        (NOT_FOUND, "2500"),
        "something that is named was made inactive or deleted: an account, a customer, an item, "
        "a vendor or an employee",
    ),
    STALE: Fault(problem="somebody has changed it meanwhile"),
    DUPLICATE_NUMBER: Fault(problem="the number is used already"),
    DUPLICATE_NAME: Fault(
        problem="a customer, vendor, employee, item or account has that name already"
    ),
    **_rows(("6200", "6210"), "its date is in a closed period", refusal="period-closed"),
    "6270": Fault(
        problem="its date is before the day from which the stock of one of its items is tracked"
    ),
    "6070": Fault(problem="a line's amount is not its quantity times its price"),
    "6100": Fault(problem="a line has no tax code, or one that does not fit"),
    "6430": Fault(problem="an account is of a kind that does not fit here"),
    **_rows(("620", "6440"), "it cannot be linked to its order", refusal="link-refused"),
    **_rows(
        ("800", "6480", "6540", "6450"),
        "others depend on it: a payment, a deposit, a bank transaction or a linked document",
        refusal="paid-or-followed",
    ),
    "2410": Fault(problem="its currency and exchange rate are needed"),
    "2220": Fault(problem="its currency is none that the company uses"),
    "2300": Fault(problem="its debits and credits differ"),
    "6520": Fault(problem="the quantity of a stock item is missing"),
    "6180": Fault(problem="the name has more levels than QuickBooks Online keeps"),
    "6080": Fault(problem="no part of a name is given"),
    "2050": Fault(problem="a text is too short or too long"),
    "2210": Fault(problem="a mail address is none"),
    "6000": Fault(problem="a business rule of the company does not allow it"),
    **_rows(
        (
            *("630", "700", "900", "6010", "6020", "6040", "6041", "6050", "6060", "6090"),
            *("6110", "6120", "6130", "6150", "6160", "6170", "6220", "6230", "6250", "6280"),
            *("6290", "6300", "6310", "6320", "6330", "6340", "6350", "6360", "6370", "6380"),
            *("6390", "6490", "6500", "6510", "6560", "10100", "3000", "2600", "5000"),
        ),
        "a rule of the company does not allow it",
    ),
    # --- What we wrote wrongly
    **_rows(
        (
            *("500", "600", "1040", "1050", "2000", "2010", "2020", "2030", "2040", "2060"),
            *("2070", "2080", "2090", "2100", "2110", "2120", "2130", "2140", "2150", "2160"),
            *("2170", "2180", "2190", "2200", "2250", "2290", "4000", "4001", "4002", "6030"),
            *("6530", "MalformedRequest"),
        ),
        "the request could not be understood",
        refusal=_INVALID,
    ),
}
"""Code -> what it means; the whole list of section 5.4."""

_UNKNOWN: Final = Fault(problem="it does not take this")


def meaning_of(code: str | None) -> Fault:
    """Say what a code means; one that nobody has described stops a document, in its own words."""
    return FAULTS.get(code or "", _UNKNOWN)


# --- Reading a fault ----------------------------------------------------------------------


def fault_in(found: Any) -> tuple[tuple[str, str], ...] | None:
    """Give code and words of each error of a fault in JSON; ``None``: it is none.

    Both spellings are read; one without any error is a fault all the same.
    """
    if not isinstance(found, Mapping):
        return None
    fault = _of(found, "fault")
    if not isinstance(fault, Mapping):
        return None
    errors = _of(fault, "error")
    listed = errors if isinstance(errors, list) else [errors]
    return tuple(
        (_code(_of(each, "code")), _words(_of(each, "message"), _of(each, "detail")))
        for each in listed
        if isinstance(each, Mapping)
    )


def _of(found: Mapping[str, Any], name: str) -> Any:
    return next((value for key, value in found.items() if str(key).lower() == name), None)


def _code(found: Any) -> str:
    """Give a code without leading zeros: the gateway's texts write 003200 for 3200."""
    text = clean_line(str(found if isinstance(found, str | int) else ""), _CODE_LENGTH_MAX).strip()
    return (text.lstrip("0") or "0") if text.isdecimal() else text


def _words(message: Any, detail: Any) -> str:
    """Give the detail, which often begins with the message; else the message."""
    texts = [" ".join(each.split()) for each in (message, detail) if isinstance(each, str)]
    said = [each for each in texts if each and each.lower() != "null"]
    if len(said) == 2 and said[1].startswith(said[0]):
        said = said[1:]
    return clean_line(": ".join(said), _TEXT_LENGTH_MAX)


def _fault_in_xml(body: bytes) -> tuple[tuple[str, str], ...] | None:
    """Read a fault from XML, even where it is malformed; ``None``: it is none."""
    parser = etree.XMLParser(recover=True, resolve_entities=False, no_network=True)
    try:
        root: Any = etree.fromstring(body[:_FAULT_SIZE_MAX], parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    errors = [] if root is None else root.xpath("//*[translate(local-name(), 'E', 'e')='error']")
    if not isinstance(errors, list) or not errors:
        return None
    return tuple((_code(each.get("code")), _words(*_texts(each))) for each in errors)


def _texts(error: Any) -> tuple[str | None, str | None]:
    # What was malformed may have a name that no XML has.
    found = {
        str(each.tag).rpartition("}")[2].lower(): each.text for each in error.iterchildren("*")
    }
    return found.get("message"), found.get("detail")


def _said(status: int, body: bytes) -> Said:
    errors = _fault_of(body)
    if not errors:
        return Said(status=status, text=words_of(body))
    code = errors[0][0] or None
    text = clean_line("; ".join(words for _, words in errors if words), _TEXT_LENGTH_MAX)
    meant = meaning_of(code).status
    # What the gateway says counts: a code of another kind in it is about nothing else.
    is_gateway = status in {_SIGNED_OUT, _NOT_ALLOWED, _TOO_OFTEN} or status > _OWN_ERROR
    return Said(
        status=status if is_gateway or meant is None else meant,
        text=text or f"code {code}",
        fault=code,
    )


def _fault_of(body: bytes) -> tuple[tuple[str, str], ...]:
    if body.lstrip()[:1] == b"<":
        return _fault_in_xml(body) or ()
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return ()
    return fault_in(found) or ()


_NO_RIGHT: Final = (
    "does not let this app do that: its keys may be those of the other environment (production "
    "or sandbox), it may have been disconnected in QuickBooks, or what is asked needs another "
    "plan of the app"
)

SERVICE: Final = Service(
    system=SYSTEM,
    name=NAME,
    statuses=(
        (
            _SIGNED_OUT,
            _SIGNED_OUT,
            Fate.REFUSED,
            "does not accept this connection's sign-in any more; connect the company again",
        ),
        (
            _ENDED,
            _ENDED,
            Fate.REFUSED,
            "does not serve this company: its subscription has ended or its trial is over",
        ),
        (
            _NOT_ALLOWED,
            _NOT_ALLOWED,
            Fate.REFUSED,
            _NO_RIGHT,
        ),
        (
            _LOCKED,
            _LOCKED,
            Fate.NOT_DONE,
            "has this company locked, moving or under maintenance for now",
        ),
    ),
    reads=_said,
    id_header="intuit_tid",
)
