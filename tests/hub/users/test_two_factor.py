"""The second factor: codes that open once, recovery codes, and who has to have it."""

from __future__ import annotations

import pytest

from counterfoil.errors import UsageError
from counterfoil.hub import users
from counterfoil.hub.setup import Hub
from counterfoil.hub.users import Caller, SignedIn, Stage, WrongCodeError
from counterfoil.ledger.users import User
from tests.hub.users.conftest import (
    HERE,
    PASSWORD,
    Watch,
    code_at,
    joined,
    login_of,
    with_second_factor,
)


@pytest.fixture
def mara(hub: Hub) -> User:
    return joined(hub, "Mara")


def at_the_code(hub: Hub, user: User, caller: Caller = HERE) -> SignedIn:
    """Somebody whose password was right."""
    entered = users.sign_in(hub, user.login, PASSWORD, caller)
    assert entered.stage is Stage.CODE
    found = users.in_session(hub, entered.cookie)
    assert found is not None
    return found


class TestSettingUp:
    def test_the_first_code_switches_it_on(self, either_hub: Hub, watch: Watch) -> None:
        """Until then nothing is asked for; ten recovery codes are given, each another."""
        mara = joined(either_hub, "Mara")
        assert users.sign_in(either_hub, mara.login, PASSWORD, HERE).stage is Stage.OPEN
        begun = users.begin_enrolment(either_hub, mara.id)
        assert users.begin_enrolment(either_hub, mara.id) == begun
        assert "Counterfoil:mara%40bakery.example" in begun.uri
        with pytest.raises(WrongCodeError):
            users.confirm_enrolment(either_hub, mara.id, "000000")
        codes = users.confirm_enrolment(either_hub, mara.id, code_at(begun.secret, watch()))

        assert len(set(codes)) == users.RECOVERY_CODES
        assert users.recovery_codes_left(either_hub, mara.id) == users.RECOVERY_CODES
        assert users.sign_in(either_hub, mara.login, PASSWORD, HERE).stage is Stage.CODE
        with pytest.raises(UsageError, match="already"):
            users.begin_enrolment(either_hub, mara.id)

    def test_the_secret_is_sealed(self, hub: Hub, mara: User) -> None:
        """What an app has to know does not stand in the database."""
        begun = users.begin_enrolment(hub, mara.id)
        with hub.database.reading() as tx:
            stored = tx.exec_driver_sql("SELECT totp_secret FROM hub_user").scalar()

        assert begun.secret not in str(stored)


class TestCodes:
    @pytest.mark.parametrize("offset_s", [-30, 0, 30])
    def test_a_clock_may_be_one_period_off(
        self, hub: Hub, mara: User, watch: Watch, offset_s: int
    ) -> None:
        """The code before and the one after open as well."""
        secret, _codes = with_second_factor(hub, mara, watch())
        watch.go(minutes=5)
        found = at_the_code(hub, mara)
        watch.go(seconds=offset_s)
        code = code_at(secret, watch())
        watch.go(seconds=-offset_s)

        assert users.prove(hub, found, f"{code[:3]} {code[3:]}", HERE).stage is Stage.OPEN

    @pytest.mark.parametrize("offset_s", [-60, 60, 3600])
    def test_others_do_not_open(self, hub: Hub, mara: User, watch: Watch, offset_s: int) -> None:
        """Neither an old code nor one that is to come."""
        secret, _codes = with_second_factor(hub, mara, watch())
        watch.go(minutes=5)
        found = at_the_code(hub, mara)
        watch.go(seconds=offset_s)
        code = code_at(secret, watch())
        watch.go(seconds=-offset_s)

        with pytest.raises(WrongCodeError):
            users.prove(hub, found, code, HERE)

    def test_each_opens_once(self, either_hub: Hub, watch: Watch) -> None:
        """Whoever looked over the shoulder comes too late, with it and with the one before."""
        mara = joined(either_hub, "Mara")
        secret, _codes = with_second_factor(either_hub, mara, watch())
        watch.go(minutes=5)
        before = code_at(secret, watch())
        watch.go(seconds=30)
        code = code_at(secret, watch())
        users.prove(either_hub, at_the_code(either_hub, mara), code, HERE)

        for again in (code, before):
            with pytest.raises(WrongCodeError):
                users.prove(either_hub, at_the_code(either_hub, mara), again, HERE)

    def test_the_code_that_set_it_up_opens_nothing_more(
        self, hub: Hub, mara: User, watch: Watch
    ) -> None:
        """It was used for that."""
        secret, _codes = with_second_factor(hub, mara, watch())

        with pytest.raises(WrongCodeError):
            users.prove(hub, at_the_code(hub, mara), code_at(secret, watch()), HERE)

    def test_a_recovery_code_opens_once(self, either_hub: Hub, watch: Watch) -> None:
        """However it is typed; new ones end those before."""
        mara = joined(either_hub, "Mara")
        _secret, codes = with_second_factor(either_hub, mara, watch())
        typed = codes[0].upper().replace("-", " ")
        users.prove(either_hub, at_the_code(either_hub, mara), typed, HERE)
        assert users.recovery_codes_left(either_hub, mara.id) == users.RECOVERY_CODES - 1
        with pytest.raises(WrongCodeError):
            users.prove(either_hub, at_the_code(either_hub, mara), codes[0], HERE)
        users.new_recovery_codes(either_hub, mara.id)

        with pytest.raises(WrongCodeError):
            users.prove(either_hub, at_the_code(either_hub, mara), codes[1], HERE)

    def test_recovery_codes_are_each_persons_own(self, hub: Hub, mara: User, watch: Watch) -> None:
        """Nobody opens with those of somebody else."""
        ines = joined(hub, "Ines")
        with_second_factor(hub, mara, watch())
        _secret, codes = with_second_factor(hub, ines, watch())

        with pytest.raises(WrongCodeError):
            users.prove(hub, at_the_code(hub, mara), codes[0], HERE)

    def test_guessing_from_everywhere_is_slowed_down_to_nothing(
        self, hub: Hub, mara: User, watch: Watch
    ) -> None:
        """After ten wrong ones from wherever, six digits wait; a recovery code opens meanwhile."""
        _secret, codes = with_second_factor(hub, mara, watch())
        found = at_the_code(hub, mara)
        for number in range(10):
            with pytest.raises(WrongCodeError, match="does not open"):
                users.prove(hub, found, "000000", Caller(f"198.51.{number}.1", ""))
        with pytest.raises(WrongCodeError, match="Wait 31 seconds, or use a recovery code"):
            users.prove(hub, found, "000000", Caller("198.51.99.1", ""))

        assert users.prove(hub, found, codes[0], HERE).stage is Stage.OPEN

    def test_whoever_takes_too_long_signs_in_again(
        self, hub: Hub, mara: User, watch: Watch
    ) -> None:
        """A right password alone is worth ten minutes."""
        with_second_factor(hub, mara, watch())
        cookie = users.sign_in(hub, mara.login, PASSWORD, HERE).cookie
        watch.go(minutes=10)

        assert users.in_session(hub, cookie) is None


