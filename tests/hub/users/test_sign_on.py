"""Single sign-on against a real provider program: who comes in, and who does not."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from threading import BoundedSemaphore
from typing import Any

import httpx2
import pytest

from counterfoil.errors import ConnectorError, UsageError
from counterfoil.hub import rotation, users
from counterfoil.hub.setup import Configuration, Hub, open_hub
from counterfoil.hub.users import NotLetInError, Role, State, _sign_on
from counterfoil.ledger import audits
from tests.hub.users.conftest import HERE, PASSWORD, joined
from tests.support.world import SECRET_KEY

DOMAIN = "bakery.example"

# The provider's program uses what its own library will drop.
pytestmark = pytest.mark.filterwarnings("ignore:get_jwt_config:DeprecationWarning")


@pytest.fixture(scope="module")
def provider() -> Iterator[str]:
    """The address of a provider who knows Mara and Ines, and a stranger whom nobody verified."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # see above
        import oidc_provider_mock

    people = [
        oidc_provider_mock.User(
            sub=name,
            claims={
                "email": f"{name.title()}@{domain}",
                "email_verified": is_verified,
                "name": name.title(),
            },
        )
        for name, domain, is_verified in (
            ("mara", DOMAIN, True),
            ("ines", DOMAIN, True),
            ("eve", DOMAIN, False),
            ("guest", "elsewhere.example", True),
        )
    ]
    with oidc_provider_mock.run_server_in_thread(require_nonce=True, user_claims=people) as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def hub(sqlite_hub_url: str) -> Iterator[Hub]:
    """A hub on the real clock, which the provider has, too."""
    with open_hub(Configuration(database_url=sqlite_hub_url, secret_key=SECRET_KEY)) as made:
        yield made


def set_up(hub: Hub, issuer: str, **more: Any) -> None:
    users.set_sign_on(
        hub, "tests", issuer=issuer, client_id="hub", client_secret="client-secret", **more
    )


def at_provider(url: str, sub: str) -> tuple[str, str]:
    """Sign in there; gives the state and the code that one is sent back with."""
    answer = httpx2.post(url, data={"sub": sub}, follow_redirects=False)
    assert answer.status_code == 302, answer.text
    back = httpx2.URL(answer.headers["location"])
    assert back.path == users.CALLBACK
    return back.params["state"], back.params["code"]


def sign_on(hub: Hub, sub: str) -> tuple[str, str]:
    """Go there and come back; gives the cookie, and where one goes on."""
    leaving = users.begin_sign_on(hub, "/documents")
    state, code = at_provider(leaving.url, sub)
    return users.complete_sign_on(hub, state=state, code=code, browser=leaving.browser, caller=HERE)


