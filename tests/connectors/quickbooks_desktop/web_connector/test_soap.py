"""The SOAP layer: which bytes are which call, and which bytes answer it."""

from __future__ import annotations

from contextlib import suppress
from html import escape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree
from qbwc_kit import soap as kit_soap

from counterfoil.connectors.quickbooks_desktop.web_connector.soap import (
    Authenticate,
    Call,
    CallTooLarge,
    ClientVersion,
    CloseConnection,
    ConnectionError_,
    GetInteractiveUrl,
    GetLastError,
    InteractiveDone,
    InteractiveRejected,
    Operation,
    ReceiveResponse,
    SendRequest,
    ServerVersion,
    UnknownOperation,
    UnreadableCall,
    parse_call,
    render_reply,
    soap_fault,
)
from tests.connectors.quickbooks_desktop.web_connector.builders import (
    LIMIT,
    SOAP_12,
    call,
    envelope,
)

QBXML = (
    '<?xml version="1.0" ?><QBXML><QBXMLMsgsRs><X a="1">Müller &amp; Co</X></QBXMLMsgsRs></QBXML>'
)

# What a text is made of, plain and odd.
_PIECES = [
    *(
        b"&lt;",
        b"&gt;",
        b"&amp;",
        b"&quot;",
        b"&apos;",
        b"&amp;lt;",
        b"&#13;",
        b"&#x1F;",
        b"&nbsp;",
    ),
    *(b"&", b"lt;", b"]]", b">", b'"', b"\r", b"\n", b" ", b"\x00", b"\x0b", b"\xff", b"a"),
    *("Müller".encode(), "\ufffe".encode(), b"\xed\xa0\x80", b"<b/>", b"<!-- c -->"),
    *(b"<![CDATA[<Ret/>]]>", b"<b>", b"</response>", b"(the long value)"),
]

# Every operation with all its parameters: name, parameters in the contract's order, the call.
CALLS: list[tuple[str, dict[str, str], Call]] = [
    ("serverVersion", {}, ServerVersion()),
    ("getServerVersion", {"ticket": "t"}, ServerVersion(Operation.GET_SERVER_VERSION)),
    ("clientVersion", {"strVersion": "2.3.0.215"}, ClientVersion("2.3.0.215")),
    (
        "authenticate",
        {"strUserName": "acme", "strPassword": "not-a-real-one"},
        Authenticate("acme", "not-a-real-one"),
    ),
    (
        "sendRequestXML",
        {
            "ticket": "t",
            "strHCPResponse": QBXML,
            "strCompanyFileName": r"C:\Books\Acme & Söhne.qbw",
            "qbXMLCountry": "US",
            "qbXMLMajorVers": "16",
            "qbXMLMinorVers": "0",
        },
        SendRequest("t", QBXML, r"C:\Books\Acme & Söhne.qbw", "US", 16, 0),
    ),
    (
        "receiveResponseXML",
        {"ticket": "t", "response": QBXML, "hresult": "", "message": ""},
        ReceiveResponse("t", QBXML, "", ""),
    ),
    (
        "connectionError",
        {"ticket": "t", "hresult": "0x80040408", "message": "Could not start QuickBooks."},
        ConnectionError_("t", "0x80040408", "Could not start QuickBooks."),
    ),
    ("getLastError", {"ticket": "t"}, GetLastError("t")),
    ("closeConnection", {"ticket": "t"}, CloseConnection("t")),
    ("getInteractiveURL", {"wcTicket": "t", "sessionID": "s"}, GetInteractiveUrl("t", "s")),
    ("interactiveDone", {"wcTicket": "t"}, InteractiveDone("t")),
    ("interactiveRejected", {"wcTicket": "t", "reason": "No"}, InteractiveRejected("t", "No")),
]
RESULTS: dict[str, str | int | list[str]] = {"authenticate": ["t", ""], "receiveResponseXML": 42}


def read(body: bytes, **options: Any) -> Call:
    return parse_call(body, limit_bytes=LIMIT, **options)


