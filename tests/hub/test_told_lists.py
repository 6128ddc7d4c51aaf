"""Lists of which one side has names only: workers, marketplaces, accounts and tax codes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from counterfoil.documents import (
    Account,
    AccountType,
    Customer,
    Document,
    DocumentKind,
    Employee,
    ListRecord,
    Reference,
    SalesOrder,
    TaxCode,
    WorkEntry,
    record_kind,
)
from counterfoil.engine.counterparts import Compared, Decision, Likeness
from counterfoil.engine.reading import records_cursor
from counterfoil.errors import UsageError
from counterfoil.hub import desk
from counterfoil.hub.desk import Fits, Said
from counterfoil.hub.scopes import Scope
from counterfoil.hub.views import settings_of
from counterfoil.ledger import directory, documents, runs
from tests.hub.conftest import OpenWorld
from tests.hub.test_time_worked import works
from tests.sandboxes.fusion_operations import play as fusion
from tests.sandboxes.quickbooks_desktop.desk import customer, request, service, tags
from tests.support.world import ACTOR, AUTOMATIC, World

EMPLOYEES = ("Alves, Rita", "Tom Baker")
ACCOUNTS = (
    ("Sales", AccountType.INCOME),
    ("Cost of Goods Sold", AccountType.COST_OF_GOODS_SOLD),
    ("Inventory Asset", AccountType.OTHER_CURRENT_ASSET),
    ("Checking", AccountType.BANK),
)


def learn(world: World, *records: ListRecord) -> None:
    """Let the books' lists have been read."""
    now = world.hub.now()
    with world.hub.database.writing() as tx:
        run = runs.begin(tx, world.books_id, "web-connector", now)
        directory.learn(tx, world.books_id, records, run)
        lists = {record_kind(each) for each in records}
        runs.keep_cursors(tx, world.books_id, [(records_cursor(each), None) for each in lists], now)
        runs.change(tx, run, now, ended_at=now)


def employee(name: str, *, active: bool = True) -> Employee:
    return Employee(id=f"E-{name}", name=name, full_name=name, is_active=active)


def see(world: World, *read: Document) -> None:
    """Let documents have been read in the operations system."""
    for each in read:
        kind = DocumentKind.WORK_ENTRY if isinstance(each, WorkEntry) else DocumentKind.SALES_ORDER
        with world.hub.database.writing() as tx:
            documents.see(tx, world.operations_id, kind, [each], {}, world.hub.now(), known={})


def hours(worker: str) -> WorkEntry:
    return WorkEntry(
        id=f"W-{worker}", worker=Reference(worker), worked_on=date(2026, 3, 2), minutes=60
    )


def sold(channel: str) -> SalesOrder:
    return SalesOrder(
        id=f"S-{channel}",
        customer=Reference("ACME"),
        created_on=date(2026, 3, 2),
        sales_channel=channel,
    )


def rows(world: World, word: str) -> dict[str, Compared]:
    found = desk.compare_lists(world.hub, world.link, word).rows
    assert desk.names_page(world.hub, world.link, word).rows == found
    return {each.name: each for each in found}


def link(world: World, word: str, **meant: str) -> None:
    said = [Said(id=name, decision=Decision.LINK, record=record) for name, record in meant.items()]
    desk.say_counterparts(world.hub, world.link, word, said, ACTOR)


def linked(world: World, word: str, name: str, record: str) -> None:
    said = Said(id=name, decision=Decision.LINK, record=record)
    desk.say_counterparts(world.hub, world.link, word, [said], ACTOR)


# --- Which there are ----------------------------------------------------------------------


def test_lists_that_cannot_be_read_say_so(world: World) -> None:
    """Each with a sentence, and with what deciding needs: settings are for administrators."""
    found = {each.word: each for each in desk.names_lists(world.hub, world.link)}
    assert list(found) == [
        "customers",
        "vendors",
        "items",
        "employees",
        "marketplaces",
        "accounts",
        "tax-codes",
    ]
    assert found["customers"].note == ""
    assert "reads no list of workers from Fusion Operations" in found["employees"].note
    assert "reads no accounts from Fusion Operations" in found["accounts"].note
    needs = {word: each.needs for word, each in found.items()}
    assert needs["employees"] is Scope.OPERATE
    assert needs["accounts"] is needs["tax-codes"] is Scope.ADMINISTER


