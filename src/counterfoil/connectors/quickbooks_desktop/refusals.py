"""What QuickBooks' refusals mean for a document: the one table of this connector.

``qbxml.status`` says of every status code what follows (again, re-read, a person ...);
here the codes that stop a document get the refusal a bookkeeper reads, and failed readings
their sentence.  For changing or taking out a document that is there already, some codes
say that it is another one than we knew, or there no longer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from counterfoil.documents import REFUSAL_KINDS, DocumentKind, RecordKind, Refusal, refuse
from counterfoil.engine.asked import Asked, Kind
from counterfoil.engine.operations import Busy, Conflict, Done, Outcome, Refused, Unknown

from .qbxml import Problem, Reply
from .qbxml.status import (
    BAD_ID,
    BAD_REFERENCE,
    ID_MISMATCH,
    NAME_IN_USE,
    NOT_FOUND,
    SOME_NOT_FOUND,
    STALE,
    status,
)

__all__ = [
    "TARGET",
    "list_of",
    "of_problem",
    "outcome",
    "reading",
    "unread",
    "unreadable_request",
    "words",
]

TARGET: Final = "QuickBooks"

# Codes that stop a document for a reason with a refusal of its own; all others are
# plain rejections in QuickBooks' words.
_CODES: Final[Mapping[int, str]] = {
    570: "order-used-up",
    1030: "feature-missing",
    3160: "paid-or-followed",
    3161: "period-closed",
    3171: "period-closed",
    3185: "paid-or-followed",
    3220: "permission-missing",
    3250: "feature-missing",
    3260: "permission-missing",
    3261: "permission-missing",
    3262: "feature-missing",
    3263: "permission-missing",
    3264: "feature-missing",
    3280: "item-unfit",
    3290: "item-unfit",
}

# Codes that say many things; what this one says its words tell, and the element that they name.
_BY_WORDS: Final[tuple[tuple[frozenset[int], re.Pattern[str], str], ...]] = (
    (
        frozenset({3140, 3180, 3210}),
        re.compile(r"PayrollItemWage|payroll item", re.IGNORECASE),
        "payroll-item-unfit",
    ),
    (frozenset({3180, 3210}), re.compile(r"LinkToTxn", re.IGNORECASE), "link-refused"),
)

_SINGLE_USER: Final = (
    "It waits for single-user mode: QuickBooks takes it only while nobody else has the company "
    "file open (File menu, Switch to Single-user Mode)"
)
_ON_SCREEN: Final = (
    "It waits for somebody in QuickBooks who has the order it belongs to, or another record it "
    "names, open on the screen"
)

# What waits for people who work in the books, and in what words they are told.  Which number
# QuickBooks gives where single-user mode is needed nobody has confirmed; its words tell.
_WAITS: Final[tuple[tuple[int, re.Pattern[str] | None, str], ...]] = (
    (3162, re.compile(r"single.user", re.IGNORECASE), _SINGLE_USER),
    (3176, None, _ON_SCREEN),
)

# Codes that say of a document to be changed or taken out: not as you know it.  Which of
# them it is (changed, deleted, a line of it gone) is seen by reading it again.
_NOT_AS_KNOWN: Final = frozenset({STALE, ID_MISMATCH, BAD_ID, NOT_FOUND, SOME_NOT_FOUND})
# What names records by the identities that we know them by.
_NAMES_RECORDS: Final = frozenset({Kind.CREATE_DOCUMENT, Kind.UPDATE_DOCUMENT})
# How QuickBooks quotes the identity of a record that it does not know.
_IDENTITY: Final = re.compile(r"\b[0-9A-F]+-[0-9]{6,}\b")
# To be taken out, and not there: that is all that was wanted.
_GONE: Final = frozenset({NOT_FOUND, SOME_NOT_FOUND})


def outcome(asked: Asked, reply: Reply) -> Outcome:
    """Say what a reply that is no success means for what was asked."""
    code = reply.status_code
    if code is None:
        return Unknown("QuickBooks gave no status")
    if asked.kind is Kind.VOID_DOCUMENT and code in _GONE:
        return Done(note="QuickBooks had it no longer")
    if asked.kind in (Kind.UPDATE_DOCUMENT, Kind.VOID_DOCUMENT) and code in _NOT_AS_KNOWN:
        return Conflict(None, f"{reply.name} {code}: {reply.message}")
    if asked.kind is Kind.ACTIVATE_RECORD and code in _NOT_AS_KNOWN:
        # Somebody has changed or deleted it since its list was read: that is read first.
        return _outdated(asked, reply)
    if asked.kind in _NAMES_RECORDS and code == BAD_REFERENCE and _IDENTITY.search(reply.message):
        # Books that were restored hold a record no longer, and do not tell that it is gone.
        return _outdated(asked, reply)
    waits = _waits_for(code, reply.message)
    if waits is not None:
        return Busy(f"{waits}. QuickBooks says: {words(reply)}")
    found = status(code, reply.message)
    match found.action:
        case "again" | "re-read":
            # After a re-read the next plan is made from what the books hold then.
            return Busy(f"QuickBooks says: {words(reply)}")
        case "doubt":
            refused = Refused(_refusal(asked, reply, "data"), str(code))
            return Busy(f"QuickBooks says: {words(reply)}", otherwise=refused)
        case "unknown":
            return Unknown(f"QuickBooks says: {words(reply)}")
        case "ok" | "data" | "user" | "bug":
            return Refused(_refusal(asked, reply, found.action), str(code))


def _outdated(asked: Asked, reply: Reply) -> Busy:
    """Have the lists read anew first; what stays so is the refusal."""
    refused = Refused(_refusal(asked, reply, "data"), str(reply.status_code))
    return Busy(f"QuickBooks says: {words(reply)}", otherwise=refused, is_outdated=True)


def _waits_for(code: int, message: str) -> str | None:
    """Say what a document waits for, in words of the trade; ``None``: for nothing we know."""
    told = (
        sentence
        for known, pattern, sentence in _WAITS
        if code == known or (pattern is not None and pattern.search(message))
    )
    return next(told, None)


def _code_of(code: int, message: str) -> str:
    """Say which refusal a status is."""
    told = (
        refusal
        for codes, pattern, refusal in _BY_WORDS
        if code in codes and pattern.search(message)
    )
    return next(told, None) or _CODES.get(code, "rejected")


def reading(asked: Asked, reply: Reply) -> Outcome:
    """Say what a reading that failed means: never that there is nothing.

    What would be refused again as it is, for a person or for us to change something first,
    is a refusal; everything else, codes that nobody has documented included, is simply tried
    again.
    """
    code = reply.status_code
    if code is None:
        return Unknown(unread(asked, "QuickBooks gave no status"))
    said = words(reply).removesuffix(".")
    sentence = unread(asked, f"QuickBooks answered with status {code}, “{said}”")
    found = status(code, reply.message)
    match found.action:
        case "user" | "bug" | "data" if found.is_confirmed:
            return Refused(_reading_refusal(asked, reply, found.action, sentence), str(code))
        case "unknown":
            return Unknown(sentence)
        case _:
            return Busy(sentence)


def words(reply: Reply) -> str:
    """Give QuickBooks' own words; where it has none, what its code means."""
    message = " ".join(reply.message.split())
    if message or reply.status_code is None:
        return message or "nothing"
    return status(reply.status_code).meaning


