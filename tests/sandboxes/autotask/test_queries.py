"""The query language: what each operator finds, by type, and what is refused."""

from __future__ import annotations

import pytest

from tests.sandboxes.autotask.outside import Json, Outside, condition


@pytest.fixture
def shop(autotask: Outside) -> Outside:
    """Four products: id order is that of their names below."""
    for name, sku, cost in (
        ("Anvil", "A-1", 5.5),
        ("bolt", "A-2", 7.0),
        ("Bolt cutter", None, None),
        ("Crate", "", 9.25),
    ):
        autotask.product(name, sku=sku, unitCost=cost, isSerialized=name == "Crate")
    return autotask


def names(shop: Outside, *conditions: Json) -> str:
    """The first letters of what is found."""
    return " ".join(row["name"] for row in shop.find("Products", *conditions))


@pytest.mark.parametrize(
    "field, op, value, found",
    [
        ("name", "eq", "BOLT", "bolt"),
        ("name", "noteq", "bolt", "Anvil Bolt cutter Crate"),
        ("name", "beginsWith", "bo", "bolt Bolt cutter"),
        ("name", "endsWith", "T", "bolt"),
        ("name", "contains", "ol", "bolt Bolt cutter"),
        ("name", "gt", "bolt", "Bolt cutter Crate"),
        ("name", "in", ["anvil", "crate"], "Anvil Crate"),
        ("name", "notIn", ["anvil", "crate"], "bolt Bolt cutter"),
        ("unitCost", "gte", 7, "bolt Crate"),
        ("unitCost", "lt", 7, "Anvil"),
        ("unitCost", "lte", 7.0, "Anvil bolt"),
        ("isSerialized", "eq", True, "Crate"),
        ("sku", "exist", None, "Anvil bolt Crate"),
        ("sku", "notExist", None, "Bolt cutter"),
        ("sku", "noteq", "A-1", "bolt Crate"),
        ("createdTime", "gt", "2026-01-15T00:00:00Z", "Anvil bolt Bolt cutter Crate"),
        ("createdTime", "lt", "2026-01-15T10:29:59+01:00", ""),
    ],
)
def test_operators(shop: Outside, field: str, op: str, value: object, found: str) -> None:
    """Text is compared without heeding case; a null is found by notExist only."""
    assert names(shop, condition(field, op, value)) == found


def test_conditions_are_joined_and_grouped(shop: Outside) -> None:
    """The top level is joined by and; groups nest."""
    either: Json = {
        "op": "or",
        "items": [
            condition("name", "eq", "anvil"),
            {
                "op": "and",
                "items": [condition("unitCost", "gt", 8), condition("isActive", "exist")],
            },
        ],
    }

    assert names(shop, either) == "Anvil Crate"
    assert names(shop, either, condition("isSerialized", "eq", True)) == "Crate"


class TestTypes:
    @pytest.mark.parametrize("op, shape", [("eq", str), ("in", list), ("gt", str)])
    def test_a_text_finds_no_number(self, shop: Outside, op: str, shape: type) -> None:
        """An id as text is no error: it finds nothing, which a client takes for 'none'."""
        (first, *_) = shop.find("Products")
        value = [str(first["id"])] if shape is list else str(first["id"])

        assert names(shop, condition("id", op, value)) == ""
        shop.switch(text_finds_numbers=True)
        assert names(shop, condition("id", op, value)) != ""

    def test_a_text_that_meets_a_picklist_is_converted(self, autotask: Outside) -> None:
        """A number as text finds there; another text is the database's error."""
        vendor = autotask.vendor()
        found = autotask.find("Companies", condition("companyType", "eq", "7"))
        assert [row["id"] for row in found] == [vendor]

        asked = {"filter": [condition("companyType", "eq", "Vendor")]}
        assert autotask.refusal("POST", "Companies/query", asked) == [
            "Conversion failed when converting varchar 'Vendor' to data type int."
        ]

    def test_empty_text_is_no_null_unless_told_so(self, shop: Outside) -> None:
        """Whether notExist finds empty text is not known: a switch plays both."""
        shop.switch(not_exist_finds_empty=True)

        assert names(shop, condition("sku", "notExist")) == "Bolt cutter Crate"


