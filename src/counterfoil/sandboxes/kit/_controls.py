"""The door for tests: what is the same in every stand-in's control paths.

A door stands in a stand-in's own router and speaks its words: the shape of its faults, how it
tells the time, how it says no.  Requests and answers are JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Body, Response

from counterfoil.sandboxes.kit._clock import SandboxClock
from counterfoil.sandboxes.kit._faults import AnyFault, FaultPlan

__all__ = ["Door"]

_Fields = Annotated[dict[str, Any], Body()]


class _Time(msgspec.Struct, forbid_unknown_fields=True):
    """Where the clock goes: to a moment, then so many seconds further.

    ``set`` is a moment with a zone, ``unix`` the same in seconds.
    """

    set: Annotated[datetime, msgspec.Meta(tz=True)] | None = None
    unix: float | None = None
    advance_s: float = 0.0
    advance_seconds: float = msgspec.field(default=0.0, name="advance-seconds")


class _Name(msgspec.Struct, forbid_unknown_fields=True):
    """What a saved state is called."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


@dataclass(frozen=True, slots=True)
class Door:
    """A stand-in's control paths, being added to its router.

    Attributes:
        router: Where they are added.
        lock: Held while something is changed.
        refused: Makes the exception that answers a wrong request, from words.
        missing: The same for something that is not there.
    """

    router: APIRouter
    lock: AbstractContextManager[Any]
    refused: Callable[[str], Exception]
    missing: Callable[[str], Exception]

    def faults(
        self,
        plan: FaultPlan[AnyFault],
        shape: type[AnyFault],
        listed: Callable[[tuple[AnyFault, ...]], object],
    ) -> None:
        """``GET``, ``POST``, ``DELETE /faults``: show what is armed, arm one, take all back.

        Args:
            plan: Whose faults they are.
            shape: What one looks like; a wrong one is refused in msgspec's words.
            listed: Makes the answer to ``GET``.
        """

        @self.router.get("/faults")
        def read_faults() -> Response:
            return _json(listed(plan.armed()))

        @self.router.post("/faults")
        def arm_fault(fields: _Fields) -> Response:
            fault = self.read(shape, fields)
            plan.arm(fault)
            return _json(fault, 201)

        @self.router.delete("/faults")
        def clear_faults() -> Response:
            plan.clear()
            return Response(status_code=204)

    def clock(self, clock: SandboxClock, shown: Callable[[], object]) -> None:
        """``GET``, ``POST /clock``: show and move this stand-in's time, and nobody else's."""

        @self.router.get("/clock")
        def read_clock() -> Response:
            return _json(shown())

        @self.router.post("/clock")
        def move_clock(fields: _Fields) -> Response:
            asked = self.read(_Time, fields)
            with self.lock:
                if asked.set is not None:
                    clock.set(asked.set.timestamp())
                if asked.unix is not None:
                    clock.set(asked.unix)
                clock.advance(asked.advance_s + asked.advance_seconds)
                return _json(shown())

    def settings(self, change: Callable[[dict[str, Any]], object]) -> None:
        """``PATCH /settings``: replace some of them.

        Args:
            change: Is given the names and values, and gives all settings as they are then; a
                ``TypeError`` or ``ValueError`` of it is a wrong request.
        """

        @self.router.patch("/settings")
        def change_settings(fields: _Fields) -> Response:
            try:
                with self.lock:
                    return _json(change(fields))
            except (TypeError, ValueError) as error:
                raise self.refused(str(error)) from error

    def saves(
        self,
        names: Callable[[], Iterable[str]],
        save: Callable[[str], None],
        restore: Callable[[str], None],
    ) -> None:
        """``GET``, ``POST /saves``, ``POST /saves/NAME/restore``: a whole state kept, and back."""

        @self.router.get("/saves")
        def read_saves() -> Response:
            return _json(list(names()))

        @self.router.post("/saves")
        def save_state(fields: _Fields) -> Response:
            asked = self.read(_Name, fields)
            save(asked.name)
            return _json(asked, 201)

        @self.router.post("/saves/{name}/restore")
        def restore_state(name: str) -> Response:
            try:
                restore(name)
            except KeyError:
                raise self.missing(f"nothing was saved as {name!r}") from None
            return _json({"name": name})

    def read(self, shape: type[Any], fields: dict[str, Any]) -> Any:
        """Read a request of that shape, or answer with what is wrong in it."""
        try:
            return msgspec.convert(fields, shape)
        except msgspec.ValidationError as error:
            raise self.refused(str(error)) from None


def _json(body: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(body), status, media_type="application/json")
