"""Reading XML that came from outside, without believing any of it.

Three kinds of text reach the Web Connector's endpoint: SOAP bodies from anybody who finds the
address, host facts from QuickBooks, and ``.qwc`` files from a user's disk.  All pass through
``read_xml``, which keeps these promises:

- Nothing outside the text is ever fetched, and a document type declaration is refused, so neither
  external entities nor entity bombs nor smuggled default attributes exist.
- Memory stays within a small multiple of the size limit.  A tree of a million empty elements is
  some thirty times larger than its text, so for SOAP, where real markup is a few dozen tags around
  one long escaped text, the tags are counted before the tree is built.
- One text node may exceed libxml2's usual 10 MB, since a whole qbXML response is one (hence
  ``huge_tree``, which keeps libxml2's guard against amplification).
- Characters that XML cannot hold become U+FFFD rather than losing the answer of a write that
  QuickBooks has carried out.  The Web Connector's own writer does not check them, and QuickBooks
  stores some.  They are not dropped: two names, or two passwords, would become one.  The cleaning
  runs only when a first reading has failed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final, Protocol, cast

from lxml import etree

# Names the HTTP charset parameter and the XML declaration use, to Python's codec.  A fixed table,
# because Python also knows codecs that are not character sets at all.
_CODECS: Final = {
    "": "utf-8",
    "ascii": "utf-8",
    "us-ascii": "utf-8",
    "utf8": "utf-8",
    "utf-8": "utf-8",
    "utf-16": "utf-16",
    "utf-16le": "utf-16-le",
    "utf-16be": "utf-16-be",
    "iso-8859-1": "iso-8859-1",
    "latin1": "iso-8859-1",
    "windows-1252": "windows-1252",
    "cp1252": "windows-1252",
}
_UTF8_MARK: Final = b"\xef\xbb\xbf"
_UTF16_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")
_DECLARED = re.compile(rb"""\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]{1,40})["']""")

# XML 1.0, production Char: everything from tab up except these.
_CONTROLS: Final = bytes(code for code in range(0x20) if code not in (0x09, 0x0A, 0x0D))
_ILLEGAL: Final = re.compile(b"[" + re.escape(_CONTROLS) + b"]|\xef\xbf[\xbe\xbf]")
# What may stand before and behind all tags without meaning anything.
_AROUND: Final = bytes(range(0x21))
_HALVES: Final = re.compile("[\ud800-\udfff]")
_REPLACEMENT: Final = "\ufffd".encode()
_DOCTYPE_SENTENCE: Final = "The message carries a document type declaration, which is not accepted."
_NONCHARACTERS: Final = ("\ufffe".encode(), "\uffff".encode())
_REFERENCE = re.compile(rb"&#(?:x([0-9A-Fa-f]{1,16})|([0-9]{1,16}));")

# More references than this are no stray characters but an attempt to keep us busy.
_REFERENCES_MAX: Final = 200_000

# A start or end tag, however its attributes are quoted.  Possessive: linear on any input.
_TAG = re.compile(rb"""<[^<>"']*+(?:"[^"<]*+"[^<>"']*+|'[^'<]*+'[^<>"']*+)*+>""")
_TAG_BYTES_MAX: Final = 16 * 1024
# All tags, comments and instructions of one text together.
_MARKUP_BYTES_MAX: Final = 256 * 1024
_ATTRIBUTES_MAX: Final = 500
_DEPTH_MAX: Final = 50
_CDATA: Final = b"<![CDATA["
# A value of so many bytes is worth being read by itself; and what stands for it meanwhile.
_LONG_BYTES: Final = 4 * 1024
_MARK: Final = b"(the long value)"
# Markup in which other markup means nothing.
_OPAQUE: Final = ((_CDATA, b"]]>"), (b"<!--", b"-->"), (b"<?", b"?>"))


class Element(Protocol):
    """The few things these modules use of a parsed element."""

    text: str | None

    @property
    def tag(self) -> str: ...
    def get(self, key: str) -> str | None: ...
    def find(self, path: str) -> Element | None: ...
    def findall(self, path: str) -> list[Element]: ...
    def __iter__(self) -> Iterator[Element]: ...
    def iter(self) -> Iterator[Element]: ...
    def itertext(self) -> Iterator[str]: ...


class XmlError(ValueError):
    """The text is not XML this program reads; the message says why in one sentence."""


