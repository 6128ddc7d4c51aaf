"""What a process keeps of a company: the newest, and no more."""

from __future__ import annotations

import pytest

from counterfoil.connectors.quickbooks_online import _newest
from counterfoil.connectors.quickbooks_online._newest import Newest


def test_the_oldest_goes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many are kept, and one that is set again counts as new."""
    monkeypatch.setattr(_newest, "KEPT_MAX", 2)
    kept: Newest[str, int] = Newest()
    for key in ("a", "b", "a", "c"):
        kept[key] = kept.get(key, 0) + 1

    assert dict(kept) == {"a": 2, "c": 1}
