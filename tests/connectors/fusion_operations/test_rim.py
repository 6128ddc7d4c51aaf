"""What may come in: no value, however bad, does more than spoil its own element."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any, get_args

import httpx2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from counterfoil.connectors.called import (
    Line,
    Reader,
    Unfit,
    clean_line,
    clean_text,
    code_problem,
    exact_number,
    read_json,
)
from counterfoil.connectors.fusion_operations import (
    DEFAULTS,
    Account,
    Company,
    FieldMap,
    FusionClient,
    FusionOperations,
    probe,
)
from counterfoil.connectors.fusion_operations._movements import (
    moved_documents,
    parse_receipts,
    parse_shipments,
)
from counterfoil.connectors.fusion_operations._productions import (
    parse_labor_row,
    parse_production,
    parse_production_order,
)
from counterfoil.connectors.fusion_operations._wire import (
    PURCHASES,
    SALES,
    merge_for_put,
    parse_client,
    parse_product,
    parse_purchase_order,
    parse_sales_order,
    parse_supplier,
)
from counterfoil.documents import (
    Customer,
    CustomField,
    Document,
    DocumentKind,
    InvalidDocument,
    Money,
    Quantity,
    RecordKind,
    SalesOrder,
    decode,
    decode_record,
    document_kind,
    encode,
    record_kind,
)
from counterfoil.engine.operations import (
    Batch,
    Busy,
    Done,
    FindDocument,
    Operation,
    Outcome,
    Page,
    ReadDocuments,
    ReadRecords,
    ReadStock,
    Unreadable,
)
from tests.connectors.fusion_operations.builders import (
    Telling,
    as_list,
    ask,
    changing,
    creating,
    deleting,
    expect,
    finding,
    order,
    page,
    reading,
    sold,
    wire_order,
)
from tests.connectors.fusion_operations.conftest import NEW_YORK
from tests.sandboxes.fusion_operations.play import BASE_URL, KEY, SECRET

MakeClient = Callable[..., FusionClient]

FIELDS = FieldMap()

BAD_NUMBERS = ["1e400", "-1e400", "1e99999999999999999999", "1e-31", "NaN", "Infinity", "9" * 31]
BAD_CODES = ["SO-\x00", "SO-\x0b1", "SO\t1", "SO\n1", "SO-\ud800", "SO-\ufffe", "x" * 256]


class TestNumbers:
    @pytest.mark.parametrize("text", BAD_NUMBERS)
    def test_one_bad_number_is_no_bad_answer(self, text: str) -> None:
        """The list is read; only whoever asks for that number is told why it is none."""
        (found,) = read_json(f'[{{"a": {text}, "b": 1.50}}]'.encode())

        reader = Reader(found)
        assert reader.decimal("b") == Decimal("1.50")
        with pytest.raises(InvalidDocument) as caught:
            reader.decimal("a")
        assert caught.value.where == "a"

    @pytest.mark.parametrize("text", [*BAD_NUMBERS, "1_000", "٣", "", "1,5", "0x10", "1e", "--1"])
    def test_as_text_it_is_no_better(self, text: str) -> None:
        """A number written as text keeps to the same bounds."""
        with pytest.raises(ValueError, match=r"is not a decimal number|has more than 30 digits"):
            exact_number(text)

    @pytest.mark.parametrize(
        "text", ["0", "1e30", "-1.5E+2", ".5", "5.", "0.10000000000000000001", "9" * 30]
    )
    def test_what_is_within_the_bounds_is_exact(self, text: str) -> None:
        """What is let in is let in to the last digit, as number or as text."""
        assert exact_number(text) == Decimal(text)
        with suppress(ValueError):
            assert Reader({"a": read_json(text.encode())}).decimal("a") == Decimal(text)

    @given(
        st.decimals("-1e30", "1e30", allow_nan=False),
        st.decimals("-1e30", "1e30", allow_nan=False),
    )
    def test_no_amount_that_is_let_in_raises_later(self, one: Decimal, other: Decimal) -> None:
        """Price times quantity in whole cents, whatever both are."""
        with suppress(ValueError):
            amount, quantity = exact_number(one), exact_number(other)
            product = Money(amount).times(Quantity(quantity)).amount
            assert abs(product - amount * quantity) <= Decimal("0.005") + abs(product) / 10**27
            Money(amount).rounded()

    def test_a_whole_number_of_thirty_digits_is_written_back_as_it_was(self) -> None:
        """What no machine word holds is still the same number in a PUT."""
        found = read_json(b'{"n": 123456789012345678901234567890}')

        assert found["n"] == 123456789012345678901234567890


class TestTexts:
    @pytest.mark.parametrize("code", BAD_CODES)
    def test_a_bad_code_is_no_code(self, code: str) -> None:
        """A code or an identity with such characters is not guessed at."""
        assert code_problem(code) is not None
        for read in (Reader({"a": code}).code, Reader({"a": code}).identity):
            with pytest.raises(InvalidDocument):
                read("a")

    @pytest.mark.parametrize("code", [" SO-1 ", "SO-1\r\n", "\tSO-1", "SO-1 \u00a0"])
    def test_blanks_around_a_code_are_none_of_it(self, code: str) -> None:
        """Blanks and line ends around a code are passed over."""
        assert Reader({"a": code}).code("a") == "SO-1"

    @pytest.mark.parametrize(
        "text, cleaned",
        [
            ("ring\x0btwice", "ring\ntwice"),
            ("ring\x0ctwice\r\nor\rthree\x85times", "ring\ntwice\nor\nthree\ntimes"),
            ("ring\x00 \x1ftwice\x7f", "ring twice"),
            ("\ud83dring\ufffe", "\ufffdring\ufffd"),
            ("tab\tstays", "tab\tstays"),
            ("Blondesddsl père et fils 🎂", "Blondesddsl père et fils 🎂"),
            ("\x00", None),
        ],
    )
    def test_a_free_text_is_cleaned(self, text: str, cleaned: str | None) -> None:
        """What nobody can see goes; what was lost is marked."""
        assert Reader({"a": text}).text("a") == cleaned

    def test_a_text_without_end(self) -> None:
        """A remark of more than 65,536 characters is unfit, not cut in silence."""
        assert Reader({"a": "x" * 65_536}).text("a")
        with pytest.raises(InvalidDocument, match="has more than 65536 characters"):
            Reader({"a": "x" * 65_537}).text("a")

    @given(st.text(st.characters(exclude_categories=[])))
    def test_what_is_cleaned_can_be_kept(self, text: str) -> None:
        """Any text, cleaned, can be encoded, and cleaning it again changes nothing."""
        cleaned = clean_text(text)

        assert cleaned.encode("utf-8").decode() == cleaned
        assert clean_text(cleaned) == cleaned
        assert len(clean_line(text)) <= 80
        assert "\n" not in clean_line(text)

    def test_bytes_that_are_no_text(self) -> None:
        """A byte that is no UTF-8 spoils its own value, not the list."""
        one, other = read_json(b'[{"code": "SO-\xff1", "memo": "gr\xfcn"}, {"code": "SO-2"}]')

        assert Reader(other).code("code") == "SO-2"
        assert Reader(one).text("memo") == "gr\ufffdn"
        with pytest.raises(InvalidDocument):
            Reader(one).code("code")

    def test_a_control_character_written_raw(self) -> None:
        """JSON forbids it and some write it all the same: the text is cleaned as any other."""
        (found,) = read_json(b'[{"memo": "ring\x0btwice"}]')

        assert Reader(found).text("memo") == "ring\ntwice"


class TestShapes:
    @pytest.mark.parametrize(
        "id_, told",
        [(7, "7"), ("7", "7"), (10**20, str(10**20)), (" a b ", "a b")],
    )
    def test_identities(self, id_: object, told: str) -> None:
        """Text or a whole number is an identity, and always becomes the same text."""
        found = read_json(json.dumps({"id": id_}).encode())

        assert Reader(found).identity("id") == told

    @pytest.mark.parametrize("id_", [1.5, True, [1], {"id": 1}, "..", ".", "a\nb"])
    def test_what_is_no_identity(self, id_: object) -> None:
        """Anything else would stand in a path as something else."""
        found = read_json(json.dumps({"id": id_}).encode())

        with pytest.raises(InvalidDocument):
            Reader(found).identity("id")

    def test_what_is_nested_deeply_is_cut_off(self) -> None:
        """A tree of a hundred levels spoils the property it stands in."""
        deep = '{"code": ' * 100 + "1" + "}" * 100
        one, other = read_json(f'[{{"code": {deep}}}, {{"code": "SO-2"}}]'.encode())

        assert Reader(other).code("code") == "SO-2"
        with pytest.raises(InvalidDocument):
            Reader(one).code("code")
        assert "Unfit" in repr(one)

    def test_what_nothing_can_read_is_no_answer(self) -> None:
        """A hundred thousand brackets end as an unreadable answer."""
        with pytest.raises(ValueError, match="nested too deeply"):
            read_json(b"[" * 100_000)

    def test_custom_fields_are_not_folded_into_each_other(self) -> None:
        """As one object, "Job site" and "job-site" are two fields."""
        found = Reader({"x": {"Job-site": "A", "jobsite": "B"}}).pairs("x")

        assert found == (CustomField("Job-site", "A"), CustomField("jobsite", "B"))


class TestDates:
    @pytest.mark.parametrize(
        "text, day",
        [
            ("0001-01-01T00:00:00Z", None),
            ("0001-01-01T00:00:00+14:00", None),
            ("0001-01-01", None),
            ("0001-01-02T00:00:00+14:00", date(1, 1, 1)),
            ("9999-12-31T23:59:59-12:00", date(9999, 12, 31)),
            ("9999-12-31T23:59:59Z", date(9999, 12, 31)),
            ("9999-12-31", date(9999, 12, 31)),
        ],
    )
    def test_both_ends_of_the_calendar(self, text: str, day: date | None) -> None:
        """The first day means no date; the last one is a day wherever the company is."""
        for zone in ("America/New_York", "Pacific/Apia", "UTC"):
            from zoneinfo import ZoneInfo

            found = Reader({"d": text}).day("d", ZoneInfo(zone))
            assert found == day or (day == date(1, 1, 1) and found is not None)

    @pytest.mark.parametrize(
        "text", ["2025-02-30", "2025-13-01T00:00:00Z", "2025-01-01T00:00:00+99:00", "soon", "7"]
    )
    def test_what_is_no_day(self, text: str) -> None:
        """What the calendar does not have is told with its property."""
        with pytest.raises(InvalidDocument, match=r"^d: is no"):
            Reader({"d": text}).day("d", NEW_YORK)

    def test_a_record_of_eight_thousand_years(self) -> None:
        """A mistyped year makes no million entries."""
        raw = {
            "id": "1",
            "worker": "7",
            "start-time": "2025-01-01T00:00:00Z",
            "end-time": "9999-12-31T23:00:00Z",
        }

        with pytest.raises(InvalidDocument, match="more than 366 days"):
            parse_production(raw, NEW_YORK, FIELDS)


class TestUnreadable:
    """Rows that people see, with what can be read of them."""

    def telling(self, make_client: MakeClient, **lists: str | bytes) -> FusionOperations:
        service = Telling({name.replace("_", "-"): text for name, text in lists.items()})
        return FusionOperations(make_client(transport=service), Company(zone=NEW_YORK))

    @pytest.mark.parametrize(
        "change, field, value",
        [
            ({"code": "SO-\x00"}, "code", "SO-\\x00"),
            ({"code": "SO-\ud800"}, "code", "SO-\ufffd"),
            ({"creation-date": "2025-02-30"}, "creation-date", "2025-02-30"),
            ({"client": {"code": ["ACME"]}}, "client", "an array"),
            ({"shippings": 7}, "shippings", "7"),
        ],
    )
    def test_a_row(
        self, make_client: MakeClient, change: dict[str, object], field: str, value: str
    ) -> None:
        """It tells the identity, the number, the field and what stands there."""
        closed = wire_order(2, "SO-2", status="closed")
        text = as_list({**wire_order(1, "SO-1"), **change}, closed)

        found = page(ask(self.telling(make_client, sales_orders=text), reading()))

        (told,) = found.unreadable
        assert (told.id, told.field, told.value) == ("1", field, value)
        assert told.number == str(change.get("code", "SO-1")).translate(
            {0: "\\x00", 0xD800: 0xFFFD}
        )
        assert [each.number for each in found.documents] == ["SO-2"]
        assert found.is_snapshot
        assert told.sentence.encode()

    @pytest.mark.parametrize("element", [None, 7, "SO-1", [], {}, {"code": "X"}, {"id": 1.5}])
    def test_one_that_does_not_tell_its_identity(
        self, make_client: MakeClient, element: object
    ) -> None:
        """Then the page is no snapshot, for what seems gone may be it."""
        text = as_list(element, wire_order(2, "SO-2", status="closed"))

        found = page(ask(self.telling(make_client, sales_orders=text), reading()))

        assert [each.number for each in found.documents] == ["SO-2"]
        assert [told.id for told in found.unreadable] == [None]
        assert not found.is_snapshot

    def test_deliveries_of_an_unreadable_order_are_not_gone(self, make_client: MakeClient) -> None:
        """Each of its shippings is told by its own identity."""
        bad = wire_order(1, "SO-1", status="asleep")
        bad["shippings"] = [{"id": "21"}, {"products": []}]
        closed = wire_order(2, "SO-2", status="closed")
        driver = self.telling(make_client, sales_orders=as_list(bad, closed))

        found = page(ask(driver, reading(DocumentKind.SHIPMENT)))

        assert [told.id for told in found.unreadable] == ["21", "1:2"]
        assert {told.number for told in found.unreadable} == {"SO-1"}
        assert found.is_snapshot

    @pytest.mark.parametrize("part", [{"id": [1]}, 7, {"id": "21", "products": "none"}])
    def test_deliveries_that_cannot_be_told(self, make_client: MakeClient, part: object) -> None:
        """Where not even that is known, nothing counts as gone."""
        bad = {**wire_order(1, "SO-1"), "shippings": [part]}
        closed = wire_order(2, "SO-2", status="closed")
        driver = self.telling(make_client, sales_orders=as_list(bad, closed))

        found = page(ask(driver, reading(DocumentKind.SHIPMENT)))

        assert [told.id for told in found.unreadable] == [None]
        assert not found.is_snapshot

    def test_two_deliveries_of_one_identity(self, make_client: MakeClient) -> None:
        """Which of the two is meant cannot be said, so the second order is told."""
        moved = {"product": "CAKE", "quantity-ordered": "1", "quantity-shipped": "1"}
        one, other = (
            {**wire_order(id_, f"SO-{id_}"), "shippings": [{"id": "21", "products": [moved]}]}
            for id_ in (1, 2)
        )
        driver = self.telling(make_client, sales_orders=as_list(one, other))

        found = page(ask(driver, reading(DocumentKind.SHIPMENT)))

        assert [each.id for each in found.documents] == ["21"]
        assert [told.problem for told in found.unreadable] == ["Id is that of another one as well"]

    def test_a_record_keeps_what_can_be_read(self, make_client: MakeClient) -> None:
        """A client with a spoilt address is still a client; the fact is told beside it."""
        raw = {"id": 1, "code": "ACME", "name": "Acme", "addresses": 7, "vat-number": [1]}
        driver = self.telling(make_client, clients=as_list(raw, {"id": 2, "code": "A\x00"}))

        found = page(ask(driver, ReadRecords(id="op", kind=RecordKind.CUSTOMER)))

        (client,) = found.records
        assert isinstance(client, Customer)
        assert (client.full_name, client.company_name) == ("ACME", "Acme")
        assert client.billing_address is None
        assert [(told.id, told.field) for told in found.unreadable] == [
            ("1", "addresses"),
            ("1", "vat-number"),
            ("2", "code"),
        ]
        assert found.is_snapshot

    def test_a_movement_spoils_its_own_shipment(self, make_client: MakeClient) -> None:
        """A part of a shipment is never sent for the whole; the others go on."""
        moved = {"type": "shipping", "product": "CAKE", "quantity": "-1"}
        moved["date"] = "2025-03-05T12:00:00Z"
        movements = as_list(
            {"id": 1, **moved, "sales-order": "SO-1"},
            {"id": 2, **moved, "sales-order": "SO-1", "quantity": "many"},
            {"id": 3, **moved, "sales-order": "SO-2"},
            {"id": 4, **moved, "sales-order": "SO-3"},
            {"id": 5, **moved, "type": "receiving", "quantity": "many"},
        )
        orders = as_list(
            wire_order(1, "SO-1"),
            wire_order(2, "SO-2", status="closed"),
            wire_order(3, "SO-3", status="asleep"),
        )
        service = Telling({"sales-orders": orders, "inventory-movements": movements})
        company = Company(zone=NEW_YORK, shipments_from="movements")
        driver = FusionOperations(make_client(transport=service), company)

        found = page(ask(driver, reading(DocumentKind.SHIPMENT)))

        (shipment,) = found.documents
        assert shipment.id == "@3"
        assert [told.id for told in found.unreadable] == ["@1", "@4"]
        assert found.is_snapshot


# --- Whatever comes ----------------------------------------------------------------------------


class Raw(str):
    """A number as it is written."""

    __slots__ = ()


_numbers = st.sampled_from([*BAD_NUMBERS, "0", "-1", "1.5", "1e30", "12345678901234567890"])
_strings = st.sampled_from(
    [
        "", " ", "open", "ACME", "CAKE", "SO-1", "shipping", "true", "5", "-5",
        "0001-01-01T00:00:00Z", "9999-12-31T23:59:59-12:00", "2025-03-03", *BAD_NUMBERS, *BAD_CODES,
    ]
) | st.text(st.characters(exclude_categories=[]), max_size=5)  # fmt: skip
_names = st.sampled_from(
    [
        *{key.partition(".")[2] for key in DEFAULTS if key.count(".") == 1},
        "description", "number", "value",
    ]
) | st.text(max_size=3)  # fmt: skip
_values = st.recursive(
    st.none() | st.booleans() | _numbers.map(Raw) | _strings,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_names, inner, max_size=5),
    max_leaves=25,
)


def written(value: Any) -> str:
    """Write any value as JSON, numbers as they stand."""
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k)}: {written(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    return json.dumps(value)


@st.composite
def _spoilt_orders(draw: st.DrawFn) -> dict[str, Any]:
    """Orders as they are told, with anything in the place of some of their properties."""
    line: dict[str, Any] = {
        "product": "CAKE", "quantity-ordered": "1", "quantity-shipped": "1",
        "quantity-received": "1", "unit-price": "2", "price": "2", "unit-cost": "2",
    }  # fmt: skip
    part: dict[str, Any] = {"id": "21", "due-date": "2025-03-20T00:00:00Z", "shipped-date": None}
    for holder in (line, part):
        holder.update(draw(st.dictionaries(st.sampled_from(sorted(holder)), _values, max_size=2)))
    part["products"] = draw(st.just([line]) | _values)
    raw = {**wire_order(1, "SO-1"), "supplier": "MILLCO", "custom-fields": [], "status": "open"}
    raw["shippings"] = raw["receivings"] = draw(st.just([part]) | _values)
    raw.update(draw(st.dictionaries(st.sampled_from(sorted(raw)), _values, max_size=2)))
    return raw


_elements = _values | _spoilt_orders()


def _kept(made: Any) -> Any:
    """What storing and reading again makes of a document or record."""
    if isinstance(made, Document):
        return decode(document_kind(made), encode(made))
    return decode_record(record_kind(made), encode(made))


def test_unspoilt_orders_are_read() -> None:
    """What the property below spoils is read while it is whole: it does not pass for nothing."""
    raw = read_json(written({**wire_order(1, "SO-1"), "status": "open"}).encode())

    assert _kept(parse_sales_order(raw, NEW_YORK, FIELDS)).number == "SO-1"


@given(raw=_elements)
@settings(max_examples=100)
def test_no_parse_function_raises_anything_but_that_it_is_none(raw: Any) -> None:
    """Arbitrary JSON makes a document or an ``InvalidDocument``, and documents can be kept."""
    found = read_json(written(raw).encode())
    for parse in (
        parse_client,
        parse_product,
        parse_supplier,
        parse_sales_order,
        parse_purchase_order,
        parse_receipts,
        parse_shipments,
    ):
        with suppress(InvalidDocument):
            made: Any = parse(found, NEW_YORK, FIELDS)
            for document in made if isinstance(made, list) else [made]:
                assert _kept(document) == document
    for read in (parse_labor_row, parse_production, parse_production_order):
        with suppress(InvalidDocument):
            read(found, NEW_YORK, FIELDS)
    with suppress(InvalidDocument):
        known = parse_sales_order(found, NEW_YORK, FIELDS)
        for entry in known.lines:
            if entry.unit_price is not None and entry.quantity is not None:
                entry.unit_price.times(entry.quantity)
    for side in (PURCHASES, SALES):
        moved_documents(side, [found], [], NEW_YORK, FIELDS)
    if isinstance(found, dict):
        merge_for_put(found, {"status": "open", "custom-fields": []})


OTHERWISE = Company(
    zone=NEW_YORK,
    shipments_from="movements",
    receipts_from="movements",
    hours_from="report",
    stock_from="movements",
)

READINGS: list[Operation] = [
    *(
        ReadRecords(id=kind, kind=kind)
        for kind in (RecordKind.CUSTOMER, RecordKind.ITEM, RecordKind.VENDOR)
    ),
    *(
        ReadDocuments(id=kind, kind=kind, heads=True)
        for kind in (
            DocumentKind.SALES_ORDER,
            DocumentKind.PURCHASE_ORDER,
            DocumentKind.RECEIPT,
            DocumentKind.SHIPMENT,
            DocumentKind.WORK_ENTRY,
        )
    ),
    ReadStock(id="stock"),
    ReadStock(id="some-stock", items=("1", "2"), limit=1),
    FindDocument(id="by-number", kind=DocumentKind.SALES_ORDER, numbers=("SO-1", "SO-2")),
    FindDocument(id="by-id", kind=DocumentKind.PURCHASE_ORDER, ids=("1",)),
]


class Anything(httpx2.BaseTransport):
    """Answers every call with one body."""

    def __init__(self, body: bytes) -> None:
        self._body = body

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if request.url.path.endswith("/authorization"):
            return httpx2.Response(200, json={"token": "minted"})
        return httpx2.Response(200, content=self._body)


class Open:
    """A throttle that lets everything pass."""

    def take(self) -> float:
        return 0.0


def _client(body: bytes) -> FusionClient:
    return FusionClient(
        Account(base_url=BASE_URL, key=KEY, secret=SECRET),
        line=Line(transport=Anything(body), throttle=Open(), sleep=lambda seconds: None),
    )


@given(elements=st.lists(_elements, max_size=4), otherwise=st.booleans())
@settings(max_examples=40, deadline=None)
def test_no_list_stops_a_batch(elements: list[Any], otherwise: bool) -> None:
    """Whatever the lists hold: every operation has its outcome, and what is told can be kept."""
    company = OTHERWISE if otherwise else Company(zone=NEW_YORK)
    driver = FusionOperations(_client(written(elements).encode()), company)

    outcomes = driver.perform(Batch(operations=tuple(READINGS)))

    assert [id_ for id_, _ in outcomes] == [each.id for each in READINGS]
    for _, outcome in outcomes:
        shown = outcome.page if isinstance(outcome, Done) else None
        for document in (shown or Page()).documents:
            encode(document)
        for told in (shown or Page()).unreadable:
            assert isinstance(told, Unreadable)
            assert all(
                len(text or "") <= 300 and (text or "").encode() is not None
                for text in (told.id, told.number, told.field, told.value, told.sentence)
            )


@given(body=st.binary(max_size=60) | _elements.map(lambda raw: written(raw).encode()))
@settings(max_examples=40, deadline=None)
def test_no_answer_makes_an_operation_raise(body: bytes) -> None:
    """Writes, look-ups and the probe end in an outcome, whatever bytes come back."""
    client = _client(body)
    driver = FusionOperations(client, Company(zone=NEW_YORK))
    shall = order("SO-1", sold("CAKE", "2"), memo="new")
    operations: list[Operation] = [
        creating(shall),
        changing("1", shall),
        changing("1", shall, expected=shall),
        deleting("1"),
        finding("SO-1"),
    ]
    for operation in operations:
        for recovers in (False, True):
            assert isinstance(ask(driver, operation, recovers=recovers), get_args(Outcome))
    probe(client)


def test_a_bad_answer_is_told_in_words_that_can_be_kept(make_client: MakeClient) -> None:
    """An error page with broken characters does not break the record of it."""
    client = make_client(transport=Anything(b'\xff\x00<p>{"error": "\\ud800"}'))
    driver = FusionOperations(client, Company(zone=NEW_YORK))

    busy = expect(Busy, ask(driver, reading()))

    assert busy.reason.encode()
    assert "\x00" not in busy.reason


def test_an_unfit_value_is_never_written() -> None:
    """No encoder takes it for a value of its own."""
    import msgspec

    with pytest.raises(TypeError):
        msgspec.json.encode({"a": Unfit("1e400", "is too much")})


def test_the_same_order_twice_is_one(make_client: MakeClient) -> None:
    """An order shown on two pages, its id once as number and once as text, counts once."""
    text = as_list(wire_order(1, "SO-1"), wire_order("1", "SO-1"))
    client = make_client(transport=Telling({"sales-orders": text}))

    found = page(ask(FusionOperations(client, Company(zone=NEW_YORK)), reading()))

    assert [isinstance(each, SalesOrder) for each in found.documents] == [True]
    assert found.unreadable == ()
