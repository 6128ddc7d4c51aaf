"""Moving documents, and how it goes: ``run``, ``send``, ``retrieve``, ``status`` and others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Annotated

import typer

from counterfoil.told import whole

from ._asking import day_typed
from ._exits import Exit
from ._show import Column, emit, last_contact, progress, say, table, warn
from ._state import Json, LinkName, actor, opened

if TYPE_CHECKING:
    from counterfoil.api.standing import LinkStanding
    from counterfoil.hub.attention import Attention
    from counterfoil.hub.one_order import SyncedOne
    from counterfoil.hub.setup import Hub
    from counterfoil.hub.views import ConnectionStatus

__all__ = ["match", "preview", "retrieve", "run", "send", "status", "sync_one"]


@contextmanager
def _driving(context: typer.Context) -> Iterator[Hub]:
    """Open the hub to drive connections.

    Where no other process drives this SQLite file, leases that a crash has left are freed;
    beside a running hub, they decide who drives what.
    """
    from counterfoil.errors import LedgerInUseError
    from counterfoil.ledger import connections
    from counterfoil.ledger.database import hold

    with opened(context) as hub, ExitStack() as stack:
        try:
            stack.enter_context(hold(hub.database))
        except LedgerInUseError:
            yield hub
            return
        if hub.database.is_sqlite:
            with hub.database.writing() as tx:
                connections.release_all(tx)
        yield hub


def run(
    context: typer.Context,
    link: Annotated[
        str | None, typer.Argument(metavar="LINK", help="The link's number or name.")
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every link.")] = False,
    json: Json = False,
) -> None:
    """Do now whatever is due on a link.

    Systems that call this hub (a Web Connector) are left to their next call; what waits for
    them is told.
    """
    from counterfoil.errors import UsageError
    from counterfoil.hub import finding, telling, verbs
    from counterfoil.ledger import connections

    if (link is None) is not everything:
        raise UsageError("Name a link, or give --all for every one.")
    with _driving(context) as hub, progress("Working") as advance:
        if link is not None:
            found = [finding.link_named(hub, link)]
        else:
            with hub.database.reading() as tx:
                found = [each for each in connections.all_links(tx) if each.is_active]
        ran = verbs.run(hub, found, progress=advance)
        telling.tell(hub)
    if json:
        emit(ran)
    else:
        for each in ran.connections:
            (warn if each.problem else say)(f"{each.name}: {each.sentence}")
        if ran.refused:
            say(f"{ran.refused} stopped: counterfoil transfers --state refused")
    if ran.problems:
        raise typer.Exit(Exit.UNAVAILABLE)
    if ran.refused:
        raise typer.Exit(Exit.PERSON)


def send(
    context: typer.Context,
    link: LinkName,
    kind: Annotated[
        str,
        typer.Argument(
            metavar="KIND",
            help="sales-order, purchase-order, receiving, shipping, production-order or stock.",
        ),
    ],
    codes: Annotated[
        list[str] | None, typer.Argument(metavar="CODE", help="The documents' numbers.")
    ] = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="Every one that is held.")] = False,
    known: Annotated[
        bool, typer.Option("--known", help="Do not read the operations system first.")
    ] = False,
    account: Annotated[
        str | None,
        typer.Option("--account", help="Of stock: the account of the difference."),
    ] = None,
    memo: Annotated[
        str | None, typer.Option("--memo", help="Of stock: a remark on the adjustment.")
    ] = None,
    json: Json = False,
) -> None:
    """Send documents to the books.

    The operations system is read first, so that what was just entered there is known.  What
    has been sent already is named, not sent again.

    Of stock, CODE is a product's: how much there is of it is read, and what the books
    hold otherwise is adjusted.
    """
    from counterfoil.hub import finding, verbs

    with _driving(context) as hub, progress("Reading") as advance:
        sent = verbs.send(
            hub,
            finding.link_named(hub, link),
            kind,
            codes or (),
            actor(),
            everything=everything,
            reads_first=not known,
            account=account,
            memo=memo,
            progress=advance,
        )
    if json:
        emit(sent)
    elif sent.press is not None:
        say(f"Press {sent.press}. {sent.next} See: counterfoil counts {link} {sent.press}")
        if sent.read is not None and sent.read.problem:
            warn(f"{sent.read.name}: {sent.read.problem}")
    else:
        if sent.read is not None and sent.read.problem:
            warn(whole(f"{sent.read.name}: {sent.read.problem}", "Sent is what was known before."))
        count = len(sent.released)
        say(f"{count} document{'' if count == 1 else 's'} released. {sent.next}")
        for number in sent.waiting:
            say(f"{number}: It was on its way already.", indent=2)
        for each in sent.left:
            say(f"{each['number']}: {each['sentence']}", indent=2)
    if sent.left:
        raise typer.Exit(Exit.PERSON)
    if sent.read is not None and sent.read.problem:
        raise typer.Exit(Exit.UNAVAILABLE)


def sync_one(
    context: typer.Context,
    link: LinkName,
    order: Annotated[
        str,
        typer.Argument(metavar="ORDER", help="The order's identity in its system, or its number."),
    ],
    mail: Annotated[
        str | None,
        typer.Option("--mail", metavar="ADDRESS", help="Mail the result there; default: as set."),
    ] = None,
    json: Json = False,
) -> None:
    """Send one purchase order now, whatever its status and age.

    It is read anew first. That it is cancelled, or was transferred already, binds all the same.
    What comes of it is told, and mailed.
    """
    from counterfoil.hub import finding, one_order

    with _driving(context) as hub:
        found = finding.link_named(hub, link)
        done = one_order.sync_one(hub, found, order, actor(), address=mail)
    if json:
        emit(done)
    else:
        _tell_one(done)
    if done.is_stopped:
        raise typer.Exit(Exit.PERSON)


def _tell_one(done: SyncedOne) -> None:
    if done.document is not None:
        say(done.document)
    (warn if done.is_stopped else say)(done.sentence)
    if done.cure:
        say(done.cure, indent=2)
    for rule in done.passed:
        say(f"Passed over: {rule}", indent=2)
    if done.mailed_to is not None:
        say(f"Mailed to {done.mailed_to}.")
    elif done.mail_problem is not None:
        warn(f"Not mailed yet: {done.mail_problem}")


def retrieve(
    context: typer.Context,
    link: LinkName,
    kind: Annotated[
        str,
        typer.Argument(
            metavar="KIND",
            help="sales-order, purchase-order, invoice or estimate.",
        ),
    ],
    since: Annotated[
        str | None,
        typer.Option("--since", metavar="DATE", help="Created or changed since, like 2026-01-31."),
    ] = None,
    json: Json = False,
) -> None:
    """Retrieve documents from the books."""
    from counterfoil.hub import finding, verbs

    day = day_typed(since)
    with _driving(context) as hub, progress("Retrieving") as advance:
        found = verbs.retrieve(
            hub, finding.link_named(hub, link), kind, day, actor(), progress=advance
        )
    if json:
        emit(found)
    else:
        say(found.sentence)


def status(context: typer.Context, json: Json = False) -> None:
    """Show how every connection and every link stands."""
    from counterfoil.api import standing

    with opened(context) as hub:
        found = standing.status(hub)
    if json:
        emit(found)
        return
    if not found.connections:
        say("Nothing is connected yet. Begin with: counterfoil connections add")
        return
    _show_connections(found.connections)
    _show_attention(found.attention)
    unreadable = sum(each.unreadable for each in found.connections)
    if unreadable:
        number = "1 record" if unreadable == 1 else f"{unreadable} records"
        warn(f"{number} could not be read; see: counterfoil unreadable")
    if not any(each.is_active for each in found.links):
        _show_what_links(found.connections)
    for each in found.links:
        say()
        _show_link(each)


def _show_what_links(found: list[ConnectionStatus]) -> None:
    """Name the next step where connections of both sides are there and none are linked."""
    from counterfoil.hub.systems import Side, side_of

    sides = {side: next((c for c in found if side_of(c.system) is side), None) for side in Side}
    operations, books = sides[Side.OPERATIONS], sides[Side.BOOKS]
    say()
    if operations is None or books is None:
        missing = "an operations system" if operations is None else "the books"
        say(f"Nothing goes yet. Connect {missing}: counterfoil connections add")
    else:
        say(
            "Nothing is linked, so nothing goes yet. Link them with: counterfoil links add "
            f"--operations {operations.id} --books {books.id}"
        )


def _show_connections(found: list[ConnectionStatus]) -> None:
    table(
        (
            Column("ID", is_number=True),
            Column("Connection"),
            Column("System", is_wide=True, is_whole=True),
            Column("Last contact", is_whole=True),
            Column("Waiting", is_number=True),
        ),
        (
            (each.id, each.name, each.system, last_contact(each) or "never", each.waiting)
            for each in found
        ),
    )


def _show_attention(found: list[Attention]) -> None:
    from counterfoil.hub.document_line import how_many_wait

    if not found:
        return
    say()
    say("Needs attention", bold=True)
    for each in found:
        told = f" {how_many_wait(each.documents)} for it." if each.documents else ""
        warn(f"{each.name}: {each.sentence}{told} {each.cure}")


def _show_link(each: LinkStanding) -> None:
    say(f"Link {each.id}: {each.name}", bold=True)
    if each.rests is not None:
        warn(each.rests)
    if each.stage is not None:
        say(f"{each.stage} What is left: counterfoil links checklist {each.id}")
    if each.fields_refused:
        number = each.fields_refused
        documents = "1 document" if number == 1 else f"{number} documents"
        warn(
            f"Custom fields of {documents} could not be written; "
            f"see: counterfoil transfers {each.id} --fields"
        )
    table(
        (Column("Flow", is_whole=True), Column("Mode"), Column("Transfers")),
        (
            (
                flow.title,
                flow.mode,
                ", ".join(f"{n} {state}" for state, n in flow.states.items())
                or flow.last_press
                or "none yet",
            )
            for flow in each.flows
        ),
    )


def preview(context: typer.Context, link: LinkName, json: Json = False) -> None:
    """Show what would be written on both sides, held documents included; nothing is."""
    from counterfoil.api import standing
    from counterfoil.hub import desk, finding

    with opened(context) as hub:
        found = desk.preview(hub, link)
        rests = standing.rests(finding.link_named(hub, link))
    if json:
        emit({"operations": found, "rests": rests})
        return
    if rests is not None:
        warn(rests)
    table(
        (
            Column("Would"),
            Column("What"),
            Column("Name"),
            Column("In", is_wide=True),
            Column("Transfer", is_number=True),
            Column("Held"),
            Column("Why"),
        ),
        (
            (
                each.action,
                each.subject,
                each.name,
                each.system,
                "" if each.transfer is None else each.transfer,
                "held" if each.is_held else "",
                each.sentence,
            )
            for each in found
        ),
        empty="Nothing would be written.",
    )


def match(
    context: typer.Context,
    link: LinkName,
    list_: Annotated[
        str, typer.Argument(metavar="LIST", help="customer, vendor, employee, item or account.")
    ],
    name: Annotated[str, typer.Argument(metavar="NAME", help="As documents write it.")],
    *,
    record: Annotated[
        str | None, typer.Option("--record", metavar="NAME", help="The existing record it means.")
    ] = None,
    create_as: Annotated[
        str | None,
        typer.Option("--create-as", metavar="NAME", help="Find or create it under this name."),
    ] = None,
    side: Annotated[
        str, typer.Option("--side", help="In whose lists: books or operations.")
    ] = "books",
    json: Json = False,
) -> None:
    """Decide what a name means, for all documents of a link."""
    from counterfoil.errors import UsageError
    from counterfoil.hub import desk

    if side not in ("books", "operations"):
        raise UsageError(f"--side is {side!r}; it must be books or operations.")
    with opened(context) as hub:
        sentence = desk.match_name(
            hub, link, list_, name, actor(), record=record, create_as=create_as, side=side
        )
    if json:
        emit({"sentence": sentence})
    else:
        say(sentence)
        say(f"Documents that stopped because of it go on with: counterfoil retry --link {link}")
