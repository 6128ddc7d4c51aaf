"""A company of qbXML 17.0, the newest level there is."""

from __future__ import annotations

import pytest

from tests.sandboxes.quickbooks_desktop.outside import HresultError, Outside, fields, look


def test_the_host_announces_it(outside: Outside) -> None:
    """It is the last of the supported versions, and a company of 16.0 does not have it."""
    before = outside.ask(look("HostQuery", "")).texts("SupportedQBXMLVersion")
    outside.reset(qbxml_version="17.0")
    after = outside.ask(look("HostQuery", "")).texts("SupportedQBXMLVersion")

    assert (before[-1], after[-1]) == ("16.0", "17.0")
    assert after[:-1] == before


def test_it_is_spoken_where_it_is_announced(outside: Outside) -> None:
    """Requests of that version are answered; an older company cannot parse them."""
    newest = Outside(outside.client, version="17.0")
    wanted = look("AccountQuery", fields({"FullName": "Checking"}))
    with pytest.raises(HresultError, match="0x80040400"):
        newest.ask(wanted)
    outside.reset(qbxml_version="17.0")

    assert newest.ask(wanted).text("FullName") == "Checking"
    assert outside.ask(wanted).text("FullName") == "Checking"