@pytest.mark.parametrize(
    "asked, words",
    [
        ({}, "must hold a filter"),
        ({"filter": []}, "must hold a filter"),
        ([], "JSON object"),
        ({"filter": ["id"]}, "objects with op and field"),
        ({"filter": [{"op": "like", "field": "name", "value": "x"}]}, "'like' is none of"),
        ({"filter": [{"op": "eq", "field": "colour", "value": "x"}]}, "Unable to find colour"),
        ({"filter": [{"op": "eq", "field": "id", "value": None}]}, "cannot be compared"),
        ({"filter": [{"op": "in", "field": "id", "value": 5}]}, "must be an array"),
        ({"filter": [{"op": "or", "items": []}]}, "must hold items"),
        ({"filter": [{"op": "contains", "field": "id", "value": "5"}]}, "compares texts"),
        ({"filter": [{"op": "eq", "field": "isActive", "value": "yes"}]}, "Boolean"),
        ({"filter": [{"op": "eq", "field": "unitCost", "value": True}]}, "Conversion failed"),
        ({"filter": [{"op": "gt", "field": "createdTime", "value": "soon"}]}, "date and/or time"),
        ({"filter": [{"op": "eq", "field": "x", "value": 1, "udf": True}]}, "Unable to find x"),
        ({"filter": [{"op": "exist", "field": "id"}], "IncludeFields": ["x"]}, "find x"),
        ({"filter": [{"op": "exist", "field": "id"}], "IncludeFields": "id"}, "IncludeFields"),
    ],
)
def test_what_is_not_understood_is_refused(autotask: Outside, asked: object, words: str) -> None:
    """A query that makes no sense is HTTP 500 and says why."""
    assert words in autotask.refusal("POST", "Products/query", asked)[0]


class TestPages:
    def test_only_the_fields_asked_for_are_shown(self, shop: Outside) -> None:
        """IncludeFields limits the answer, and must hold id where there is a next page."""
        asked = {"IncludeFields": ["name"], "MaxRecords": 4}
        assert shop.find("Products", **asked)[0] == {"name": "Anvil"}

        words = shop.refusal(
            "POST", "Products/query", {"filter": [condition("id")], **asked, "MaxRecords": 3}
        )
        assert "must contain id" in words[0]

    def test_pages_lead_there_and_back(self, shop: Outside) -> None:
        """Each page names the next and the previous one."""
        body = {"filter": [condition("id")], "MaxRecords": 1}
        pages = [shop.post("Products/query", body)]
        while pages[-1]["pageDetails"]["nextPageUrl"]:
            pages.append(shop.post(pages[-1]["pageDetails"]["nextPageUrl"], body))

        assert [page["items"][0]["name"] for page in pages] == [
            "Anvil",
            "bolt",
            "Bolt cutter",
            "Crate",
        ]
        before = shop.post(pages[-1]["pageDetails"]["prevPageUrl"], body)
        assert before["items"] == pages[2]["items"]
        assert pages[0]["pageDetails"]["prevPageUrl"] is None

    def test_a_record_made_meanwhile_appears_and_a_gone_one_does_not(self, shop: Outside) -> None:
        """Pages go by id: what comes later is on a later page."""
        body = {"filter": [condition("id")], "MaxRecords": 3}
        first = shop.post("Products/query", body)
        shop.product("Drum")
        shop.tenant("DELETE", f"records/Products/{first['items'][0]['id']}")

        second = shop.post(first["pageDetails"]["nextPageUrl"], body)

        assert [row["name"] for row in second["items"]] == ["Crate", "Drum"]

    def test_nonsense_for_a_page_is_refused(self, shop: Outside) -> None:
        """A paging value that nobody made is an error."""
        body = {"filter": [condition("id")]}

        assert shop.refusal("POST", "Products/query/next?paging=x", body) == [
            "The paging information is invalid."
        ]

    def test_a_get_query_counts_too(self, shop: Outside) -> None:
        """The search parameter is the same query."""
        search = '{"filter":[{"op":"eq","field":"name","value":"bolt"}]}'

        assert shop.get(f"Products/query/count?search={search}") == {"queryCount": 1}
        assert shop.get(f"Products/query?search={search}")["items"][0]["sku"] == "A-2"
