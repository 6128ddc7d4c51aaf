"""``transfers``, ``show``, ``unreadable`` and what a person decides about documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ._asking import day_typed
from ._csv import AsCsv, Workbook, one_output, write_table
from ._exits import Exit
from ._show import Column, command, emit, say, table, when
from ._state import Json, actor, opened

if TYPE_CHECKING:
    from counterfoil.hub.desk import Released
    from counterfoil.hub.setup import Hub
    from counterfoil.hub.views import Sought, TransferRow

__all__ = ["accept", "adopt", "decided", "retry", "show", "skip", "transfers", "undo", "unreadable"]

Ids = Annotated[list[int], typer.Argument(metavar="ID", help="The transfers' numbers.")]
Id = Annotated[int, typer.Argument(metavar="ID", help="The transfer's number.")]


def transfers(
    context: typer.Context,
    link: Annotated[
        str | None, typer.Argument(metavar="LINK", help="The link's number or name.")
    ] = None,
    *,
    state: Annotated[
        list[str] | None, typer.Option("--state", help="Only in this state; can be repeated.")
    ] = None,
    flow: Annotated[str | None, typer.Option("--flow", help="Only of this flow.")] = None,
    find: Annotated[
        str | None, typer.Option("--find", metavar="TEXT", help="Part of the document's number.")
    ] = None,
    fields: Annotated[
        bool, typer.Option("--fields", help="Only those with a custom field that is refused.")
    ] = False,
    cause: Annotated[
        str | None,
        typer.Option("--cause", metavar="CODE", help="Only what this refusal or reason stopped."),
    ] = None,
    since: Annotated[
        str | None,
        typer.Option(
            "--since", metavar="DATE", help="Only what came where it stands since, like 2026-01-31."
        ),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=10_000, help="At most so many.")] = 50,
    after: Annotated[
        int, typer.Option("--after", metavar="ID", min=0, help="Only those after this one.")
    ] = 0,
    as_csv: AsCsv = False,
    workbook: Workbook = None,
    json: Json = False,
) -> None:
    """List transfers, oldest first: the history of all documents.

    As CSV or as a workbook it has all of them, with both sides, the difference and the reason.
    """
    from counterfoil.hub import finding, views

    states = [finding.state_named(word) for each in state or () for word in each.split(",")]
    wanted = finding.flow_named(flow).value if flow else None
    one_output(json=json, as_csv=as_csv, workbook=workbook)
    sought: Sought = {
        "link": link,
        "flow": wanted,
        "states": states,
        "text": find,
        "fields": fields,
        "cause": cause,
        "since": day_typed(since),
        "after": after,
    }
    with opened(context) as hub:
        if as_csv or workbook is not None:
            _export(hub, sought, workbook)
            return
        found = views.rows(hub, limit=limit, **sought)
    following = found[-1].id if len(found) == limit else None
    if json:
        emit({"transfers": found, "next": following})
        return
    is_asked = bool(states or wanted or find or fields or cause or since)
    _show_rows(found, empty="No transfer fits." if is_asked else "There are no transfers yet.")
    if following is not None:
        say(f"There may be more: --after {following}")


def _export(hub: Hub, sought: Sought, workbook: Path | None) -> None:
    """Print the history of transfers as CSV, or write it as a workbook."""
    from counterfoil.api.sheets import table_of
    from counterfoil.hub import desk

    write_table(workbook, *table_of(desk.HistoryRow, desk.history(hub, **sought)))


def _show_rows(found: Sequence[TransferRow], *, empty: str = "No transfer fits.") -> None:
    """List transfers in a table; where there are none, this sentence."""
    from counterfoil.settings import title_of

    table(
        (
            Column("ID", is_number=True),
            Column("Number", is_whole=True),
            Column("Flow", is_wide=True),
            Column("State", is_whole=True),
            Column("Since", is_wide=True, is_whole=True),
            Column("Became", is_whole=True),
            Column("Why"),
        ),
        (
            (
                each.id,
                each.number,
                title_of(each.flow),
                f"{each.called} !" if each.field_problems else each.called,
                when(each.since),
                (each.target_number or each.target_id) if each.target_id else "",
                each.sentence,
            )
            for each in found
        ),
        empty=empty,
    )


def show(
    context: typer.Context,
    transfer: Annotated[
        str,
        typer.Argument(metavar="ID|NUMBER", help="The transfer's number, or its document's."),
    ],
    json: Json = False,
) -> None:
    """Show everything known about a transfer: its counterfoil.

    Of several documents that bear the number, all are listed, to choose from by their IDs.
    """
    from counterfoil.api.ways_out import ways_out
    from counterfoil.hub import finding, views
    from counterfoil.settings import title_of

    with opened(context) as hub:
        found = views.transfers_named(hub, transfer)
        if len(found) > 1:
            _choose(transfer, found, json=json)
            return
        details = views.details(hub, found[0].id)
        with hub.database.reading() as tx:
            link = finding.find_link(tx, int(details["link"])).name
    ways = ways_out(details)
    if json:
        emit({**details, "ways_out": ways})
        return
    source = details["source"]
    say(f"Transfer {details['id']}: {details['called']}", bold=True)
    say(f"{_words(source['kind'])} {details['number'] or source['id']}", indent=2)
    say(
        f"Link {details['link']} ({link}), {title_of(details['flow'])} ({details['flow']})",
        indent=2,
    )
    say(f"Since {when(details['since'])}, attempts: {details['attempts']}", indent=2)
    if details["landing"]:
        _show_landing(details["landing"])
    if details["wish"] != "none":
        say(f"Wished: {details['wish']}", indent=2)
    _show_adoption(details["adoption"])
    if details["sentence"]:
        _show_reason(details)
    if details["corrected"]:
        say(f"Corrected: {details['corrected']}", indent=2)
    _show_left_out(details["left_out"])
    _show_fields(details["custom_fields"])
    if ways:
        say()
        say("What you can do", bold=True)
        for way in ways:
            say(way.label, indent=2)
            for line in way.commands:
                command(line, indent=6)
    _show_document(details["document"])
    if details["there"]:
        _show_document(details["there"], title="What stands there now")
    _show_exchanges(details["exchanges"])
    _show_audit(details["audit"])


def _choose(named: str, found: Sequence[TransferRow], *, json: bool) -> None:
    """List what bears a number, to choose from."""
    if json:
        emit({"transfers": found})
        return
    say(f"{len(found)} documents bear {named}; show one by its ID:")
    _show_rows(found)


def _show_adoption(found: Mapping[str, Any] | None) -> None:
    """Tell what somebody said it is there, and what there is to choose from."""
    if found is None:
        return
    say()
    say(f"Unconfirmed: somebody says that it is “{found['named']}” there", bold=True)
    say(found["sentence"], indent=2)
    _show_candidates(found["candidates"])


def _show_candidates(found: Sequence[Mapping[str, Any]]) -> None:
    if not found:
        return
    table(
        (
            Column("Number", is_whole=True),
            Column("Date", is_whole=True),
            Column("Party"),
            Column("Total", is_number=True),
            Column("Id there", is_whole=True),
            Column("Differs"),
        ),
        (
            (
                each.get("number"),
                each.get("dated"),
                each.get("party"),
                each.get("total"),
                each["id"],
                " ".join(each.get("differences", ())),
            )
            for each in found
        ),
    )


def _words(kind: str) -> str:
    return kind.replace("-", " ").capitalize()


def _show_landing(landing: Mapping[str, Any]) -> None:
    how = "It was there already" if landing["is_adopted"] else "It became"
    total = f", total {landing['total']}" if landing["total"] else ""
    number = landing["number"] or "a document without a number"
    say(f"{how}: {number} (id {landing['id']}{total}), {when(landing['paired_at'])}", indent=2)
    if landing["difference"]:
        say(landing["difference"]["sentence"], indent=2)
    if landing["gone_at"]:
        say(f"It is gone there since {when(landing['gone_at'])} at the latest", indent=2)
    elif not landing["is_read"]:
        say("What it says there has not been read yet", indent=2)


def _show_left_out(notes: Sequence[str]) -> None:
    if not notes:
        return
    say()
    say("Left out or rounded", bold=True)
    for note in notes:
        say(note, indent=2)


def _show_fields(found: Sequence[Mapping[str, Any]]) -> None:
    if not found:
        return
    say()
    say("Custom fields", bold=True)
    table(
        (Column("Field"), Column("Value"), Column("State", is_whole=True), Column("Problem")),
        ((each["name"], each["value"], each["state"], each["problem"]) for each in found),
    )


def _show_reason(details: Mapping[str, Any]) -> None:
    say()
    say("Why", bold=True)
    say(details["sentence"], indent=2)
    if details["cure"]:
        say(f"{details['cure']} ({details['actor']})", indent=2)
    refusal = details["full_refusal"] or {}
    if refusal.get("where"):
        say(f"It is about: {refusal['where']}", indent=2)
    if refusal.get("detail"):
        say(f"For the engineer: {refusal['code']}: {refusal['detail']}", indent=2)
    if details["suggestions"]:
        say(f"Names like it: {', '.join(details['suggestions'])}", indent=2)


def _show_document(document: Mapping[str, Any], *, title: str = "Document") -> None:
    say()
    say(title, bold=True)
    for name, value in document.items():
        text = _flat(value)
        if name != "lines" and text:
            say(f"{name.replace('_', ' ').capitalize()}: {text}", indent=2)
    lines = document.get("lines") or ()
    headings: dict[str, None] = {}
    for line in lines:
        headings.update(dict.fromkeys(name for name in line if name != "id"))
    if lines:
        say()
        table(
            [Column(name.replace("_", " ").capitalize()) for name in headings],
            [[_flat(line.get(name)) for name in headings] for line in lines],
        )


def _flat(value: object) -> str:
    """Give a part of a document in one line: the values, without their names."""
    if isinstance(value, Mapping):
        # A reference's identity says nothing to a person who reads its name.
        return ", ".join(filter(None, (_flat(v) for k, v in value.items() if k != "id")))
    if isinstance(value, Sequence) and not isinstance(value, str):
        parts = [_flat(each) for each in value]
        nested = any(isinstance(each, (Mapping, list, tuple)) for each in value)
        return ("; " if nested else " ").join(filter(None, parts))
    return "" if value is None else str(value)


def _show_exchanges(found: Sequence[Mapping[str, Any]]) -> None:
    if not found:
        return
    say()
    say("Exchanges", bold=True)
    table(
        (
            Column("Run", is_number=True),
            Column("Exchange", is_number=True),
            Column("Asked", is_whole=True),
            Column("What"),
            Column("Outcome"),
            Column("Detail", is_wide=True),
        ),
        (
            (
                each["run"],
                each["exchange_id"],
                when(each["sent_at"]),
                " ".join(filter(None, (each["kind"], each["name"]))),
                each["outcome"] or each["exchange_state"],
                each["outcome_detail"] or each["outcome_id"],
            )
            for each in found
        ),
    )


def _show_audit(found: Sequence[Mapping[str, Any]]) -> None:
    if not found:
        return
    say()
    say("Who did what", bold=True)
    for each in found:
        detail = f": {each['detail']}" if each["detail"] else ""
        say(f"{when(each['at'])}  {each['actor']}  {each['action']}{detail}", indent=2)


def retry(
    context: typer.Context,
    ids: Annotated[
        list[int] | None, typer.Argument(metavar="ID", help="The transfers' numbers.")
    ] = None,
    link: Annotated[
        str | None, typer.Option("--link", help="All of this link that have stopped.")
    ] = None,
    cause: Annotated[
        str | None,
        typer.Option("--cause", metavar="CODE", help="Of the link, all that this refusal stopped."),
    ] = None,
    json: Json = False,
) -> None:
    """Try again what was refused or waits: transfers, and custom fields of what is done."""
    from counterfoil.errors import UsageError
    from counterfoil.hub import desk, verbs

    if bool(ids) is (link is not None):
        raise UsageError("Name transfers, or give --link for all of a link that have stopped.")
    if cause is not None and link is None:
        raise UsageError("--cause is one of a link; give --link, too.")
    with opened(context) as hub:
        result = desk.retry(hub, actor(), transfer_ids=ids or (), link=link, cause=cause)
        verbs.wake_for(hub, result.released)
    if json:
        emit({"released": result.released, **_told(result)})
    elif result.done or result.left:
        _show_outcome(result, "tried again")
    else:
        say("Nothing has stopped; what a new setting or match lets go, goes by itself.")
    if result.left:
        raise typer.Exit(Exit.PERSON)


def _transfers(number: int) -> str:
    return f"{number} transfer{'' if number == 1 else 's'}"


# So many are told of one by one on a screen; --json tells all.
_TOLD_MAX = 50


def _told(result: Released) -> dict[str, Any]:
    from counterfoil.hub import verbs

    return {"done": verbs.told(result.done), "left": verbs.told(result.left)}


def _show_outcome(result: Released, what: str) -> None:
    """Tell what a press did with each document, and what it did not do, and why."""
    count = len(result.released)
    say(f"{_transfers(count)} {what}" + (f", {len(result.left)} not:" if result.left else "."))
    rows = [(each, "done") for each in result.done] + [(each, "not") for each in result.left]
    table(
        (
            Column("ID", is_number=True),
            Column("Number", is_whole=True),
            Column("Done", is_whole=True),
            Column("What"),
        ),
        ((each.id, each.number, done, each.sentence) for each, done in rows[:_TOLD_MAX]),
    )
    if len(rows) > _TOLD_MAX:
        say(f"And {len(rows) - _TOLD_MAX} more; --json tells all.")


def _show_left(left: Sequence[Mapping[str, Any]]) -> None:
    for each in left:
        say(f"{each['number']}: {each['sentence']}", indent=2)


def skip(context: typer.Context, ids: Ids, json: Json = False) -> None:
    """Leave documents out, until somebody sends them."""
    from counterfoil.hub import desk

    with opened(context) as hub:
        result = desk.skip(hub, ids, actor())
    decided(result, "left out", json=json)


def accept(context: typer.Context, ids: Ids, json: Json = False) -> None:
    """Take changed documents as they are: nothing more is to be written."""
    from counterfoil.hub import desk

    with opened(context) as hub:
        result = desk.accept(hub, ids, actor())
    decided(result, "accepted as they are", json=json)


def decided(result: Released, what: str, *, json: bool) -> None:
    """Tell a decision; code 1 where something is as it was."""
    if json:
        emit({"transfers": result.released, **_told(result)})
    else:
        _show_outcome(result, what)
    if result.left:
        raise typer.Exit(Exit.PERSON)


def adopt(
    context: typer.Context,
    transfer: Id,
    target: Annotated[
        str | None,
        typer.Option("--as", metavar="NUMBER", help="Its number there, or its identity."),
    ] = None,
    *,
    consent: Annotated[
        bool,
        typer.Option("--consent", help="Also one of another customer or vendor, or total."),
    ] = False,
    undo: Annotated[
        bool, typer.Option("--undo", help="Take it back; what is there stays as it is.")
    ] = False,
    json: Json = False,
) -> None:
    """Say which document of the target a transfer is.

    For one that somebody entered there by hand.  It is looked up there, and its customer or
    vendor and its total are compared; until then it is unconfirmed, and nothing is sent.
    """
    from counterfoil.errors import UsageError
    from counterfoil.hub import verbs

    if (target is None) is not undo:
        raise UsageError("Name the document with --as, or take it back with --undo.")
    with opened(context) as hub:
        if target is None:
            result = verbs.take_back(hub, transfer, actor())
        else:
            result = verbs.adopt(hub, transfer, target, actor(), consent=consent)
    if json:
        emit({"transfers": [transfer], **_plain(result)})
    else:
        say(f"Transfer {transfer}: {result.sentence}")
        _show_candidates(_plain(result)["candidates"])
        if not undo and not result.is_confirmed:
            say(f"See how it stands with: counterfoil show {transfer}", indent=2)


def _plain(value: object) -> Any:
    import msgspec

    return msgspec.to_builtins(value, enc_hook=str)


def undo(
    context: typer.Context,
    ids: Annotated[
        list[int] | None,
        typer.Option("--transfer", metavar="ID", help="A transfer's number; can be repeated."),
    ] = None,
    run: Annotated[
        int | None,
        typer.Option("--run", metavar="N", help="Everything that this run created."),
    ] = None,
    consent: Annotated[
        bool,
        typer.Option("--consent", help="Also what somebody has changed there, or entered by hand."),
    ] = False,
    json: Json = False,
) -> None:
    """Take documents out of the system they were sent to.

    What a run only changed is listed, not reversed.  ``runs`` lists what each run wrote.
    """
    from counterfoil.errors import UsageError
    from counterfoil.hub import desk, verbs

    if bool(ids) is (run is not None):
        raise UsageError("Name transfers with --transfer, or a run with --run.")
    with opened(context) as hub:
        result = desk.undo(hub, actor(), transfer_ids=ids or (), run=run, consent=consent)
        verbs.wake_for(hub, result.undone)
    left = verbs.told(result.left)
    if json:
        emit({"undone": result.undone, "left": left, "updated": result.updated})
    else:
        say(f"{_transfers(len(result.undone))} will be undone.")
        _show_left(left)
        for number in result.updated:
            say(f"{number}: The run only changed it; it stays as it is.", indent=2)
    if left:
        raise typer.Exit(Exit.PERSON)


def unreadable(
    context: typer.Context,
    connection: Annotated[
        str | None, typer.Argument(metavar="CONNECTION", help="The connection's number or name.")
    ] = None,
    json: Json = False,
) -> None:
    """List records that could not be read, with what is wrong with each."""
    from counterfoil.api import standing
    from counterfoil.hub import finding

    with opened(context) as hub:
        named = None if connection is None else finding.connection_named(hub, connection).id
        found = standing.unreadable(hub, named)
    if json:
        emit({"unreadable": found})
        return
    table(
        (
            Column("Connection"),
            Column("Kind"),
            Column("Record", is_whole=True),
            Column("Of", is_wide=True),
            Column("Dated", is_wide=True, is_whole=True),
            Column("Field", is_wide=True),
            Column("Value", is_wide=True),
            Column("What is wrong"),
            Column("Since", is_wide=True, is_whole=True),
        ),
        (
            (
                each.connection_name,
                each.kind,
                each.number or each.record,
                each.party,
                each.dated,
                each.field,
                each.value,
                each.problem,
                when(each.first_seen_at),
            )
            for each in found
        ),
        empty="Everything could be read.",
    )
