"""Stopped by what the other system said to a write, by its silence, or by our mistake."""

from __future__ import annotations

from collections.abc import Mapping

from ._choices import RETRY, SKIP
from ._shapes import Action, Actor, Choice, RefusalKind

__all__ = ["ANSWERS"]

ANSWERS: Mapping[str, RefusalKind] = {
    "rejected": RefusalKind(
        title="The books refused the document",
        sentence="{target} refused the {document}: {problem}",
        cure="Correct what it names, then try again.",
        actor=Actor.BOOKKEEPER,
        choices=(RETRY, SKIP),
    ),
    "period-closed": RefusalKind(
        title="The accounting period is closed",
        sentence="{target} does not take the {document}: its date is in a closed period.",
        cure="Give the document a later date, or open the period in the books.",
        actor=Actor.BOOKKEEPER,
        choices=(RETRY, SKIP),
    ),
    "payroll-item-unfit": RefusalKind(
        title="A payroll item is only for employees who are paid by their time",
        sentence="{target} does not take the payroll item of the {document}: {problem}",
        cure="Tick “Use time data to create paychecks” in the payroll info of the employee there, "
        "or send time without a payroll item.",
        actor=Actor.BOOKKEEPER,
        choices=(RETRY, SKIP),
    ),
    "item-unfit": RefusalKind(
        title="An item cannot stand on such a line",
        sentence="{target} does not take an item of the {document}: {problem}",
        cure="Choose an item that takes a quantity: no subtotal, group, discount or payment item, "
        "and for a stock count one that is stocked.",
        actor=Actor.BOOKKEEPER,
        choices=(RETRY, SKIP),
    ),
    "permission-missing": RefusalKind(
        title="Counterfoil lacks a permission",
        sentence="{target} does not let Counterfoil do this: {problem}",
        cure="Let an administrator of {target} grant the permission, then try again.",
        actor=Actor.ADMINISTRATOR,
        choices=(RETRY,),
    ),
    "reads-used-up": RefusalKind(
        title="This month's reads are used up",
        sentence="{target} refuses to be read: this month's reads of the app seem to be used up.",
        cure="Reading goes on next month, or with a larger plan of the app at its maker. What is "
        "new and needs nothing looked up is written all the same.",
        actor=Actor.ADMINISTRATOR,
        choices=(RETRY,),
    ),
    "feature-missing": RefusalKind(
        title="The books lack a feature",
        sentence="{target} cannot do this in its edition or with its preferences: {problem}",
        cure="Switch the feature on in its preferences, or turn this flow off.",
        actor=Actor.ADMINISTRATOR,
        choices=(RETRY, SKIP),
    ),
    "request-invalid": RefusalKind(
        title="The books could not read what Counterfoil wrote",
        sentence="{target} could not read the {document} as Counterfoil wrote it.",
        cure="Send this document's record to support; other documents are not affected.",
        actor=Actor.SUPPORT,
        choices=(RETRY, SKIP),
    ),
    "outcome-unclear": RefusalKind(
        title="It is not known whether the document arrived",
        sentence="No answer came for the {document}, and {target} cannot tell whether it has it. "
        "What is there and may be it: {near}.",
        cure="Look in {target}. If it is there, adopt it; if not, try again.",
        actor=Actor.BOOKKEEPER,
        choices=(Choice(Action.ADOPT, "It is there", {}), RETRY, SKIP),
    ),
    "waited-too-long": RefusalKind(
        title="The document waited too long",
        sentence="The {document} could not be sent for {duration}: {problem}",
        cure="Look into the reason, then try again.",
        actor=Actor.ADMINISTRATOR,
        choices=(RETRY, SKIP),
    ),
    "our-mistake": RefusalKind(
        title="Counterfoil made a mistake with this document",
        sentence="Counterfoil made a mistake with the {document}, and stopped it.",
        cure="Send this document's report to support; other documents are not affected.",
        actor=Actor.SUPPORT,
        choices=(RETRY, SKIP),
    ),
}