@pytest.mark.parametrize("name,parameters,expected", CALLS, ids=[row[0] for row in CALLS])
class TestEveryOperation:
    def test_is_read(self, name: str, parameters: dict[str, str], expected: Call) -> None:
        """A plain document/literal call becomes its record."""
        assert read(call(name, **parameters)) == expected

    def test_is_read_in_any_order(
        self, name: str, parameters: dict[str, str], expected: Call
    ) -> None:
        """The order of parameters does not matter."""
        assert read(call(name, **dict(reversed(parameters.items())))) == expected

    def test_is_read_as_rpc(self, name: str, parameters: dict[str, str], expected: Call) -> None:
        """Quirk 1: a prefixed call with typed, unqualified parameters is the same call."""
        inside = "".join(
            f'<{key} xsi:type="xsd:string">{escape(text)}</{key}>'
            for key, text in parameters.items()
        )
        body = f'<q1:{name} xmlns:q1="http://developer.intuit.com/">{inside}</q1:{name}>'

        assert read(envelope(body)) == expected

    def test_is_read_in_a_soap_12_envelope(
        self, name: str, parameters: dict[str, str], expected: Call
    ) -> None:
        """Quirk 1: the envelope's version does not matter."""
        body = call(name, **parameters).replace(
            b"http://schemas.xmlsoap.org/soap/envelope/", SOAP_12.encode()
        )

        assert read(body) == expected

    def test_is_read_when_qbwc_kit_writes_it(
        self, name: str, parameters: dict[str, str], expected: Call
    ) -> None:
        """Quirk 3: what another author's Web Connector double sends is understood."""
        assert read(kit_soap.build_request(name, parameters.items()).encode()) == expected

    def test_without_parameters_has_empty_ones(
        self, name: str, parameters: dict[str, str], expected: Call
    ) -> None:
        """Missing parameters are the empty text, missing numbers 0."""
        bare = read(call(name))

        assert type(bare) is type(expected)
        assert bare.operation == name
        values = {getattr(bare, field) for field in bare.__dataclass_fields__} - {bare.operation}
        assert values <= {"", 0}

    def test_is_answered_as_the_contract_says(
        self, name: str, parameters: dict[str, str], expected: Call
    ) -> None:
        """Quirk 2: the reply is compact, in the service's namespace, and named after the call."""
        result = RESULTS.get(name, "text")
        inside = {"authenticate": "<string>t</string><string></string>", "receiveResponseXML": "42"}
        expected_reply = (
            '<?xml version="1.0" encoding="utf-8"?>'
            '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
            f'<{name}Response xmlns="http://developer.intuit.com/">'
            f"<{name}Result>{inside.get(name, 'text')}</{name}Result>"
            f"</{name}Response></soap:Body></soap:Envelope>"
        ).encode()

        assert render_reply(expected, result) == expected_reply
        assert render_reply(expected.operation, result) == expected_reply


