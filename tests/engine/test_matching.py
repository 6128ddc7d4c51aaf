"""Names: exact rules, so that nothing is ever booked on somebody with a similar name."""

from __future__ import annotations

import types
from datetime import date
from decimal import Decimal
from typing import Any, get_args, get_origin, get_type_hints

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from counterfoil.documents import (
    DOCUMENT_TYPES,
    Bill,
    BillLine,
    CountLine,
    Document,
    DocumentKind,
    ExpenseLine,
    Money,
    MovementLine,
    PurchaseLine,
    PurchaseOrder,
    Quantity,
    Receipt,
    RecordKind,
    Reference,
    Shipment,
    StockCount,
    WorkEntry,
    name_key,
)
from counterfoil.engine.matching import (
    SHARED_NAMES,
    Alike,
    Fit,
    Lookup,
    lookup,
    match,
    references,
    suggestions,
    with_references,
)
from tests.documents.strategies import shapes
from tests.support.builders import entry, line, order

CUSTOMER, VENDOR, ITEM = RecordKind.CUSTOMER, RecordKind.VENDOR, RecordKind.ITEM

# References to lists that no directory keeps; they travel by name.
WITHOUT_DIRECTORY = {
    # Of the source, and never written.
    ("CountLine", "site"),
    ("MovementLine", "site"),
    ("PurchaseLine", "site"),
    ("OrderLine", "unit_set"),
    ("InvoiceLine", "unit_set"),
    ("PurchaseLine", "unit_set"),
    ("WorkEntry", "order_client"),
}


class TestNameKey:
    @pytest.mark.parametrize(
        "one, other",
        [
            ("Acme Products", "ACME PRODUCTS"),
            ("Acme", "  Acme "),
            ("Bakery:Cakes", "bakery : cakes"),
            ("Caf\u00e9", "Cafe\u0301"),
            ("Stra\u00dfe", "STRA\u00dfE"),
            ("\u00c5ngstr\u00f6m", "A\u030angstro\u0308m"),
            ("A\u00a0", "a"),
        ],
    )
    def test_the_same_name(self, one: str, other: str) -> None:
        """5.2: case, blanks around a name or a colon, and the coding of accents do not count."""
        assert name_key(one) == name_key(other)

    @pytest.mark.parametrize(
        "one, other",
        [
            ("Acme Products", "AcmeProducts"),
            ("Acme Products", "Acme  Products"),
            ("Cakes", "Bakery:Cakes"),
            ("A:B:C", "A:BC"),
            ("Cafe", "Café"),
            ("O'Brien", "O’Brien"),
            ("Smith & Co", "Smith and Co"),
        ],
    )
    def test_another_name(self, one: str, other: str) -> None:
        """5.2: blanks inside, levels, accents, quotes and ampersands do count."""
        assert name_key(one) != name_key(other)

    @given(st.text(), st.text())
    def test_a_child_is_below_its_parents_key(self, parent: str, child: str) -> None:
        """The key of a full name is its levels' keys joined, so a parent is found by cutting."""
        assert name_key(f"{parent}:{child}") == f"{name_key(parent)}:{name_key(child)}"

    @given(st.text())
    def test_outer_blanks_never_count(self, name: str) -> None:
        """Blanks put around any name give the same key."""
        assert name_key(f"  {name}\t") == name_key(name)


