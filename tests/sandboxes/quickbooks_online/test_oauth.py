"""Connecting: the page, codes, tokens with both lives, and how a connection ends."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path

import pytest

from tests.sandboxes.quickbooks_online.outside import (
    CLIENT_ID,
    COMPANY,
    MOUNT,
    REALM,
    REDIRECT,
    Json,
    Outside,
    World,
    opened,
)

DAY_S = 86_400
CHALLENGED = "a-verifier-that-is-long-enough-for-anybody-to-take"


def exchanged(online: Outside, told: Json, **more: str) -> Json:
    form = {"grant_type": "authorization_code", "code": told["code"], "redirect_uri": REDIRECT}
    answer = online.oauth("oauth2/v1/tokens/bearer", **{**form, **more})
    return {"status": answer.status_code, **answer.json()}


def passed(online: Outside, seconds: float) -> None:
    online.world.clock.pass_s(seconds)


class TestDiscovery:
    @pytest.mark.parametrize("name", ["openid_configuration", "openid_sandbox_configuration"])
    def test_everything_is_told(self, online: Outside, name: str) -> None:
        """The document names every endpoint, at the stand-in's own address."""
        found = online.http.get(f"{MOUNT}/.well-known/{name}").json()

        for endpoint in ("authorization", "token", "revocation", "userinfo"):
            assert found[f"{endpoint}_endpoint"].startswith(f"{MOUNT}/")
        assert online.http.get(found["jwks_uri"]).json()["keys"][0]["kty"] == "RSA"


class TestThePage:
    def test_a_person_sees_app_companies_and_two_buttons(self, online: Outside) -> None:
        """The page names the app, lists the companies, and has Connect and Cancel."""
        page = online.authorize()

        assert page.headers["content-type"].startswith("text/html")
        assert "Connect Ledger Link" in page.text
        assert f'<option value="{REALM}">{COMPANY}</option>' in page.text
        assert re.findall(r'name="decision" value="(\w+)"', page.text) == ["connect", "cancel"]

    def test_connect_tells_code_state_and_company(self, online: Outside) -> None:
        """The app gets the company's id beside the code."""
        told = online.press("connect")

        assert (told["state"], told["realmId"]) == ("state-1", REALM)
        assert exchanged(online, told)["status"] == 200

    def test_without_a_company_scope_none_is_told(self, online: Outside) -> None:
        """Who only asks who the person is learns no company."""
        assert "realmId" not in online.press("connect", scope="openid")

    def test_cancel_tells_access_denied(self, online: Outside) -> None:
        """No code is given."""
        assert online.press("cancel") == {"error": "access_denied", "state": "state-1"}

    @pytest.mark.parametrize(
        "params, error",
        [
            ({"response_type": "token"}, "unsupported_response_type"),
            ({"scope": ""}, "invalid_scope"),
            ({"scope": "com.intuit.quickbooks.everything"}, "invalid_scope"),
            ({"state": ""}, "invalid_request"),
        ],
    )
    def test_a_wrong_request_is_told_to_the_app(
        self, online: Outside, params: dict[str, str], error: str
    ) -> None:
        """What is wrong comes back as OAuth's word for it."""
        answer = online.authorize(**params)

        assert answer.status_code == 302
        assert f"error={error}" in answer.headers["location"]

    @pytest.mark.parametrize(
        "params, words",
        [
            ({"client_id": "unknown"}, "client_id"),
            ({"redirect_uri": f"{REDIRECT}/"}, "not registered"),
            ({"redirect_uri": ""}, "not registered"),
        ],
    )
    def test_a_stranger_is_sent_nowhere(
        self, online: Outside, params: dict[str, str], words: str
    ) -> None:
        """An unknown app or address is told to the person, who stays here."""
        answer = online.authorize(**params)

        assert (answer.status_code, words in answer.text) == (400, True)

    @pytest.mark.parametrize(
        "address, is_taken",
        [
            ("https://books.example/callback", True),
            ("http://books.example/callback", False),
            ("https://localhost/callback", False),
            ("https://192.0.2.1/callback", False),
        ],
    )
    def test_production_keys_need_https(
        self, online: Outside, address: str, *, is_taken: bool
    ) -> None:
        """With them a redirect is to an https address with a name."""
        app = {"client-secret": "s", "environment": "production", "redirect-uris": [address]}
        online.control("PUT", "/apps/production", app)

        answer = online.authorize(client_id="production", redirect_uri=address)

        assert (answer.status_code == 200) is is_taken
        assert f'<option value="{REALM}">' not in answer.text


