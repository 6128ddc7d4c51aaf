"""Who uses the console: added, invited, changed, and never nobody who administers."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait

import pytest

from counterfoil.errors import UsageError
from counterfoil.hub import users
from counterfoil.hub.setup import Hub
from counterfoil.hub.users import LINK_LIFE, Role, Stage, State
from counterfoil.ledger import audits
from counterfoil.ledger import users as kept_users
from counterfoil.ledger.audits import Line
from tests.hub.users.conftest import HERE, PASSWORD, Watch, joined, login_of, with_second_factor
from tests.support.mail import mail_server


def lines(hub: Hub) -> list[Line]:
    """The audit, oldest first."""
    with hub.database.reading() as tx:
        return [*audits.lines(tx, limit=100)][::-1]


class TestFirstAdministrator:
    def test_the_setup_code_makes_one_once(self, either_hub: Hub) -> None:
        """With the code an owner is made and signed in; the code then opens nothing more."""
        code = users.new_setup_code(either_hub)
        assert code is not None
        typed = f" {code.upper().replace('-', ' ')} "
        cookie = users.first_owner(
            either_hub, "Mara@Bakery.example", "Mara Quill", PASSWORD, HERE, code=typed
        )
        signed_in = users.in_session(either_hub, cookie)

        assert signed_in is not None
        assert (signed_in.user.login, signed_in.user.role) == ("mara@bakery.example", Role.OWNER)
        with pytest.raises(UsageError, match="administrator already"):
            users.first_owner(either_hub, "eve@x.example", "Eve", PASSWORD, HERE, code=code)
        assert users.new_setup_code(either_hub) is None

    @pytest.mark.parametrize("code", ["", "abcd-efgh-jkmn-pqrs"])
    def test_without_it_nobody_is_made(self, hub: Hub, code: str) -> None:
        """Whoever merely reaches a fresh hub does not get it, and is slowed down."""
        users.new_setup_code(hub)
        for _ in range(5):
            with pytest.raises(UsageError, match="not the setup code"):
                users.first_owner(hub, "eve@x.example", "Eve", PASSWORD, HERE, code=code)
        with pytest.raises(UsageError, match="Too many setup codes"):
            users.first_owner(hub, "eve@x.example", "Eve", PASSWORD, HERE, code=code)

        assert users.all_users(hub) == []

    def test_a_code_that_was_never_made_opens_nothing(self, hub: Hub) -> None:
        """Without a code in the ledger every code is wrong, the empty one too."""
        with pytest.raises(UsageError, match="not the setup code"):
            users.first_owner(hub, "eve@x.example", "Eve", PASSWORD, HERE, code="")

    @pytest.mark.parametrize("way", ["newer", "over"])
    def test_a_code_ends(self, hub: Hub, way: str) -> None:
        """By one that is made in its place, and by itself after a week."""
        old = users.new_setup_code(hub)
        if way == "newer":
            users.new_setup_code(hub)
        else:
            late = hub.now() + users.SETUP_CODE_LIFE
            hub.now = lambda: late

        with pytest.raises(UsageError, match="or it has ended"):
            users.first_owner(hub, "eve@x.example", "Eve", PASSWORD, HERE, code=old)

    def test_the_codes_of_all_processes_open_once(self, either_hub: Hub) -> None:
        """Each that serves the hub tells its own; whichever is used, the others open nothing more."""
        first, second = (users.new_setup_code(either_hub, beside_others=True) for _ in range(2))
        users.first_owner(either_hub, "mara@x.example", "Mara", PASSWORD, HERE, code=first)
        with either_hub.database.writing() as tx:
            assert not kept_users.take_setup_code(
                tx, str(second).replace("-", ""), either_hub.now()
            )

    def test_of_two_codes_at_once_one_opens(self, either_hub: Hub) -> None:
        """Whoever comes with another code meanwhile waits, and finds it ended."""
        codes = [
            str(users.new_setup_code(either_hub, beside_others=True)).replace("-", "")
            for _ in range(2)
        ]

        def take(code: str) -> bool:
            with either_hub.database.writing() as tx:
                return kept_users.take_setup_code(tx, code, either_hub.now())

        with ThreadPoolExecutor(1) as other:
            with either_hub.database.writing() as tx:
                first = kept_users.take_setup_code(tx, codes[0], either_hub.now())
                second = other.submit(take, codes[1])
                assert not wait([second], timeout=0.1).done
            assert (first, second.result()) == (True, False)


class TestInvitations:
    def test_whoever_is_invited_chooses_a_password(self, either_hub: Hub) -> None:
        """The link opens once, signs them in, and they sign in with the password from then on."""
        invited = users.invite(either_hub, login_of("Ines"), "Ines", Role.OPERATOR, "Mara")
        assert invited.user.state is State.INVITED
        cookie, stage = users.join(either_hub, invited.key, PASSWORD, HERE)

        assert stage is Stage.OPEN
        assert users.in_session(either_hub, cookie) is not None
        with pytest.raises(UsageError, match="opens nothing"):
            users.join(either_hub, invited.key, PASSWORD, HERE)
        users.sign_in(either_hub, login_of("Ines"), PASSWORD, HERE)
        [shown] = users.all_users(either_hub)
        assert (shown.state, shown.link_until) == (State.ACTIVE, None)

    def test_a_password_that_cannot_be_chosen_leaves_the_link_good(self, hub: Hub) -> None:
        """Nothing is used up by a slip."""
        invited = users.invite(hub, login_of("Ines"), "Ines", Role.OPERATOR, "Mara")
        with pytest.raises(users.PasswordProblemError):
            users.join(hub, invited.key, "short", HERE)

        users.join(hub, invited.key, PASSWORD, HERE)

    def test_of_two_at_once_one_uses_a_link(self, either_hub: Hub) -> None:
        """Whoever comes while another is just choosing a password waits, and finds it used."""
        key = users.invite(either_hub, login_of("Ines"), "Ines", Role.VIEWER, "Mara").key

        def take() -> object:
            with either_hub.database.writing() as tx:
                return kept_users.take_link(tx, key, either_hub.now())

        with ThreadPoolExecutor(1) as other:
            with either_hub.database.writing() as tx:
                first = kept_users.take_link(tx, key, either_hub.now())
                second = other.submit(take)
                assert not wait([second], timeout=0.1).done
            assert (first is not None, second.result()) == (True, None)

    @pytest.mark.parametrize(
        "way", ["over", "renewed", "revoked", "off", "removed", "address", "made up"]
    )
    def test_a_link_ends(self, hub: Hub, watch: Watch, way: str) -> None:
        """After a week, by a newer one, when it is taken back, with the person or their address."""
        joined(hub, "Mara")
        invited = users.invite(hub, login_of("Ines"), "Ines", Role.VIEWER, "Mara")
        key, ines = invited.key, invited.user.id
        match way:
            case "over":
                watch.moment += LINK_LIFE
            case "renewed":
                users.make_link(hub, ines, "Mara")
            case "revoked":
                assert users.revoke_link(hub, ines, "Mara")
                assert not users.revoke_link(hub, ines, "Mara")
            case "off":
                users.switch_off(hub, ines, "Mara")
            case "removed":
                users.remove(hub, ines, "Mara")
            case "address":
                users.change(hub, ines, "Mara", login=login_of("Inez"))
            case _:
                key = "made up"

        with pytest.raises(UsageError, match="opens nothing"):
            users.join(hub, key, PASSWORD, HERE)

    def test_a_link_for_a_new_password_keeps_the_second_factor(
        self, hub: Hub, watch: Watch
    ) -> None:
        """Whoever finds the link still needs the app; other browsers are signed out."""
        mara = joined(hub, "Mara")
        with_second_factor(hub, mara, watch())
        before = users.sign_in(hub, mara.login, PASSWORD, HERE).cookie
        key = users.make_link(hub, mara.id, "Ines").key
        _cookie, stage = users.join(hub, key, "another plum 12 orbit", HERE)

        assert stage is Stage.CODE
        assert users.in_session(hub, before) is None

    def test_it_is_mailed_where_a_server_is_set(self, hub: Hub) -> None:
        """The mail says who invites and holds the link; the page shows it all the same."""
        with mail_server() as (box, port):
            hub.configuration = dataclasses.replace(
                hub.configuration,
                smtp_url=f"smtp://127.0.0.1:{port}",
                mail_from="hub@bakery.example",
            )
            made = users.invite(hub, login_of("Ines"), "Ines", Role.VIEWER, "Mara")

        assert made.was_mailed
        assert made.told == f"It was mailed to {login_of('Ines')}."
        [text] = box.texts()
        assert "Mara invites you" in text
        assert users.way_to_join(hub, made.key) in text

    def test_a_mail_that_does_not_leave_is_told(self, hub: Hub) -> None:
        """The invitation stands, and the link can be handed over otherwise."""
        hub.configuration = dataclasses.replace(
            hub.configuration, smtp_url="smtp://u:p@127.0.0.1:1", mail_from="hub@bakery.example"
        )
        made = users.invite(hub, login_of("Ines"), "Ines", Role.VIEWER, "Mara")

        assert not made.was_mailed
        assert "could not be mailed" in str(made.told)


class TestChanging:
    @pytest.mark.parametrize(
        "login, name",
        [
            ("no address", "Ines"),
            ("", "Ines"),
            ("ines@bakery.example", ""),
            ("ines@bakery.example", "x" * 101),
            ("ines@bakery.example", "Counterfoil"),
            ("ines@bakery.example", "reports (token)"),
            ("MARA@bakery.example", "Ines"),
            ("ines@bakery.example", " mara "),
        ],
    )
    def test_names_and_addresses_tell_people_apart(self, hub: Hub, login: str, name: str) -> None:
        """Nobody is added under what is none, is somebody else's, or means another in the audit."""
        joined(hub, "Mara")

        with pytest.raises(UsageError):
            users.add(hub, login, name, Role.VIEWER, "tests")

    @pytest.mark.parametrize("what", ["demote", "off", "remove"])
    def test_the_last_owner_stays(self, either_hub: Hub, what: str) -> None:
        """Neither an invited owner nor one who is switched off can take the place."""
        mara = joined(either_hub, "Mara")
        users.invite(either_hub, login_of("Ines"), "Ines", Role.OWNER, "Mara")
        jo = joined(either_hub, "Jo")
        users.switch_off(either_hub, jo.id, "Mara")
        change: Callable[[], object] = {
            "demote": lambda: users.change(either_hub, mara.id, "Mara", role=Role.VIEWER),
            "off": lambda: users.switch_off(either_hub, mara.id, "Mara"),
            "remove": lambda: users.remove(either_hub, mara.id, "Mara"),
        }[what]

        with pytest.raises(UsageError, match="only owner"):
            change()
        users.switch_on(either_hub, jo.id, "Mara")
        change()

    def test_a_role_holds_at_once(self, hub: Hub) -> None:
        """Whoever is signed in may no more than their role, from the next request on."""
        joined(hub, "Mara")
        ines = joined(hub, "Ines", Role.OPERATOR)
        cookie = users.sign_in(hub, ines.login, PASSWORD, HERE).cookie
        users.change(hub, ines.id, "Mara", role=Role.VIEWER)
        signed_in = users.in_session(hub, cookie)

        assert signed_in is not None
        assert users.scope_of_role(signed_in.user.role) == "read"

    @pytest.mark.parametrize("way", ["off", "remove"])
    def test_whoever_is_out_is_signed_out(self, hub: Hub, way: str) -> None:
        """Their cookie opens nothing, and their password neither."""
        joined(hub, "Mara")
        ines = joined(hub, "Ines", Role.OPERATOR)
        cookie = users.sign_in(hub, ines.login, PASSWORD, HERE).cookie
        (users.switch_off if way == "off" else users.remove)(hub, ines.id, "Mara")

        assert users.in_session(hub, cookie) is None
        with pytest.raises(users.NotLetInError):
            users.sign_in(hub, ines.login, PASSWORD, HERE)

    def test_a_number_is_never_given_twice(self, hub: Hub) -> None:
        """What the audit says of somebody who is gone is said of nobody else."""
        joined(hub, "Mara")
        gone = joined(hub, "Ines", Role.VIEWER)
        users.remove(hub, gone.id, "Mara")

        assert joined(hub, "Jo").id > gone.id

    def test_everything_is_in_the_audit_with_before_and_after(self, hub: Hub) -> None:
        """Who did it, to whom, what it was and what it is; never a password."""
        joined(hub, "Mara")
        ines = joined(hub, "Ines", Role.VIEWER)
        users.change(hub, ines.id, "Mara", role=Role.OPERATOR, name="Ines Vega")
        users.change(hub, ines.id, "Mara", role=Role.OPERATOR, name="Ines Vega")
        found = lines(hub)

        assert [each.action for each in found].count("user changed") == 1
        [changed] = [each for each in found if each.action == "user changed"]
        assert (changed.actor, changed.subject) == ("Mara", f"user/{ines.id}")
        assert changed.before == {"name": "Ines", "role": "viewer"}
        assert changed.after == {"name": "Ines Vega", "role": "operator"}
        assert PASSWORD not in str(found)

    def test_people_are_found_by_what_they_are_called(self, hub: Hub) -> None:
        """By number, address or name, whatever the capitals."""
        mara = joined(hub, "Mara")

        for typed in (str(mara.id), "MARA", " mara@bakery.example "):
            assert users.user_named(hub, typed).id == mara.id
        with pytest.raises(UsageError, match="no user"):
            users.user_named(hub, "Nobody")