class TestMatch:
    def fit(self, kind: RecordKind, *named: Any, share: bool = True) -> Fit:
        return match(kind, named, lists_share_names=share).fit

    def test_found(self) -> None:
        """One active record of the list is what the name means."""
        acme = entry(CUSTOMER, "ACME")

        assert match(CUSTOMER, [acme], lists_share_names=True) == (Fit.FOUND, (acme,))

    def test_absent(self) -> None:
        """No record of that name in any list: it could be created."""
        assert self.fit(CUSTOMER) is Fit.ABSENT

    def test_inactive(self) -> None:
        """An inactive record is named as the reason, and never taken."""
        assert self.fit(CUSTOMER, entry(CUSTOMER, "ACME", active=False)) is Fit.INACTIVE

    def test_an_active_one_beside_an_inactive_one(self) -> None:
        """Beside inactive records of the same name the one active record is meant."""
        acme = entry(CUSTOMER, "ACME", "2")
        found = match(
            CUSTOMER, [entry(CUSTOMER, "ACME", "1", active=False), acme], lists_share_names=True
        )

        assert found == (Fit.FOUND, (acme,))

    def test_ambiguous(self) -> None:
        """Two active records of one name are shown to a person, none is taken."""
        twins = entry(ITEM, "BOLT", "1"), entry(ITEM, "Bolt", "2")

        assert match(ITEM, twins, lists_share_names=True) == (Fit.AMBIGUOUS, twins)

    @pytest.mark.parametrize("other", sorted(SHARED_NAMES - {CUSTOMER}))
    @pytest.mark.parametrize("active", [True, False])
    def test_taken_by_another_list(self, other: RecordKind, active: bool) -> None:
        """5.2: customers, vendors, employees and other names share one name space."""
        acme = entry(other, "ACME", active=active)

        assert match(CUSTOMER, [acme], lists_share_names=True) == (Fit.TAKEN, (acme,))
        assert self.fit(CUSTOMER, acme, share=False) is Fit.ABSENT

    @pytest.mark.parametrize("other", sorted(set(RecordKind) - SHARED_NAMES))
    def test_items_and_accounts_take_no_names(self, other: RecordKind) -> None:
        """An item or account called like a customer is in nobody's way."""
        assert self.fit(CUSTOMER, entry(other, "ACME")) is Fit.ABSENT
        assert self.fit(ITEM, entry(CUSTOMER, "ACME")) is Fit.ABSENT

    def test_a_customer_beside_a_vendor(self) -> None:
        """Where the books hold both, a customer's name means the customer."""
        acme = entry(CUSTOMER, "ACME")

        assert self.fit(CUSTOMER, entry(VENDOR, "ACME"), acme) is Fit.FOUND


class TestSuggestions:
    NAMES = ("Acme Products", "Acme Produce", "Zenith", "Bakery:Cakes")

    def test_the_most_alike_first(self) -> None:
        """A misspelt name is answered with those most like it, best first."""
        found = suggestions("ACME PRODUCT", self.NAMES)

        assert found[0] == "Acme Products"
        assert "Zenith" not in found

    def test_nothing_alike(self) -> None:
        """Names that are not alike are not suggested."""
        assert suggestions("Quixotic", self.NAMES) == ()
        assert suggestions("Acme", ()) == ()

    def test_no_more_than_asked_for(self) -> None:
        """However many are alike, only the best few are shown."""
        assert len(suggestions("Acme 5", [f"Acme {n}" for n in range(50)], limit=3)) == 3

    def test_they_are_never_a_match(self) -> None:
        """A name that is nearly right means nothing until a person says so."""
        wanted = lookup(CUSTOMER, "Acme Product")
        named = [entry(CUSTOMER, n) for n in self.NAMES if name_key(n) == wanted.key]

        assert match(CUSTOMER, named, lists_share_names=True).fit is Fit.ABSENT
        assert suggestions("Acme Product", self.NAMES)


def reference_fields(type_: type[msgspec.Struct]) -> list[tuple[type[msgspec.Struct], str]]:
    """List the fields of a shape, and of the shapes inside it, that are references."""
    found: list[tuple[type[msgspec.Struct], str]] = []
    for field, hint in get_type_hints(type_).items():
        inner = get_args(hint) if get_origin(hint) in {tuple, types.UnionType} else (hint,)
        for each in inner:
            if each is Reference:
                found.append((type_, field))
            elif isinstance(each, type) and issubclass(each, msgspec.Struct):
                found += reference_fields(each)
    return found


def build(type_: type[msgspec.Struct]) -> Any:
    """Make a shape in which every reference is set, each to a name of its own."""
    made: dict[str, Any] = {}
    hints = get_type_hints(type_)
    for field in msgspec.structs.fields(type_):
        hint = hints[field.name]
        inner = [each for each in get_args(hint) if each is not Ellipsis] or [hint]
        if Reference in inner:
            made[field.name] = Reference(f"{type_.__name__}.{field.name}")
        elif get_origin(hint) is tuple and field.name in {"lines", "expenses"}:
            made[field.name] = (build(inner[0]),)
        elif field.required:
            made[field.name] = {
                str: "1",
                date: date(2026, 3, 2),
                int: 60,
                Quantity: Quantity(Decimal(1)),
                Money: Money(Decimal(1)),
            }[inner[0]]
    return type_(**made)


