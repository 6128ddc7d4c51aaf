"""Wrong secrets slow down whoever gives them, and nobody else.

Three counts are kept of sign-ins that did not open, each with its own rule:

====================  ====================================================================
of a caller           from one network at one account: what a person mistypes, what a program
                      goes on with
of a network          at any account: one caller that tries them all
of an account         from any network: many callers that try one
====================  ====================================================================

A caller that was let in before is not held up by what others do: for it the first count alone
holds.  So nobody can lock an owner out from elsewhere, nor by other accounts from behind the same
address; and a password that opened before is not held up at all (``recognised``).
An attempt is counted before it is looked at, so many at once are no more than one after the
other.

What is kept is bounded, and forgotten with the process: passwords are made by us and cannot be
guessed, so this spares the hub's time and not the password.
"""

from __future__ import annotations

import ipaddress
import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

__all__ = ["ACCOUNT", "CALLER", "CODE", "NETWORK", "BackOff", "Rule", "SignIns", "network_of"]

ENTRIES_MAX: Final = 4_096


@dataclass(frozen=True)
class Rule:
    """How a count slows down.

    Attributes:
        free: So many attempts in a row are looked at at once.
        first_s: How long the next one waits; it doubles with each.
        most_s: But never longer.
        forgets_after: Quiet for so long, it counts anew.
    """

    free: int
    first_s: float
    most_s: float
    forgets_after: timedelta = timedelta(minutes=15)

    def wait_s(self, attempts: int) -> float:
        """Say how long to wait after so many attempts."""
        over = attempts - self.free + 1
        if over <= 0:
            return 0.0
        # Nobody waits for as long as sixty doublings.
        return min(self.most_s, self.first_s * 2.0 ** min(over - 1, 60))


# An owner who comes with the right password after a night of wrong ones waits a minute at most.
CALLER: Final = Rule(free=5, first_s=1.0, most_s=60.0)
NETWORK: Final = Rule(free=50, first_s=1.0, most_s=60.0)
# Strangers share it, so it must not become a lock: one a second is looked at.
ACCOUNT: Final = Rule(free=100, first_s=1.0, most_s=1.0)
# Six digits that many callers try who know the password: in a year one of them would have a
# chance of one in ten.  A recovery code opens meanwhile.
CODE: Final = Rule(free=10, first_s=30.0, most_s=900.0, forgets_after=timedelta(hours=24))


class BackOff:
    """Attempts by key, the ones of longest ago forgotten first; safe among threads."""

    def __init__(self, rule: Rule, *, entries_max: int = ENTRIES_MAX) -> None:
        self._rule = rule
        self._entries_max = entries_max
        self._lock = threading.Lock()
        self._kept: OrderedDict[str, tuple[int, datetime]] = OrderedDict()

    def wait_s(self, key: str, now: datetime) -> float:
        """Say how many seconds the next attempt has to wait; 0: none."""
        with self._lock:
            attempts, last = self._kept.get(key, (0, now))
        past_s = (now - last).total_seconds()
        if past_s < 0:  # a clock that was set back keeps nobody waiting
            return 0.0
        return max(0.0, self._rule.wait_s(attempts) - past_s)

    def count(self, key: str, now: datetime) -> None:
        """Count an attempt."""
        with self._lock:
            attempts, last = self._kept.pop(key, (0, now))
            if abs(now - last) > self._rule.forgets_after:
                attempts = 0
            self._kept[key] = attempts + 1, now
            while len(self._kept) > self._entries_max:
                self._kept.popitem(last=False)

    def forget(self, key: str) -> None:
        """Count anew."""
        with self._lock:
            self._kept.pop(key, None)

    def __len__(self) -> int:
        return len(self._kept)


class SignIns:
    """Who may try a secret now.

    An account is named by what changes with its password, so a new password opens at once,
    whichever process of the hub made it.

    Args:
        account: How the count of an account slows down.
        entries_max: So many of each kind are kept.
    """

    def __init__(self, *, account: Rule = ACCOUNT, entries_max: int = ENTRIES_MAX) -> None:
        self._entries_max = entries_max
        self._callers = BackOff(CALLER, entries_max=entries_max)
        self._networks = BackOff(NETWORK, entries_max=entries_max)
        self._accounts = BackOff(account, entries_max=entries_max)
        self._lock = threading.Lock()
        self._known: OrderedDict[str, None] = OrderedDict()

    def begin(self, account: str, source: str, now: datetime) -> float:
        """Let an attempt be looked at, which counts it; else say how many seconds to wait."""
        network = network_of(source)
        caller = f"{network} {account}"
        counts = [(self._callers, caller)]
        if caller not in self._known:
            counts += [(self._networks, network), (self._accounts, account)]
        wait_s = max(count.wait_s(key, now) for count, key in counts)
        if wait_s == 0.0:
            for count, key in counts:
                count.count(key, now)
        return wait_s

    def let_in(self, account: str, source: str) -> None:
        """Note that the secret was right."""
        caller = f"{network_of(source)} {account}"
        self._callers.forget(caller)
        with self._lock:
            self._known[caller] = None
            self._known.move_to_end(caller)
            while len(self._known) > self._entries_max:
                self._known.popitem(last=False)


def network_of(source: str) -> str:
    """Name whom an address belongs to: of IPv6 the 64 bits that one customer is given."""
    try:
        address = ipaddress.ip_address(source.partition("%")[0])
    except ValueError:
        return source
    if isinstance(address, ipaddress.IPv6Address):
        mapped = address.ipv4_mapped
        if mapped is not None:
            return str(mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)
