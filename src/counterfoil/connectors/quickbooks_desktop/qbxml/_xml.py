"""Reading XML that may be damaged or hostile: one hardened door for all qbXML that comes in.

What is refused, and why:

- more bytes than the caller allows, because memory must not follow the sender's wishes;
- any document type declaration, because qbXML has none and every XML attack starts there;
- what is not well-formed, with position and excerpt, because the raw text may be long gone when
  someone asks.

What is tolerated, because QuickBooks does it (quirk 7): a declared encoding that is not the
text's (the text is already decoded), a byte order mark, blanks before the declaration, and control
characters that XML forbids, raw or as references.  Each becomes U+FFFD, which people see: dropped,
it would make one of two names.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from lxml import etree

LIMIT_BYTES: Final = 32 * 2**20
_EXCERPT_LENGTH_MAX: Final = 60

_REFERENCE = re.compile(r"&#(?:x(?P<hex>[0-9A-Fa-f]{1,8})|(?P<dec>[0-9]{1,10}));")
_REPLACEMENT: Final = "\ufffd"
_LEADING_BLANKS: Final = "\ufeff \t\r\n"
_AROUND: Final = _LEADING_BLANKS + _REPLACEMENT


class UnreadableQbxml(ValueError):  # noqa: N818 - names the document, as its caller does
    """The text is no qbXML document that could be read.

    ``line`` and ``column`` count from 1 and are ``None`` where there is no single place;
    ``excerpt`` is the text around it.
    """

    def __init__(
        self,
        reason: str,
        *,
        line: int | None = None,
        column: int | None = None,
        excerpt: str = "",
    ) -> None:
        place = "" if line is None else f" at line {line}, column {column}"
        near = f", near {excerpt!r}" if excerpt else ""
        super().__init__(f"{reason}{place}{near}")
        self.reason = reason
        self.line = line
        self.column = column
        self.excerpt = excerpt


def parse_document(text: str, *, limit_bytes: int, strict: bool = False) -> etree._Element:
    """Parse ``text`` and give its root element; raise ``UnreadableQbxml`` for what is refused.

    ``strict`` tolerates no forbidden characters and keeps processing instructions.
    """
    try:
        return _parsed(text, limit_bytes, keep_instructions=strict)
    except UnreadableQbxml as failure:
        cleaned = text if strict else with_forbidden_shown(text)
        if cleaned == text:
            raise
        try:
            return _parsed(cleaned, limit_bytes, keep_instructions=False)
        except UnreadableQbxml:
            raise failure from None


@cache
def _forbidden() -> re.Pattern[str]:
    """Everything the XML 1.0 character range leaves out; its ranges take long to compile."""
    return re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def with_forbidden_shown(text: str) -> str:
    """``text`` with U+FFFD for each character XML forbids, be it raw or written as a reference.

    Around the text, where no value is, they are dropped: some writers end it with the zeros of
    their buffer, which SOAP has made U+FFFD of already.
    """
    shown = _forbidden().sub(_REPLACEMENT, text).strip(_AROUND)
    return _REFERENCE.sub(_keep_allowed, shown)


def is_forbidden(character: str) -> bool:
    """Whether XML has no way to carry this character."""
    return _forbidden().fullmatch(character) is not None


def forbidden_in(text: str) -> str:
    """The characters of ``text`` that XML forbids, each once, in order of appearance."""
    return "".join(dict.fromkeys(_forbidden().findall(text)))


def _keep_allowed(match: re.Match[str]) -> str:
    number = int(match["hex"], 16) if match["hex"] else int(match["dec"])
    return _REPLACEMENT if number > 0x10FFFF or is_forbidden(chr(number)) else match[0]


def _parsed(text: str, limit_bytes: int, *, keep_instructions: bool) -> etree._Element:
    if text[:1] in _LEADING_BLANKS:
        text = text.lstrip(_LEADING_BLANKS)
    if not text:
        raise UnreadableQbxml("the text is empty")
    if len(text) > limit_bytes:
        raise UnreadableQbxml(f"the text is longer than the {limit_bytes} bytes allowed")
    try:
        data = text.encode("utf-8")
    except UnicodeEncodeError as error:
        raise UnreadableQbxml(
            "the text holds half of a surrogate pair", excerpt=_excerpt(text, error.start)
        ) from error
    if len(data) > limit_bytes:
        raise UnreadableQbxml(f"the text is longer than the {limit_bytes} bytes allowed")
    # huge_tree lifts libxml2's 10 MB limit on one text node; its guard against entity
    # amplification stays on.  A parser is not shared between threads, hence one per call.
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=True,
        # Only what stands between elements; a value of blanks stays.  A fifth faster.
        remove_blank_text=True,
        remove_comments=True,
        remove_pis=not keep_instructions,
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise _syntax_failure(text, error) from error
    document = root.getroottree().docinfo
    if document.doctype or document.internalDTD is not None:
        raise UnreadableQbxml("the document declares a document type, which qbXML never does")
    return root


def _syntax_failure(text: str, error: etree.XMLSyntaxError) -> UnreadableQbxml:
    line, column = error.position
    reason = f"not well-formed XML ({(error.msg or 'no reason given').split(', line ')[0]})"
    lines = text.split("\n", max(line, 1))
    if not 1 <= line <= len(lines):
        return UnreadableQbxml(reason)
    excerpt = _excerpt(lines[line - 1], column - 1)
    return UnreadableQbxml(reason, line=line, column=column, excerpt=excerpt)


def _excerpt(text: str, position: int) -> str:
    start = max(0, min(position, len(text)) - _EXCERPT_LENGTH_MAX // 2)
    return text[start : start + _EXCERPT_LENGTH_MAX]