class TestCodes:
    def test_a_code_works_once(self, online: Outside) -> None:
        """The second use is invalid_grant, without a description."""
        told = online.press("connect")
        exchanged(online, told)

        assert exchanged(online, told) == {"status": 400, "error": "invalid_grant"}

    def test_a_code_is_short_lived(self, online: Outside) -> None:
        """After ten minutes it is gone."""
        told = online.press("connect")
        passed(online, 601)

        assert exchanged(online, told)["error"] == "invalid_grant"

    def test_a_code_is_for_one_address(self, online: Outside) -> None:
        """Exchanged with another address it is refused."""
        told = exchanged(online, online.press("connect"), redirect_uri="http://elsewhere.example")

        assert (told["status"], told["error"]) == (400, "invalid_request")

    @pytest.mark.parametrize("verifier, status", [(CHALLENGED, 200), ("another", 400), ("", 400)])
    def test_a_challenge_is_checked(self, online: Outside, verifier: str, status: int) -> None:
        """PKCE is not demanded; whoever sends a challenge has to prove it."""
        digest = hashlib.sha256(CHALLENGED.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        told = online.press("connect", code_challenge=challenge, code_challenge_method="S256")

        assert exchanged(online, told, code_verifier=verifier)["status"] == status

    def test_wrong_credentials_are_401(self, online: Outside) -> None:
        """An app that is not who it says is invalid_client."""
        answer = online.http.post(
            f"{MOUNT}/oauth2/v1/tokens/bearer",
            data={"grant_type": "refresh_token"},
            headers={"Authorization": "Basic bm9ib2R5Om5vYm9keQ=="},
        )

        assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"})

    def test_another_grant_type_is_refused(self, online: Outside) -> None:
        """Only codes and refresh tokens are exchanged."""
        answer = online.oauth("oauth2/v1/tokens/bearer", grant_type="password")

        assert answer.json()["error"] == "unsupported_grant_type"

    def test_the_id_token_says_who_and_for_whom(self, online: Outside) -> None:
        """Its audience is a list, and it carries company and nonce."""
        told = exchanged(online, online.press("connect", nonce="n-1"))
        payload = told["id_token"].split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=="))

        assert (claims["aud"], claims["realmid"], claims["nonce"]) == ([CLIENT_ID], REALM, "n-1")
        assert not {"-", "_"} & set(payload)

    def test_the_person_is_told(self, online: Outside) -> None:
        """What is told is what the scopes allow."""
        headers = {"Authorization": f"Bearer {online.token}"}
        answer = online.http.get(f"{MOUNT}/v1/openid_connect/userinfo", headers=headers)

        assert answer.json() == {
            "sub": "person-0001",
            "email": "robin.marsh@books.example",
            "emailVerified": True,
            "givenName": "Robin",
            "familyName": "Marsh",
        }


class TestRefresh:
    def test_within_a_day_it_is_the_same_token(self, online: Outside) -> None:
        """The access token is new, the refresh token is not; after a day it is."""
        first = online.refresh().json()
        passed(online, DAY_S)
        second = online.refresh().json()

        assert first["refresh_token"] == online.refresh_token
        assert first["access_token"] != online.token
        assert second["refresh_token"] != online.refresh_token

    @pytest.mark.parametrize("life, status", [("dies", 400), ("lives-a-day", 200)])
    def test_a_replaced_token(self, online: Outside, life: str, status: int) -> None:
        """It dies at once, or a day later: two readings, one switch."""
        online.app(refresh_token="rotates", replaced_token=life)
        newest = online.refresh().json()["refresh_token"]

        assert newest != online.refresh_token
        assert online.refresh().status_code == status
        assert online.refresh(newest).status_code == 200
        passed(online, DAY_S)
        assert online.refresh().status_code == 400

    def test_unused_for_too_long(self, online: Outside) -> None:
        """Each use renews the 101 days; without one the connection ends."""
        passed(online, 100 * DAY_S)
        online.refresh_token = online.refresh().json()["refresh_token"]
        passed(online, 100 * DAY_S)
        online.refresh_token = online.refresh().json()["refresh_token"]
        passed(online, 101 * DAY_S)

        assert online.refresh().json() == {"error": "invalid_grant"}

    def test_the_hard_end_is_asked_for(self, online: Outside) -> None:
        """The header brings the seconds that are left; at that end nothing helps."""
        online.app(refresh_hard_s=10 * DAY_S)
        passed(online, 3 * DAY_S)
        header = {"x-include-refresh-token-hard-expires-in": "true"}
        told = online.refresh(**header).json()

        assert told["x_refresh_token_hard_expires_in"] == 7 * DAY_S
        assert told["x_refresh_token_expires_in"] == 7 * DAY_S
        assert "x_refresh_token_hard_expires_in" not in online.refresh(told["refresh_token"]).json()
        passed(online, 7 * DAY_S)
        assert online.refresh(told["refresh_token"]).status_code == 400

    def test_a_refusal_may_be_described(self, online: Outside) -> None:
        """By the switch it says what is wrong."""
        online.app(describes_invalid_grant=True)

        assert online.refresh("AB11-unknown").json() == {
            "error": "invalid_grant",
            "error_description": "Incorrect or invalid refresh token",
        }

    def test_an_answer_can_be_lost(self, online: Outside) -> None:
        """The token was replaced, and the app never learns by which."""
        online.app(refresh_token="rotates")
        online.fault("timeout-after", path="oauth2/v1/tokens/bearer", seconds=5)

        assert online.refresh().status_code == 504
        assert online.world.clock.stalls == [5.0]
        assert online.refresh().json() == {"error": "invalid_grant"}


class TestEnds:
    def test_an_access_token_lives_an_hour(self, online: Outside) -> None:
        """Then 401 in the gateway's shape, with its header."""
        passed(online, 3600)
        answer = online.call("GET", "companyinfo/1")
        [error] = answer.json()["fault"]["error"]

        assert (answer.status_code, error["code"]) == (401, "3200")
        assert error["detail"].startswith("Token expired")
        assert 'error="invalid_token"' in answer.headers["www-authenticate"]

    @pytest.mark.parametrize("token, words", [("short", "Malformed"), ("u" * 40, "unknown")])
    def test_other_tokens_are_401(self, online: Outside, token: str, words: str) -> None:
        """What is no token, and one nobody gave."""
        online.token = token
        answer = online.call("GET", "companyinfo/1")

        assert (answer.status_code, words in answer.text) == (401, True)

    @pytest.mark.parametrize("kind", ["json", "form"])
    @pytest.mark.parametrize("which", ["access", "refresh"])
    def test_revoking_either_token_ends_all(self, online: Outside, kind: str, which: str) -> None:
        """As JSON or as a form; 200 without a body."""
        token = online.token if which == "access" else online.refresh_token
        if kind == "form":
            answer = online.oauth("v2/oauth2/tokens/revoke", token=token)
        else:
            headers = online.oauth("v2/oauth2/tokens/revoke").request.headers
            answer = online.http.post(
                f"{MOUNT}/v2/oauth2/tokens/revoke",
                json={"token": token},
                headers={"Authorization": headers["authorization"]},
            )

        assert (answer.status_code, answer.content) == (200, b"")
        assert "Token revoked" in online.call("GET", "companyinfo/1").text
        assert online.refresh().status_code == 400

    def test_a_person_disconnects(self, online: Outside) -> None:
        """On the service's own pages a connection can be ended, and access made to expire."""
        online.desk("expire")
        assert "Token expired" in online.call("GET", "companyinfo/1").text
        online.token = online.refresh().json()["access_token"]
        online.desk("disconnect")

        assert online.call("GET", "companyinfo/1").status_code == 401
        assert online.refresh().status_code == 400

    def test_keys_of_another_environment_are_403(self, online: Outside, world: World) -> None:
        """A token for one company opens no other, and sandbox keys no production company."""
        other = {"realm": "42", "name": "Other", "environment": "production"}
        online.control("POST", "/companies", other)
        online.realm = "42"
        assert online.call("GET", "companyinfo/1").status_code == 403
        online.connect()
        [error] = online.call("GET", "companyinfo/1").json()["fault"]["error"]

        assert error["code"] == "3100"
        assert error["message"].endswith("statusCode=403")


def test_connections_survive_a_restart(tmp_path: Path) -> None:
    """Companies, records, apps and tokens are kept in the folder; the clock's shift too."""
    with opened(tmp_path) as world:
        before = world.fresh()
        vendor = before.vendor(Notes="kept")
        before.control("POST", "/clock", {"advance_s": 60})
    with opened(tmp_path) as world:
        after = world.again()
        after.token = before.token

        assert after.read("Vendor", vendor["Id"])["Notes"] == "kept"
        assert int(after.customer()["Id"]) == int(vendor["Id"]) + 1
        assert after.control("GET", "/clock")["now"].startswith("2026-01-15T17:31")