class TestReadingCalls:
    def test_password_stays_out_of_logs(self) -> None:
        """Quirk 34: printing a call shows neither password nor what is in the books."""
        shown = repr(
            [
                Authenticate("acme", "not-a-real-one"),
                SendRequest("t", "<CompanyRet/>", "", "US", 16, 0),
                ReceiveResponse("t", "<InvoiceRet/>", "", ""),
            ]
        )

        assert "not-a-real-one" not in shown
        assert "Ret" not in shown

    def test_response_may_be_empty_beside_an_hresult(self) -> None:
        """Quirk 6: a request QuickBooks refused comes back as HRESULT and message alone."""
        body = envelope(
            '<receiveResponseXML xmlns="http://developer.intuit.com/"><ticket>t</ticket><response/>'
            "<hresult>0x80040400</hresult><message>QuickBooks found an error when parsing the "
            "provided XML text stream.</message></receiveResponseXML>"
        )

        assert read(body) == ReceiveResponse(
            "t",
            "",
            "0x80040400",
            "QuickBooks found an error when parsing the provided XML text stream.",
        )

    def test_response_is_unescaped_exactly_once(self) -> None:
        """Quirk 7: references inside the qbXML are left for the qbXML reader."""
        inner = '<?xml version="1.0" ?><QBXML><N>Caf&#233; &amp; &lt;b&gt;</N></QBXML>'

        received = read(call("receiveResponseXML", ticket="t", response=inner))

        assert isinstance(received, ReceiveResponse)
        assert received.response == inner

    @pytest.mark.parametrize("stray", ["\x01", "\x0b", "&#x1F;", "&#0;", "\ufffe", "&#xFFFF;"])
    def test_stray_control_characters_are_shown(self, stray: str) -> None:
        """Quirk 7: characters XML cannot hold neither lose the answer nor vanish from it."""
        body = call("receiveResponseXML", ticket="t", response="@").replace(
            b"@", f"Bolt{stray} 10&#xD;mm".encode()
        )

        received = read(body)

        assert isinstance(received, ReceiveResponse)
        assert received.response == "Bolt\ufffd 10\rmm"

    @pytest.mark.parametrize("around", [b"\0\0", b"\x1a\r\n\0"])
    def test_the_zeros_of_a_buffer_do_not_matter(self, around: bytes) -> None:
        """What stands behind the envelope is no part of the call."""
        assert read(call("getLastError", ticket="t") + around) == GetLastError("t")

    def test_two_passwords_do_not_become_one(self) -> None:
        """A password with a character that XML cannot hold is another than without it."""
        body = call("authenticate", strUserName="ac\x01me", strPassword="se&#1;cret")

        assert read(body.replace(b"&amp;", b"&")) == Authenticate("ac\ufffdme", "se\ufffdcret")

    @pytest.mark.parametrize(
        "before", [b"\xef\xbb\xbf", b"\r\n ", b"\xef\xbb\xbf\n"], ids=["mark", "blanks", "both"]
    )
    def test_noise_before_the_xml_is_passed_over(self, before: bytes) -> None:
        """A byte order mark or a blank line in front does not matter."""
        assert read(before + call("getLastError", ticket="t")) == GetLastError("t")

    @pytest.mark.parametrize(
        "charset", ["utf-8", "UTF-8", '"utf-8"', "utf-16", "utf-16le", "iso-8859-1", "windows-1252"]
    )
    def test_charset_of_the_transport_counts(self, charset: str) -> None:
        """The Content-Type's charset goes before the declaration inside."""
        body = call("authenticate", strUserName="Müller", strPassword="").decode()

        assert read(body.encode(charset.strip('"')), charset=charset) == Authenticate("Müller", "")

    def test_declared_encoding_counts_without_a_charset(self) -> None:
        """Without a charset the declaration is believed."""
        body = call("authenticate", strUserName="Müller").decode()
        latin = body.replace('"utf-8"', '"iso-8859-1"').encode("iso-8859-1")

        assert read(latin) == Authenticate("Müller", "")

    def test_utf16_is_known_by_its_mark(self) -> None:
        """A UTF-16 body with byte order mark needs no charset."""
        body = call("authenticate", strUserName="Müller").decode()

        assert read(body.encode("utf-16")) == Authenticate("Müller", "")

    def test_declaration_left_over_from_utf16_is_ignored(self) -> None:
        """Bytes that can be read as ASCII are not UTF-16, whatever they declare."""
        body = call("getLastError", ticket="t").replace(b'"utf-8"', b'"utf-16"')

        assert read(body) == GetLastError("t")

    def test_comments_and_cdata_do_not_cut_a_text(self) -> None:
        """A text that passed through a reformatter is still whole."""
        body = envelope(
            "<receiveResponseXML><!-- c --><response>a<!-- b -->c<![CDATA[<QBXML/>]]>d</response>"
            "</receiveResponseXML>"
        )

        received = read(body)

        assert isinstance(received, ReceiveResponse)
        assert received.response == "ac<QBXML/>d"

    @given(st.lists(st.sampled_from(_PIECES), max_size=8))
    def test_a_long_text_is_read_like_a_short_one(self, pieces: list[bytes]) -> None:
        """Whatever a text holds, it is the same text, or none, behind four thousand letters."""

        def told(text: bytes) -> str | None:
            try:
                received = read(call("receiveResponseXML", response="@").replace(b"@", text))
            except UnreadableCall:
                return None
            assert isinstance(received, ReceiveResponse)
            return received.response

        short, long = told(b"".join(pieces)), told(b"x" * 4096 + b"".join(pieces))

        assert long == (None if short is None else "x" * 4096 + short)

    def test_two_long_texts_are_both_read(self) -> None:
        """One text is cut out; another one, and one that looks like its mark, stay what they are."""
        first, second = "<Ret>" * 1_000, "<N>" * 2_000

        received = read(
            call("receiveResponseXML", response=first, message=second, hresult="(the long value)")
        )

        assert received == ReceiveResponse("", first, "(the long value)", second)

    def test_tags_inside_cdata_do_not_count(self) -> None:
        """A response sent as CDATA instead of escaped is read, however many tags it has."""
        inner = QBXML + "<!-- " + "<Ret/>" * 5_000 + " -->"

        received = read(
            envelope(
                f"<receiveResponseXML><response><![CDATA[{inner}]]></response></receiveResponseXML>"
            )
        )

        assert isinstance(received, ReceiveResponse)
        assert received.response == inner

    def test_soap_header_is_passed_over(self) -> None:
        """Headers in front of the body, and elements after the call, do not matter."""
        body = call("getLastError", ticket="t").replace(
            b"<soap:Body>", b"<soap:Header><a>1</a></soap:Header><soap:Body>"
        )

        assert read(body) == GetLastError("t")

    @pytest.mark.parametrize("text", ["", "x", "-1", "1.5", "9" * 5000, "1000", "٣"])
    def test_odd_version_numbers_are_zero(self, text: str) -> None:
        """A version part that is no sensible number reads 0: nothing is decided by it."""
        sent = read(call("sendRequestXML", ticket="t", qbXMLMajorVers=text, qbXMLMinorVers=" 7 "))

        assert isinstance(sent, SendRequest)
        assert (sent.major, sent.minor) == (0, 7)

    def test_large_response_is_one_text(self) -> None:
        """A response above libxml2's usual 10 MB for one text is read whole."""
        inner = "<QBXML>" + "<Ret>Bolt &amp; nut</Ret>" * 500_000 + "</QBXML>"

        received = read(call("receiveResponseXML", ticket="t", response=inner))

        assert isinstance(received, ReceiveResponse)
        assert received.response == inner


