"""The lists of one batch, each read once, and single entities where one is enough."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from counterfoil.connectors.called import CallRefusedError, clean_line, code_problem
from counterfoil.documents import InvalidDocument
from counterfoil.errors import RejectedError

from ._client import FusionClient
from ._elements import Codes, identity_of, says_closed, unique
from ._errors import NAME, SYSTEM
from ._kinds import ORDERS, PRODUCTION_ORDERS, Listed

__all__ = ["NO_SUCH_CALL", "QUESTIONS", "Lists"]

# Statuses with which the service says that it has no such call.
NO_SUCH_CALL = frozenset({"405", "501"})


_ORDER_PATHS = frozenset(resource.path for resource in (*ORDERS.values(), PRODUCTION_ORDERS))
# What is asked beside a list's path: the name of the field map's parameter.
QUESTIONS = {**dict.fromkeys(_ORDER_PATHS, "closed-orders"), "labor-time": "labor-time"}


class Lists:
    """What the service holds, as this batch has seen it.

    A list is kept as it was when it was read first; what we have written since makes it
    stale, and whoever cannot do with a stale one says ``forget_stale``.
    """

    def __init__(self, client: FusionClient) -> None:
        self._client = client
        self._fields = client.fields
        self._lists: dict[str, tuple[Any, ...]] = {}
        self._written: set[str] = set()
        self._indexes: dict[str, tuple[tuple[Any, ...], Codes]] = {}

    def elements(self, path: str) -> tuple[Any, ...]:
        """Give all elements of a list, as they were when it was read first in this batch."""
        if path not in self._lists:
            self._lists[path] = self._client.fetch_list(
                self._fields.path(path), question=QUESTIONS.get(path, "")
            )
            self._written.discard(path)
        return self._lists[path]

    def forget_stale(self, path: str) -> bool:
        """Have a list read anew if we have written to it since; whether that is so."""
        if path not in self._written:
            return False
        self._lists.pop(path, None)
        return True

    def forget(self, path: str) -> None:
        """Let go of a list that is very long and not needed again."""
        self._lists.pop(path, None)

    def answer(self, resource: Listed, key: str) -> Any:
        """Read what the service tells of one entity, whatever it is."""
        return self._client.fetch(self.item_path(resource, key)).json

    def post(self, path: str, body: Mapping[str, Any]) -> Any:
        """Create an entity; what the list of it said before is no longer all there is."""
        self._written.add(path)
        return self._client.send("POST", self._fields.path(path), body).json

    def coded(self, resource: Listed, code: str, *, fold: bool = False) -> list[Any]:
        """Look entities up by their code; anew, if the list was read before our last write.

        Raises:
            InvalidDocument: None has it, but of one that is not known.
        """

        def found() -> list[Any]:
            return self._codes(resource).find(code, fold=fold)

        try:
            seen = found()
        except InvalidDocument:
            if not self.forget_stale(resource.path):
                raise
            return found()
        return found() if not seen and self.forget_stale(resource.path) else seen

    def _codes(self, resource: Listed) -> Codes:
        elements = self.elements(resource.path)
        seen, codes = self._indexes.get(resource.path, (None, None))
        if codes is None or seen is not elements:
            listed = unique(elements, resource.group, self._fields)
            codes = Codes(listed, resource.group, self._fields)
            self._indexes[resource.path] = (elements, codes)
        return codes

    def item_path(self, resource: Listed, id_: str) -> str:
        """Give the path of one entity.

        Raises:
            CallRefusedError: A path would take this identity for something else.
        """
        if not id_ or id_ in {".", ".."} or code_problem(id_) is not None:
            raise CallRefusedError(
                f"“{clean_line(id_)}” can be no identity in {NAME}.",
                system=SYSTEM,
                operation=resource.path,
                request_id="",
                code=None,
                detail="nothing was sent",
                reason=f"“{clean_line(id_)}” can be no identity there",
                field=None,
            )
        return self._fields.path(resource.path) + quote(id_, safe="")

    def item(self, resource: Listed, id_: str) -> Any | None:
        """Read one entity; ``None``: the service says that it is not there.

        Raises:
            ConnectorError: It cannot be read.
            InvalidDocument: The answer is not about it, and its list does not show it.
        """
        try:
            return self._fetched(resource, id_)
        except InvalidDocument:
            found = self.listed(resource, id_)
            if found is None:
                raise
            return found
        except RejectedError as error:
            if error.code == "404":
                return None
            if error.code not in NO_SUCH_CALL:
                raise
        return self.listed(resource, id_)

    def _fetched(self, resource: Listed, id_: str) -> Any:
        """Read one entity; an answer that is empty, or about another one, says nothing of it.

        Raises:
            ConnectorError: It cannot be read.
            InvalidDocument: The answer is not about it.
        """
        raw = self._client.fetch(self.item_path(resource, id_)).json
        if identity_of(raw, resource.group, self._fields) != id_:
            field = self._fields[f"{resource.group}.id"]
            raise InvalidDocument(field, id_, "the answer is empty, or tells of another one")
        return raw

    def shows_closed(self, resource: Listed) -> bool:
        """Whether the list is known to hold closed orders: it holds one.

        Where it holds none, an order that is not in it may be closed or deleted.
        """
        return any(
            says_closed(raw, resource.group, self._fields) for raw in self.elements(resource.path)
        )

    def alone(self, resource: Listed, id_: str) -> tuple[Any | None, bool]:
        """Read one entity that its list does not show, and keep it among those of the list.

        Returns:
            The entity, ``None`` where there is none, and whether the service said so: it may
            have no such call.

        Raises:
            ConnectorError: It cannot be read.
            InvalidDocument: The answer is not about it.
        """
        try:
            raw = self._fetched(resource, id_)
        except RejectedError as error:
            if error.code == "404" or error.code in NO_SUCH_CALL:
                return None, error.code == "404"
            raise
        self._lists[resource.path] = (*self.elements(resource.path), raw)
        return raw, True

    def listed(self, resource: Listed, id_: str) -> Any | None:
        """Look an entity up in the list of all, read now.

        Raises:
            InvalidDocument: It is not there, but of an element it is not known which it is.
        """
        self._lists.pop(resource.path, None)
        unknown = False
        for raw in self.elements(resource.path):
            own = identity_of(raw, resource.group, self._fields)
            if own == id_:
                return raw
            unknown = unknown or own is None
        if unknown:
            raise InvalidDocument(
                self._fields[f"{resource.group}.id"], "", "cannot be read of one in the list"
            )
        return None

    def write(
        self, method: str, resource: Listed, id_: str, body: Mapping[str, Any] | None = None
    ) -> Any:
        """Change or delete one entity; gives what the service answers.

        Raises:
            ConnectorError: As the client's ``send``.
        """
        path = self.item_path(resource, id_)
        self._lists.pop(resource.path, None)
        return self._client.send(method, path, body).json
