"""Reading requests as strictly as QuickBooks does."""

from __future__ import annotations

import pytest

from counterfoil.connectors.quickbooks_desktop.qbxml import (
    LINES,
    Country,
    InvalidQbxml,
    Version,
    parse_request_set,
    render_set,
)
from counterfoil.connectors.quickbooks_desktop.qbxml._shapes import request_names, shape
from tests.connectors.quickbooks_desktop.qbxml.samples import (
    available,
    branches_of,
    full_request,
)


def document(body: str, *, version: str = "13.0", attributes: str = 'onError="stopOnError"') -> str:
    return (
        f'<?xml version="1.0" encoding="utf-8"?><?qbxml version="{version}"?>'
        f"<QBXML><QBXMLMsgsRq {attributes}>{body}</QBXMLMsgsRq></QBXML>"
    )


def customer(inside: str) -> str:
    return f"<CustomerAddRq><CustomerAdd>{inside}</CustomerAdd></CustomerAddRq>"


def refusal(text: str, country: Country = "US") -> InvalidQbxml:
    with pytest.raises(InvalidQbxml) as caught:
        parse_request_set(text, country=country)
    return caught.value


@pytest.mark.parametrize("country", ["US", "CA", "UK", "AU"])
@pytest.mark.parametrize("name", request_names())
def test_what_is_rendered_is_read(name: str, country: Country) -> None:
    """Every request an edition has comes back from its document field by field."""
    version = Version(16, country=country)
    if not shape(name).exists_in(version):
        pytest.skip(f"the {country} edition has no {name}")
    for branch in range(branches_of(name)):
        request = full_request(name, branch=branch, include=available(version))
        found = parse_request_set(render_set([request], version=version), country=country)

        assert found.version == version
        assert [
            (each.name, each.request_id, each.attributes, each.fields, each.include)
            for each in found.requests
        ] == [(name, "r-1", request.attributes, request.fields, tuple(request.include))]


class TestSet:
    def test_attributes(self) -> None:
        """The set's own attributes are read, with Intuit's default for what comes back."""
        found = parse_request_set(
            document("", attributes='onError="continueOnError" newMessageSetID="n"')
        )

        assert (found.on_error, found.new_set_id, found.old_set_id) == (
            "continueOnError",
            "n",
            None,
        )
        assert found.response_data == "includeAll"

    def test_order_of_requests(self) -> None:
        """Requests keep their order."""
        found = parse_request_set(document("<HostQueryRq/><CompanyQueryRq/><HostQueryRq/>"))

        assert [each.name for each in found.requests] == ["HostQuery", "CompanyQuery", "HostQuery"]

    @pytest.mark.parametrize("attributes", ["", 'onError="ignore"', 'onError="stopOnError" x="1"'])
    def test_bad_attributes(self, attributes: str) -> None:
        """The attribute onError is required, and nothing unknown may stand beside it."""
        assert refusal(document("", attributes=attributes)).code == "bad-attribute"

    @pytest.mark.parametrize("version", ["", "18.0", "13.5", "one", "XX2.0"])
    def test_bad_version(self, version: str) -> None:
        """A version that never was is refused."""
        assert refusal(document("", version=version)).code == "bad-version"

    def test_missing_instruction(self) -> None:
        """3.1: without the qbxml instruction nothing is read."""
        text = document("").replace('<?qbxml version="13.0"?>', "")

        assert refusal(text).code == "bad-version"

    def test_old_country_versions(self) -> None:
        """3.1: CA2.0 is the Canadian edition, whoever reads."""
        assert parse_request_set(document("", version="CA2.0")).version == Version(2, 0, "CA")

    @pytest.mark.parametrize(
        "text, code, words",
        [
            ("", "malformed", "the text is empty"),
            ("no XML", "malformed", "not well-formed XML"),
            ("<QBXML/>", "bad-version", "instruction is missing"),
            ('<?qbxml version="13.0"?><QBXML/>', "malformed", "one QBXMLMsgsRq"),
            ('<?qbxml version="13.0"?><Other/>', "malformed", "not <QBXML>"),
            (
                '<?qbxml version="13.0"?><QBXML><QBXMLMsgsRs/></QBXML>',
                "malformed",
                "one QBXMLMsgsRq",
            ),
            (document("")[:-9], "malformed", "not well-formed XML"),
            (document("<HostQueryRq>"), "malformed", "tag mismatch"),
            (
                "<!DOCTYPE QBXML>" + document("").partition("?>")[2],
                "malformed",
                "declares a document type",
            ),
        ],
    )
    def test_not_a_request_document(self, text: str, code: str, words: str) -> None:
        """What is not well-formed, or not a request document, is refused for what it is."""
        found = refusal(text)

        assert found.code == code
        assert words in str(found)


