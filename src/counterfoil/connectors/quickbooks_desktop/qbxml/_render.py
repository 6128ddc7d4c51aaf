"""Writing documents: requests for QuickBooks, and replies as QuickBooks writes them.

Every block is compiled once into a writer: for each set of keys it meets, the writer remembers
which element's text follows which, so that the next line with the same columns costs one lookup
and a join.  Writing trusts that its input was checked, but whatever it is given, what it writes is
well-formed and ASCII: markup characters are escaped and all others beyond ASCII become decimal
references.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final, NewType, TypeAlias

from counterfoil.connectors.quickbooks_desktop.qbxml._characters import escaped
from counterfoil.connectors.quickbooks_desktop.qbxml._formats import decimal_text, to_text
from counterfoil.connectors.quickbooks_desktop.qbxml._model import (
    LINES,
    Answer,
    Fields,
    OnError,
    Request,
    ResponseData,
)
from counterfoil.connectors.quickbooks_desktop.qbxml._requests import allowed_attributes
from counterfoil.connectors.quickbooks_desktop.qbxml._shapes import Block, Element, shape
from counterfoil.connectors.quickbooks_desktop.qbxml._version import Version
from counterfoil.connectors.quickbooks_desktop.qbxml._xml import forbidden_in

# QuickBooks' own limits: a longer set id is answered with 9004, a longer request id with 1060.
SET_ID_LENGTH_MAX: Final = 24
REQUEST_ID_LENGTH_MAX: Final = 50

# Bounds the memory of a writer that meets ever new sets of keys.
_PLANS_KEPT_MAX: Final = 512
# Control characters no XML document can carry, not even as references.
_CONTROLS: Final = bytes(code for code in range(32) if code not in b"\t\n\r")

_Write: TypeAlias = Callable[[Any], str]

Rendered = NewType("Rendered", str)
"""A request's element, ready to stand in a message set."""


def render_set(
    requests: Sequence[Request | Rendered],
    *,
    version: Version,
    on_error: OnError = "continueOnError",
    new_set_id: str | None = None,
    old_set_id: str | None = None,
    response_data: ResponseData | None = None,
) -> str:
    """The document of a message set: ASCII, compact, both processing instructions in front.

    A request that was prepared (``prepare``) is taken as it is.

    ``new_set_id`` makes QuickBooks keep the set's answers under that id.  Without requests, the
    same id as new and old asks for kept answers, and an old id alone clears them (3.3).

    Raises:
        ValueError: an id is too long, ``rollbackOnError`` is asked for (QuickBooks does not
            support it), a request or element is unknown, a value cannot be written in its
            element's form, or a text holds a character XML cannot carry.  ``check`` says all
            but the first two beforehand.
    """
    if on_error == "rollbackOnError":
        raise ValueError("rollbackOnError is not supported by QuickBooks; use stopOnError")
    attributes = [f' onError="{on_error}"']
    for name, set_id in (("newMessageSetID", new_set_id), ("oldMessageSetID", old_set_id)):
        if set_id is not None:
            attributes.append(f' {name}="{escaped(_short(name, set_id, SET_ID_LENGTH_MAX))}"')
    if response_data is not None:
        attributes.append(f' responseData="{response_data}"')
    body = "".join([each if isinstance(each, str) else render_request(each) for each in requests])
    return _ascii(
        f'<?xml version="1.0" encoding="utf-8"?>\n<?qbxml version="{version}"?>\n'
        f"<QBXML><QBXMLMsgsRq{''.join(attributes)}>{body}</QBXMLMsgsRq></QBXML>"
    )


def render_replies(
    answers: Iterable[Answer],
    *,
    version: Version,
    new_set_id: str | None = None,
    set_status: int | None = None,
) -> str:
    """The document QuickBooks answers with: no ``qbxml`` instruction, no encoding declared.

    Elements the version or edition does not have are left out of records, as QuickBooks does.
    Raises ``ValueError`` for a record or element the tables do not know.
    """
    attributes = ""
    if new_set_id is not None:
        attributes += f' newMessageSetID="{escaped(new_set_id)}"'
    if set_status is not None:
        attributes += f' messageSetStatusCode="{set_status}"'
    body = "".join([_answer(answer, version) for answer in answers])
    return _ascii(
        f'<?xml version="1.0" ?>\n<QBXML>\n<QBXMLMsgsRs{attributes}>\n{body}</QBXMLMsgsRs>\n'
        "</QBXML>\n"
    )


def render_request(request: Request, contents: str | None = None) -> Rendered:
    """The element of one request; ``contents`` where they are rendered already.

    Characters beyond ASCII are still themselves: the set they become part of encodes them.
    """
    name = request.name
    known = shape(name)
    attributes = ""
    if request.request_id is not None:
        short = _short("requestID", request.request_id, REQUEST_ID_LENGTH_MAX)
        attributes = f' requestID="{escaped(short)}"'
    if request.attributes:
        attributes += _query_attributes(request)
    if contents is None:
        contents = _writer(known.block, None)(request.fields)
    if known.has_block:
        contents = f"<{name}>{contents}</{name}>"
        for element in request.include:
            contents += f"<IncludeRetElement>{escaped(element)}</IncludeRetElement>"
    return Rendered(f"<{name}Rq{attributes}>{contents}</{name}Rq>")


def _query_attributes(request: Request) -> str:
    allowed = allowed_attributes(shape(request.name))
    for key in request.attributes:
        if key not in allowed:
            raise ValueError(f"{request.name} takes no attribute {key}")
    return "".join(f' {key}="{escaped(value)}"' for key, value in request.attributes.items())