BOMB = (
    '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]>"
)
HOSTILE = {
    "empty": b"",
    "blank": b" \r\n ",
    "text": b"hello",
    "json": b'{"authenticate": 1}',
    "truncated": call("getLastError", ticket="t")[:-20],
    "two roots": call("getLastError") + b"<a/>",
    "undeclared prefix": b"<s:Envelope><s:Body><x/></s:Body></s:Envelope>",
    "no envelope": b"<html><body><authenticate/></body></html>",
    "no body": b"<Envelope/>",
    "empty body": envelope(""),
    "not utf-8": call("authenticate", strUserName="@").replace(b"@", b"M\xfcller"),
    "unknown charset declared": b'<?xml version="1.0" encoding="ebcdic-cp-us"?><Envelope/>',
    "doctype": b"<!DOCTYPE x>" + envelope("<getLastError/>")[38:],
    "external dtd": b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">' + envelope("")[38:],
    "external entity": (
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>'
        + envelope("<authenticate><strUserName>&e;</strUserName></authenticate>")[38:]
    ),
    "entity bomb": BOMB.encode()
    + envelope("<authenticate><strUserName>&i;</strUserName></authenticate>")[38:],
    "attribute bomb": BOMB.encode() + envelope('<authenticate a="&i;"/>')[38:],
    "default attributes": b'<!DOCTYPE x [<!ATTLIST Envelope a CDATA "1">]>' + envelope("")[38:],
    "doctype in utf-16": ("<!DOCTYPE x>" + envelope("<getLastError/>")[38:].decode()).encode(
        "utf-16"
    ),
    "swarm of elements": envelope("<a/>" * 5_000),
    "swarm behind cdata": envelope("<![CDATA[x]]>" * 5_000),
    "swarm hidden by a comment": envelope("<!-- <![CDATA[ -->" + "<a/>" * 5_000 + "<!-- ]]> -->"),
    "swarm hidden by an instruction": envelope("<?x <!-- ?>" + "<a/>" * 5_000 + "<!-- -->"),
    "swarm of declarations": b"<!DOCTYPE x [" + b"<!ENTITY a 'b'>" * 5_000 + b"]><a/>",
    "tag without an end": b"<Envelope><Body><authenticate a='" + b"x" * 20_000,
    "swarm of references": envelope("<getLastError/>" + "&#1;" * 200_001),
    "unclosed cdata": envelope("<![CDATA[x"),
    "swarm of attributes": envelope(
        "<authenticate " + " ".join(f'a{n}=">"' for n in range(5_000)) + "/>"
    ),
    "deep nesting": envelope("<a>" * 1_500 + "</a>" * 1_500),
    "deeper than the parser goes": b"<a>" * 100_000,
    "given twice": envelope(
        "<authenticate><strPassword>a</strPassword><strPassword>b</strPassword></authenticate>"
    ),
    "entity reference": envelope("<getLastError><ticket>&nope;</ticket></getLastError>"),
}


