"""Where custom fields cannot be, told by a stranger's client (corrections 1.9)."""

from __future__ import annotations

import pytest

from tests.sandboxes.quickbooks_desktop.outside import Outside, Reply, act, fields, look

MINE = "{57F3B9B1-86F1-4fcc-B1EE-566DE1813D20}"
OTHERS = "{0A11AA00-0000-4000-8000-000000000001}"
CUSTOMER, VENDOR = "Blue Heron Cafe", "Ironmonger"


def define(name: str, *objects: str, owner: str = "0", kind: str = "STR255TYPE") -> str:
    head = fields({"OwnerID": owner, "DataExtName": name, "DataExtType": kind})
    places = "".join(fields({"AssignToObject": each}) for each in objects)
    return act("DataExtDefAdd", head + places)


def write(name: str, place: str, value: str = "red", owner: str = "0") -> str:
    head = fields({"OwnerID": owner, "DataExtName": name})
    return act("DataExtAdd", head + place + fields({"DataExtValue": value}))


def on(kind: str, txn_id: str | None, line_id: str | None = None) -> str:
    return fields({"TxnDataExtType": kind, "TxnID": txn_id, "TxnLineID": line_id})


ON_CUSTOMER = fields({"ListDataExtType": "Customer"}) + (
    f"<ListObjRef>{fields({'FullName': CUSTOMER})}</ListObjRef>"
)

LINES = {
    "SalesOrder": ("SalesOrderLineAdd", "CustomerRef", CUSTOMER),
    "Invoice": ("InvoiceLineAdd", "CustomerRef", CUSTOMER),
    "Estimate": ("EstimateLineAdd", "CustomerRef", CUSTOMER),
    "PurchaseOrder": ("PurchaseOrderLineAdd", "VendorRef", VENDOR),
    "Bill": ("ItemLineAdd", "VendorRef", VENDOR),
    "ItemReceipt": ("ItemLineAdd", "VendorRef", VENDOR),
}


def enter(books: Outside, kind: str, extra: str = "") -> Reply:
    """A document of one line; ``extra`` ends the line."""
    element, party, name = LINES[kind]
    line = fields({"ItemRef.FullName": "Fitting", "Quantity": "1"})
    head = fields({f"{party}.FullName": name, "TxnDate": "2026-03-02"})
    return books.ask(act(f"{kind}Add", f"{head}<{element}>{line}{extra}</{element}>"))


@pytest.fixture
def books(outside: Outside) -> Outside:
    """A company with a customer, a vendor, a service and a public field of each list."""
    side = fields({"Desc": "Fitting", "Price": "60.00", "AccountRef.FullName": "Sales:Services"})
    for inner in (
        act("CustomerAdd", fields({"Name": CUSTOMER})),
        act("VendorAdd", fields({"Name": VENDOR})),
        act("ItemServiceAdd", f"<Name>Fitting</Name><SalesOrPurchase>{side}</SalesOrPurchase>"),
        define("Of customers", "Customer"),
        define("Of vendors", "Vendor"),
        define("Of items", "Item"),
    ):
        outside.enter(inner)
    return outside


def test_headers_take_the_customers_fields_on_sales_forms_only(books: Outside) -> None:
    """A bill, a receipt and a purchase order have none on their header, whatever is defined."""
    codes = {}
    for kind in LINES:
        made = enter(books, kind)
        for field in ("Of customers", "Of vendors", "Of items"):
            codes[kind, field] = books.ask(write(field, on(kind, made.text("TxnID")))).code

    taken = [place for place, code in codes.items() if code == 0]
    assert taken == [(kind, "Of customers") for kind in ("SalesOrder", "Invoice", "Estimate")]
    assert set(codes.values()) == {0, 3351}


def test_a_vendors_field_on_a_purchase_order_is_a_switch(books: Outside) -> None:
    """Whether a purchase order shows its vendor's fields, nobody has confirmed."""
    made = enter(books, "PurchaseOrder")
    books.switch(vendor_fields_on_purchase_orders=True)

    assert books.ask(write("Of vendors", on("PurchaseOrder", made.text("TxnID")))).code == 0
    assert books.ask(write("Of customers", on("PurchaseOrder", made.text("TxnID")))).code == 3351


