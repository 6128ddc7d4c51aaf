"""Our mark on a company file."""

from __future__ import annotations

import pytest

from counterfoil.connectors.quickbooks_desktop.marks import LEDGER_FIELD, OWNER_ID, ledger_mark
from counterfoil.connectors.quickbooks_desktop.web_connector.hcp import HostFacts, PrivateValue


@pytest.mark.parametrize(
    "values, mark",
    [
        ((), None),
        ((PrivateValue(OWNER_ID, LEDGER_FIELD, "ledger 7 at 12"),), "ledger 7 at 12"),
        ((PrivateValue(OWNER_ID.upper(), LEDGER_FIELD, "ledger 7 at 12"),), "ledger 7 at 12"),
        ((PrivateValue(OWNER_ID, LEDGER_FIELD, ""),), None),
        ((PrivateValue(OWNER_ID, "FileID", "{x}"),), None),
        ((PrivateValue("{0}", LEDGER_FIELD, "theirs"),), None),
    ],
)
def test_the_mark_is_ours_alone(values: tuple[PrivateValue, ...], mark: str | None) -> None:
    """What another owner keeps, under whatever name, is no mark of ours."""
    assert ledger_mark(HostFacts(company_name="Acme", private_values=values)) == mark
