"""Whatever a request says, it is answered with what is wrong with it, never with our mistake."""

from __future__ import annotations

import re

import pytest

from counterfoil.hub.setup import Configuration, Hub
from tests.cli.test_failures import LIBRARY
from tests.support.visitors import NEIGHBOUR, Visitor

HERE = "http://localhost:8080"


@pytest.fixture
def visitor(new_hub: Hub) -> Visitor:
    """Somebody at the hub's own computer, with a token."""
    return Visitor(new_hub, client=NEIGHBOUR, base_url=HERE).sign_in(new_hub)


def test_no_header_breaks_a_page(new_hub: Hub) -> None:
    """A Host or Origin that is no address is nobody's: such a page is not shown."""
    visitor = Visitor(new_hub, client=NEIGHBOUR, base_url=HERE)
    assert visitor.http.get("/").status_code == 200
    for host in ("[", "[::1", "]", "a:b:c", "localhost:99999999", "\xff", "[v1.x]", "//", "@", "%"):
        headers = {b"Host": host.encode("latin-1")}
        assert visitor.http.get("/", headers=headers).status_code in (200, 303), host
        origin = {b"Origin": b"http://" + host.encode("latin-1")}
        assert visitor.http.post("/login", headers=origin).status_code == 403, host
    assert visitor.http.post("/login", headers={"Origin": HERE}).status_code == 401


def test_no_address_breaks_the_api(visitor: Visitor) -> None:
    """Numbers that nothing holds name nothing, and a NUL is told."""
    huge = str(2**70)
    for path in (f"/transfers/{huge}", f"/connections/{huge}", f"/links/{huge}", "/links/-1"):
        assert visitor.ask("GET", path).status_code in (400, 404), path
    for path in ("/links/a%00b", "/transfers?link=%00"):
        assert visitor.http.get(f"/api/v1{path}").status_code == 400, path


@pytest.mark.parametrize(
    "public_url, is_trusted, status",
    [
        ("http://localhost:8080", True, 200),
        ("http://[::1]:8080", True, 200),
        ("http://localhost:8080", False, 303),
        ("https://hub.example", True, 303),
        ("http://[", True, 303),
    ],
)
def test_this_computer_is_trusted_only_where_that_was_said(
    new_hub: Hub, public_url: str, is_trusted: bool, status: int
) -> None:
    """And never by a hub that other computers reach: its proxy is this computer, too."""
    new_hub.configuration = Configuration(
        database_url=new_hub.configuration.database_url,
        public_url=public_url,
        trust_this_computer=is_trusted,
    )

    found = Visitor(new_hub, client=NEIGHBOUR, base_url=HERE).http.get("/")

    assert found.status_code == status


@pytest.mark.parametrize(
    "body, said",
    [
        (b'{"system": "quickbooks-desktop", "name": "A\\u0007B"}', "control character"),
        (b'{"system": "quickbooks-desktop", "name": "A\\u0000B"}', "“name”"),
        (b'{"system": "quickbooks-desktop", "name": "A\\ud800B"}', "“name”"),
        (b'{"system": "abacus", "name": "A"}', "body.system has to be one of"),
    ],
)
def test_what_nobody_could_keep_is_told(visitor: Visitor, body: bytes, said: str) -> None:
    """Nothing is saved; the field is named, wherever in the body it stands."""
    json = {"Content-Type": "application/json"}
    answer = visitor.http.post("/api/v1/connections", content=body, headers=json)

    assert answer.status_code == 400
    assert said in answer.json()["error"]["message"]


def test_a_parameter_nobody_knows_is_told(visitor: Visitor) -> None:
    """A misspelt one would change nothing, and more would be answered than was asked for."""
    answer = visitor.ask("GET", "/transfers", stat="held")

    assert answer.status_code == 400
    assert "query.stat is not known here" in answer.json()["error"]["message"]


def test_a_parameter_given_twice_is_told(visitor: Visitor) -> None:
    """Only one of the two would count, whichever was meant; what takes several is as it was."""
    answer = visitor.http.get("/api/v1/transfers?limit=5&limit=7")

    assert answer.status_code == 400
    assert "query.limit is given 2 times; give it once" in answer.json()["error"]["message"]
    assert visitor.http.get("/api/v1/transfers?state=held&state=done").is_success


def test_words_are_taken_as_people_type_them(visitor: Visitor) -> None:
    """In capitals, or with other dashes; any other is told with those there are."""
    assert visitor.ask("GET", "/transfers", flow="SALES_ORDER_OUT", state="Held").is_success
    answer = visitor.ask("GET", "/transfers", state="dreaming")
    assert "query.state" in answer.json()["error"]["message"]
    assert "'held'" in answer.json()["error"]["message"]


def test_the_document_declares_what_comes(visitor: Visitor) -> None:
    """What does not fit is a 400 of ours, so no 422 is told of, in the served document either."""
    document = visitor.http.get("/api/openapi.json").json()
    for methods in document["paths"].values():
        for operation in methods.values():
            assert operation["description"]
            assert {"400", "401", "403", "413", "429", "500", "503"} <= set(operation["responses"])
            assert "422" not in operation["responses"]
    assert "HTTPValidationError" not in document["components"]["schemas"]


def test_what_is_too_large_is_told_in_the_one_shape(visitor: Visitor) -> None:
    """A body over the limit is a 413 with a sentence, like every failure."""
    answer = visitor.http.post("/api/v1/transfers/skip", content=b" " * (2 * 2**20 + 1))

    assert (answer.status_code, answer.json()["error"]["kind"]) == (413, "too-large")


def test_a_method_that_is_not_taken_is_told_with_one_that_is(visitor: Visitor) -> None:
    """405 carries ``Allow``."""
    answer = visitor.ask("PUT", "/links/1/settings")

    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]


def test_every_method_of_an_address_is_named(visitor: Visitor) -> None:
    """An address of several operations names the methods of all, not of the first alone."""
    answer = visitor.ask("PUT", "/connections/1")

    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, PATCH"


# Any text may be looked for, and finds something or nothing.
_SEARCHED = frozenset({"cause", "find", "number"})


def test_what_is_wrong_with_a_parameter_is_told_in_our_words(visitor: Visitor) -> None:
    """Of every parameter of every address: 400 or 404 with the parameter's name or the value."""
    paths = visitor.http.get("/api/openapi.json").json()["paths"]
    seen = 0
    for path, operations in paths.items():
        for each in operations.get("get", {}).get("parameters", []):
            if each["in"] != "query" or each["name"] in _SEARCHED:
                continue
            address = re.sub(r"{(link|connection)}", "1", path).replace("{list}", "items")
            answer = visitor.http.get(address, params={each["name"]: "-1 nonsense"})
            assert answer.status_code in (400, 404), (path, each["name"], answer.text[:99])
            told = answer.json()["error"]["message"]
            seen += 1

            assert not LIBRARY.search(told), (path, each["name"], told)
    assert seen > 10
