"""The JSON API against its own document: whatever is asked, what comes was declared.

Schemathesis makes requests from the OpenAPI document, such as it allows and such as it does
not.  ``COUNTERFOIL_TEST_REQUESTS=200`` asks every operation that many of both kinds.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.core.parameters import ParameterLocation
from schemathesis.core.result import Ok
from schemathesis.specs.openapi import checks

from counterfoil.api import tokens
from counterfoil.hub import accounts, finding, users
from counterfoil.hub.scopes import Scope
from counterfoil.ledger.database import sqlite_url
from tests.support.visitors import Visitor
from tests.support.world import ACTOR, World, open_world

REQUESTS: Final = int(os.environ.get("COUNTERFOIL_TEST_REQUESTS", "2"))
CHECKS: Final[list[Any]] = [
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_schema_conformance,
    checks.response_headers_conformance,
    checks.negative_data_rejection,
]
# What is there: of what the document says alone, most requests would name nothing.
THERE: Final[dict[str, list[object]]] = {
    "connection": ["1", "2"],
    "link": ["1"],
    "transfer": [1, 2],
    "list": ["customers", "items"],
    "step": ["file"],
    "person": ["Anna", "nobody"],
    "rule": ["1", "nobody"],
    "user": ["mara@larkspur.example", "nobody"],
    "run": [1, 2],
    "case": ["1234", "nobody"],
}
MANY: Final = "9" * 30


@pytest.fixture(scope="module")
def asked(sqlite_tables: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A company of which anything is asked."""
    file = tmp_path_factory.mktemp("asked") / "hub.db"
    file.write_bytes(sqlite_tables)
    with open_world(sqlite_url(file)) as opened:
        opened.orders(1)
        opened.sync()
        books = finding.connection_named(opened.hub, opened.books_id)
        accounts.add_person(opened.hub, books, "Anna", ACTOR)
        users.invite(opened.hub, "mara@larkspur.example", "Mara", users.Role.VIEWER, ACTOR)
        yield opened


@pytest.fixture(scope="module")
def visitor(asked: World) -> Visitor:
    """A program with a token that may do everything."""
    return Visitor(asked.hub, alone=True).sign_in(asked.hub)


def operations(visitor: Visitor) -> list[Any]:
    """List every operation; what takes something away comes last."""
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", visitor.app)
    found = [each.ok() for each in schema.get_all_operations() if isinstance(each, Ok)]
    return sorted(found, key=lambda each: each.label.endswith("/remove"))


def path_fits(case: Case[Any]) -> bool:
    """Whether a request's path is one that was made to fit: one that was not stays so."""
    made = case.meta.components.get(ParameterLocation.PATH) if case.meta else None
    return made is None or made.mode is GenerationMode.POSITIVE


def was_sent(case: Case[Any], url: str) -> bool:
    """Whether every parameter of a request stands in its address."""
    told = parse_qs(urlsplit(url).query, keep_blank_values=True)
    return set(case.query or ()) <= set(told)


@pytest.mark.parametrize("mode", GenerationMode)
def test_every_answer_was_declared(asked: World, visitor: Visitor, mode: GenerationMode) -> None:
    """Whichever scope the token has, and whatever the request holds, allowed or not."""
    bearers = [tokens.add(asked.hub, f"{mode}-{each}", "tests", scope=each)[1] for each in Scope]
    for operation in operations(visitor):

        @settings(
            max_examples=REQUESTS,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(
            case=operation.as_strategy(generation_mode=mode),
            bearer=st.sampled_from([bearers[-1]] * 8 + bearers),
            there=st.sampled_from([0, 1, None]),
        )
        def ask(case: Case[Any], bearer: str, there: int | None) -> None:
            for name in case.path_parameters if there is not None and path_fits(case) else ():
                known = THERE[name]
                case.path_parameters[name] = known[(there or 0) % len(known)]
            answer = case.call(headers={"Authorization": f"Bearer {bearer}"})
            # 502 is another's mistake, and may come; 500 is ours, declared or not.
            sent = answer.request
            assert answer.status_code != 500, (sent.method, sent.url, sent.body, answer.text)
            # 413 is a refusal, too, of which Schemathesis does not know; and what is wrong with a
            # parameter is nobody's business where it was not sent, such as one of no value at all.
            is_refused = answer.status_code == 413 or not was_sent(case, answer.request.url or "")
            wanted = CHECKS[:-1] if is_refused else CHECKS
            case.validate_response(answer, checks=wanted)

        ask()