class TestReferences:
    @pytest.mark.parametrize("kind", DocumentKind)
    def test_every_reference_is_looked_up(self, kind: DocumentKind) -> None:
        """Each field that refers to a list is walked, so that a new one is not forgotten."""
        type_ = DOCUMENT_TYPES[kind]
        declared = {
            f"{owner.__name__}.{field}"
            for owner, field in reference_fields(type_)
            if (owner.__name__, field) not in WITHOUT_DIRECTORY
        }

        assert {name for _, _, name in references(build(type_))} == declared

    @pytest.mark.parametrize("kind", DocumentKind)
    def test_every_reference_is_replaced(self, kind: DocumentKind) -> None:
        """What is walked is replaced, each by what its own look-up means, and nothing else."""
        document = build(DOCUMENT_TYPES[kind])

        found = with_references(document, lambda wanted: Reference(wanted.key, f"#{wanted.key}"))

        expected = {wanted for _, wanted, _ in references(document)}
        assert {wanted for _, wanted, _ in references(found)} == expected
        assert b'"id":"#' in msgspec.json.encode(found) or not expected
        written = {wanted: Reference(name) for _, wanted, name in references(document)}
        assert with_references(found, written.__getitem__) == document

    @pytest.mark.parametrize(
        "document, kinds",
        [
            (
                order("SO-1 ACME", line("1 NUT", accounting_class=Reference("East"))),
                "customer item class",
            ),
            (
                PurchaseOrder(
                    id="1",
                    vendor=Reference("V"),
                    lines=(PurchaseLine(item=Reference("I"), customer=Reference("C")),),
                ),
                "vendor item customer",
            ),
            (
                Bill(
                    id="1",
                    vendor=Reference("V"),
                    lines=(BillLine(item=Reference("I")),),
                    expenses=(ExpenseLine(account=Reference("A"), amount=Money(Decimal(1))),),
                ),
                "vendor item account",
            ),
            (
                Receipt(
                    id="1",
                    order_id="2",
                    vendor=Reference("V"),
                    lines=(MovementLine(item=Reference("I"), moved=Quantity(Decimal(1))),),
                ),
                "vendor item",
            ),
            (Shipment(id="1", order_id="2", customer=Reference("C")), "customer"),
            (
                StockCount(
                    id="1",
                    account=Reference("A"),
                    lines=(CountLine(item=Reference("I"), counted=Quantity(Decimal(1))),),
                ),
                "account item",
            ),
            (
                WorkEntry(
                    id="1",
                    worker=Reference("W"),
                    worked_on=date(2026, 3, 2),
                    minutes=60,
                    customer=Reference("C"),
                    service_item=Reference("S"),
                ),
                "employee customer item",
            ),
        ],
    )
    def test_each_field_is_looked_up_in_its_list(self, document: Document, kinds: str) -> None:
        """A vendor is sought among vendors, a worker among employees, and so on."""
        assert [wanted.kind for _, wanted, _ in references(document)] == kinds.split()

    def test_where_they_stand(self) -> None:
        """A reference is named by the path of its field, counted from nought."""
        found = [(where, name) for where, _, name in references(order("1 ACME", "1 NUT", "2 BOLT"))]

        assert found == [("customer", "ACME"), ("lines[0].item", "NUT"), ("lines[1].item", "BOLT")]

    def test_an_unset_reference_stays_unset(self) -> None:
        """A field without a reference is passed over."""
        bare = order("SO-1", line("1 x", item=None))

        assert list(references(bare)) == []
        assert with_references(bare, lambda wanted: Reference("never")) == bare

    @given(st.sampled_from(DocumentKind).flatmap(lambda kind: shapes(DOCUMENT_TYPES[kind])))
    def test_names_in_other_writing_are_one_look_up(self, document: Any) -> None:
        """However a document writes a name, its look-up is that of the name's key."""
        for _, wanted, name in references(document):
            assert wanted == Lookup(wanted.kind, name_key(name))


class TestAlike:
    """Names like many others, from a list that is prepared once."""

    @pytest.mark.parametrize(
        "sought, found",
        [
            ("Granite & Sons", ("Granite and Sons Ltd",)),
            ("Grannite and Sons Ltd", ("Granite and Sons Ltd",)),
            ("MILLWRIGHT  tools", ("Millwright Tools",)),
            ("Zephyr", ()),
        ],
        ids=["a word in common", "misspelt", "other letters and blanks", "nothing is like it"],
    )
    def test_finds_what_suggestions_would(self, sought: str, found: tuple[str, ...]) -> None:
        """The same names as one by one, judged alike."""
        names = ["Granite and Sons Ltd", "Millwright Tools", "Ironside"]
        assert Alike(names).to(sought) == found == suggestions(sought, names)

    def test_what_many_names_say_tells_nothing(self) -> None:
        """That both are a Ltd makes no two names alike."""
        names = [f"{chr(97 + at % 26) * 9}{at} Ltd" for at in range(200)]
        assert Alike(names).to("Juniper Ltd") == ()