_LISTS: Final[Mapping[RecordKind, str]] = {
    RecordKind.CUSTOMER: "the customer list",
    RecordKind.VENDOR: "the vendor list",
    RecordKind.EMPLOYEE: "the employee list",
    RecordKind.OTHER_NAME: "the list of other names",
    RecordKind.ITEM: "the item list",
    RecordKind.ACCOUNT: "the chart of accounts",
    RecordKind.CLASS: "the class list",
    RecordKind.UNIT_SET: "the list of unit of measure sets",
    RecordKind.PAYROLL_ITEM: "the list of payroll items",
    RecordKind.TAX_CODE: "the list of sales tax codes",
    RecordKind.CUSTOM_FIELD: "the list of custom fields",
    RecordKind.SHIP_METHOD: "the list of shipping methods",
    RecordKind.INVENTORY_SITE: "the list of inventory sites",
}


def list_of(asked: Asked) -> RecordKind | DocumentKind | None:
    """Say which list or kind a reading was about; ``None`` where the ledger does not tell.

    A reading is remembered by its subject, or by its cursor such as ``records/customer``.
    """
    reads = asked.kind in (Kind.READ_RECORDS, Kind.READ_DOCUMENTS)
    cursor = (asked.name or "").rpartition("/")[2] if reads else ""
    for word in (asked.subject or "", cursor):
        for kinds in (RecordKind, DocumentKind):
            if word in {kind.value for kind in kinds}:
                return kinds(word)
    return None


