"""Passwords: what a wrong one costs tells nothing of who is known."""

from __future__ import annotations

import pytest

from counterfoil.hub import passwords

TYPED = "typed-by-somebody"


@pytest.mark.parametrize("known", [(False, False), (True, False), (True, True)])
def test_a_wrong_password_takes_as_long_for_anybody(
    known: tuple[bool, bool], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether nobody has the name, somebody has, or two passwords open: two hashes are compared."""
    compared: list[str] = []

    def compare(kept: str, typed: str) -> bool:
        compared.append(kept)
        assert typed == TYPED
        return False

    kept = tuple(passwords.password_hash(passwords.new_password()) for _ in known)
    first, second = (each if is_kept else None for each, is_kept in zip(kept, known, strict=True))
    monkeypatch.setattr(passwords, "is_right", compare)

    assert passwords.which_is_right((first, second), TYPED) is None
    assert len(compared) == 2
    # As dear as those of today: time, memory and lanes.
    assert {each.rpartition("$")[0].rpartition("$")[0] for each in compared} == {
        each.rpartition("$")[0].rpartition("$")[0] for each in kept
    }


def test_nobodys_password_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """Even who guessed the password that was thrown away is not let in by it."""
    monkeypatch.setattr(passwords, "is_right", lambda kept, typed: True)

    assert passwords.which_is_right((None, None), TYPED) is None
