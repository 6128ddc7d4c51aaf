"""What people type and hand in at pages, and what pages and tables show of what came from outside."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any, Final

from counterfoil.api.decided_names import HEADER, decisions
from counterfoil.api.sheets import as_meant, csv_lines, defused, write_xlsx
from counterfoil.console.documents import wire
from counterfoil.errors import UsageError
from counterfoil.hub.channels import mail_address
from counterfoil.hub.notice_times import read_digest, read_quiet
from counterfoil.hub.systems import system_of
from counterfoil.hub.users._codes import typed_code
from counterfoil.hub.users._two_factor import is_code_of_app
from counterfoil.settings import SystemName
from tests.fuzzing.keeping import kept

from ._target import Target, as_text, as_whole_text, seeds_of

__all__ = ["TARGETS"]

_NAMES: Final = (
    ",".join(HEADER),
    "1,Acme Corp,same,80000001,,link,",
    '2,"Bolts; and nuts",near,80000002,Bolt; Nut,add,Bolts and nuts',
    "3,'=1+1,,,,leave,",
)

# What each system cannot do without.
_CONNECTING: Final = {
    SystemName.FUSION_OPERATIONS: {
        "key": "key-not-real",
        "secret": "not-a-secret",
        "base_url": "https://fusion.example",
    },
    SystemName.AUTOTASK: {
        "api_user": "user@books.example",
        "secret": "not-a-secret",
        "integration_code": "code-not-real",
    },
    SystemName.QUICKBOOKS_DESKTOP: {},
    SystemName.QUICKBOOKS_ONLINE: {
        "client_id": "client-not-real",
        "client_secret": "not-a-secret",
        "environment": "sandbox",
    },
}
_CREDENTIALS: Final = tuple(
    "\n".join(lines).encode()
    for lines in (
        (
            "base_url=https://fusion.example:8443/a",
            "time_zone=Europe/Lisbon",
            "looks_every=15",
            "allow_http=false",
            "shipments_from=movements",
            'field_map={"status.done": "closed"}',
        ),
        (
            "company_file=C:\\Books\\Acme.qbw",
            "user_name=acme",
            "requests_per_set=50",
            "settles_after=60",
            "file_id={57F3B9B6-86F1-4FCC-B1FF-966DE1813D20}",
        ),
        (
            "environment=production",
            "webhook_token=word",
            "old_webhooks=true",
            "sign_in_url=https://books.example/oauth2",
            "stock_from=available",
        ),
    )
)


def _wire(data: bytes) -> None:
    """Cut into tokens a text stays what it is; only secrets are left out of it."""
    text = as_text(data)
    assert "".join(token for _, token in wire.tokens(text)) == text, "tokens are not the text"
    wire.shown(text, hits=(text[:20], "SO-1"))
    wire.without_secrets(text)


def _cells(data: bytes) -> None:
    """Whatever a cell says: no spreadsheet reckons with it, and it is read back as it was."""
    rows = [line.split("|") for line in as_whole_text(data).split("\n")]
    for row in rows:
        for cell in row:
            assert as_meant(str(defused(cell))) == cell or cell[:1] == "'", cell[:80]
    "".join(csv_lines(("a", "b"), rows))
    write_xlsx(io.BytesIO(), ("a", "b"), rows)


def _said(read: Callable[[str], Any]) -> Callable[[bytes], None]:
    """Let a reader of one field read; what it reads is written and read again the same."""

    def read_field(data: bytes) -> None:
        found = read(as_text(data))
        assert read(str(found)) == found, f"{found} is read otherwise"
        assert found.words, "it says nothing"

    return read_field


def _code(data: bytes) -> None:
    typed = typed_code(as_text(data))
    assert typed_code(typed) == typed, "a code read twice is another"
    assert not is_code_of_app(as_text(data)) or len(typed) == 6, "no code of an app"


def _credentials(data: bytes) -> None:
    """What somebody enters for a system is kept, or refused with a sentence."""
    lines = [line.partition("=") for line in as_text(data).split("\n")]
    typed = {name: text for name, _, text in lines if text}
    for name, usual in _CONNECTING.items():
        form = system_of(name).form
        known = {each.name for each in form.credentials}
        try:
            found = form.read({**usual, **{k: v for k, v in typed.items() if k in known}}, None)
        except UsageError as error:
            _ = error.said.spoken
            continue
        kept([found.parameters, found.account, found.user_name])


TARGETS: Final = {
    "wire": Target(_wire, (*seeds_of("quickbooks"), *seeds_of("fusion"), *seeds_of("tokens"))),
    "names-table": Target(
        lambda data: kept([*decisions("names.csv", as_whole_text(data))]),
        ("\n".join(_NAMES).encode(), ";".join(HEADER).encode() + b"\n1;Acme;;;;leave;\n"),
        (UsageError,),
    ),
    "cells": Target(_cells, (b"=1+1|'a|-5|+1.50\n@x|2026-01-31|\ta|SO-1", b"'=1|''=1|-|+")),
    "quiet-hours": Target(
        _said(read_quiet),
        (b"mon-fri 18:00-07:00", b"sat,sun 00:00-24:00", b"18:00 - 7:00"),
        (UsageError,),
    ),
    "digest-hours": Target(_said(read_digest), (b"daily@08:00", b"monday @ 8:00"), (UsageError,)),
    "mail-address": Target(
        lambda data: kept(mail_address(as_text(data))),
        (b"books@example.com", b'"a b"@example.com', b"a.b+c@[10.0.0.1]"),
        (UsageError,),
    ),
    "codes": Target(_code, (b"123 456", b"abcd-efgh-jkmn-pqrs")),
    "credentials": Target(_credentials, _CREDENTIALS),
}