SWARMS = {
    "swarm of elements",
    "swarm behind cdata",
    "swarm hidden by a comment",
    "swarm hidden by an instruction",
}


class TestHostileBodies:
    @pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE.keys())
    def test_are_refused_with_a_sentence(self, body: bytes) -> None:
        """Whatever is no call is an UnreadableCall that says why, never another failure."""
        with pytest.raises(UnreadableCall) as refusal:
            read(body)

        message = str(refusal.value)
        assert message
        assert message.isprintable()
        assert len(message) < 400
        assert "root:" not in message

    @pytest.mark.parametrize("name", sorted(SWARMS))
    def test_swarms_are_counted_before_the_tree_is_built(self, name: str) -> None:
        """No comment, instruction or CDATA section hides tags from the count."""
        with pytest.raises(UnreadableCall, match="more than 2000 tags"):
            read(HOSTILE[name])

    @pytest.mark.parametrize(
        "name", [name for name in HOSTILE if name.startswith(("doctype", "external", "default"))]
    )
    def test_document_types_are_refused_as_such(self, name: str) -> None:
        """Every DOCTYPE is refused for being one, whatever it declares."""
        with pytest.raises(UnreadableCall, match="document type declaration"):
            read(HOSTILE[name])

    @pytest.mark.parametrize("name", ["swarm of attributes", "tag without an end"])
    def test_long_tags_are_refused_as_such(self, name: str) -> None:
        """A tag is short, closed or not."""
        with pytest.raises(UnreadableCall, match="tag of more than 16384 bytes"):
            read(HOSTILE[name])

    @pytest.mark.parametrize(
        "inner, problem",
        [
            (f"<a {'b=1 ' * 20}/>" * 30, "more than 500 attributes"),
            ("<a>" * 60 + "</a>" * 60, "more than 50 tags within each other"),
            (f"<a b='{'x' * 10_000}'/>" * 30, "more than 262144 bytes of markup"),
            (f"<!--{'x' * 10_000}-->" * 30, "more than 262144 bytes of markup"),
        ],
        ids="attributes depth tags comments".split(),
    )
    def test_markup_is_bounded_as_a_whole(self, inner: str, problem: str) -> None:
        """Each tag is small, and all of them together are more than any call has."""
        with pytest.raises(UnreadableCall, match=problem):
            read(envelope(inner))

    def test_a_large_answer_is_no_markup(self) -> None:
        """What stands between the tags, CDATA too, may be as long as the body may."""
        text = "a=b &lt;c&gt; " * 50_000
        wrapped = call("receiveResponseXML", ticket="t", response="").replace(
            b"<response></response>",
            b"<response><![CDATA[" + b"<x y='z'>" * 50_000 + b"]]></response>",
        )

        for body in (call("receiveResponseXML", ticket="t", response=text), wrapped):
            assert isinstance(read(body), ReceiveResponse)

    def test_complaint_quotes_nothing(self) -> None:
        """A refused body's contents, such as a password, do not get into the message."""
        body = call("authenticate", strPassword="not-a-real-one").replace(
            b"</strP", b"<![CDATA[</strP"
        )

        with pytest.raises(UnreadableCall) as refusal:
            read(body)

        assert "not-a-real-one" not in str(refusal.value)
        assert "strPassword" not in str(refusal.value)

    def test_size_is_checked_before_anything_else(self) -> None:
        """A body over the limit is not even looked at."""
        with pytest.raises(CallTooLarge, match="at most 100 are taken"):
            parse_call(b"x" * 101, limit_bytes=100)

    def test_unknown_charset_is_refused(self) -> None:
        """A charset that is none of the known ones, such as a codec of Python's, is refused."""
        with pytest.raises(UnreadableCall, match="'rot13'; send UTF-8"):
            read(call("getLastError"), charset="rot13")

    def test_wrong_charset_is_refused(self) -> None:
        """Bytes that are not in the charset they come with are refused."""
        with pytest.raises(UnreadableCall, match="not in the character set 'utf-16'"):
            read(b"\xff\xfe\x00\xd8", charset="utf-16")

    def test_unknown_operation_is_named(self) -> None:
        """A SOAP call of something else names it."""
        with pytest.raises(UnknownOperation, match="'deleteEverything'") as refusal:
            read(call("deleteEverything"))

        assert refusal.value.name == "deleteEverything"

    @given(st.binary(max_size=200))
    def test_noise_never_raises_anything_else(self, noise: bytes) -> None:
        """Random bytes are refused like everything else."""
        with pytest.raises(UnreadableCall):
            read(noise)

    @given(st.data())
    def test_damage_never_raises_anything_else(self, data: st.DataObject) -> None:
        """A call with a byte changed, lost or added is read or refused."""
        body = bytearray(call("authenticate", strUserName="acme", strPassword="<&>"))
        place = data.draw(st.integers(0, len(body) - 1))
        body[place : place + data.draw(st.integers(0, 2))] = data.draw(st.binary(max_size=3))

        with suppress(UnreadableCall):
            assert read(bytes(body)).operation in set(Operation)


