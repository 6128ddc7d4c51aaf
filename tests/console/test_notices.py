"""Who is told, on its pages: rules with their hours, a trial, a switch, and what was told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from counterfoil.hub import notice_rules
from tests.support.visitors import Visitor
from tests.support.world import World

SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
HOOK = "https://hooks.example.com/secret-not-real"
FORM = {"name": "night", "channel": "email", "place": "a@acme.example", "way": "each"}


@pytest.fixture
def owner(calm: World) -> Iterator[Visitor]:
    """Somebody who may administer, at a hub with a mail server and without a rule."""
    before = calm.hub.configuration
    calm.hub.configuration = replace(
        before, smtp_url="smtp://127.0.0.1:9", mail_from="hub@acme.example"
    )
    yield Visitor(calm.hub).sign_in(calm.hub)
    for rule in notice_rules.all_rules(calm.hub):
        notice_rules.remove(calm.hub, str(rule.id), "tests")
    calm.hub.configuration = before


def post(owner: Visitor, path: str, form: dict[str, object] | None = None) -> tuple[int, str]:
    """Send a form; gives the status, and where it leads or what it says."""
    answer = owner.http.post(f"/admin/notices/{path}", data=form or {}, headers=SAME_SITE)
    return answer.status_code, answer.headers.get("location", answer.text)


def test_a_rule_from_first_to_last(owner: Visitor, calm: World) -> None:
    """Made with its hours, shown as it is, changed, switched off and on, and taken away."""
    assert "Nobody is told yet" in owner.http.get("/admin/notices").text
    hours = {
        "quiet_days_0": ["mon", "tue"],
        "quiet_from_0": "18:00",
        "quiet_to_0": "07:00",
        "causes": ["refused", "connection"],
        "urgent": ["connection"],
    }
    assert post(owner, "new", {**FORM, **hours}) == (303, "/admin/notices")
    assert post(owner, "new", {**FORM, **hours}) == (303, "/admin/notices"), "a double click"
    (rule,) = notice_rules.all_rules(calm.hub)
    assert rule.quiet == ("mon,tue 18:00-07:00",)
    assert (rule.causes, rule.urgent) == (("refused", "connection"), ("connection",))
    assert "Mon, Tue 18:00 to 07:00" in owner.http.get("/admin/notices").text
    shown = owner.http.get(f"/admin/notices/{rule.id}").text
    assert 'value="18:00"' in shown
    assert 'value="a@acme.example"' in shown

    digest = {"way": "digest", "digest_at": "08:00", "digest_day": "friday", "link": str(calm.link)}
    assert post(owner, str(rule.id), {**FORM, **digest})[0] == 303
    (changed,) = notice_rules.all_rules(calm.hub)
    assert (changed.digest, changed.quiet, changed.link) == ("friday@08:00", (), calm.link)
    assert "every Friday at 08:00" in owner.http.get("/admin/notices").text

    assert post(owner, f"{rule.id}/off")[0] == 303
    assert "Undo" in owner.http.get("/admin/notices").text
    assert not notice_rules.all_rules(calm.hub)[0].is_on
    assert post(owner, f"{rule.id}/on")[0] == 303
    assert "not told by" in owner.http.get(f"/admin/notices/{rule.id}/remove").text
    assert post(owner, f"{rule.id}/remove")[0] == 303
    assert notice_rules.all_rules(calm.hub) == []
    assert owner.http.get(f"/admin/notices/{rule.id}").status_code == 404


def test_the_rules_are_exported(owner: Visitor) -> None:
    """As the page tells them: several causes in one cell, and no secret."""
    post(owner, "new", {**FORM, "causes": ["refused", "connection"]})
    header, row = owner.http.get("/admin/notices/export?format=csv").text.splitlines()

    assert header.startswith("id,name,link")
    assert "refused; connection" in row
    assert owner.http.get("/admin/notices/export?format=xlsx").content.startswith(b"PK")


def test_a_secret_address_is_not_shown_again(owner: Visitor, calm: World) -> None:
    """A webhook's is sealed: its host is shown, and an empty field keeps it."""
    post(owner, "new", {**FORM, "channel": "webhook", "place": HOOK})
    (rule,) = notice_rules.all_rules(calm.hub)
    assert "secret-not-real" not in owner.http.get(f"/admin/notices/{rule.id}").text
    assert post(owner, str(rule.id), {"name": "hook", "place": "", "way": "each"})[0] == 303
    (kept,) = notice_rules.all_rules(calm.hub)

    assert (kept.name, kept.place) == ("hook", "hooks.example.com")


def test_a_secret_address_does_not_come_back_with_a_slip(owner: Visitor, calm: World) -> None:
    """Neither of a new rule nor of one that is changed; that it has to be typed again is said."""
    slip: dict[str, object] = {**FORM, "channel": "webhook", "place": HOOK, "link": "77"}
    first = post(owner, "new", slip)
    post(owner, "new", {**slip, "link": ""})
    rule = notice_rules.all_rules(calm.hub)[-1]
    for status, text in (first, post(owner, str(rule.id), slip)):
        assert status == 400
        assert "secret-not-real" not in text
        assert "Type the address once more" in text
    notice_rules.remove(calm.hub, str(rule.id), "tests")


def test_a_trial_that_fails_says_why(owner: Visitor, calm: World) -> None:
    """What the mail server says is told on the page that comes next."""
    post(owner, "new", dict(FORM))
    (rule,) = notice_rules.all_rules(calm.hub)
    assert post(owner, f"{rule.id}/test") == (303, "/admin/notices")

    assert "The trial did not arrive." in owner.http.get("/admin/notices").text


@pytest.mark.parametrize(
    "change, field",
    [
        ({"name": " "}, "name"),
        ({"place": ""}, "place"),
        ({"place": "nobody"}, "place"),
        ({"channel": "webhook", "place": "http://elsewhere.example"}, "place"),
        ({"link": "77"}, "link"),
        ({"quiet_from_1": "18:00"}, "quiet_1"),
        ({"way": "digest", "digest_at": "soon"}, "digest_at"),
    ],
)
def test_what_does_not_fit(owner: Visitor, change: dict[str, object], field: str) -> None:
    """It is told beside its field, and everything typed stays."""
    status, text = post(owner, "new", {**FORM, "name": "night shift", **change})

    assert status == 400
    assert f'id="wrong-{field}"' in text
    assert "night shift" in text or "name" in change


def test_what_was_told_is_a_list(owner: Visitor) -> None:
    """It says that nothing was yet, and can be had as a file."""
    assert "Nothing has been told yet" in owner.http.get("/admin/notices/told?rule=nobody").text
    answer = owner.http.get("/admin/notices/told", params={"format": "csv"})
    assert answer.text.startswith("id,")