def _answer(answer: Answer, version: Version) -> str:
    attributes: list[tuple[str, str | int | None]] = [
        ("requestID", answer.request_id),
        ("statusCode", answer.status_code),
        ("statusSeverity", answer.severity),
        ("statusMessage", answer.message),
        ("retCount", answer.ret_count),
        ("iteratorRemainingCount", answer.remaining),
        ("iteratorID", answer.iterator_id),
    ]
    head = "".join(
        f' {name}="{escaped(str(value))}"' for name, value in attributes if value is not None
    )
    parts = [
        f"<{tag}>{_writer(shape(tag).block, version)(fields)}</{tag}>\n"
        for tag, fields in answer.records
    ]
    if answer.fields is not None:
        parts.append(_writer(shape(f"{answer.name}Rs").block, version)(answer.fields))
    if answer.recovery is not None:
        recovery = _writer(shape("ErrorRecovery").block, version)(answer.recovery)
        parts.append(f"<ErrorRecovery>{recovery}</ErrorRecovery>\n")
    if not parts:
        return f"<{answer.name}Rs{head} />\n"
    return f"<{answer.name}Rs{head}>\n{''.join(parts)}</{answer.name}Rs>\n"


def _short(name: str, text: str, length_max: int) -> str:
    if len(text) > length_max:
        raise ValueError(f"{name} {text!r} has {len(text)} characters; {length_max} are allowed")
    return text


def _ascii(document: str) -> str:
    """The document in ASCII; raises ``ValueError`` if XML cannot carry one of its characters."""
    data = document.encode("ascii", "xmlcharrefreplace")
    holds_controls = len(data.translate(None, _CONTROLS)) != len(data)
    if holds_controls or (len(data) != len(document) and not _is_sound(document)):
        forbidden = forbidden_in(document)
        raise ValueError(f"no XML document can hold the character {forbidden[0]!r}; remove it")
    return data.decode("ascii")


def _is_sound(document: str) -> bool:
    """Whether there is no half of a surrogate pair and none of the two that are no characters."""
    try:
        document.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return "\ufffe" not in document and "\uffff" not in document


# --- Writers ------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _writer(block: Block, version: Version | None) -> Callable[[Fields], str]:
    """What writes the contents of a block; a version leaves out what it does not have."""
    writes: dict[str, _Write] = {
        name: _element_writer(element, version) for name, element in block.elements.items()
    }
    rank: dict[str, float] = {name: place for place, name in enumerate(block.elements)}
    if block.lines:
        writes[LINES] = _lines_writer({name: writes[name] for name in block.lines})
        # Nobody should give both this and the elements' own names; who does gets these first.
        rank[LINES] = min(rank[name] for name in block.lines) - 0.5
    plans: dict[tuple[str, ...], tuple[tuple[str, _Write], ...]] = {}

    def plan_for(names: tuple[str, ...]) -> tuple[tuple[str, _Write], ...]:
        for name in names:
            if name not in rank:
                raise ValueError(f"{block.name} has no element {name}")
        plan = tuple((name, writes[name]) for name in sorted(names, key=rank.__getitem__))
        if len(plans) < _PLANS_KEPT_MAX:
            plans[names] = plan
        return plan

    def write(fields: Fields) -> str:
        names = tuple(fields)
        plan = plans.get(names) or plan_for(names)
        return "".join([write_one(fields[name]) for name, write_one in plan])

    return write


def _element_writer(element: Element, version: Version | None) -> _Write:
    if version is not None and not element.exists_in(version):
        return lambda value: ""
    if element.is_reference:
        return _reference_writer(element, version)
    return _leaf_writer(element) if element.block is None else _block_writer(element, version)


def _leaf_writer(element: Element) -> _Write:
    start, end, kind = f"<{element.name}>", f"</{element.name}>", element.kind

    def write(value: Any) -> str:
        if type(value) is Decimal:
            return f"{start}{decimal_text(kind, value)}{end}"
        if value is None:
            return ""
        if isinstance(value, (list, tuple)):
            return "".join([write(each) for each in value])
        text = value if type(value) is str else to_text(kind, value)
        # Five searches of a short text cost half of one regular expression's.
        if "&" in text or "<" in text or ">" in text or '"' in text or "'" in text:
            text = escaped(text)
        return f"{start}{text}{end}"

    return write


def _block_writer(element: Element, version: Version | None) -> _Write:
    start, end, name = f"<{element.name}>", f"</{element.name}>", element.name
    assert element.block is not None
    contents = _writer(element.block, version)

    def write(value: Any) -> str:
        if value is None:
            return ""
        if isinstance(value, (list, tuple)):
            return "".join([write(each) for each in value])
        if not isinstance(value, Mapping):
            raise ValueError(  # noqa: TRY004 - a fault in the data, like all others here
                f"{name} holds elements, not {type(value).__name__}"
            )
        return f"{start}{contents(value)}{end}"

    return write


def _reference_writer(element: Element, version: Version | None) -> _Write:
    """References are half of all blocks, and hold one text; the rest goes the general way."""
    general = _block_writer(element, version)
    by_id = f"<{element.name}><ListID>", f"</ListID></{element.name}>"
    by_name = f"<{element.name}><FullName>", f"</FullName></{element.name}>"

    def write(value: Any) -> str:
        if type(value) is dict and len(value) == 1:
            ((key, text),) = value.items()
            if type(text) is str:
                if key == "ListID":
                    return f"{by_id[0]}{escaped(text)}{by_id[1]}"
                if key == "FullName":
                    return f"{by_name[0]}{escaped(text)}{by_name[1]}"
        return general(value)

    return write


def _lines_writer(writes: Mapping[str, _Write]) -> _Write:
    def write(value: Any) -> str:
        try:
            return "".join([writes[tag](fields) for tag, fields in value or ()])
        except KeyError as error:
            raise ValueError(f"no line is named {error}; {', '.join(writes)} are") from error

    return write
