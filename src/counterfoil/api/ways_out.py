"""What can be done about a document, ready to be carried out: as commands, as requests.

The choices of a refusal are its own (``documents.REFUSAL_KINDS``), those of a document that
rests stand here by its reason; this is the one place that knows by which verb each is done.
What only a person can say stands in capitals: ``NAME``, ``VALUE``, ``ID``.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any, Final

import msgspec

from counterfoil.documents import Action, Choice
from counterfoil.engine.life import State
from counterfoil.settings import FLOWS, Direction, FlowName

__all__ = ["AT_REST", "WayOut", "ways_out"]


class WayOut(msgspec.Struct, frozen=True, kw_only=True):
    """One way out of a refusal.

    Attributes:
        action: A word of ``Action``; ``show``: look at the document that stops this one.
        label: What it does, in the refusal's words.
        commands: What to type, one after the other.
        requests: The same over the JSON API: method, path and body.
    """

    action: str
    label: str
    commands: list[str]
    requests: list[dict[str, Any]]


def ways_out(details: Mapping[str, Any]) -> list[WayOut]:
    """Give the ways out of a transfer's refusal, or what can be done where it rests.

    Args:
        details: A transfer as ``hub.views.details`` gives it.
    """
    refusal = details.get("full_refusal")
    adoption = details.get("adoption")
    if adoption is not None:
        choices = _of_adoption(adoption)
    elif refusal:
        choices = msgspec.convert(refusal.get("choices", ()), tuple[Choice, ...])
    else:
        choices = AT_REST.get(details.get("reason") or "", ())
    ways = [_way_out(choice, details) for choice in choices]
    return [*_first(details.get("waits_for"), int(details["link"])), *ways]


def _of_adoption(adoption: Mapping[str, Any]) -> tuple[Choice, ...]:
    """Give what there is to choose from while it is not confirmed what a document is there."""
    found = adoption["candidates"]
    named = tuple(
        Choice(
            Action.ADOPT,
            f"It is the one with the id {each['id']}",
            {"id": each["id"], "consent": "true" if each.get("differences") else ""},
        )
        for each in found
        if not each.get("owner")
    )
    return (*named, *AT_REST["adopted-unread"])


def _first(order: Mapping[str, Any] | None, link: int) -> list[WayOut]:
    """Give what brings the order that has to come first on its way: it may wait for a person."""
    if order is None:
        return []
    kind, number = str(order["kind"]), order["number"]
    name = f"{kind.replace('-', ' ')} {number or order['id']}"
    if order["state"] in _SENDABLE and number:
        return [
            WayOut(
                action=Action.SEND.value,
                label=f"Send {name}, which has to come first",
                commands=[shlex.join(["counterfoil", "send", str(link), kind, number])],
                requests=[_post(f"/api/v1/links/{link}/send", kind=kind, codes=[number])],
            )
        ]
    if order["state"] in _STOPPED:
        look = {"method": "GET", "path": f"/api/v1/transfers/{order['id']}", "body": None}
        return [
            WayOut(
                action="show",
                label=f"See what stops {name}, which has to come first",
                commands=[f"counterfoil show {order['id']}"],
                requests=[look],
            )
        ]
    return []


_SENDABLE: Final = frozenset({State.HELD, State.SKIPPED})
_STOPPED: Final = frozenset({State.REFUSED, State.CHANGED, State.WAITING})


_OURS = Choice(Action.SEND, "Write over it what was entered")
_THEIRS = Choice(Action.ACCEPT, "Keep what stands there")

AT_REST: Mapping[str, tuple[Choice, ...]] = {
    "source-changed": (Choice(Action.SEND, "Write the change"), _THEIRS),
    "source-gone": (Choice(Action.SEND, "Take it out there, or close it, as is set"), _THEIRS),
    "target-changed": (_THEIRS, _OURS),
    "conflict": (_OURS, _THEIRS),
    "target-gone": (Choice(Action.SEND, "Send it again"), Choice(Action.ACCEPT, "Leave it out")),
    **dict.fromkeys(
        ("waits-for-person", "not-submitted", "other-vendor", "numbered-elsewhere"),
        (Choice(Action.SEND, "Send it"), Choice(Action.SKIP, "Leave this document out")),
    ),
    "adopted-unread": (
        Choice(Action.ADOPT, "It is another document"),
        Choice(Action.UNDO, "It is not there after all"),
    ),
    "left-out-by": (Choice(Action.SEND, "Send it after all"),),
    "undone-by": (Choice(Action.SEND, "Send it after all"),),
}
"""Reason of a document that rests -> what a person may want."""


def _way_out(choice: Choice, details: Mapping[str, Any]) -> WayOut:
    transfer, link = int(details["id"]), int(details["link"])
    again = _post("/api/v1/transfers/retry", ids=[transfer])
    retry = f"counterfoil retry {transfer}"
    action, label = choice.action, choice.label
    if action is Action.SKIP and details.get("landing"):
        # What is in the target is not left out any more: it can only be left as it is.
        action, label = Action.ACCEPT, "Leave it there as it is"
    match action:
        case Action.RETRY:
            commands, requests = [retry], [again]
        case Action.SKIP:
            commands = [f"counterfoil skip {transfer}"]
            requests = [_post("/api/v1/transfers/skip", ids=[transfer])]
        case Action.USE_RECORD | Action.CREATE_AS:
            command, request = _match(choice, details, link)
            commands, requests = [command, retry], [request, again]
        case Action.ACTIVATE:
            commands = [f"counterfoil correct {transfer} --activate", retry]
            wanted = _post(f"/api/v1/transfers/{transfer}/correct", activate=True)
            requests = [wanted, again]
        case Action.CHANGE_SETTING:
            setting = choice.arguments.get("setting", "SETTING")
            value = choice.arguments.get("value", "VALUE")
            commands = [
                f"counterfoil settings set {link} {shlex.quote(f'{setting}={value}')}",
                f"counterfoil retry --link {link}",
            ]
            change = {
                "method": "PATCH",
                "path": f"/api/v1/links/{link}/settings",
                "body": {"texts": {setting: value}},
            }
            requests = [change, _post("/api/v1/transfers/retry", link=link)]
        case Action.SEND if _is_inward(details):
            # What comes from the books has no press of its own: it is tried again.
            commands, requests = [retry], [again]
        case Action.SEND:
            kind, number = details["source"]["kind"], details.get("number") or "CODE"
            commands = [shlex.join(["counterfoil", "send", str(link), kind, number])]
            requests = [_post(f"/api/v1/links/{link}/send", kind=kind, codes=[number])]
        case Action.ACCEPT:
            commands = [f"counterfoil accept {transfer}"]
            requests = [_post("/api/v1/transfers/accept", ids=[transfer])]
        case Action.UNDO:
            consents = choice.arguments.get("consent") == "true"
            commands = [f"counterfoil undo --transfer {transfer}{' --consent' * consents}"]
            body = {"ids": [transfer], **({"consent": True} if consents else {})}
            requests = [_post("/api/v1/transfers/undo", **body)]
        case _:
            assert action is Action.ADOPT, "every action has a verb"
            target = choice.arguments.get("id") or "NUMBER"
            consents = choice.arguments.get("consent") == "true"
            commands = [
                f"counterfoil adopt {transfer} --as {shlex.quote(target)}{' --consent' * consents}"
            ]
            named = {"target_id": target, **({"consent": True} if consents else {})}
            requests = [_post(f"/api/v1/transfers/{transfer}/adopt", **named)]
    return WayOut(action=action.value, label=label, commands=commands, requests=requests)


def _is_inward(details: Mapping[str, Any]) -> bool:
    return FLOWS[FlowName(details["flow"])].direction is Direction.FROM_BOOKS


def _match(choice: Choice, details: Mapping[str, Any], link: int) -> tuple[str, dict[str, Any]]:
    kind = choice.arguments.get("kind", "KIND").replace(" ", "-")
    name = choice.arguments.get("name", "")
    side = "operations" if _is_inward(details) else "books"
    words = ["counterfoil", "match", str(link), kind, name]
    body: dict[str, Any] = {"kind": kind, "name": name, "side": side}
    if choice.action is Action.USE_RECORD:
        near: Sequence[str] = details.get("suggestions") or ("NAME",)
        record = choice.arguments.get("record") or near[0]
        words += ["--record", record]
        body["record"] = record
    else:
        new_name = name.replace(":", " ")
        # A name that is taken needs another one; only a person can think of it.
        if new_name == name:
            new_name = "NAME"
        words += ["--create-as", new_name]
        body["create_as"] = new_name
    if side != "books":
        words += ["--side", side]
    return shlex.join(words), _post(f"/api/v1/links/{link}/match", **body)


def _post(path: str, **body: object) -> dict[str, Any]:
    return {"method": "POST", "path": path, "body": body}
