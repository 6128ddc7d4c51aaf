"""“Edit and resend” in pages: the form, what differs, the press, and the way back."""

from __future__ import annotations

import html
import re

import pytest

from counterfoil.hub import desk
from counterfoil.hub.scopes import Scope
from tests.console.test_inbox import SAME_SITE, case_of, press, told, with_scope
from tests.sandboxes.quickbooks_desktop.desk import customer
from tests.support.visitors import Visitor
from tests.support.world import ACTOR, World


@pytest.fixture
def stopped(world: World) -> int:
    """An order for a customer that the books do not have."""
    world.set("sales-order-out.create_missing_customers=false")
    world.enter_books(customer("PICNIC"))
    world.order("SO-1", "PICNIC-LTD", "2 BOLT 1.50")
    world.sync()
    return world.row("SO-1").id


def owner(world: World) -> Visitor:
    """Somebody who may do everything."""
    return Visitor(world.hub).sign_in(world.hub, "Mara")


class TestForm:
    def test_from_the_inbox_to_the_form(self, world: World, stopped: int) -> None:
        """“Edit and resend” leads to the form, filled with what the document says now."""
        visitor = owner(world)
        answer = press(visitor, case_of(world), "edit")
        assert answer.headers["location"] == f"/transfers/{stopped}/correct"
        text = visitor.http.get(answer.headers["location"]).text

        assert 'name="say-customer" type="text" value="PICNIC-LTD"' in text
        assert "Line 1: item" in text
        assert "Uncorrected: PICNIC-LTD" in text
        assert "Corrected: " not in text
        assert "Operations says" not in text, "settings say what goes, too: no date, or today's"
        assert "Quantity" not in text.replace("Quantities and amounts", "")

    def test_records_are_offered_as_somebody_types(self, world: World, stopped: int) -> None:
        """The list below a field holds the active records with that text in their names."""
        way = f"/transfers/{stopped}/correct/search?key=customer&mark=names-1&say-customer=pic"
        assert '<option value="PICNIC">' in owner(world).http.get(way).text

    @pytest.mark.parametrize("path", ["", "/search?key=customer"])
    def test_whoever_may_only_look_corrects_nothing(
        self, world: World, stopped: int, path: str
    ) -> None:
        """The form is for whoever may operate."""
        reader = with_scope(world, Scope.READ)
        assert reader.http.get(f"/transfers/{stopped}/correct{path}").status_code == 403

    def test_what_arrived_is_not_corrected(self, world: World) -> None:
        """The page says why, and has no form."""
        world.orders(1)
        world.sync()
        page = owner(world).http.get(f"/transfers/{world.row('SO-1').id}/correct").text

        assert "It is done" in page
        assert "say-memo" not in page


class TestPress:
    def test_told_first_then_sent(self, world: World, stopped: int) -> None:
        """What differs is shown; only then it is kept, and goes."""
        visitor, way = owner(world), f"/transfers/{stopped}/correct"
        form = {"say-customer": "picnic", "say-memo": "By hand", "version": ""}
        check = visitor.http.post(way, data=form, headers=SAME_SITE).text
        assert "<td>PICNIC-LTD</td><td>PICNIC</td>" in check
        assert desk.details(world.hub, stopped)["audit"] == []

        form |= {"agreed": "yes", "then": "send"}
        visitor.http.post(way, data=form, headers=SAME_SITE)
        assert "the customer “PICNIC”" in told(visitor)
        world.settle()
        (booked,) = world.booked()
        assert (booked["CustomerRef"]["FullName"], booked["Memo"]) == ("PICNIC", "By hand")
        page = visitor.http.get(f"/transfers/{stopped}").text
        assert "A person corrected what it says. It bears the customer “PICNIC”" in page

    def test_a_fault_keeps_what_was_typed(self, world: World, stopped: int) -> None:
        """What is wrong stands beside its field, and everything typed is still there."""
        form = {"say-customer": "NOBODY", "say-memo": "Kept"}
        way = f"/transfers/{stopped}/correct"
        answer = owner(world).http.post(way, data=form, headers=SAME_SITE)

        assert answer.status_code == 400
        text = html.unescape(answer.text)
        assert "has no customer “NOBODY”" in text
        assert 'value="NOBODY"' in text
        assert ">Kept</textarea>" in text

    def test_the_way_back(self, world: World, stopped: int) -> None:
        """Undo on the page that comes next lets it say what it said before."""
        visitor, way = owner(world), f"/transfers/{stopped}/correct"
        form = {"say-memo": "By hand", "agreed": "yes", "then": "keep"}
        visitor.http.post(way, data=form, headers=SAME_SITE)
        page = visitor.http.get("/inbox").text
        fields = dict(re.findall(r'type="hidden" name="(made|before)" value="([^"]*)"', page))
        undo = {name: html.unescape(text) for name, text in fields.items()}
        visitor.http.post(f"{way}/undo", data=undo, headers=SAME_SITE)

        memo = next(each for each in desk.editable(world.hub, stopped).fields if each.key == "memo")
        assert memo.value == ""

    def test_a_made_up_way_back_does_nothing(self, world: World, stopped: int) -> None:
        """What no page of ours made is told so."""
        visitor, way = owner(world), f"/transfers/{stopped}/correct/undo"
        visitor.http.post(way, data={"made": "[]", "before": "1"}, headers=SAME_SITE)
        assert "cannot be taken back from here" in told(visitor)

    def test_the_second_hears_of_the_first(self, world: World, stopped: int) -> None:
        """Of two who correct one document the second is told, and changes nothing."""
        version = desk.editable(world.hub, stopped).version
        desk.edit(world.hub, stopped, {"memo": "First"}, ACTOR)
        visitor = owner(world)
        form = {"say-memo": "Second", "agreed": "yes", "version": str(version)}
        visitor.http.post(f"/transfers/{stopped}/correct", data=form, headers=SAME_SITE)

        assert "It has moved since you looked" in told(visitor)
