"""Companies for the tests of this connector."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from counterfoil.connectors.quickbooks_online import company_of
from tests.connectors.quickbooks_online.play import Company, company


@pytest.fixture
def unknown() -> Iterator[Company]:
    """A company of which nothing was read yet."""
    made = Company()
    yield made
    made.client.close()


@pytest.fixture
def books(unknown: Company) -> Company:
    """A company that is known: what it is like was read."""
    unknown.says(company())
    company_of(unknown.client)
    unknown.calls.clear()
    unknown.counted.clear()
    return unknown
