"""Everything that can be known about a request before it is sent.

QuickBooks refuses a whole message set for one bad value and does not say which (0x80040400).  So
each request is checked on its own, under the version and edition the company speaks, and a
request with a problem is never put into a set.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from counterfoil.connectors.quickbooks_desktop.qbxml._certainty import sure_text
from counterfoil.connectors.quickbooks_desktop.qbxml._characters import described, unholdable
from counterfoil.connectors.quickbooks_desktop.qbxml._formats import shown, to_text
from counterfoil.connectors.quickbooks_desktop.qbxml._model import LINES, Problem, Request
from counterfoil.connectors.quickbooks_desktop.qbxml._render import (
    REQUEST_ID_LENGTH_MAX,
    Rendered,
    render_request,
)
from counterfoil.connectors.quickbooks_desktop.qbxml._requests import (
    QUERY_ATTRIBUTES,
    TRIM_LENGTH_MAX,
    allowed_attributes,
)
from counterfoil.connectors.quickbooks_desktop.qbxml._shapes import (
    Shape,
    is_defined,
    request_names,
    shape,
)
from counterfoil.connectors.quickbooks_desktop.qbxml._structure import Rules, Slot, rules
from counterfoil.connectors.quickbooks_desktop.qbxml._version import Version
from counterfoil.connectors.quickbooks_desktop.qbxml._xml import forbidden_in


def check(request: Request, version: Version) -> tuple[Problem, ...]:
    """What QuickBooks of that version and edition would refuse; nothing if it may be sent."""
    prepared = prepare(request, version)
    return () if isinstance(prepared, str) else prepared


def prepare(request: Request, version: Version) -> Rendered | tuple[Problem, ...]:
    """The request as it is sent, or what QuickBooks of that version and edition would refuse."""
    name = request.name
    if not is_defined(name) or name not in request_names():
        return (Problem("unknown-request", "", name, f"qbXML has no request {name!r}."),)
    known = shape(name)
    if not known.exists_in(version):
        since = f"{known.since[0]}.{known.since[1]}"
        sentence = f"{name} needs qbXML {since} and an edition that has it; this is {version} for "
        return (Problem("too-new", "", name, f"{sentence}{version.country}."),)
    contents = sure_text(request.fields, known.block, version)
    inside = _problems(request.fields, rules(known.block, version), "") if contents is None else ()
    problems = (*_attribute_problems(request, known), *_trim_problems(request, known), *inside)
    return problems or render_request(request, contents)


def _attribute_problems(request: Request, known: Shape) -> Iterator[Problem]:
    request_id = request.request_id or ""
    if len(request_id) > REQUEST_ID_LENGTH_MAX:
        yield Problem(
            "too-long",
            "",
            shown(request_id),
            f"The request id {shown(request_id)!r} has {len(request_id)} characters; "
            f"{REQUEST_ID_LENGTH_MAX} are allowed.",
        )
    yield from _control_problems("", request_id)
    allowed = allowed_attributes(known)
    for key, value in request.attributes.items():
        yield from _control_problems("", value)
        values = QUERY_ATTRIBUTES.get(key) if key in allowed else frozenset[str]()
        if values is not None and value not in values:
            yield Problem(
                "bad-attribute", "", value, f"{known.name} takes no attribute {key}={value!r}."
            )
    if request.attributes.get("iterator") in ("Continue", "Stop") and not request.attributes.get(
        "iteratorID"
    ):
        yield Problem("bad-attribute", "", "", "An iterator is continued without its iteratorID.")


def _trim_problems(request: Request, known: Shape) -> Iterator[Problem]:
    if request.include and not known.takes_trim:
        yield Problem(
            "unknown-element",
            "IncludeRetElement",
            shown(request.include[0]),
            f"{known.name} takes no IncludeRetElement.",
        )
    for place, element in enumerate(request.include, 1):
        yield from _control_problems(f"IncludeRetElement[{place}]", element)
        if len(element) > TRIM_LENGTH_MAX:
            yield Problem(
                "too-long",
                f"IncludeRetElement[{place}]",
                shown(element),
                f"IncludeRetElement {shown(element)!r} has {len(element)} characters; "
                f"{TRIM_LENGTH_MAX} are allowed.",
            )


def _problems(fields: Mapping[str, Any], known: Rules, path: str) -> list[Problem]:
    block, slots = known.block, known.slots
    present = [
        name
        for name, value in fields.items()
        if name != LINES and (name not in slots or not _is_absent(value))
    ]
    names = list(present)
    problems: list[Problem] = []
    if LINES in fields:
        lines, problems = _lines(fields[LINES], known, path)
        names += dict.fromkeys(tag for tag in lines if tag in block.lines and tag not in fields)
    names.sort(key=lambda name: block.rank.get(name, -1))
    place = f"{path[:-1]}: " if path else ""
    problems += [
        Problem(
            fault.code,
            f"{path}{fault.name}",
            _shown_value(fields.get(fault.name)),
            f"{place}{fault.sentence}.",
        )
        for fault in known.verdict(tuple(names))
    ]
    for name in present:
        if (slot := slots.get(name)) is not None:
            problems += _value_problems(fields[name], slot, f"{path}{name}")
    return problems


def _is_absent(value: Any) -> bool:
    return value is None or (isinstance(value, (list, tuple)) and not value)


def _lines(value: Any, known: Rules, path: str) -> tuple[list[str], list[Problem]]:
    """The element names of lines of several kinds, and what is wrong with the lines."""
    block = known.block
    if not block.lines:
        sentence = f"{block.name} has no lines of several kinds."
        return [], [Problem("unknown-element", f"{path}{LINES}", _shown_value(value), sentence)]
    if value is None:
        return [], []
    if not _are_pairs(value):
        return [], [_wrong_kind(f"{path}{LINES}", value, "is no list of (name, contents) pairs")]
    problems: list[Problem] = []
    counts: dict[str, int] = {}
    for tag, fields in value:
        counts[tag] = counts.get(tag, 0) + 1
        place = f"{path}{tag}[{counts[tag]}]"
        if tag in block.lines:
            problems += _value_problems(fields, known.slots[tag], place)
        else:
            sentence = f"{block.name} has no line {shown(str(tag))}."
            problems.append(Problem("unknown-element", place, "", sentence))
    return list(counts), problems


def _are_pairs(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and all(
        isinstance(pair, tuple) and len(pair) == 2 and isinstance(pair[1], Mapping)
        for pair in value
    )


def _value_problems(value: Any, slot: Slot, path: str) -> list[Problem]:
    if isinstance(value, (list, tuple)):
        return _repeated_problems(value, slot, path)
    if slot.inside is not None:
        if not isinstance(value, Mapping):
            return [_wrong_kind(path, value, "holds elements, not a value")]
        problems = _problems(value, slot.inside, f"{path}/")
        if slot.element.is_reference:
            problems += _reference_problems(value, path)
        return problems
    if isinstance(value, Mapping):
        return [_wrong_kind(path, value, "holds a value, not elements")]
    if type(value) is not str:
        try:
            value = to_text(slot.element.kind, value)
        except ValueError as error:
            return [Problem("bad-format", path, shown(str(value)), f"{path}: {error}.")]
    problem = _text_problem(value, slot, path)
    return [problem] if problem else []


def _repeated_problems(values: Sequence[Any], slot: Slot, path: str) -> list[Problem]:
    problems: list[Problem] = []
    most = slot.element.maximum
    if slot.is_line:
        most = None
    if most is not None and len(values) > most:
        sentence = f"{path} is given {len(values)} times; {most} are allowed."
        problems.append(Problem("repeated", path, "", sentence))
    for place, value in enumerate(values, 1):
        problems += _value_problems(value, slot, f"{path}[{place}]")
    return problems


def _reference_problems(value: Mapping[str, Any], path: str) -> list[Problem]:
    given = [name for name in ("ListID", "FullName") if value.get(name) is not None]
    if len(given) == 1:
        return []
    code = "bad-choice" if given else "missing"
    return [
        Problem(
            code, path, _shown_value(value), f"{path} needs either ListID or FullName, not both."
        )
    ]


def _text_problem(text: str, slot: Slot, path: str) -> Problem | None:
    if slot.test is not None and (fault := slot.test(text)):
        return Problem(fault.code, path, shown(text), f"{path} “{shown(text)}” {fault.limit}.")
    if text.isascii() and text.isprintable():
        return None
    bad = unholdable(text)
    if not bad:
        return None
    return next(_control_problems(path, text), None) or Problem(
        "unholdable",
        path,
        shown(text),
        f"{path} holds {described(text, bad)}",
    )


def _control_problems(path: str, text: str) -> Iterator[Problem]:
    forbidden = forbidden_in(text)
    if forbidden:
        yield Problem(
            "control-character",
            path,
            shown(text),
            f"{path or 'an attribute'} holds {described(text, forbidden)}, which XML cannot carry",
        )


def _wrong_kind(path: str, value: Any, what: str) -> Problem:
    return Problem("wrong-kind", path, _shown_value(value), f"{path} {what}.")


def _shown_value(value: Any) -> str:
    return "" if value is None else shown(str(value))
