"""``counterfoil inbox`` and ``cure``: the same cases and cures at the terminal."""

from __future__ import annotations

from tests.cli.conftest import Keyboard
from tests.support.world import World


class TestInbox:
    def test_what_needs_a_person_and_its_cure(self, world: World, at_hub: Keyboard) -> None:
        """The list names the case, its page the cures as commands, and a cure does what it says."""
        world.set("sales-order-out.create_missing_customers=false")
        world.orders(1)
        world.sync()
        (case,) = at_hub.read("inbox")["cases"]
        key = case["key"]
        assert key in at_hub.type("inbox").stdout
        shown = at_hub.type("inbox", key[:6]).stdout
        assert f"counterfoil cure {key} skip --answer REASON" in shown

        refused = at_hub.read("cure", key, "dance", code=2)["error"]["message"]
        assert "Choose one of" in refused
        told = at_hub.type("cure", key, "skip", "--answer", "By hand", "--yes").stdout
        assert "left out." in told
        assert "counterfoil uncure 1" in told
        assert at_hub.read("inbox") == {"cases": []}
        assert "Nothing needs you." in at_hub.type("inbox").stderr

    def test_taken_back_by_its_number(self, world: World, at_hub: Keyboard) -> None:
        """What was cured is listed, and taken back once; the second hears of the first."""
        world.set("sales-order-out.create_missing_customers=false")
        world.orders(1)
        world.sync()
        (case,) = at_hub.read("inbox")["cases"]
        assert "Nothing was cured" in at_hub.type("uncure").stderr
        at_hub.type("cure", case["key"], "skip", "--answer", "By hand", "--yes")
        assert "left out." in at_hub.type("uncure").stdout

        assert "looked at again" in at_hub.type("uncure", "1").stdout
        assert world.states() == {"SO-1": "ready"}
        assert "taken it back already" in at_hub.type("uncure", "1", code=2).stderr
        assert "There is no run 99" in at_hub.type("runs", "--stop", "99", code=2).stderr