class TestReplies:
    def test_authenticate_keeps_empty_values(self) -> None:
        """Quirk 4: an empty value is an empty element, not a missing one."""
        reply = render_reply(Operation.AUTHENTICATE, ("t", "", "", "300"))

        assert (
            b"<authenticateResult><string>t</string><string></string><string></string>"
            b"<string>300</string></authenticateResult>"
        ) in reply

    def test_no_request_is_an_empty_element(self) -> None:
        """The empty text of sendRequestXML is an element with nothing in it."""
        reply = render_reply(Operation.SEND_REQUEST, "")

        assert b"<sendRequestXMLResult></sendRequestXMLResult>" in reply

    @pytest.mark.parametrize("operation", Operation)
    def test_begin_with_the_xml(self, operation: Operation) -> None:
        """Quirk 5: nothing comes before the XML, and no white space between elements."""
        reply = render_reply(operation, RESULTS.get(operation.value, "x"))

        assert reply.startswith(b'<?xml version="1.0" encoding="utf-8"?><soap:Envelope')
        assert b"> <" not in reply
        assert b"\n" not in reply

    def test_negative_percentage(self) -> None:
        """A failure is a negative number."""
        assert b"Result>-101</" in render_reply(Operation.RECEIVE_RESPONSE, -101)

    @pytest.mark.parametrize(
        "operation,result",
        [
            (Operation.AUTHENTICATE, "t"),
            (Operation.AUTHENTICATE, 1),
            (Operation.RECEIVE_RESPONSE, "100"),
            (Operation.RECEIVE_RESPONSE, True),
            (Operation.SEND_REQUEST, 1),
            (Operation.SEND_REQUEST, ["a"]),
        ],
    )
    def test_wrong_type_is_our_mistake(self, operation: Operation, result: Any) -> None:
        """A result of another type than the contract's is an assertion."""
        with pytest.raises(AssertionError, match=operation.value):
            render_reply(operation, result)

    @given(st.text(alphabet=st.characters(codec=None, exclude_categories=()), max_size=80))
    def test_any_text_arrives_with_what_xml_cannot_hold_shown(self, text: str) -> None:
        """Whatever the text, the reply is XML, and each character comes out of it, or U+FFFD."""
        reply = render_reply(Operation.GET_LAST_ERROR, text)

        arrived = etree.fromstring(reply).xpath("string()")
        legal = etree.XML("<a/>")
        shown = "".join(each if _fits(legal, each) else "\ufffd" for each in text)
        assert arrived == shown

    def test_fault_is_soap_11(self) -> None:
        """A fault names whose message was wrong and why, in one line."""
        assert soap_fault("The message is <html>, not a SOAP envelope.\x00") == (
            b'<?xml version="1.0" encoding="utf-8"?>'
            b'<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body>'
            b"<soap:Fault><faultcode>soap:Client</faultcode>"
            b"<faultstring>The message is &lt;html&gt;, not a SOAP envelope.\xef\xbf\xbd</faultstring>"
            b"</soap:Fault></soap:Body></soap:Envelope>"
        )
        assert b"<faultcode>soap:Server</faultcode>" in soap_fault("x", blame="Server")


def _fits(element: Any, character: str) -> bool:
    try:
        element.text = character
    except (ValueError, UnicodeEncodeError):
        return False
    return True