class XmlSizeError(XmlError):
    """The text is longer than the caller's limit."""


def read_xml(
    data: bytes, *, limit_bytes: int, charset: str | None = None, tags_max: int | None = None
) -> Element:
    """The root element of ``data``.

    Args:
        data: The text as it came.
        limit_bytes: Longer data is refused unread.
        charset: What the transport says; it goes before the XML declaration.  ``None`` or empty:
            byte order mark, then declaration, then UTF-8.
        tags_max: Most tags, comments and CDATA sections the text may hold.  ``None``: any number.

    Raises:
        XmlSizeError: ``data`` is longer than ``limit_bytes``.
        XmlError: anything else: malformed, truncated, DTD, unknown charset, too many tags.
    """
    if len(data) > limit_bytes:
        raise XmlSizeError(f"The message has {len(data)} bytes; at most {limit_bytes} are taken.")
    text = _as_utf8(data, charset)
    if tags_max is not None:
        long = _refuse_swarm(text, tags_max)
        root = _read_around(text, long)
        if root is not None:
            return root
    try:
        return _parse(text)
    except etree.XMLSyntaxError as error:
        cleaned = replace_illegal(text)
        if cleaned == text:
            raise XmlError(_complaint(error)) from error
    try:
        return _parse(cleaned)
    except etree.XMLSyntaxError as error:
        raise XmlError(_complaint(error)) from error


def local_name(element: Element) -> str:
    """The element's name without its namespace."""
    return element.tag.rpartition("}")[2]


def replace_illegal(text: bytes) -> bytes:
    """UTF-8 ``text`` with U+FFFD for each character, or reference to one, XML cannot hold.

    Around the text they are dropped: some writers end it with the zeros of their buffer.  Text
    with more references than any real message has is given back as it is.
    """
    if text.count(b"&#") > _REFERENCES_MAX:
        return text
    text = _ILLEGAL.sub(_REPLACEMENT, text.strip(_AROUND))
    return _REFERENCE.sub(_legal_reference, text)


def encode_text(text: str) -> bytes:
    """``text`` as escaped UTF-8 element content; U+FFFD for what XML cannot hold.

    A carriage return is written as a reference, for a literal one would arrive as a line feed.
    Works on whole strings at a time: 300 KB of qbXML take about a millisecond.
    """
    data = _utf8(text)
    # Looked for first in a way that costs a twentieth: there is hardly ever one.
    if len(data.translate(None, _CONTROLS)) != len(data) or not text.isascii():
        data = _ILLEGAL.sub(_REPLACEMENT, data)
    data = data.replace(b"&", b"&amp;").replace(b"<", b"&lt;").replace(b">", b"&gt;")
    return data.replace(b"\r", b"&#13;")


