"""Slowing down: who is wrong waits, nobody else does, and little is kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from counterfoil.hub.back_off import ACCOUNT, CALLER, BackOff, SignIns, network_of

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def test_the_wait_doubles_up_to_a_minute() -> None:
    """Five are free, then 1, 2, 4 ... seconds, never more than a minute."""
    waits = [CALLER.wait_s(attempts) for attempts in (0, 4, 5, 6, 7, 10, 11, 12, 10_000)]

    assert waits == [0, 0, 1, 2, 4, 32, 60, 60, 60]


def test_a_quiet_while_counts_anew() -> None:
    """What was wrong a quarter of an hour ago is forgotten."""
    back_off = BackOff(CALLER)
    for _ in range(8):
        back_off.count("caller", NOON)
    assert back_off.wait_s("caller", NOON) > 0
    later = NOON + timedelta(minutes=16)
    back_off.count("caller", later)

    assert back_off.wait_s("caller", later) == 0


def test_a_clock_that_is_set_back_keeps_nobody_waiting() -> None:
    """Hours of waiting would come of it otherwise."""
    back_off = BackOff(CALLER)
    for _ in range(20):
        back_off.count("caller", NOON)

    assert back_off.wait_s("caller", NOON - timedelta(hours=3)) == 0


def test_little_is_kept_however_many_come() -> None:
    """The ones of longest ago are forgotten first."""
    back_off = BackOff(CALLER, entries_max=100)
    for number in range(1_000):
        back_off.count(f"caller {number}", NOON)

    assert len(back_off) == 100


@pytest.mark.parametrize(
    "source, network",
    [
        ("203.0.113.9", "203.0.113.9"),
        ("::ffff:203.0.113.9", "203.0.113.9"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("a socket", "a socket"),
        ("", ""),
    ],
)
def test_whom_an_address_belongs_to(source: str, network: str) -> None:
    """One customer has 2 ** 64 addresses of IPv6, and one wait."""
    assert network_of(source) == network


class TestSignIns:
    def test_a_stranger_does_not_hold_up_the_owner(self) -> None:
        """However often somebody elsewhere is wrong, the owner's next sign-in is looked at."""
        sign_ins = SignIns()
        assert sign_ins.begin("books", "198.51.100.1", NOON) == 0
        sign_ins.let_in("books", "198.51.100.1")
        tried = sum(
            sign_ins.begin("books", f"203.0.113.{each % 250}", NOON) == 0 for each in range(5_000)
        )

        assert tried < ACCOUNT.free + 1
        assert sign_ins.begin("books", "198.51.100.1", NOON) == 0

    def test_an_owner_from_a_new_address_waits_a_second_at_most(self) -> None:
        """What many strangers do to one account is no lock either."""
        sign_ins = SignIns()
        for each in range(5_000):
            sign_ins.begin("books", f"203.0.113.{each % 250}", NOON)

        assert 0 < sign_ins.begin("books", "198.51.100.1", NOON) <= 1
        assert sign_ins.begin("books", "198.51.100.1", NOON + SECOND) == 0

    def test_a_neighbour_behind_the_same_address_does_not_either(self) -> None:
        """Two companies behind one proxy: the one with the old password waits alone."""
        sign_ins = SignIns()
        sign_ins.let_in("books", "192.0.2.1")
        for each in range(500):
            sign_ins.begin("other", "192.0.2.1", NOON + each * SECOND)

        assert sign_ins.begin("other", "192.0.2.1", NOON + 500 * SECOND) > 0
        assert sign_ins.begin("books", "192.0.2.1", NOON + 500 * SECOND) == 0

    def test_one_who_tries_all_accounts_is_one(self) -> None:
        """Fifty at any account, then he waits whatever he names."""
        sign_ins = SignIns()
        tried = sum(sign_ins.begin(f"account {n}", "203.0.113.9", NOON) == 0 for n in range(500))

        assert tried == 50

    def test_many_at_once_are_no_more_than_one_after_the_other(self) -> None:
        """An attempt counts before it is looked at."""
        sign_ins = SignIns()

        assert [sign_ins.begin("books", "203.0.113.9", NOON) for _ in range(6)] == [0] * 5 + [1]
