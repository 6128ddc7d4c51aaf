"""Several people on one company file, over the API."""

from __future__ import annotations

from counterfoil.hub.setup import Hub
from tests.support.visitors import Visitor


def test_from_added_to_removed(new_hub: Hub) -> None:
    """W13: somebody is added, has a file and a password, is listed, renewed and removed."""
    program = Visitor(new_hub).sign_in(new_hub)
    books = {"system": "quickbooks-desktop", "name": "Books"}
    path = f"/connections/{program.post('/connections', books, status=201)['id']}/people"

    made = program.post(path, {"name": "Anna", "company_file": "D:\\acme.qbw"}, status=201)
    [listed] = program.get(path)["people"]
    file = program.ask("GET", f"{path}/Anna/qwc")
    fresh = program.post(f"{path}/{made['id']}/password", {"grace_minutes": 60})

    assert made["password"] not in program.ask("GET", path).text
    assert (listed["name"], listed["company_file"]) == ("Anna", "D:\\acme.qbw")
    assert made["username"] in file.text
    assert fresh["username"] == made["username"]
    assert fresh["password"] != made["password"]
    assert "Anna" in program.get(f"{path}/anna/leaves")["leaves"][0]
    assert program.post(f"{path}/anna/remove") == {"people": []}


def test_what_is_not_there_or_taken(new_hub: Hub) -> None:
    """Nobody of that name is 404; a name that is taken is 409; both say so in words."""
    program = Visitor(new_hub).sign_in(new_hub)
    books = {"system": "quickbooks-desktop", "name": "Books"}
    path = f"/connections/{program.post('/connections', books, status=201)['id']}/people"
    program.post(path, {"name": "Anna"}, status=201)

    assert "1 (Anna)" in program.post(f"{path}/Ben/remove", status=404)["error"]["message"]
    assert "already" in program.post(path, {"name": "anna"}, status=409)["error"]["message"]