@pytest.mark.parametrize("word", ["employees", "marketplaces", "accounts", "tax-codes"])
def test_a_list_of_the_books_that_was_not_read_is_unknown(world: World, word: str) -> None:
    """It says which, and asks the next run for it."""
    found = desk.names_page(world.hub, world.link, word)
    assert found.unread is not None
    assert "has not been read yet" in found.unread
    assert not found.rows
    with pytest.raises(UsageError, match="not been read"):
        desk.compare_lists(world.hub, world.link, word)


# --- Employees ----------------------------------------------------------------------------


@pytest.fixture
def staffed(world: World) -> World:
    """Books with two employees and one who left; three workers, two of whom fit."""
    learn(world, *map(employee, EMPLOYEES), employee("Otto Kern", active=False))
    see(world, *map(hours, ("tom baker", "Rita Alves", "Otto Kern", "Zoe Quist", "Tom Baker")))
    return world


def test_workers_stand_beside_employees(staffed: World) -> None:
    """Each once, however it was written: matched by name, near, in doubt, or not there."""
    found = rows(staffed, "employees")
    assert {name: each.likeness for name, each in found.items()} == {
        "tom baker": Likeness.SAME,
        "Rita Alves": Likeness.NEAR,
        "Otto Kern": Likeness.DOUBTFUL,
        "Zoe Quist": Likeness.NONE,
    }
    assert found["Rita Alves"].near == ("Alves, Rita",)
    page = desk.names_page(staffed.hub, staffed.link, "employees", fits=[Fits.OPEN], text="zoe")
    assert [each.name for each in page.rows] == ["Zoe Quist"]
    assert page.counts == {Fits.OPEN: 1}


def test_workers_are_paged(staffed: World) -> None:
    """Each stands on one page, in the order of the names."""
    seen, after = [], None
    for _ in range(4):
        page = desk.names_page(staffed.hub, staffed.link, "employees", limit=1, after=after)
        seen += [each.name for each in page.rows]
        after = page.next
    assert (seen, after) == (["Otto Kern", "Rita Alves", "tom baker", "Zoe Quist"], None)


def test_a_worker_is_linked_and_taken_back(staffed: World) -> None:
    """What is decided is what planning reads: a choice about the name."""
    linked(staffed, "employees", "rita alves", "Alves, Rita")
    found = rows(staffed, "employees")["Rita Alves"]
    assert (found.likeness, found.record_name) == (Likeness.DECIDED, "Alves, Rita")
    choice = desk.name_choice(staffed.hub, staffed.link, "employee", "Rita Alves", "books")
    assert choice.record == "E-Alves, Rita"
    back = (staffed.hub, staffed.link, "employees", ["Rita Alves"], ACTOR)
    assert desk.take_back_records(*back) == [
        "The employee “Rita Alves” is looked up by its name again."
    ]
    assert rows(staffed, "employees")["Rita Alves"].likeness is Likeness.NEAR
    with pytest.raises(UsageError, match="taken back already"):
        desk.take_back_records(*back)


def test_somebody_who_has_not_worked_yet_is_entered(staffed: World) -> None:
    """By name, before the first document; taken back, nobody is shown."""
    linked(staffed, "employees", "Una Novak", "Tom Baker")
    assert rows(staffed, "employees")["Una Novak"].record_name == "Tom Baker"
    desk.take_back_records(staffed.hub, staffed.link, "employees", ["Una Novak"], ACTOR)
    assert "Una Novak" not in rows(staffed, "employees")


@pytest.mark.parametrize(
    "said, told",
    [
        (Said(id="Zoe Quist", decision=Decision.ADD), "can only be said which one"),
        (Said(id="Zoe Quist", decision=Decision.LINK), "say which employee of Books it is"),
        (
            Said(id="Zoe Quist", decision=Decision.LINK, record="Tom Bakker"),
            "Did you mean: Tom Baker",
        ),
        (Said(id="Zoe Quist", decision=Decision.LINK, record="Otto Kern"), "is inactive in Books"),
    ],
)
def test_what_does_not_fit_is_said(staffed: World, said: Said, told: str) -> None:
    """All of it is taken, or nothing."""
    fine = Said(id="Rita Alves", decision=Decision.LINK, record="Alves, Rita")
    with pytest.raises(UsageError, match="Nothing was decided") as raised:
        desk.say_counterparts(staffed.hub, staffed.link, "employees", [fine, said], ACTOR)
    assert told in raised.value.message
    assert desk.chosen_names(staffed.hub, staffed.link) == []
    with pytest.raises(UsageError, match="decided more than once"):
        desk.say_counterparts(staffed.hub, staffed.link, "employees", [fine, fine], ACTOR)
    with pytest.raises(UsageError, match="Employees cannot be added from here"):
        desk.missing(staffed.hub, staffed.link, "employees")


