"""The package's public face."""

from __future__ import annotations

from counterfoil.connectors.quickbooks_desktop import qbxml


def test_public_names_are_sorted_and_there() -> None:
    """What the package offers is listed once, sorted, and exists."""
    assert sorted(qbxml.__all__, key=_order) == qbxml.__all__
    assert all(hasattr(qbxml, name) for name in qbxml.__all__)


def _order(name: str) -> tuple[int, str]:
    """Constants, then classes, then functions."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2, name)