class TestResetting:
    def test_an_owner_resets_it(self, hub: Hub, mara: User, watch: Watch) -> None:
        """Whoever lost the phone and the codes; all their browsers are signed out."""
        ines = joined(hub, "Ines")
        secret, _codes = with_second_factor(hub, ines, watch())
        watch.go(minutes=1)
        found = at_the_code(hub, ines)
        cookie = users.prove(hub, found, code_at(secret, watch()), HERE).cookie

        assert users.reset_two_factor(hub, ines.id, "Mara")
        assert not users.reset_two_factor(hub, ines.id, "Mara")
        assert users.in_session(hub, cookie) is None
        assert users.sign_in(hub, ines.login, PASSWORD, HERE).stage is Stage.OPEN

    def test_another_secret_comes_after_it(self, hub: Hub, mara: User, watch: Watch) -> None:
        """What the lost phone shows opens nothing any more."""
        first, _codes = with_second_factor(hub, mara, watch())
        users.reset_two_factor(hub, mara.id, "Mara")

        assert users.begin_enrolment(hub, mara.id).secret != first

    @pytest.mark.parametrize("way", ["signs in", "changes the password"])
    def test_a_secret_that_somebody_saw_and_never_proved_is_not_kept(
        self, hub: Hub, mara: User, way: str
    ) -> None:
        """Who knew the password may have looked at it, and would have the codes for ever."""
        before = users.sign_in(hub, mara.login, PASSWORD, HERE).cookie
        seen = users.begin_enrolment(hub, mara.id).secret
        if way == "signs in":
            users.sign_in(hub, mara.login, PASSWORD, HERE)
        else:
            signed_in = users.in_session(hub, before)
            assert signed_in is not None
            users.change_password(hub, signed_in, PASSWORD, "seven quiet lanterns 9", "here")

        assert users.begin_enrolment(hub, mara.id).secret != seen


class TestRequired:
    def test_whoever_has_none_sets_it_up_first(self, either_hub: Hub, watch: Watch) -> None:
        """They are signed out, and let in no further than to setting it up."""
        mara, ines = joined(either_hub, "Mara"), joined(either_hub, "Ines")
        with_second_factor(either_hub, mara, watch())
        before = users.sign_in(either_hub, ines.login, PASSWORD, HERE).cookie
        assert users.require_two_factor(either_hub, "Mara", required=True)
        assert not users.require_two_factor(either_hub, "Mara", required=True)
        assert users.in_session(either_hub, before) is None
        entered = users.sign_in(either_hub, ines.login, PASSWORD, HERE)
        assert entered.stage is Stage.SET_UP
        with_second_factor(either_hub, ines, watch())
        found = users.in_session(either_hub, entered.cookie)
        assert found is not None

        assert users.open_set_up(either_hub, found, HERE).stage is Stage.OPEN
        assert users.require_two_factor(either_hub, "Mara", required=False)
        jo = joined(either_hub, "Jo")
        assert users.sign_in(either_hub, jo.login, PASSWORD, HERE).stage is Stage.OPEN

    def test_an_invitation_leads_to_it(self, hub: Hub) -> None:
        """Whoever joins sets it up right after the password."""
        users.require_two_factor(hub, "Mara", required=True)
        key = users.invite(hub, login_of("Ines"), "Ines", users.Role.VIEWER, "Mara").key

        assert users.join(hub, key, PASSWORD, HERE)[1] is Stage.SET_UP