def test_hours_go_to_whom_their_worker_was_linked(open_company: OpenWorld) -> None:
    """TIME-4: a worker who was told by a document is linked, and the next entry is booked so."""
    world = open_company(*AUTOMATIC, "work-entry-out.mode=automatic")
    add = request("EmployeeAdd", tags(FirstName="R", LastName="Alves"))
    world.books.enter(customer("ACME"), service("Baking"), add)
    for rows_, fields in (
        ("clients", {"code": "ACME", "name": "Acme"}),
        ("products", {"code": "CAKE", "name": "Cake"}),
    ):
        world.enter(rows_, **fields)
    path = f"/companies/{fusion.KEY}/entities/workers"
    world.operations.control("POST", path, {"number": "12", "name": "Rita Alves"})
    products = [{"product": "CAKE", "quantity-ordered": 10}]
    made = world.enter("production-orders", code="MO-1", client="ACME", products=products)
    works(world, made["id"], "12", "2025-03-03T14:00:00Z", "2025-03-03T16:00:00Z")
    world.operations.control("POST", f"/companies/{fusion.KEY}/finish", {"order": "MO-1"})
    world.settle()
    assert world.booked("TimeTracking") == []

    linked(world, "employees", "Rita Alves", "R Alves")
    desk.retry(world.hub, ACTOR, link=world.link)
    world.settle()
    (entry,) = world.booked("TimeTracking")
    assert entry["EntityRef"]["FullName"] == "R Alves"


# --- Marketplaces -------------------------------------------------------------------------


@pytest.fixture
def selling(world: World) -> World:
    """Two customers in the books, and orders of two marketplaces."""
    learn(
        world,
        *(
            Customer(id=f"C-{each}", name=each, full_name=each)
            for each in ("Bazaar Inc", "Web shop")
        ),
    )
    see(world, sold("Bazaar"), sold("Web Shop"), sold(" bazaar"))
    return world


def tables(world: World) -> dict[str, str]:
    settings, _version, _problems = settings_of(world.hub, world.link)
    return {each.channel: each.customer for each in settings.sales_order_out.channel_customers}


def test_marketplaces_that_mean_nothing_say_so(selling: World) -> None:
    """Orders are booked on their client: the sentence says which setting would change that."""
    assert {each.likeness for each in rows(selling, "marketplaces").values()} == {Likeness.UNSET}
    with pytest.raises(UsageError, match="Quickbooks Customer Name"):
        linked(selling, "marketplaces", "Bazaar", "Bazaar Inc")


def test_marketplaces_whose_name_is_the_customer_are_chosen(selling: World) -> None:
    """DOC-4, by name: as any name of a customer; others than those of orders are not known."""
    selling.set("sales-order-out.customer_name=sales_channel")
    found = rows(selling, "marketplaces")
    assert {name: each.likeness for name, each in found.items()} == {
        "Bazaar": Likeness.NEAR,
        "Web Shop": Likeness.SAME,
    }
    linked(selling, "marketplaces", "Bazaar", "Bazaar Inc")
    assert rows(selling, "marketplaces")["Bazaar"].likeness is Likeness.DECIDED
    choice = desk.name_choice(selling.hub, selling.link, "customer", "Bazaar", "books")
    assert choice.record == "C-Bazaar Inc"
    with pytest.raises(UsageError, match="no document or setting"):
        linked(selling, "marketplaces", "Elsewhere", "Bazaar Inc")


def test_marketplaces_with_a_table_are_settings(selling: World) -> None:
    """DOC-4, by a table: it is filled in, for every flow that uses it; and emptied again."""
    key = "sales-order-out"
    selling.set(f"{key}.customer_name=channel_customer", f"{key}.channel_customers=Bazaar=Gone")
    found = rows(selling, "marketplaces")
    assert (found["Bazaar"].likeness, found["Bazaar"].given) == (Likeness.NONE, "Gone")
    assert found["Web Shop"].likeness is Likeness.NEAR
    link(selling, "marketplaces", Bazaar="bazaar inc", Fair="Web shop")
    assert tables(selling) == {"Bazaar": "Bazaar Inc", "Fair": "Web shop"}
    found = rows(selling, "marketplaces")
    assert found["Fair"].likeness is Likeness.DECIDED
    desk.take_back_records(selling.hub, selling.link, "marketplaces", ["Fair"], ACTOR)
    assert tables(selling) == {"Bazaar": "Bazaar Inc"}


