"""Stopped over the order that the document fulfils, or what is left of it."""

from __future__ import annotations

from collections.abc import Mapping

from ._choices import ACCEPT, RETRY, SKIP
from ._shapes import Action, Actor, Choice, RefusalKind

__all__ = ["ORDERS"]

ORDERS: Mapping[str, RefusalKind] = {
    "several-sites": RefusalKind(
        title="The order is received at several inventory sites",
        sentence="The lines of the {document} are received at the sites {sites}, and {target} "
        "keeps one inventory site for an order.",
        cure="Make an order for each of the sites, or let its locations be one site, "
        "in the settings of the link.",
        actor=Actor.OPERATIONS,
        choices=(RETRY, SKIP),
    ),
    "location-unmapped": RefusalKind(
        title="It is not known which inventory site a location is",
        sentence="It is received at the location “{value}”, and the settings of the link do not "
        "say which inventory site of {target} that is.",
        cure="Say which site it is.",
        actor=Actor.BOOKKEEPER,
        choices=(
            Choice(Action.CHANGE_SETTING, "Say which site it is", {"setting": "{setting}"}),
            RETRY,
            SKIP,
        ),
    ),
    "order-not-there": RefusalKind(
        title="Its order is not there",
        sentence="The {document} {value} belongs to the {order}, which is not in {target}: {why}.",
        cure="Send the order first, then try again; or let such documents go without their "
        "order, in the settings of the flow.",
        actor=Actor.OPERATIONS,
        choices=(RETRY, SKIP),
    ),
    "order-line-unknown": RefusalKind(
        title="A line belongs to no line of the order in the books",
        sentence="{field} “{value}” of the {document} cannot be linked: {target}'s {order} has "
        "{problem}.",
        cure="Add the line to the order in {target}, or let such lines go beside the order.",
        actor=Actor.BOOKKEEPER,
        choices=(
            Choice(
                Action.CHANGE_SETTING,
                "Send such lines beside the order",
                {"setting": "{setting}", "value": "unlinked"},
            ),
            RETRY,
            SKIP,
        ),
    ),
    "order-used-up": RefusalKind(
        title="Nothing of the order is open any more",
        sentence="{target} does not link the {document} to its order: {problem}",
        cure="Somebody has billed, received or closed the order there. If the {document} was "
        "entered by hand, adopt it; else open the order again, then try again.",
        actor=Actor.BOOKKEEPER,
        choices=(Choice(Action.ADOPT, "It was entered by hand", {}), RETRY, SKIP),
    ),
    "already-billed": RefusalKind(
        title="The order is billed or received already",
        sentence="{field} “{value}” of the {document}: {moved} came, and {open} of the {ordered} "
        "on {target}'s {order} are still open; it has {found} already.",
        cure="If a bill for it was entered by hand, adopt that one. If more came than was "
        "ordered, change the order in {target}, then try again.",
        actor=Actor.BOOKKEEPER,
        choices=(Choice(Action.ADOPT, "It is entered already", {}), RETRY, SKIP),
    ),
    "already-invoiced": RefusalKind(
        title="The order is invoiced already",
        sentence="{field} “{value}” of the {document}: {moved} left, and {open} of the {ordered} "
        "on {target}'s {order} are still open; it has {found} already.",
        cure="If an invoice for it was entered by hand, adopt that one. If more left than was "
        "ordered, change the order in {target}, then try again.",
        actor=Actor.BOOKKEEPER,
        choices=(Choice(Action.ADOPT, "It is entered already", {}), RETRY, SKIP),
    ),
    "over-delivered": RefusalKind(
        title="More moved than is open of the order",
        sentence="{field} “{value}” of the {document}: {moved} were to go, and {open} of the "
        "{ordered} on {target}'s {order} are still open; it has {found} already.",
        cure="Change the order in {target}, or let Counterfoil take what is open.",
        actor=Actor.BOOKKEEPER,
        choices=(
            Choice(
                Action.CHANGE_SETTING,
                "Take what is open",
                {"setting": "{setting}", "value": "take_open"},
            ),
            RETRY,
            SKIP,
        ),
    ),
    "one-per-order": RefusalKind(
        title="Only one document of an order goes to the books",
        sentence="Only one {document} of an order goes to {target}, with whole quantities, and "
        "the {order} has {found} already.",
        cure="Leave this one out, or let every one go with what it moved.",
        actor=Actor.BOOKKEEPER,
        choices=(
            Choice(
                Action.CHANGE_SETTING,
                "Let every one go with what it moved",
                {"setting": "{setting}", "value": "false"},
            ),
            RETRY,
            SKIP,
        ),
    ),
    "rest-unclear": RefusalKind(
        title="What is left of a changed order cannot be told",
        sentence="The {document} is in {target} already, and part of it is invoiced or closed by "
        "hand since or before: {problem}. What is left of it cannot be told anew.",
        cure="Change the quantities in {target} by hand, then accept it here; or take orders as "
        "a whole, in the settings of the flow.",
        actor=Actor.OPERATIONS,
        choices=(ACCEPT, RETRY),
    ),
    "below-delivered": RefusalKind(
        title="Less would remain ordered than was delivered",
        sentence="{field} “{value}” of the {document} cannot be changed: {problem}.",
        cure="Correct the order where it was entered, or change it by hand where it was sent to.",
        actor=Actor.OPERATIONS,
        choices=(RETRY, Choice(Action.ACCEPT, "It has been settled by hand")),
    ),
    "tax-item-missing": RefusalKind(
        title="The order has no sales tax item",
        sentence="{target} makes no invoice of the {order}: it has no sales tax item, and the "
        "books charge sales tax.",
        cure="Choose one on the order in {target}, then try again; orders sent from now on take "
        "that of the settings of the flow.",
        actor=Actor.BOOKKEEPER,
        choices=(
            Choice(Action.CHANGE_SETTING, "Choose the item", {"setting": "{setting}"}),
            RETRY,
            SKIP,
        ),
    ),
    "link-refused": RefusalKind(
        title="The document cannot be linked to its order",
        sentence="{target} does not make this link to an order. {field}: {problem}",
        cure="Look which lines and quantities of the order are open in {target}, and correct the "
        "document where it was entered; then try again.",
        actor=Actor.BOOKKEEPER,
        choices=(RETRY, SKIP),
    ),
    "link-dropped": RefusalKind(
        title="It was entered without the link to its order",
        sentence="{target} took the {document} {value} twice without linking it to its order: "
        "the order does not show it.",
        cure="Look at the order in {target}: close it there if somebody has it open, and see "
        "whether anything of it is left to bill. Then try again, which takes the {document} out "
        "and enters it anew; or accept it as it is.",
        actor=Actor.BOOKKEEPER,
        choices=(RETRY, ACCEPT),
    ),
}
