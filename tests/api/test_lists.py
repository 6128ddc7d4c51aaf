"""The lists of a connection over the JSON API."""

from __future__ import annotations

from tests.support.visitors import Visitor
from tests.support.world import World

ACCOUNTS = "/connections/Books/lists/accounts"


class TestLists:
    def test_pages_join_to_the_whole(self, reader: Visitor, calm: World) -> None:
        """Page by page by name: nothing is left out, and nothing comes twice."""
        whole = reader.get(ACCOUNTS, limit=1000)
        assert whole["next"] is None
        assert len(whole["rows"]) > 3
        rows, after = [], None
        while True:
            query = {"limit": 2} | ({} if after is None else {"after": after})
            page = reader.get(ACCOUNTS, **query)
            rows += page["rows"]
            after = page["next"]
            if after is None:
                break

        assert rows == whole["rows"]
        assert whole["read_at"] is not None

    def test_what_does_not_fit_is_told(self, reader: Visitor, calm: World) -> None:
        """404: no such connection or list; 409: a place that no page has told."""
        assert reader.ask("GET", "/connections/99/lists").status_code == 404
        assert reader.ask("GET", "/connections/Books/lists/colours").status_code == 404
        assert reader.ask("GET", ACCOUNTS, after="nowhere").status_code == 409

    def test_a_list_that_was_not_read_is_a_conflict(self, program: Visitor) -> None:
        """Not an empty page: its records are not known."""
        answer = program.ask("GET", ACCOUNTS)

        assert answer.status_code == 409
        assert "has not been read yet" in answer.json()["error"]["message"]
        lists = program.get("/connections/Books/lists")["lists"]
        assert "accounts" in {each["list"] for each in lists}
