"""Rule 3.4: what queries find, how they are paged, and what they show."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.sandboxes.quickbooks_desktop.desk import (
    Desk,
    Reply,
    customer,
    line,
    query,
    ref,
    request,
    sales_order,
    tags,
    vendor,
)

OWNER = "{57F3B9B1-86F1-4fcc-B1EE-566DE1813D20}"


@pytest.fixture
def names(desk: Desk) -> Desk:
    """Five customers, one of them inactive, one a job."""
    desk.enter(
        customer("Adder Works"),
        customer("Badger & Sons"),
        customer("Yard", "Badger & Sons"),
        customer("Crane Hire", active="false"),
        customer("Dormouse Tea"),
    )
    return desk


def found(desk: Desk, body: str = "", name: str = "CustomerQuery", **attributes: str) -> list[str]:
    return desk.one(query(name, body, **attributes)).texts("FullName")


class TestLists:
    def test_active_records_are_the_default(self, names: Desk) -> None:
        """Inactive ones come when asked for."""
        active = ["Adder Works", "Badger & Sons", "Badger & Sons:Yard", "Dormouse Tea"]

        assert found(names) == active
        assert found(names, tags(ActiveStatus="InactiveOnly")) == ["Crane Hire"]
        assert found(names, tags(ActiveStatus="All")) == sorted([*active, "Crane Hire"])

    def test_inactive_records_are_found_by_name(self, names: Desk) -> None:
        """Naming a record finds it whether active or not."""
        assert found(names, tags(FullName="crane hire")) == ["Crane Hire"]

    @pytest.mark.parametrize(
        "criterion, part, expected",
        [
            ("StartsWith", "bad", ["Badger & Sons", "Badger & Sons:Yard"]),
            ("EndsWith", "YARD", ["Badger & Sons:Yard"]),
            ("Contains", "er ", ["Adder Works", "Badger & Sons", "Badger & Sons:Yard"]),
        ],
    )
    def test_names_can_be_filtered(
        self, names: Desk, criterion: str, part: str, expected: list[str]
    ) -> None:
        """The filter ignores case."""
        body = f"<NameFilter>{tags(MatchCriterion=criterion, Name=part)}</NameFilter>"

        assert found(names, body) == expected

    def test_a_range_of_names(self, names: Desk) -> None:
        """Both ends belong to a range."""
        span = f"<NameRangeFilter>{tags(FromName='B', ToName='D')}</NameRangeFilter>"

        assert found(names, span) == ["Badger & Sons", "Badger & Sons:Yard", "Dormouse Tea"]

    def test_what_is_missing_is_a_warning(self, names: Desk) -> None:
        """Status 500 names the first missing one; the others are returned."""
        reply = names.one(
            query("CustomerQuery", tags(FullName="Adder Works") + tags(FullName="Zebra"))
        )

        assert (reply.code, reply.severity) == (500, "Warn")
        assert '"Zebra"' in reply.message
        assert reply.texts("Name") == ["Adder Works"]

    def test_nothing_found_is_no_error(self, desk: Desk) -> None:
        """Status 1, severity Info, no records."""
        reply = desk.one(query("CustomerQuery"))

        assert (reply.code, reply.severity, reply.records) == (1, "Info", [])
        assert reply.message.startswith("A query request did not find a matching object")

    def test_entities_come_from_all_four_lists(self, names: Desk) -> None:
        """EntityQuery finds a name wherever it is."""
        names.enter(vendor("Ironmonger"), request("OtherNameAdd", tags(Name="Postman")))
        kinds = [record.tag for record in names.one(query("EntityQuery")).records]

        assert kinds == ["CustomerRet"] * 4 + ["OtherNameRet"] + ["VendorRet"] * 2

    def test_accounts_by_type(self, desk: Desk) -> None:
        """AccountType narrows to the types named."""
        body = tags(AccountType="Bank") + tags(AccountType="CreditCard")

        assert found(desk, body, "AccountQuery") == ["Checking", "Company Card"]


class TestTime:
    @pytest.mark.parametrize(
        "start, end, expected",
        [
            ("2026-03-02T09:31:00", None, ["Badger & Sons", "Dormouse Tea"]),
            ("2026-03-02T09:31:01", None, ["Dormouse Tea"]),
            (None, "2026-03-02T09:31:00", ["Adder Works", "Badger & Sons"]),
            ("2026-03-02", "2026-03-02", ["Adder Works", "Badger & Sons", "Dormouse Tea"]),
            ("2026-03-02T09:31:00-05:00", "2026-03-02T09:31:00-05:00", ["Badger & Sons"]),
            ("2026-03-02T14:31:00+00:00", "2026-03-02T09:31", ["Badger & Sons"]),
            ("2026-03-03", None, []),
        ],
        ids=[
            "from, included",
            "a second later",
            "to, included",
            "whole day",
            "own offset",
            "another offset",
            "later",
        ],
    )
    def test_changes_are_found_by_time(
        self, desk: Desk, start: str | None, end: str | None, expected: list[str]
    ) -> None:
        """Both ends of the range count; a date alone is its whole day."""
        for name in ("Adder Works", "Badger & Sons", "Dormouse Tea"):
            desk.enter(customer(name))
            desk.wait(60)

        assert found(desk, tags(FromModifiedDate=start, ToModifiedDate=end)) == expected

    def test_a_range_that_ends_before_it_begins(self, desk: Desk) -> None:
        """3030: the dates are the wrong way round."""
        body = tags(FromModifiedDate="2026-03-03", ToModifiedDate="2026-03-02")

        assert desk.one(query("CustomerQuery", body)).code == 3030

    def test_in_summer_quickbooks_own_text_finds_its_record(self, desk: Desk) -> None:
        """A time echoed as it was written means the same record, wrong offset and all."""
        desk.post("/clock", {"unix": 1_782_921_600})
        made = desk.one(customer("Summer Fair"))
        stamp = made.text("TimeModified")

        assert found(desk, tags(FromModifiedDate=stamp, ToModifiedDate=stamp)) == ["Summer Fair"]


class TestTransactions:
    @pytest.fixture
    def orders(self, shop: Desk) -> Desk:
        """Three orders on three days for a customer, its job and another customer."""
        shop.enter(customer("Red Kite Inn"))
        places = ("Blue Heron Cafe", "Blue Heron Cafe:Kitchen", "Red Kite Inn")
        for day, place in enumerate(places, 1):
            shop.enter(
                sales_order(
                    place, line("BOLT-8", "1"), date=f"2026-03-0{day}", ref_number=f"SO-{day}"
                )
            )
            shop.wait(60)
        return shop

    def numbers(self, desk: Desk, body: str = "") -> list[str]:
        return desk.one(query("SalesOrderQuery", body)).texts("RefNumber")

    def test_oldest_first(self, orders: Desk) -> None:
        """Orders come in the order of their creation."""
        assert self.numbers(orders) == ["SO-1", "SO-2", "SO-3"]

    def test_lines_come_on_request_only(self, orders: Desk) -> None:
        """IncludeLineItems is false unless it is sent."""
        bare = orders.one(query("SalesOrderQuery", tags(RefNumber="SO-1")))
        full = orders.one(query("SalesOrderQuery", tags(RefNumber="SO-1", IncludeLineItems="true")))

        assert bare.record.find("SalesOrderLineRet") is None
        assert full.text("SalesOrderLineRet/ItemRef/FullName") == "BOLT-8"

    def test_numbers_with_and_without_case(self, orders: Desk) -> None:
        """RefNumber ignores case, RefNumberCaseSensitive does not."""
        assert self.numbers(orders, tags(RefNumber="so-2")) == ["SO-2"]
        assert self.numbers(orders, tags(RefNumberCaseSensitive="so-2")) == []
        assert self.numbers(orders, tags(RefNumberCaseSensitive="SO-2")) == ["SO-2"]

    def test_lookups_ignore_the_limit_and_warn(self, orders: Desk) -> None:
        """A list of numbers gives all that exist and says 500 for the rest."""
        body = tags(RefNumber="SO-3") + tags(RefNumber="SO-9") + tags(RefNumber="SO-1")
        reply = orders.one(query("SalesOrderQuery", body))

        assert (reply.code, reply.texts("RefNumber")) == (500, ["SO-3", "SO-1"])

    @pytest.mark.parametrize(
        "filter_name, inside, expected",
        [
            ("TxnDateRangeFilter", tags(FromTxnDate="2026-03-02"), ["SO-2", "SO-3"]),
            ("TxnDateRangeFilter", tags(ToTxnDate="2026-03-02"), ["SO-1", "SO-2"]),
            ("TxnDateRangeFilter", tags(DateMacro="Today"), ["SO-2"]),
            ("TxnDateRangeFilter", tags(DateMacro="ThisMonthToDate"), ["SO-1", "SO-2"]),
            ("TxnDateRangeFilter", tags(DateMacro="LastMonth"), []),
            ("TxnDateRangeFilter", tags(DateMacro="ThisCalendarYear"), ["SO-1", "SO-2", "SO-3"]),
            (
                "ModifiedDateRangeFilter",
                tags(FromModifiedDate="2026-03-02T09:31:00"),
                ["SO-2", "SO-3"],
            ),
            ("EntityFilter", tags(FullName="Blue Heron Cafe"), ["SO-1"]),
            ("EntityFilter", tags(FullNameWithChildren="blue heron cafe"), ["SO-1", "SO-2"]),
            ("RefNumberFilter", tags(MatchCriterion="EndsWith", RefNumber="-3"), ["SO-3"]),
            ("RefNumberRangeFilter", tags(FromRefNumber="so-2"), ["SO-2", "SO-3"]),
        ],
    )
    def test_filters(
        self, orders: Desk, filter_name: str, inside: str, expected: list[str]
    ) -> None:
        """Dates, changes, customers and numbers each narrow the orders."""
        assert self.numbers(orders, f"<{filter_name}>{inside}</{filter_name}>") == expected

    def test_an_unknown_customer_in_a_filter(self, orders: Desk) -> None:
        """A filter by a name that does not exist is an error, not an empty result."""
        body = f"<EntityFilter>{tags(FullName='Nobody')}</EntityFilter>"

        assert orders.one(query("SalesOrderQuery", body)).code == 3120

    def test_all_types_in_one_query(self, orders: Desk) -> None:
        """TransactionQuery gives a short form of every type."""
        orders.enter(
            request(
                "InvoiceAdd",
                ref("CustomerRef", "Red Kite Inn") + line("BOLT-8", "2", kind="Invoice"),
            )
        )
        reply = orders.one(query("TransactionQuery"))

        assert reply.texts("TxnType") == ["SalesOrder"] * 3 + ["Invoice"]
        assert reply.texts("Amount") == ["1.25"] * 3 + ["2.50"]


class TestPaging:
    def page(self, connection_reply: Reply) -> tuple[list[str], str | None, str | None]:
        return (
            connection_reply.texts("FullName"),
            connection_reply.attribute("iteratorRemainingCount"),
            connection_reply.attribute("iteratorID"),
        )

    def test_an_iterator_goes_through_all_records(self, names: Desk) -> None:
        """Pages come one after the other until nothing remains."""
        connection = names.session()
        two = tags(MaxReturned="2")
        first, left, iterator = self.page(
            connection.ask(query("CustomerQuery", two, iterator="Start"))[0]
        )
        assert iterator is not None
        again = query("CustomerQuery", two, iterator="Continue", iteratorID=iterator)
        second, none_left, same = self.page(connection.ask(again)[0])

        assert (first, left) == (["Adder Works", "Badger & Sons"], "2")
        assert (second, none_left, same) == (["Badger & Sons:Yard", "Dormouse Tea"], "0", iterator)
        assert connection.ask(again)[0].code == 3120

    def test_an_iterator_dies_with_its_session(self, names: Desk) -> None:
        """Another session does not know it."""
        start = query("CustomerQuery", tags(MaxReturned="2"), iterator="Start")
        first = names.session()
        iterator = first.ask(start)[0].attribute("iteratorID") or ""
        first.close()
        again = query(
            "CustomerQuery", tags(MaxReturned="2"), iterator="Continue", iteratorID=iterator
        )

        assert names.session().ask(again)[0].code == 3120

    def test_filters_are_not_repeated(self, names: Desk) -> None:
        """Continue with the filters of Start is refused with 3120 (quirk 13)."""
        connection = names.session()
        body = tags(MaxReturned="2", ActiveStatus="All")
        iterator = connection.ask(query("CustomerQuery", body, iterator="Start"))[0].attribute(
            "iteratorID"
        )
        again = query("CustomerQuery", body, iterator="Continue", iteratorID=iterator or "")

        assert connection.ask(again)[0].code == 3120
        names.switch(continue_with_filters_refused=False)
        assert connection.ask(again)[0].code == 0

    def test_what_to_show_is_said_again(self, names: Desk) -> None:
        """Continue keeps the include elements, since they are no filters."""
        connection = names.session()
        body = tags(MaxReturned="3", IncludeRetElement="FullName")
        first = connection.ask(query("CustomerQuery", body, iterator="Start"))[0]
        second = connection.ask(
            query(
                "CustomerQuery",
                body,
                iterator="Continue",
                iteratorID=first.attribute("iteratorID") or "",
            )
        )[0]

        assert {child.tag for record in second.records for child in record} == {"FullName"}

    def test_records_entered_meanwhile_do_not_disturb(self, names: Desk) -> None:
        """An iterator gives what matched when it was started."""
        connection = names.session()
        two = tags(MaxReturned="2")
        first = connection.ask(query("CustomerQuery", two, iterator="Start"))[0]
        names.enter(customer("Aardvark"))
        iterator = first.attribute("iteratorID") or ""
        second = connection.ask(
            query("CustomerQuery", two, iterator="Continue", iteratorID=iterator)
        )[0]

        assert second.texts("FullName") == ["Badger & Sons:Yard", "Dormouse Tea"]

    def test_stopping_frees_it(self, names: Desk) -> None:
        """Stop ends an iterator early; open ones are limited, the next is 3390."""
        names.switch(iterators_open_max=1)
        connection = names.session()
        start = query("CustomerQuery", tags(MaxReturned="1"), iterator="Start")
        first = connection.ask(start, start)
        iterator = first[0].attribute("iteratorID") or ""
        connection.ask(query("CustomerQuery", iterator="Stop", iteratorID=iterator))

        assert first.codes == [0, 3390]
        assert connection.ask(start).codes == [0]

    def test_without_an_iterator_the_rest_is_out_of_reach(self, names: Desk) -> None:
        """MaxReturned alone cuts the answer short."""
        assert found(names, tags(MaxReturned="1")) == ["Adder Works"]

    def test_counting_without_reading(self, names: Desk) -> None:
        """MetaDataOnly gives the count and no records, NoMetaData the opposite."""
        only = names.one(query("CustomerQuery", metaData="MetaDataOnly"))
        both = names.one(query("CustomerQuery", metaData="MetaDataAndResponseData"))
        none = names.one(query("CustomerQuery"))

        assert (only.attribute("retCount"), only.records) == ("4", [])
        assert (both.attribute("retCount"), len(both.records)) == ("4", 4)
        assert none.attribute("retCount") is None


class TestWhatIsShown:
    def test_only_the_elements_listed(self, shop: Desk) -> None:
        """IncludeRetElement keeps nothing else, not even IDs."""
        shop.enter(sales_order("Blue Heron Cafe", line("BOLT-8", "1"), ref_number="SO-1"))
        body = tags(RefNumber="SO-1", IncludeLineItems="true")
        body += tags(IncludeRetElement="TxnID") + tags(IncludeRetElement="SalesOrderLineRet")
        shown = shop.one(query("SalesOrderQuery", body)).record

        assert [child.tag for child in shown] == ["TxnID", "SalesOrderLineRet"]

    def test_names_of_elements_are_exact(self, names: Desk) -> None:
        """A name in other case asks for nothing that exists."""
        reply = names.one(
            query("CustomerQuery", tags(MaxReturned="1", IncludeRetElement="fullname"))
        )

        assert list(reply.record) == []

    def test_an_add_can_be_trimmed_too(self, desk: Desk) -> None:
        """IncludeRetElement behind an Add trims its answer."""
        add = customer("Adder Works").replace(
            "</CustomerAdd>", "</CustomerAdd><IncludeRetElement>ListID</IncludeRetElement>"
        )

        assert [child.tag for child in desk.one(add).record] == ["ListID"]


class TestDirectoryQueries:
    def test_the_host_names_its_versions(self, desk: Desk) -> None:
        """All levels up to the company's own, lowest first."""
        desk.reset(qbxml_version="13.0")
        host = desk.one(query("HostQuery"), version="13.0")

        assert host.texts("SupportedQBXMLVersion")[-1] == "13.0"
        assert "14.0" not in host.texts("SupportedQBXMLVersion")
        assert host.text("QBFileMode") == "SingleUser"

    def test_preferences_of_features_that_are_off_are_absent(self, desk: Desk) -> None:
        """Without sales tax and time tracking their groups are not there."""
        on = {child.tag for child in desk.one(query("PreferencesQuery")).record}
        desk.prefer(sales_tax=False, time_tracking=False)
        off = {child.tag for child in desk.one(query("PreferencesQuery")).record}

        assert on - off == {"SalesTaxPreferences", "TimeTrackingPreferences"}

    def test_preferences_that_are_on_say_so(self, desk: Desk) -> None:
        """Multi-currency names the home currency, sites say that they are in use."""
        desk.reset(preferences={"multi_currency": True, "inventory_sites": True})
        shown = desk.one(query("PreferencesQuery"))

        assert shown.text("MultiCurrencyPreferences/IsMultiCurrencyOn") == "true"
        assert shown.text("MultiCurrencyPreferences/HomeCurrencyRef/FullName") == "US Dollar"
        assert (
            shown.text("MultiLocationInventoryPreferences/IsMultiLocationInventoryEnabled")
            == "true"
        )

    def test_the_host_tells_the_size_of_its_lists(self, desk: Desk) -> None:
        """IncludeListMetaData adds what each list can hold."""
        body = f"<IncludeListMetaData>{tags(IncludeMaxCapacity='true')}</IncludeListMetaData>"
        host = desk.one(query("HostQuery", body))

        assert int(host.text("ListMetaData/EntityMetaData/MaxCapacity") or 0) > 10_000

    def test_sites_are_an_empty_list(self, desk: Desk) -> None:
        """Without Advanced Inventory ItemSitesQuery finds nothing instead of failing."""
        assert desk.one(query("ItemSitesQuery")).code == 1


@settings(max_examples=20)
@given(size=st.integers(1, 12), count=st.integers(0, 25))
def test_pages_of_any_size_give_every_record_once(counter: Desk, size: int, count: int) -> None:
    """However many records and however large the pages, none is missed and none comes twice."""
    counter.reset()
    wanted = [f"Customer {number:03}" for number in range(count)]
    if wanted:
        counter.enter(*(customer(name) for name in reversed(wanted)))
    connection = counter.session()
    limit = tags(MaxReturned=str(size))
    reply = connection.ask(query("CustomerQuery", limit, iterator="Start"))[0]
    seen = reply.texts("FullName")
    while reply.attribute("iteratorRemainingCount") != "0":
        iterator = reply.attribute("iteratorID") or ""
        again = query("CustomerQuery", limit, iterator="Continue", iteratorID=iterator)
        reply = connection.ask(again)[0]
        seen += reply.texts("FullName")

    assert seen == wanted