def test_lines_take_the_items_fields_only(books: Outside) -> None:
    """A new line and a later write say the same."""
    for kind in ("Bill", "PurchaseOrder", "SalesOrder"):
        plain = enter(books, kind)
        line_id = next(plain.record.iter("TxnLineID")).text
        for field, code in (("Of items", 0), ("Of vendors", 3351), ("Of customers", 3351)):
            brought = fields({"OwnerID": "0", "DataExtName": field, "DataExtValue": "red"})
            made = enter(books, kind, f"<DataExt>{brought}</DataExt>")
            later = books.ask(write(field, on(kind, plain.text("TxnID"), line_id)))
            assert (made.code, later.code) == (code, code), (kind, field)


def test_public_fields_are_texts(books: Outside) -> None:
    """Any other type is refused for everybody's fields and taken for one's own."""
    for kind in ("INTTYPE", "DATETIMETYPE", "STR1024TYPE", "AMTTYPE"):
        assert books.ask(define("Depth", "Customer", kind=kind)).code == 3350, kind
        assert books.ask(define(kind, "Customer", kind=kind, owner=MINE)).code == 0, kind
    books.switch(field_limit_status=3180)

    assert books.ask(define("Depth", "Customer", kind="INTTYPE")).code == 3180


@pytest.mark.parametrize("place, most", [("Customer", 7), ("Vendor", 7), ("Item", 5)])
def test_a_list_has_few_public_fields(books: Outside, place: str, most: int) -> None:
    """The next one is refused, added or assigned; one's own are not counted."""
    codes = [books.ask(define(f"Field {n}", place)).code for n in range(most)]
    elsewhere = act(
        "DataExtDefMod",
        fields({"OwnerID": "0", "DataExtName": "Badge", "AssignToObject": place}),
    )

    assert codes == [0] * (most - 1) + [3350]
    assert books.ask(define("Badge", "Employee")).code == 0
    assert books.ask(elsewhere).code == 3350
    assert books.ask(define("Private", place, owner=MINE)).code == 0
    books.switch(public_fields_of_names_max=8, public_fields_of_items_max=8)
    assert books.ask(define("One more", place)).code == 0


def test_private_data_has_little_room(books: Outside) -> None:
    """All applications together have 4,096 bytes on one record; another record has its own."""
    for owner in (MINE, OTHERS):
        for n in range(3):
            books.enter(define(f"Note {n}", "Customer", owner=owner, kind="STR1024TYPE"))
    full = "x" * 1024
    for owner, n in ((MINE, 0), (MINE, 1), (OTHERS, 0), (OTHERS, 1)):
        books.enter(write(f"Note {n}", ON_CUSTOMER, full, owner))
    refused = books.ask(write("Note 2", ON_CUSTOMER, "x", MINE))
    again = act(
        "DataExtMod",
        fields({"OwnerID": MINE, "DataExtName": "Note 0"})
        + ON_CUSTOMER
        + fields({"DataExtValue": "y" * 1023}),
    )

    assert (refused.code, books.ask(again).code) == (3350, 0)
    assert books.ask(write("Note 2", ON_CUSTOMER, "x", MINE)).code == 0
    assert books.ask(write("Note 2", ON_CUSTOMER, "x", OTHERS)).code == 3350
    assert books.ask(write("Of customers", ON_CUSTOMER, "public")).code == 0


def test_private_data_on_lines_never_comes_back(books: Outside) -> None:
    """It is taken, and no question shows it; on the header it is shown to its owner."""
    books.enter(define("Mark", "SalesOrder", owner=MINE))
    made = enter(books, "SalesOrder")
    txn_id, line_id = made.text("TxnID"), made.text("SalesOrderLineRet/TxnLineID")
    books.enter(write("Mark", on("SalesOrder", txn_id, line_id), "on the line", MINE))
    books.enter(write("Mark", on("SalesOrder", txn_id), "on the order", MINE))
    asked = {"TxnID": txn_id, "IncludeLineItems": "true", "OwnerID": MINE}
    seen = books.ask(look("SalesOrderQuery", fields(asked)))

    assert [each.text for each in seen.record.iter("DataExtValue")] == ["on the order"]