def unread(asked: Asked, why: str) -> str:
    """Say that a list could not be read, in the trade's words."""
    what = _subject(asked)
    verb = "looked up" if asked.kind is Kind.FIND else "read"
    return f"{what[0].upper()}{what[1:]} could not be {verb}: {why}"


def _subject(asked: Asked) -> str:
    kind = list_of(asked)
    if isinstance(kind, RecordKind):
        return _LISTS[kind]
    if isinstance(kind, DocumentKind):
        return f"the {kind.words}s"
    return _OTHERWISE.get(asked.kind, "what QuickBooks holds")


_OTHERWISE: Final[Mapping[Kind, str]] = {
    Kind.READ_RECORDS: "a list of QuickBooks",
    Kind.READ_DOCUMENTS: "the documents of QuickBooks",
    Kind.FIND: "documents of QuickBooks",
    Kind.READ_DELETIONS: "what was deleted in QuickBooks",
    Kind.READ_STOCK: "the stock that QuickBooks holds",
    Kind.DESCRIBE: "the company file’s own data",
}


def _reading_refusal(asked: Asked, reply: Reply, action: str, sentence: str) -> Refusal:
    detail = f"{reply.name} {reply.status_code}: {reply.message}"
    if action == "bug":
        document = f"question about {_subject(asked)}"
        return refuse("request-invalid", target=TARGET, document=document, detail=detail)
    code = _CODES.get(reply.status_code or 0, "rejected")
    return refuse(
        code, target=TARGET, document="question", problem=sentence, value=asked.name, detail=detail
    )


def _refusal(asked: Asked, reply: Reply, action: str) -> Refusal:
    code = reply.status_code or 0
    detail = f"{reply.name} {code}: {reply.message}"
    subject = (asked.subject or "document").replace("-", " ")
    if action == "bug":
        return refuse("request-invalid", target=TARGET, document=subject, detail=detail)
    if code == NAME_IN_USE and asked.kind is Kind.CREATE_RECORD:
        return refuse(
            "name-taken",
            value=asked.name,
            kind=subject,
            other="record",
            target=TARGET,
            detail=detail,
        )
    kind, problem = _code_of(code, reply.message), words(reply)
    if REFUSAL_KINDS[kind].sentence.endswith("{problem}."):
        problem = problem.removesuffix(".")
    return refuse(
        kind,
        target=TARGET,
        document=subject,
        field=f"The {subject}",
        problem=problem,
        value=asked.name,
        detail=detail,
    )


def unreadable_request(asked: Asked, detail: str) -> Outcome:
    """Refuse the one request for which QuickBooks refused a whole set unread."""
    subject = (asked.subject or "document").replace("-", " ")
    return Refused(refuse("request-invalid", target=TARGET, document=subject, detail=detail))


_PROBLEMS: Final[Mapping[str, str]] = {
    "too-long": "value-too-long",
    "unholdable": "text-unholdable",
    "control-character": "value-unfit",
    "bad-format": "value-unfit",
    "bad-choice": "value-unfit",
    "wrong-kind": "value-unfit",
    "unsupported": "feature-missing",
    "wrong-country": "feature-missing",
    "too-new": "feature-missing",
    "bad-link": "link-refused",
}