def test_two_tables_that_say_two_things_are_in_doubt(selling: World) -> None:
    """One decision makes both say the same."""
    for flow, name in (("sales-order-out", "Bazaar Inc"), ("shipment-out", "Web shop")):
        selling.set(
            f"{flow}.mode=manual",
            f"{flow}.customer_name=channel_customer",
            f"{flow}.channel_customers=Bazaar={name}",
        )
    assert rows(selling, "marketplaces")["Bazaar"].likeness is Likeness.DOUBTFUL
    linked(selling, "marketplaces", "Bazaar", "Bazaar Inc")
    assert rows(selling, "marketplaces")["Bazaar"].likeness is Likeness.DECIDED


# --- Accounts and tax codes ---------------------------------------------------------------


@pytest.fixture
def chartered(world: World) -> World:
    """A chart of four accounts, and items that are made with them."""
    learn(world, *(Account(id=f"A-{n}", name=n, full_name=n, type=t) for n, t in ACCOUNTS))
    learn(world, TaxCode(id="T-1", name="Tax", full_name="Tax", is_taxable=True))
    world.set(
        "sales-order-out.create_missing_items=true",
        "sales-order-out.item_type=inventory",
        "sales-order-out.income_account=Sales",
        "sales-order-out.cogs_account=Costs of Goods Sold",
        "sales-order-out.asset_account=Inventory Asset",
    )
    return world


def test_accounts_stand_beside_what_they_are_for(chartered: World) -> None:
    """What is set and there, what is set and not there, and what may stay empty."""
    found = desk.compare_lists(chartered.hub, chartered.link, "accounts").rows
    by_key = {each.id: each for each in found}
    assert by_key["sales-order-out.income_account"].likeness is Likeness.DECIDED
    wrong = by_key["sales-order-out.cogs_account"]
    assert (wrong.likeness, wrong.given) == (Likeness.NEAR, "Costs of Goods Sold")
    assert wrong.near == ("Cost of Goods Sold",)
    assert by_key["stock-count-out.adjustment_account"].likeness is Likeness.UNSET
    assert by_key["stock-count-out.adjustment_account"].near == ("Cost of Goods Sold",)
    assert wrong.name.startswith("Cost of goods sold account: ")


def test_accounts_are_set_from_there_as_one_version(chartered: World) -> None:
    """Several at once, by name or identity; emptied where they may be."""
    _settings, version, _problems = settings_of(chartered.hub, chartered.link)
    keys = ("sales-order-out.cogs_account", "stock-count-out.adjustment_account")
    link(chartered, "accounts", **dict.fromkeys(keys, "A-Cost of Goods Sold"))
    settings, after, _problems = settings_of(chartered.hub, chartered.link)
    assert [settings.value(key) for key in keys] == ["Cost of Goods Sold"] * 2
    assert after == version + 1
    desk.take_back_records(chartered.hub, chartered.link, "accounts", [keys[1]], ACTOR)
    assert settings_of(chartered.hub, chartered.link)[0].value(keys[1]) is None
    with pytest.raises(UsageError):
        desk.take_back_records(chartered.hub, chartered.link, "accounts", [keys[0]], ACTOR)


def test_tax_codes_are_those_that_settings_name(chartered: World) -> None:
    """Each flow that writes one; what is not there is said with what is near."""
    chartered.set("sales-order-out.tax_code=Txa")
    found = {
        each.id: each
        for each in desk.compare_lists(chartered.hub, chartered.link, "tax-codes").rows
    }
    assert found["sales-order-out.tax_code"].given == "Txa"
    linked(chartered, "tax-codes", "sales-order-out.tax_code", "tax")
    assert settings_of(chartered.hub, chartered.link)[0].sales_order_out.tax_code == "Tax"


@pytest.fixture(params=["sales-order-out.income_account_id"])
def by_identity(chartered: World, request: pytest.FixtureRequest) -> Callable[[], Compared]:
    """A setting that names an account by its identity."""
    key = str(request.param)
    chartered.set(f"{key}=A-Sales")

    def look() -> Compared:
        found = desk.compare_lists(chartered.hub, chartered.link, "accounts").rows
        return next(each for each in found if each.id == key)

    return look


def test_an_account_by_identity_is_shown_by_name(
    chartered: World, by_identity: Callable[[], Compared]
) -> None:
    """And stays an identity in the settings."""
    assert by_identity().record_name == "Sales"
    linked(chartered, "accounts", by_identity().id, "Checking")
    assert settings_of(chartered.hub, chartered.link)[0].value(by_identity().id) == "A-Checking"
