"""Who may call, for how long, and how often."""

from __future__ import annotations

import pytest

from tests.sandboxes.fusion_operations.play import BASE_URL, KEY, NEW_KEY, SECRET, Play, playing


class TestTokens:
    def test_key_and_secret_give_a_token_for_two_hours(self, play: Play) -> None:
        """The answer holds the token, its scopes and the seconds it lasts."""
        answer = play.http.post(f"{BASE_URL}/api/v1/authorization", auth=(KEY, SECRET))

        assert answer.status_code == 200
        assert answer.json() == {
            "token": answer.json()["token"],
            "scopes": ["productions_write"],
            "expires-in": 7200,
        }

    @pytest.mark.parametrize("pair", [(KEY, "wrong"), ("wrong", SECRET), (KEY, "")])
    def test_a_wrong_pair_gives_none(self, play: Play, pair: tuple[str, str]) -> None:
        """A wrong key and a wrong secret are refused in the same words."""
        answer = play.http.post(f"{BASE_URL}/api/v1/authorization", auth=pair)

        assert (answer.status_code, answer.json()) == (401, {"error": "Unauthorized"})

    def test_a_token_ends_after_two_hours_of_simulated_time(self, play: Play) -> None:
        """A moved clock ends a token as two hours of waiting would."""
        play.sign_in()
        play.control("POST", "/clock", {"advance-seconds": 7199})
        assert play.call("GET", "/clients/").status_code == 200

        play.control("POST", "/clock", {"advance-seconds": 1})

        assert play.call("GET", "/clients/").status_code == 401

    def test_the_token_stands_in_the_address_only_unless_told_otherwise(self, play: Play) -> None:
        """Only the query parameter is attested; without strict-auth a Bearer header works, too."""
        header = {"Authorization": f"Bearer {play.sign_in()}"}
        url = f"{BASE_URL}/api/v1/clients/"
        assert play.http.get(url, headers=header).status_code == 401
        assert play.call("GET", "/clients/").status_code == 200

        play.settings(strict_auth=False)

        assert play.http.get(url, headers=header).status_code == 200

    def test_a_token_without_the_scope_reads_only(self, play: Play) -> None:
        """A token for another scope may read, and is told 403 when it writes."""
        answer = play.http.post(
            f"{BASE_URL}/api/v1/authorization", auth=(KEY, SECRET), json={"scopes": ["reports"]}
        )
        play.token = answer.json()["token"]

        assert play.call("GET", "/clients/").status_code == 200
        assert play.call("POST", "/clients/", {"code": "X"}).status_code == 403

    def test_a_revoked_token_is_gone(self, play: Play) -> None:
        """DELETE on the authorization ends the key's tokens; GET shows the newest."""
        url = f"{BASE_URL}/api/v1/authorization"
        token = play.sign_in()
        assert play.http.get(url, auth=(KEY, SECRET)).json()["token"] == token

        assert play.http.delete(url, auth=(KEY, SECRET)).status_code == 204

        assert play.call("GET", "/clients/").status_code == 401
        assert play.http.get(url, auth=(KEY, SECRET)).status_code == 404

    def test_companies_do_not_see_each_other(self, play: Play) -> None:
        """A token of one company shows nothing of another's, whose codes are free."""
        play.make("clients", code="ACME")
        play.control(
            "POST", "/companies", {"name": "brik", "country": "PT", "keys": {"BRIK-KEY": "s"}}
        )
        play.sign_in("BRIK-KEY", "s")

        assert play.all("clients") == []
        assert play.make("clients", code="ACME")["code"] == "ACME"

    def test_no_secret_is_shown(self, play: Play) -> None:
        """The control paths name a company's keys and never their secrets."""
        answer = play.http.get(f"{BASE_URL}/sandbox/companies")

        assert answer.json()[0]["keys"] == [KEY, NEW_KEY]
        assert SECRET not in answer.text