def of_problem(problem: Problem) -> Refusal:
    """Make the refusal of what would be refused, before it is sent."""
    code = _PROBLEMS.get(problem.code)
    if code is None:
        return refuse(
            "request-invalid",
            where=problem.path,
            value=problem.value,
            target=TARGET,
            document="document",
            detail=problem.message,
        )
    counted = _COUNTED.search(problem.message)
    length, limit = counted.groups() if counted else (len(problem.value), "fewer")
    return refuse(
        code,
        where=problem.path,
        value=problem.value,
        field=_called(problem.path),
        length=length,
        limit=limit,
        target=TARGET,
        problem=_without_place(problem),
        setting="general.unholdable_characters",
        detail=problem.message,
    )


_COUNTED: Final = re.compile(r"has (\d+) characters; (\d+) are allowed")
_STEP: Final = re.compile(r"(?P<name>\w+)(?:\[(?P<number>\d+)\])?")


def _called(path: str) -> str:
    """Say in people's words where a value stands: ``Line 2: the description``."""
    steps = [step for part in path.split("/") if (step := _STEP.fullmatch(part))]
    line = next((each["number"] for each in steps if "Line" in each["name"]), None)
    words = next((_CALLED[each["name"]] for each in steps if each["name"] in _CALLED), None)
    if words is None:
        return path
    return f"The {words}" if line is None else f"Line {line}: the {words}"


_CALLED: Final[Mapping[str, str]] = {
    "AccountRef": "account",
    "Amount": "amount",
    "AssetAccountRef": "asset account",
    "BillAddress": "billing address",
    "COGSAccountRef": "account for the cost of goods sold",
    "ClassRef": "class",
    "CompanyName": "company name",
    "Cost": "cost",
    "CustomerRef": "customer",
    "DataExtName": "name of the custom field",
    "DataExtValue": "value of the custom field",
    "Desc": "description",
    "DueDate": "due date",
    "Duration": "time worked",
    "Email": "mail address",
    "EntityRef": "worker",
    "ExpectedDate": "expected date",
    "ExpenseAccountRef": "expense account",
    "FirstName": "first name",
    "IncomeAccountRef": "income account",
    "ItemRef": "item",
    "ItemSalesTaxRef": "sales tax item",
    "ItemServiceRef": "service item",
    "LastName": "last name",
    "LinkToTxn": "link to its order",
    "LinkToTxnID": "link to its order",
    "Memo": "memo",
    "MiddleName": "middle name",
    "Name": "name",
    "NewQuantity": "counted quantity",
    "Notes": "notes",
    "Other": "tracking number",
    "PONumber": "customer’s order number",
    "PayrollItemWageRef": "payroll item",
    "Phone": "telephone number",
    "PurchaseCost": "cost",
    "PurchaseDesc": "description for purchases",
    "Quantity": "quantity",
    "Rate": "price",
    "RefNumber": "number",
    "RefNumberCaseSensitive": "number",
    "SalesDesc": "description",
    "SalesPrice": "sales price",
    "SalesTaxCodeRef": "sales tax code",
    "ShipAddress": "delivery address",
    "ShipDate": "ship date",
    "TxnDate": "date",
    "UnitOfMeasure": "unit",
    "VendorAddress": "address",
    "VendorMsg": "message to the vendor",
    "VendorRef": "vendor",
}


def _without_place(problem: Problem) -> str:
    """Give a problem's sentence without the place and value that are said beside it."""
    if problem.code in ("unsupported", "bad-link", "too-new", "wrong-country"):
        return problem.message
    rest = problem.message.removeprefix(problem.path).removeprefix(":").strip()
    for value in (repr(problem.value), problem.value):
        rest = rest.removeprefix(value).lstrip()
    is_told = rest.startswith(("is ", "has ", "holds "))
    return f"it {rest.rstrip('.')}" if is_told else problem.message
