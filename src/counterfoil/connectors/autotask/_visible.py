"""What a tenant shows: the questions of one batch, each asked once, and the names of records.

Documents name records by identity; what those are called is asked for all of them together,
and kept as long as the connection is driven.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, TypeVar

from counterfoil.connectors.called import shown
from counterfoil.errors import RejectedError, UnavailableError, UnreadableReplyError

from ._client import AutotaskClient, Record
from ._errors import NAME, SYSTEM
from ._query import Condition, Either, Query, among, is_, portions

__all__ = ["Names", "Visible", "identity_in", "stray"]

_Read = TypeVar("_Read")

# So often at most something is read because the tenant moved meanwhile.
_READ_MAX: Final = 2


def identity_in(record: Record, field: str) -> int | None:
    """Give an identity that a record names; ``None``: it names none, or nothing fit."""
    found = record.get(field)
    return found if isinstance(found, int) and not isinstance(found, bool) else None


class Visible:
    """What one batch has been shown.

    ``generation`` grows when all of it is let go of.
    """

    def __init__(self, client: AutotaskClient) -> None:
        self._client = client
        self._answers: dict[tuple[Query, int | None], tuple[Record, ...]] = {}
        self._counts: dict[Query, int] = {}
        self._zone: str | None = None
        self._is_proved = True
        self.generation = 0

    def believed(self, read: Callable[[], _Read]) -> _Read:
        """Read, then see that what was not shown is not there: the tenant shows itself.

        Afterwards, for a tenant may move in the middle of a reading; where it had moved, all
        is read once more, in its zone.  So it is where an answer was none, or was a refusal:
        that may have been another zone's.

        Raises:
            UnavailableError: It does not show itself, or moves on.
            ConnectorError: As ``read``.
        """
        for _ in range(_READ_MAX):
            try:
                found = read()
            except (RejectedError, UnreadableReplyError):
                self.doubt()
                if not self._has_moved():
                    raise
            else:
                if not self._has_moved():
                    return found
            self.forget()
        raise UnavailableError(
            f"{NAME} is moving this tenant from zone to zone; it is read later.",
            system=SYSTEM,
            operation="GET Companies/0",
        )

    def _has_moved(self) -> bool:
        """Prove what was not shown since the last time; whether another zone did not show it.

        What is shown proves itself.
        """
        if self._is_proved:
            return False
        before = self._zone
        self._client.prove()
        self._is_proved, self._zone = True, self._client.zone
        return before is not None and before != self._zone

    def doubt(self) -> None:
        """Note that something was not shown, or was refused, that may be there all the same."""
        self._is_proved = False
        self._zone = self._zone or self._client.zone

    def query(self, query: Query, *, enough: int | None = None) -> tuple[Record, ...]:
        """Ask, or give what was answered before."""
        key = (query, enough)
        if key not in self._answers:
            self._answers[key] = self._client.query(query, enough=enough)
            if not self._answers[key]:
                self.doubt()
        return self._answers[key]

    def all_of(
        self, name: str, field: str, ids: Iterable[int], *filters: Condition | Either
    ) -> list[Record]:
        """Give the records whose field is one of these identities, however many they are.

        Raises:
            UnreadableReplyError: A record came that belongs to none of them: of whose it is,
                too little is known.
        """
        found = []
        for part in portions(ids):
            wanted = set(part)
            for record in self.query(Query.of(name, among(field, part), *filters)):
                if identity_in(record, field) not in wanted:
                    raise stray(name, field, record)
                found.append(record)
        return found

    def one(self, name: str, id_: int) -> Record | None:
        """Read one record as it is now; ``None``: it is not shown."""
        found = self._client.get(name, id_)
        if found is None:
            self.doubt()
        return found

    def count(self, query: Query) -> int:
        """Count, or give what was counted before."""
        if query not in self._counts:
            self._counts[query] = self._client.count(query)
            if not self._counts[query]:
                self.doubt()
        return self._counts[query]

    def forget(self) -> None:
        """Let go of all answers: something was written, or they came from elsewhere."""
        self._answers.clear()
        self._counts.clear()
        self.generation += 1


def stray(name: str, field: str, record: Record) -> UnreadableReplyError:
    return UnreadableReplyError(
        f"{NAME} answered with a record that was not asked for: its {field} is "
        f"{shown(record.get(field))}.",
        system=SYSTEM,
        operation=f"POST {name}/query",
        detail=f"{name} {shown(record.get('id'))} is of none of the records asked about",
    )


# Of records that documents name: what is needed of them.
_FIELDS: Final[Mapping[str, str]] = {
    "Companies": "companyName currencyID",
    "Contracts": "companyID",
    "InventoryLocations": "locationName",
    "Products": "name description unitCost unitPrice manufacturerProductName isActive",
    "Projects": "companyID",
    "ShippingTypes": "name",
    "Tickets": "companyID",
}


class Names:
    """The records that documents name, by entity and identity; lives as long as a drive."""

    def __init__(self, client: AutotaskClient) -> None:
        self._client = client
        self._known: dict[str, dict[int | None, Record]] = {name: {} for name in _FIELDS}
        self._hidden: dict[str, set[int]] = {name: set() for name in _FIELDS}
        self._labels: dict[tuple[str, str], Mapping[int, str]] = {}
        self._currencies: dict[int, str] | None = None

    def learn(self, name: str, ids: Iterable[int | None]) -> bool:
        """Have these at hand; what a right is missing for stays unknown.

        Returns:
            Whether all that was asked for was shown.

        Raises:
            ConnectorError: They could not be asked for.
        """
        known, is_shown = self._known[name], True
        for part in portions(id_ for id_ in ids if id_ is not None and id_ not in known):
            query = Query.of(name, among("id", part), fields=_FIELDS[name])
            try:
                found = self._client.query(query)
            except RejectedError as error:
                if error.code not in {"403", "404"}:
                    raise
                found = ()
            # What is not shown now may be shown the next time.
            known.update({id_: each for each in found if (id_ := identity_in(each, "id")) in part})
            hidden = set(part) - known.keys()
            self._hidden[name] |= hidden
            is_shown = is_shown and not hidden
        return is_shown

    def of(self, name: str, id_: int) -> Record | None:
        """Give a record that was learnt; ``None``: it is not to be seen."""
        return self._known[name].get(id_)

    def is_hidden(self, name: str, id_: int) -> bool:
        """Whether a record was asked for and never shown: it is gone, or a right is missing."""
        return id_ in self._hidden[name] and id_ not in self._known[name]

    def label(self, name: str, field: str, value: int) -> str | None:
        """Give the word of a picklist's value; ``None``: it has none."""
        return self.labels(name, field).get(value)

    def labels(self, name: str, field: str) -> Mapping[int, str]:
        """Give a picklist's words, by value."""
        key = (name, field)
        if key not in self._labels:
            self._labels[key] = self._client.labels(name, field)
        return self._labels[key]

    def know(self, name: str, field: str, labels: Mapping[int, str]) -> None:
        """Take a picklist's words from whoever kept them."""
        self._labels.setdefault((name, field), labels)

    def currency(self, company: int) -> str | None:
        """Give the currency in which a company deals; ``None``: the tenant's own.

        A tenant has several where more than one is active (corrections 2, row 14).
        """
        record = self.of("Companies", company)
        id_ = None if record is None else identity_in(record, "currencyID")
        return None if id_ is None else self._several_currencies().get(id_)

    def _several_currencies(self) -> dict[int, str]:
        """Give the codes of active currencies; none where there is but one."""
        if self._currencies is None:
            query = Query.of("Currencies", is_("isActive", value=True), fields="name")
            try:
                rows: tuple[Record, ...] = self._client.query(query)
            except RejectedError:
                rows = ()
            codes = {identity_in(each, "id"): _text(each.get("name")) for each in rows}
            found = {id_: code for id_, code in codes.items() if id_ is not None and code}
            self._currencies = found if len(found) > 1 else {}
        return self._currencies


def _text(value: Any) -> str | None:
    return value.strip().upper() or None if isinstance(value, str) else None
