"""A refusal's choices, ready to be carried out: as commands to paste, as requests to send.

The choices themselves are the refusal's own (``documents.REFUSAL_KINDS``); this is the one
place that knows by which verb each of them is done.  What only a person can say stands in
capitals: ``NAME``, ``VALUE``, ``ID``.
"""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from counterfoil.documents import Action, Choice
from counterfoil.settings import FLOWS, Direction, FlowName

__all__ = ["WayOut", "ways_out"]


class WayOut(msgspec.Struct, frozen=True, kw_only=True):
    """One way out of a refusal.

    Attributes:
        action: A word of ``Action``.
        label: What it does, in the refusal's words.
        commands: What to type, one after the other.
        requests: The same over the JSON API: method, path and body.
    """

    action: str
    label: str
    commands: list[str]
    requests: list[dict[str, Any]]


def ways_out(details: Mapping[str, Any]) -> list[WayOut]:
    """Give the ways out of a transfer's refusal.

    Args:
        details: A transfer as ``hub.desk.details`` gives it.
    """
    refusal = details.get("full_refusal")
    if not refusal:
        return []
    choices = msgspec.convert(refusal.get("choices", ()), tuple[Choice, ...])
    return [_way_out(choice, details) for choice in choices]


def _way_out(choice: Choice, details: Mapping[str, Any]) -> WayOut:
    transfer, link = int(details["id"]), int(details["link"])
    again = _post("/api/v1/transfers/retry", ids=[transfer])
    retry = f"counterfoil retry {transfer}"
    match choice.action:
        case Action.RETRY:
            commands, requests = [retry], [again]
        case Action.SKIP:
            commands = [f"counterfoil skip {transfer}"]
            requests = [_post("/api/v1/transfers/skip", ids=[transfer])]
        case Action.USE_RECORD | Action.CREATE_AS:
            command, request = _match(choice, details, link)
            commands, requests = [command, retry], [request, again]
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
        case _:
            assert choice.action is Action.ADOPT, "every action has a verb"
            target = choice.arguments.get("id") or "ID"
            commands = [f"counterfoil adopt {transfer} --as {shlex.quote(target)}"]
            requests = [_post(f"/api/v1/transfers/{transfer}/adopt", target_id=target)]
    return WayOut(
        action=choice.action.value, label=choice.label, commands=commands, requests=requests
    )


def _match(choice: Choice, details: Mapping[str, Any], link: int) -> tuple[str, dict[str, Any]]:
    kind = choice.arguments.get("kind", "KIND").replace(" ", "-")
    name = choice.arguments.get("name", "")
    side = "books"
    if FLOWS[FlowName(details["flow"])].direction is Direction.FROM_BOOKS:
        side = "operations"
    words = ["counterfoil", "match", str(link), kind, name]
    body: dict[str, Any] = {"kind": kind, "name": name, "side": side}
    if choice.action is Action.USE_RECORD:
        near: Sequence[str] = details.get("suggestions") or ("NAME",)
        words += ["--record", near[0]]
        body["record"] = near[0]
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