class TestStrictness:
    @pytest.mark.parametrize(
        "body, code, path",
        [
            (customer("<IsActive>true</IsActive><Name>A</Name>"), "wrong-order", "Name"),
            (customer("<IsActive>true</IsActive>"), "missing", ""),
            (customer("<Name>A</Name><Name>B</Name>"), "repeated", "Name[2]"),
            (customer(f"<Name>{'A' * 42}</Name>"), "too-long", "Name"),
            (customer("<Name>A</Name><Nickname>B</Nickname>"), "unknown-element", "Nickname"),
            (customer("<Name>A</Name><IsActive>yes</IsActive>"), "bad-format", "IsActive"),
            (customer("<Name>A</Name><JobStatus>Open</JobStatus>"), "bad-format", "JobStatus"),
            (customer("<Name><b>A</b></Name>"), "unknown-element", "Name/b"),
            (customer("<Name x='1'>A</Name>"), "bad-attribute", "Name"),
            (customer("text<Name>A</Name>"), "malformed", ""),
            (customer("<Name>A</Name>text"), "malformed", ""),
            (customer("<Name>A</Name>\u00a0"), "malformed", ""),
            (customer("<Name>A</Name><ClassRef>Shop</ClassRef>"), "malformed", "ClassRef"),
            (
                customer("<Name>A</Name><ClassRef><Name>S</Name></ClassRef>"),
                "unknown-element",
                "ClassRef/Name",
            ),
        ],
    )
    def test_one_fault_refuses_everything(self, body: str, code: str, path: str) -> None:
        """One fault refuses the whole set, and the place is named with its request's number."""
        found = refusal(document("<HostQueryRq/>" + body))

        assert found.code == code
        assert found.path == "/".join(
            step for step in ("CustomerAddRq[2]", "CustomerAdd", path) if step
        )

    def test_white_space_in_host_query(self) -> None:
        """3.1: QuickBooks takes no white space between the tags of HostQueryRq."""
        assert refusal(document("<HostQueryRq> </HostQueryRq>")).path == "HostQueryRq[1]"
        assert parse_request_set(document("<HostQueryRq></HostQueryRq>")).requests

    def test_newer_than_the_version(self) -> None:
        """@15: what 13.0 does not have is refused under 13.0."""
        body = (
            "<SalesOrderAddRq><SalesOrderAdd><CustomerRef/><SalesOrderLineAdd/>"
            "<StoreName>Web</StoreName></SalesOrderAdd></SalesOrderAddRq>"
        )

        assert refusal(document(body)).code == "too-new"
        assert parse_request_set(document(body, version="16.0")).requests

    def test_requests_of_the_edition(self) -> None:
        """A request the edition does not have is refused, as is one nobody has."""
        sites = document("<InventorySiteQueryRq/>")

        assert refusal(sites, "AU").code == "too-new"
        assert parse_request_set(sites).requests
        assert refusal(document("<LeadQueryRq/>")).code == "unknown-request"
        assert refusal(document("<CustomerAdd/>")).code == "unknown-request"
        assert refusal(document("<CustomerRetRq/>")).code == "unknown-request"

    @pytest.mark.parametrize(
        "body",
        [
            "<CustomerAddRq/>",
            "<CustomerAddRq><Name>A</Name></CustomerAddRq>",
            "<CustomerAddRq><IncludeRetElement>Name</IncludeRetElement></CustomerAddRq>",
            customer("<Name>A</Name>").replace(
                "</CustomerAddRq>", "<OwnerID>0</OwnerID></CustomerAddRq>"
            ),
            "<CustomerQueryRq iterator='Begin'/>",
            "<AccountQueryRq iterator='Start'/>",
            "<HostQueryRq metaData='NoMetaData'/>",
        ],
    )
    def test_the_frame_of_a_request(self, body: str) -> None:
        """The block comes first, only trimming behind it, and attributes are the query's own."""
        assert refusal(document(body)).path.startswith(body[1:].partition("Rq")[0] + "Rq[1]")

    def test_blanks_where_the_schema_ignores_them(self) -> None:
        """Blanks around a boolean are ignored by Intuit's schema, around an amount they are not."""
        line = "<IsManuallyClosed> true\n</IsManuallyClosed>"
        body = (
            "<SalesOrderAddRq>\n <SalesOrderAdd>\n  <CustomerRef/>\n"
            f"  <SalesOrderLineAdd>{line}</SalesOrderLineAdd></SalesOrderAdd></SalesOrderAddRq>"
        )

        assert parse_request_set(document(body)).requests
        refusal(document(body.replace(line, "<Amount> 1.00</Amount>")))


class TestFields:
    def test_lines_keep_their_order(self) -> None:
        """Lines of both kinds come under the reserved key, in the order of the document."""
        body = (
            "<SalesOrderAddRq><SalesOrderAdd><CustomerRef/>"
            "<SalesOrderLineAdd><Desc>1</Desc></SalesOrderLineAdd>"
            "<SalesOrderLineGroupAdd><ItemGroupRef/></SalesOrderLineGroupAdd>"
            "<SalesOrderLineAdd><Desc>3</Desc></SalesOrderLineAdd>"
            "</SalesOrderAdd></SalesOrderAddRq>"
        )

        assert parse_request_set(document(body)).requests[0].fields[LINES] == [
            ("SalesOrderLineAdd", {"Desc": "1"}),
            ("SalesOrderLineGroupAdd", {"ItemGroupRef": {}}),
            ("SalesOrderLineAdd", {"Desc": "3"}),
        ]

    def test_what_may_repeat_is_a_list(self) -> None:
        """An element that may repeat is a list even when it came once; an empty one is empty."""
        body = "<CustomerQueryRq><FullName>Acme</FullName></CustomerQueryRq>"
        mod = (
            "<ClassModRq><ClassMod><ListID>1</ListID><EditSequence>2</EditSequence><ParentRef/>"
            "</ClassMod></ClassModRq>"
        )

        assert parse_request_set(document(body)).requests[0].fields == {"FullName": ["Acme"]}
        assert parse_request_set(document(mod)).requests[0].fields["ParentRef"] == {}

    def test_comments_and_instructions_are_no_content(self) -> None:
        """Comments and foreign instructions do not split a value."""
        found = parse_request_set(document(customer("<!-- c --><Name>A<?x y?>B<!--c-->C</Name>")))

        assert found.requests[0].fields == {"Name": "ABC"}