class TestComingIn:
    def test_whoever_is_a_user_is_let_in(self, hub: Hub, provider: str) -> None:
        """By the verified address, whatever its capitals, and led to where they wanted to go."""
        mara = joined(hub, "Mara")
        set_up(hub, provider)
        cookie, way = sign_on(hub, "mara")
        signed_in = users.in_session(hub, cookie)

        assert signed_in is not None
        assert (signed_in.user.id, way) == (mara.id, "/documents")

    def test_an_invitation_is_taken_by_it(self, hub: Hub, provider: str) -> None:
        """Whoever was invited joins without a password; the link ends."""
        joined(hub, "Mara")
        key = users.invite(hub, f"ines@{DOMAIN}", "Ines", Role.OPERATOR, "Mara").key
        set_up(hub, provider)
        sign_on(hub, "ines")

        assert users.user_named(hub, "Ines").state is State.ACTIVE
        with pytest.raises(UsageError):
            users.join(hub, key, PASSWORD, HERE)

    def test_a_viewer_is_made_of_the_companys_domain_alone(self, hub: Hub, provider: str) -> None:
        """Where that is switched on."""
        set_up(hub, provider)
        with pytest.raises(UsageError, match="no user of this hub"):
            sign_on(hub, "ines")
        set_up(hub, provider, creates=True, domains=["@Bakery.Example"])
        sign_on(hub, "ines")
        made = users.user_named(hub, "Ines")

        assert (made.role, made.login, made.has_password) == (
            Role.VIEWER,
            f"ines@{DOMAIN}",
            False,
        )
        with pytest.raises(UsageError, match="no user of this hub"):
            sign_on(hub, "guest")

    def test_an_address_that_nobody_verified_opens_nothing(self, hub: Hub, provider: str) -> None:
        """Also where a user has it."""
        joined(hub, "Eve")
        set_up(hub, provider, creates=True, domains=[DOMAIN])

        with pytest.raises(UsageError, match="has not verified"):
            sign_on(hub, "eve")

    def test_whoever_is_switched_off_stays_out(self, hub: Hub, provider: str) -> None:
        """The provider does not know."""
        joined(hub, "Mara")
        users.switch_off(hub, joined(hub, "Ines").id, "Mara")
        set_up(hub, provider)

        with pytest.raises(UsageError, match="switched off"):
            sign_on(hub, "ines")

    def test_what_comes_back_counts_once_in_the_same_browser(self, hub: Hub, provider: str) -> None:
        """A code that somebody else was given, or that was used, opens nothing."""
        joined(hub, "Mara")
        set_up(hub, provider)
        leaving = users.begin_sign_on(hub, "/")
        state, code = at_provider(leaving.url, "mara")
        for browser, said in (("another", state), (leaving.browser, "another")):
            with pytest.raises(UsageError, match="another browser"):
                users.complete_sign_on(hub, state=said, code=code, browser=browser, caller=HERE)
        users.complete_sign_on(hub, state=state, code=code, browser=leaving.browser, caller=HERE)

        with pytest.raises(UsageError, match="Begin again"):
            users.complete_sign_on(
                hub, state=state, code=code, browser=leaving.browser, caller=HERE
            )

    def test_it_may_be_the_only_way_but_for_owners(self, hub: Hub, provider: str) -> None:
        """Who have a way back for the day on which the provider is not there."""
        joined(hub, "Mara")
        joined(hub, "Ines", Role.OPERATOR)
        set_up(hub, provider, only=True)

        users.sign_in(hub, f"mara@{DOMAIN}", PASSWORD, HERE)
        with pytest.raises(NotLetInError, match="single sign-on"):
            users.sign_in(hub, f"ines@{DOMAIN}", PASSWORD, HERE)
        with pytest.raises(NotLetInError, match="do not open"):
            users.sign_in(hub, f"ines@{DOMAIN}", "wrong", HERE)

    def test_a_provider_that_hangs_holds_up_a_few_and_no_more(
        self, hub: Hub, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Anybody may click the button; whoever was let down leaves their place to the next."""
        places = BoundedSemaphore(1)
        monkeypatch.setattr(_sign_on, "_places", places)
        set_up(hub, "http://localhost:9")
        with pytest.raises(ConnectorError):
            users.begin_sign_on(hub, "/")
        with places, pytest.raises(UsageError, match="several people wait"):
            users.begin_sign_on(hub, "/")

    def test_nothing_else_leads_around_it(self, hub: Hub, provider: str) -> None:
        """A browser that a password let in before is signed out, and a link opens nothing."""
        mara, ines = joined(hub, "Mara"), joined(hub, "Ines", Role.OPERATOR)
        cookies = [users.sign_in(hub, each.login, PASSWORD, HERE).cookie for each in (mara, ines)]
        key = users.make_link(hub, ines.id, "Mara").key
        set_up(hub, provider, only=True)

        assert [users.in_session(hub, each) is not None for each in cookies] == [True, False]
        with pytest.raises(UsageError, match="single sign-on"):
            users.join(hub, key, PASSWORD, HERE)


class TestSettingUp:
    def test_it_is_tried_without_signing_in(self, hub: Hub, provider: str) -> None:
        """The provider answers, or the reason is told."""
        set_up(hub, provider)
        assert "localhost answers" in users.try_sign_on(hub)
        set_up(hub, "http://127.0.0.1:9")
        hub.sleep = lambda _s: None

        with pytest.raises(ConnectorError):
            users.try_sign_on(hub)

    @pytest.mark.parametrize(
        "change",
        [
            {"issuer": "login.example"},
            {"issuer": "http://login.example"},
            {"issuer": "https://user:word@login.example"},
            {"client_id": " "},
            {"client_secret": None},
            {"creates": True},
            {"creates": True, "domains": ["not a domain", "x"]},
            {"domains": [f"d{number}.example" for number in range(21)]},
        ],
    )
    def test_what_cannot_be_used_is_told(self, hub: Hub, change: dict[str, Any]) -> None:
        """In words; nothing is kept."""
        form = {"issuer": "https://login.example", "client_id": "hub", "client_secret": "s"}
        with pytest.raises(UsageError):
            users.set_sign_on(hub, "tests", **{**form, **change})

        assert users.sign_on_of(hub) is None

    def test_the_secret_is_sealed_kept_and_told_to_nobody(self, hub: Hub) -> None:
        """Saved again without one, the present one stays; for another issuer it does not."""
        set_up(hub, "https://login.example/")
        users.set_sign_on(
            hub, "tests", issuer="https://login.example", client_id="hub 2", client_secret=None
        )
        with hub.database.reading() as tx:
            stored = str(tx.exec_driver_sql("SELECT value FROM hub_rule").scalar())
            told = str(audits.lines(tx, limit=10))
        assert "hub 2" in stored
        assert "client-secret" not in stored
        assert "hub 2" in told
        assert "client_secret" not in told
        with pytest.raises(UsageError, match="client secret"):
            users.set_sign_on(
                hub, "tests", issuer="https://evil.example", client_id="hub", client_secret=None
            )

    def test_it_is_taken_away(self, hub: Hub) -> None:
        """Once."""
        set_up(hub, "https://login.example")

        assert users.remove_sign_on(hub, "tests")
        assert not users.remove_sign_on(hub, "tests")
        with pytest.raises(UsageError, match="not set up"):
            users.begin_sign_on(hub, "/")

    def test_it_stays_while_no_owner_has_another_way_in(self, hub: Hub) -> None:
        """Nobody would administer any more."""
        set_up(hub, "https://login.example")
        mara = users.add(hub, f"mara@{DOMAIN}", "Mara", Role.OWNER, "tests", joined_at=hub.now())
        with pytest.raises(UsageError, match="No owner has a password"):
            users.remove_sign_on(hub, "Mara")
        users.set_password(hub, mara.id, PASSWORD, "Mara")

        assert users.remove_sign_on(hub, "Mara")


def test_secrets_are_sealed_anew_with_a_new_key(sqlite_hub_url: str, provider: str) -> None:
    """The provider's client secret and apps' secrets open after a rotation."""
    configuration = Configuration(database_url=sqlite_hub_url)
    with open_hub(configuration) as hub:
        mara = joined(hub, "Mara")
        before = users.begin_enrolment(hub, mara.id)
        set_up(hub, provider)
        assert rotation.rotate(hub).resealed == 2
    with open_hub(configuration) as hub:
        assert users.begin_enrolment(hub, mara.id) == before
        assert "answers" in users.try_sign_on(hub)
