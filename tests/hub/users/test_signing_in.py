"""Signing in with a password, and the sessions that come of it."""

from __future__ import annotations

from datetime import timedelta

import argon2
import pytest

from counterfoil.errors import LedgerBusyError, UsageError
from counterfoil.hub import passwords, users
from counterfoil.hub.setup import Hub
from counterfoil.hub.users import IDLE, LIFE, Caller, NotLetInError, Role, Stage
from counterfoil.ledger import users as kept
from tests.hub.users.conftest import HERE, PASSWORD, Watch, code_at, joined, with_second_factor

ELSEWHERE = Caller("198.51.100.7", "Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Edg/140.0")


class TestPasswords:
    def test_the_right_one_opens(self, either_hub: Hub) -> None:
        """However the address is spelled; the cookie is the person's, and new each time."""
        mara = joined(either_hub, "Mara")
        first = users.sign_in(either_hub, " MARA@bakery.example ", PASSWORD, HERE)
        second = users.sign_in(either_hub, mara.login, PASSWORD, HERE)
        signed_in = users.in_session(either_hub, first.cookie)

        assert signed_in is not None
        assert signed_in.user.id == mara.id
        assert first.cookie != second.cookie
        assert first.stage is Stage.OPEN

    @pytest.mark.parametrize("who", ["wrong", "unknown", "invited", "off"])
    def test_others_get_one_answer_after_the_same_work(
        self, hub: Hub, monkeypatch: pytest.MonkeyPatch, who: str
    ) -> None:
        """Neither the words nor the work tell whether anybody has that address."""
        joined(hub, "Mara")
        joined(hub, "Jo")
        users.switch_off(hub, users.user_named(hub, "Jo").id, "Mara")
        users.invite(hub, "ines@bakery.example", "Ines", Role.VIEWER, "Mara")
        compared: list[str] = []
        is_right = passwords.is_right

        def noticed(hashed: str, typed: str) -> bool:
            compared.append(hashed)
            return is_right(hashed, typed)

        monkeypatch.setattr(passwords, "is_right", noticed)
        login, password = {
            "wrong": ("mara@bakery.example", "wrong"),
            "unknown": ("eve@bakery.example", PASSWORD),
            "invited": ("ines@bakery.example", PASSWORD),
            "off": ("jo@bakery.example", PASSWORD),
        }[who]
        with pytest.raises(NotLetInError) as told:
            users.sign_in(hub, login, password, HERE)

        assert (
            told.value.message == "This e-mail address and password do not open. Type both again."
        )
        assert len(compared) == 1

    @pytest.mark.parametrize("login", ["mara@bakery.example", "eve@bakery.example"])
    def test_guessing_is_slowed_down_alike(self, hub: Hub, login: str) -> None:
        """After five wrong ones from one place one waits, whether anybody has the address or not."""
        joined(hub, "Mara")
        for _ in range(5):
            with pytest.raises(NotLetInError) as told:
                users.sign_in(hub, login, "wrong", HERE)
            assert told.value.wait_s == 0
        with pytest.raises(NotLetInError) as told:
            users.sign_in(hub, login, "wrong", HERE)

        assert told.value.wait_s > 0
        assert "Wait 2 seconds" in told.value.message or "Wait 1 second" in told.value.message

    def test_a_sign_that_no_name_has_is_whoevers_who_typed_it(self, either_hub: Hub) -> None:
        """PostgreSQL has no place for a character number 0; that is no failure of ours."""
        with pytest.raises(UsageError):
            users.sign_in(either_hub, "mara\0@bakery.example", PASSWORD, HERE)

    def test_nobody_locks_an_owner_out(self, hub: Hub) -> None:
        """A thousand wrong ones from elsewhere keep nobody waiting who was let in here before."""
        mara = joined(hub, "Mara")
        users.sign_in(hub, mara.login, PASSWORD, HERE)
        for number in range(300):
            with pytest.raises(NotLetInError):
                users.sign_in(hub, mara.login, "wrong", Caller(f"198.51.100.{number % 250}", ""))

        users.sign_in(hub, mara.login, PASSWORD, HERE)

    def test_it_is_hashed_anew_when_hashing_became_dearer(
        self, hub: Hub, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """At the next sign-in, which alone knows the password."""
        mara = joined(hub, "Mara")
        dearer = argon2.PasswordHasher(2, memory_cost=16, parallelism=1)
        monkeypatch.setattr(passwords, "_chosen", dearer)
        users.sign_in(hub, mara.login, PASSWORD, HERE)
        with hub.database.reading() as tx:
            now = kept.by_id(tx, mara.id)

        assert now is not None
        assert "m=16,t=2" in str(now.password_hash)
        users.sign_in(hub, mara.login, PASSWORD, HERE)

    def test_another_one_ends_other_browsers(self, hub: Hub) -> None:
        """The one at which it was changed stays; the old password opens nothing."""
        mara = joined(hub, "Mara")
        mine = users.sign_in(hub, mara.login, PASSWORD, HERE).cookie
        other = users.sign_in(hub, mara.login, PASSWORD, ELSEWHERE).cookie
        session = users.in_session(hub, mine)
        assert session is not None
        new = "plum orbit candle 48"
        with pytest.raises(users.PasswordProblemError, match="present"):
            users.change_password(hub, session, "wrong", new, HERE.source)
        users.change_password(hub, session, PASSWORD, new, HERE.source)

        assert users.in_session(hub, mine) is not None
        assert users.in_session(hub, other) is None
        with pytest.raises(NotLetInError):
            users.sign_in(hub, mara.login, PASSWORD, HERE)


class TestSessions:
    def test_they_end_unused_and_in_any_case(self, hub: Hub, watch: Watch) -> None:
        """After some hours without a request, and after some days however much is asked."""
        mara = joined(hub, "Mara")
        idle = users.sign_in(hub, mara.login, PASSWORD, HERE).cookie
        busy = users.sign_in(hub, mara.login, PASSWORD, HERE).cookie
        ends = watch() + LIFE
        while watch() + IDLE / 2 < ends:
            watch.moment += IDLE / 2
            assert users.in_session(hub, busy) is not None
        assert users.in_session(hub, idle) is None
        watch.moment = ends

        assert users.in_session(hub, busy) is None

    def test_a_request_notes_now_and_then_that_somebody_is_there(
        self, hub: Hub, watch: Watch
    ) -> None:
        """To ten minutes; a database that is busy keeps nobody out."""
        mara = joined(hub, "Mara")
        cookie = users.sign_in(hub, mara.login, PASSWORD, HERE).cookie
        seen = []
        for minutes in (5, 6, 5):
            watch.go(minutes=minutes)
            users.in_session(hub, cookie)
            seen.append(users.user_named(hub, "Mara").last_seen_at)
        begun = watch() - timedelta(minutes=16)

        assert seen == [begun, begun + timedelta(minutes=11), begun + timedelta(minutes=11)]

    def test_a_busy_database_keeps_nobody_out(
        self, hub: Hub, watch: Watch, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Noting that somebody is there is not worth refusing a page."""
        mara = joined(hub, "Mara")
        cookie = users.sign_in(hub, mara.login, PASSWORD, HERE).cookie
        watch.go(hours=1)

        def busy() -> None:
            raise LedgerBusyError("locked")

        monkeypatch.setattr(hub.database, "writing", busy)

        assert users.in_session(hub, cookie) is not None

    def test_people_see_and_end_their_own(self, hub: Hub) -> None:
        """They are named by browser and computer; nobody ends somebody else's."""
        mara, ines = joined(hub, "Mara"), joined(hub, "Ines")
        mine = users.sign_in(hub, mara.login, PASSWORD, HERE).cookie
        other = users.sign_in(hub, mara.login, PASSWORD, ELSEWHERE).cookie
        newest, oldest = users.sessions(hub, mara.id)
        assert (newest.browser, oldest.browser) == ("Edge, Windows", "Firefox, Linux")
        assert newest.source == ELSEWHERE.source
        with pytest.raises(UsageError, match="not signed in there"):
            users.end_session(hub, ines, newest.id, "Ines")
        users.end_session(hub, mara, newest.id, "Mara")

        assert users.in_session(hub, other) is None
        assert users.in_session(hub, mine) is not None
        users.sign_out(hub, mine)
        assert users.sessions(hub, mara.id) == []

    def test_all_can_be_ended(self, either_hub: Hub) -> None:
        """By the person or an owner, or all but the one at hand."""
        mara = joined(either_hub, "Mara")
        cookies = [users.sign_in(either_hub, mara.login, PASSWORD, HERE).cookie for _ in range(3)]
        mine = users.in_session(either_hub, cookies[0])
        assert mine is not None

        assert users.end_other_sessions(either_hub, mara, "Mara", but=mine.session.id) == 2
        assert [users.in_session(either_hub, each) is not None for each in cookies] == [
            True,
            False,
            False,
        ]
        assert users.end_other_sessions(either_hub, mara, "Jo") == 1

    @pytest.mark.parametrize("cookie", ["", "u.", "u.made-up", "x" * 1000])
    def test_a_made_up_cookie_opens_nothing(self, hub: Hub, cookie: str) -> None:
        """Whatever it is, it is as good as none."""
        assert users.in_session(hub, cookie) is None

    def test_a_cookie_from_before_is_worth_nothing_after_the_second_factor(
        self, hub: Hub, watch: Watch
    ) -> None:
        """Whoever slipped it into the browser has an old one."""
        mara = joined(hub, "Mara")
        secret, _codes = with_second_factor(hub, mara, watch())
        watch.go(seconds=60)
        pending = users.sign_in(hub, mara.login, PASSWORD, HERE)
        before = users.in_session(hub, pending.cookie)
        assert before is not None
        entered = users.prove(hub, before, code_at(secret, watch()), HERE)

        assert entered.cookie != pending.cookie
        assert users.in_session(hub, pending.cookie) is None
