"""A company for the Web Connector to work on."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from counterfoil.sandboxes.quickbooks_desktop import CompanyFile


@pytest.fixture
def company() -> Iterator[CompanyFile]:
    """An empty company in memory."""
    one = CompanyFile.create()
    yield one
    one.close()