def _utf8(text: str) -> bytes:
    """Give ``text`` as UTF-8, U+FFFD for each half of a surrogate pair."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return _HALVES.sub("\ufffd", text).encode()


def _parse(text: bytes) -> Element:
    parser = etree.XMLParser(
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        attribute_defaults=False,
        huge_tree=True,
        remove_comments=True,
        remove_pis=True,
    )
    root = etree.fromstring(text, parser)
    # There is one for every DOCTYPE, an empty or external one too.
    if root.getroottree().docinfo.internalDTD is not None:
        raise XmlError(_DOCTYPE_SENTENCE)
    return cast("Element", root)


def _as_utf8(data: bytes, charset: str | None) -> bytes:
    """``data`` as UTF-8 without byte order mark or leading white space; not copied if it is so."""
    name = (charset or "").strip().strip("\"'").lower() or _announced(data)
    codec = _CODECS.get(name)
    if codec is None:
        raise XmlError(f"The message is in the character set {name[:40]!r}; send UTF-8.")
    if codec != "utf-8":
        try:
            data = data.decode(codec).lstrip("\ufeff").encode()
        except UnicodeError as error:
            raise XmlError(f"The message is not in the character set {name!r} it names.") from error
    data = data.removeprefix(_UTF8_MARK)
    return data if data.startswith(b"<") else data.lstrip()


def _announced(data: bytes) -> str:
    """The character set the text itself names, in lower case; empty when it names none."""
    if data.startswith(_UTF8_MARK):
        return "utf-8"
    if data.startswith(_UTF16_MARKS):
        return "utf-16"
    match = _DECLARED.match(data, 0, 300)
    name = match[1].decode().lower() if match else ""
    # Bytes in which an ASCII declaration can be read are not UTF-16, whatever it says: text that
    # was re-encoded on its way often keeps its first declaration.
    return "" if name.startswith("utf-16") else name


def _refuse_swarm(text: bytes, tags_max: int) -> slice:
    """Refuse text whose tree would be out of proportion, before building it.

    Gives where the longest stretch between two tags is.
    """
    position = text.find(b"<")
    markup_bytes = attributes = depth = 0
    longest = slice(0, 0)
    for _ in range(tags_max):
        if position < 0:
            return longest
        end = _markup_end(text, position)
        if text.startswith(b"<!DOCTYPE", position):
            raise XmlError(_DOCTYPE_SENTENCE)
        if not text.startswith(_CDATA, position):
            markup_bytes += end - position
        if text[position + 1 : position + 2] not in (b"!", b"?"):
            attributes += text.count(b"=", position, end)
            depth += _deeper_by(text, position, end)
        _refuse_beyond(markup_bytes, _MARKUP_BYTES_MAX, "bytes of markup")
        _refuse_beyond(attributes, _ATTRIBUTES_MAX, "attributes")
        _refuse_beyond(depth, _DEPTH_MAX, "tags within each other")
        position = text.find(b"<", end)
        if position - end > longest.stop - longest.start:
            longest = slice(end, position)
    raise XmlError(f"The message has more than {tags_max} tags; no such call exists.")


def _refuse_beyond(found: int, most: int, what: str) -> None:
    if found > most:
        raise XmlError(f"The message has more than {most} {what}; no such call exists.")


def _deeper_by(text: bytes, start: int, end: int) -> int:
    """How much deeper what follows a tag stands than what is before it."""
    if text.startswith(b"</", start):
        return -1
    return 0 if text.endswith(b"/>", start, end) else 1


def _markup_end(text: bytes, start: int) -> int:
    """Where the tag, comment, instruction or CDATA section that begins at ``start`` ends."""
    for opening, closing in _OPAQUE:
        if text.startswith(opening, start):
            found = text.find(closing, start + len(opening))
            return len(text) if found < 0 else found + len(closing)
    tag = _TAG.match(text, start)
    after = text.find(b"<", start + 1) if tag is None else tag.end()
    end = len(text) if after < 0 else after
    if end - start > _TAG_BYTES_MAX:
        raise XmlError(f"The message has a tag of more than {_TAG_BYTES_MAX} bytes.")
    return end


def _read_around(text: bytes, long: slice) -> Element | None:
    """Give the root, the one long value unescaped here; ``None`` promises nothing.

    An answer of QuickBooks is one value in which each ``<`` is a reference, and libxml2 makes a
    piece of its own of each.  Whatever is not plain takes the parser's own way.
    """
    value = _unescaped(text[long])
    if value is None:
        return None
    try:
        root = _parse(text[: long.start] + _MARK + text[long.stop :])
        (holder,) = (each for each in root.iter() if each.text == _MARK.decode())
        holder.text = value
    except (etree.XMLSyntaxError, ValueError):
        # Not well-formed, no value by itself, or a character that XML cannot hold.
        return None
    return root


def _unescaped(data: bytes) -> str | None:
    """Give what a parser would make of a long value; ``None``: that is not certain."""
    if len(data) < _LONG_BYTES or b"\r" in data or b">" in data:
        return None
    # Ampersands last, or what follows one would be read twice.
    data = data.replace(b"&lt;", b"<").replace(b"&gt;", b">")
    if data.count(b"&") != data.count(b"&amp;"):
        return None
    try:
        return data.replace(b"&amp;", b"&").decode()
    except UnicodeDecodeError:
        return None


def _legal_reference(match: re.Match[bytes]) -> bytes:
    code = int(match[1], 16) if match[1] else int(match[2])
    legal = (
        code in (0x09, 0x0A, 0x0D)
        or 0x20 <= code <= 0xD7FF
        or 0xE000 <= code <= 0xFFFD
        or 0x10000 <= code <= 0x10FFFF
    )
    return match[0] if legal else _REPLACEMENT


def _complaint(error: etree.XMLSyntaxError) -> str:
    # The parser's own words are for the engineer: they stay in the cause.
    line, column = error.position
    return (
        f"The message is not well-formed XML (line {line}, column {column}); "
        "it was cut off or altered on its way."
    )