class TestRateLimit:
    def test_the_121st_call_of_a_minute_waits(self, play: Play) -> None:
        """120 calls pass in any 60 seconds; the next is told how long until one is free."""
        play.sign_in()
        play.control("POST", "/clock", {"advance-seconds": 10.5})
        for _ in range(119):
            assert play.call("GET", "/clients/").status_code == 200

        answer = play.call("GET", "/clients/")

        assert (answer.status_code, answer.headers["retry-after"]) == (429, "50")

    def test_refused_calls_are_not_counted(self, play: Play) -> None:
        """However often one asks in vain, the window opens when the oldest call leaves it."""
        for _ in range(119):
            play.call("GET", "/clients/")
        for _ in range(5):
            assert play.call("GET", "/clients/").headers["retry-after"] == "60"

        play.control("POST", "/clock", {"advance-seconds": 60})

        assert play.call("GET", "/clients/").status_code == 200
        assert play.calls() == {
            "calls": {"POST /authorization": 1, "GET /clients/": 120},
            "accepted": 121,
            "rejected": 5,
            "impatient": 4,
        }

    def test_the_limit_is_the_companys(self, play: Play) -> None:
        """All keys of one company share its limit; another company has its own."""
        play.settings(rate_limit=2)
        play.sign_in()
        play.call("GET", "/clients/")
        play.control("POST", "/companies", {"name": "brik", "keys": {"BRIK-KEY": "s"}})

        assert play.call("GET", "/clients/").status_code == 429
        play.sign_in("BRIK-KEY", "s")
        assert play.call("GET", "/clients/").status_code == 200

    def test_the_limit_can_be_lifted(self, play: Play) -> None:
        """Limit 0 lets everything pass, and leaves the window empty for what follows."""
        play.settings(rate_limit=0)
        assert {play.call("GET", "/clients/").status_code for _ in range(130)} == {200}

        play.settings(rate_limit=120)

        assert play.call("GET", "/clients/").status_code == 200


class TestPaths:
    @pytest.mark.parametrize(
        "method, path, status",
        [
            ("GET", "/clients", 404),
            ("GET", "/nonsense/", 404),
            ("PATCH", "/clients/", 405),
            ("GET", "/productions/1", 405),
            ("GET", "/workers/", 404),
            ("POST", "/downtimes/", 405),
        ],
    )
    def test_only_the_catalogue_is_served(
        self, play: Play, method: str, path: str, status: int
    ) -> None:
        """What the catalogue does not list is answered with 404 or 405, in JSON."""
        answer = play.call(method, path)

        assert answer.status_code == status
        assert "error" in answer.json()

    @pytest.mark.parametrize(
        "path, body",
        [
            ("/clock", {"advance-seconds": "soon"}),
            ("/clock", {"set": "noon"}),
            ("/clock", {"set": "2025-03-04T10:00:00"}),
            ("/companies/acme/ship", {}),
            ("/companies/acme/ship", {"order": "SO-1", "quantities": [{"product": "X"}]}),
            ("/companies/acme/ship", {"order": "SO-1", "speed": "high"}),
            ("/companies/acme/produce", {}),
            ("/companies/nobody/ship", {"order": "SO-1"}),
            ("/companies/acme/entities/spaceships", {}),
        ],
    )
    def test_a_control_call_that_is_wrong(self, play: Play, path: str, body: object) -> None:
        """A wrong control call is told so in JSON, with status 400 or 404."""
        answer = play.http.post(f"{BASE_URL}/sandbox{path}", json=body)

        assert answer.status_code in {400, 404}
        assert answer.json()["error"]

    def test_the_clock_can_be_set(self, play: Play) -> None:
        """A moment with a zone becomes the simulated time."""
        play.control("POST", "/clock", {"set": "2025-11-02T01:30:00-04:00"})

        assert play.control("GET", "/clock") == {"now": "2025-11-02T05:30:00Z"}

    def test_a_company_can_be_added_while_it_runs(self) -> None:
        """An unknown time zone is refused at once, a taken key with 409."""
        with playing() as play:
            url = f"{BASE_URL}/sandbox/companies"
            lost = play.http.post(url, json={"name": "x", "time-zone": "Atlantis/Main"})
            taken = play.http.post(url, json={"name": "x", "keys": {KEY: "s"}})
            wrong = play.http.patch(f"{url}/acme/settings", json={"shipping-mode": "Z"})

        assert (lost.status_code, taken.status_code, wrong.status_code) == (400, 409, 400)
        assert "'Z'" in wrong.json()["error"]
