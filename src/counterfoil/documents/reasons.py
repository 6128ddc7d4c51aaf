"""Reasons: why a transfer rests where it is, as codes with values.

A refusal is what somebody has to resolve; a reason only says why a document waits, was
left out or differs.  It is a value like a refusal: every kind is one row of
``REASON_KINDS``, and its sentence is made from that row when it is shown, never stored and
never parsed.  Programs compare codes and read values; people read sentences.

Codes are stable: users search for them, scripts compare them.
"""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter

import msgspec

from ._sentences import filled

__all__ = ["REASON_KINDS", "Reason", "reason"]

REASON_KINDS: Mapping[str, str] = {
    # --- Not yet, or not at all --------------------------------------------------------------
    "draft": "The document is still a draft where it was entered.",
    "not-submitted": "The order is new where it was entered and not submitted yet.",
    "numbered-elsewhere": "The order bears the {field} “{number}” before Counterfoil has sent it: "
    "another integration may transfer the same orders, and whoever knows better sends it.",
    "marked-error": "The order bears ERROR in place of its {field}: the integration that was used "
    "before could not transfer it, and the settings do not take such orders by themselves.",
    "outside-window": "The order was created on {day}, before {first}: the settings look back "
    "{days} days.",
    "looks-not-back": "The settings look back no days, so no order goes by itself.",
    "other-vendor": "Orders to “{vendor}” go when somebody sends them: the settings name the "
    "vendors whose orders go by themselves.",
    "cancelled": "The document is cancelled, void or closed by hand where it was entered.",
    "deleted": "The document was deleted where it was entered.",
    "too-old": "The document is of {day}, before the start date {start}.",
    "before-link": "The document was there before the link began on {day}.",
    "part-closed": "Lines of the document are closed by hand where it was entered.",
    "fully-invoiced": "The document is fully invoiced already.",
    "fully-received": "The document is fully received already.",
    "nothing-left": "Everything on the document is done or closed by hand already; nothing is left "
    "of it.",
    "nothing-moved": "Nothing of the document has been {moved} yet.",
    "not-complete": "Not everything on the document has been {moved} yet.",
    "in-production": "The production order {order} is not completed yet.",
    "no-time": "No time was recorded.",
    "untagged": "The product does not bear the tag “{tag}”.",
    "field-empty": "The product's custom field “{field}” is empty; it names the item.",
    "outside-us": "The books are those of {country}; that they may be sent to is not switched on "
    "in the settings.",
    "waits-for-person": "The document waits until somebody sends it.",
    "flow-off": "The flow is switched off.",
    "link-paused": "The link is paused.",
    "setup-unfinished": "The connection “{connection}” is not ready: the step “{step}” failed when "
    "it was last tried.",
    "settings-problem": "The settings of the link have a problem that has to be solved first.",
    "misjudged": "Counterfoil made a mistake in judging the document; send its report to "
    "support ({problem}).",
    "left-out-by": "{who} left the document out.",
    "undone-by": "{who} took the document back out.",
    "from-us": "Counterfoil wrote this document itself, as {number}; it does not go back.",
    "made-from": "The document was made from the {kind} {number}, which was taken up already.",
    "made-from-ours": "The document was made from the {kind} {number}, which Counterfoil wrote.",
    "made-into": "The {kind} {number} was made from the document, and was taken up already.",
    "owed-with-order": "The {kind} {number} in the books owes all of its order already.",
    "owed-with-goods": "What moved of the order is owed already, by the {kind} {number}.",
    "run-stopped": "The item “{item}” of {document} is not in the books: the others wait until "
    "that is settled, as the settings say.",
    "routed-elsewhere": "The document belongs to the link “{link}”.",
    "parts-unknown": "It is not known how much of the document was sent before; whoever knows "
    "sends it, or leaves it out.",
    "sent-elsewhere": "{document} is of more than what was entered shows now, so these goods may "
    "be in it: settle that one first, or send this one by itself if its goods are others.",
    "superseded": "A newer document took the place of this one.",
    "part-empty": "Nothing is left of this part of the document: it was taken back where it was "
    "entered, or other parts carry it.",
    "not-sent": "The document was cancelled or deleted where it was entered before it was sent.",
    # --- Products that a stock count leaves out ------------------------------------------------
    "count-not-there": "The product is no longer in {source}.",
    "count-unread": "How much there is of the product could not be read from {source}.",
    "count-item-missing": "{target} has no item “{item}”.",
    "count-item-inactive": "The item “{item}” is inactive in {target}.",
    "count-item-ambiguous": "The name “{item}” fits several items of {target}.",
    "count-item-gone": "The item that was chosen for “{item}” is no longer in {target}.",
    "count-not-stocked": "The item “{item}” is neither an inventory part nor an assembly in "
    "{target}.",
    "count-unread-there": "How much {target} holds of “{item}” could not be read.",
    "count-sites": "{target} keeps stock at several inventory sites, and the settings do not say "
    "which of them each location of {source} is.",
    "count-location-unmapped": "Some of it lies at the location “{location}”, and the setting "
    "Inventory sites does not say which site of {target} that is.",
    "count-location-unknown": "Some of it lies at a location with the number {location}, which is "
    "not among the inventory locations that {source} lists.",
    "count-site-missing": "Some of it lies at the location “{location}”, and {target} has no "
    "active inventory site “{site}”, which that is by the settings.",
    "count-sites-differ": "What {source} holds at its locations does not add up to what it holds "
    "in all.",
    "count-sites-differ-there": "What {target} holds of “{item}” at its inventory sites does not "
    "add up to what it holds in all.",
    "count-site-unread": "How much {target} holds of “{item}” at the inventory site “{site}” could "
    "not be read.",
    "count-in-bins": "Some of “{item}” lies in bins of {target}, or at a site that it does not "
    "list, and a count by site cannot say where: count it there.",
    "count-item-twice": "Several products of this count are the item “{item}” of {target}.",
    "count-received": "Skipped, because it was received against an order that is in {target} "
    "already: its receipt brings it there.",
    "count-receipt-waits": "Skipped, because a receipt of it is on its way, changed, or was "
    "entered while stock was read: it is counted the next time.",
    "count-decimals": "The item “{item}” would be {quantity}, and {target} keeps {places} "
    "decimals; a setting of the link may let it be rounded.",
    "count-unit": "The item “{item}” is counted in {unit}, which its unit set {set} does not tell.",
    "count-waits": "What was counted may be wrong by now: it is counted anew before it is sent.",
    # What an older version noted in its own words.
    "noted": "An earlier version noted: {sentence}.",
    # --- Sent, and something has changed since -----------------------------------------------
    "source-changed": "The document was changed where it was entered after it was sent.",
    "source-gone": "The document was cancelled or deleted where it was entered after it was sent.",
    "target-changed": "Somebody changed the document where it was sent to.",
    "target-gone": "The document is no longer there where it was sent to.",
    "not-linked": "The document is there, and its order does not show that it belongs to it.",
    "conflict": "The document was changed where it was entered and where it was sent to.",
    "both-gone": "The document is gone where it was entered and where it was sent to.",
    "accepted-by": "{who} accepted the document as it is.",
    "adopted-unread": "Somebody says that the document is there already; that is not confirmed "
    "yet, and nothing is sent meanwhile.",
    # --- Waiting -----------------------------------------------------------------------------
    "settling": "The document was changed a moment ago; further changes are awaited until {until}.",
    "waits-for": "The document waits for {document}.",
    "closes-later": "The order is closed where it was entered; it is closed there, too, once its "
    "{documents} have been read again.",
    "busy": "The other system cannot take the document now: {problem}.",
    "list-unread": "{problem}.",
    "hold-back": "The document is held back until {until}: an earlier write may still be running.",
    "order-doubtful": "What its order says there speaks against the document; the order is read "
    "once more before that is believed.",
    "link-unproved": "It is there; its order is being read, to prove that it is linked to it.",
    "outcome-asked": "No answer came; it is being asked whether the document arrived.",
}
"""Code -> its sentence, with ``{name}`` places for the values.

``too-old``: the document's day and the start date; ``before-link``: the day the link
began; ``made-from``, ``made-from-ours``, ``made-into``: the other document's kind in words
and its number, or its identity where it has none; ``nothing-moved`` and ``not-complete``:
what goods do there, “received” or “shipped”; ``settling`` and ``hold-back``: the time of day
in words; ``sent-elsewhere``: what went of another delivery, such as “Invoice 1017”, at the
beginning of a sentence; ``waits-for``: the document in words, such as “sales order SO-1001”;
``closes-later``: what fulfils the order, such as “shipments”; ``busy``: the system's own words;
``list-unread``: which list could not be read, and why, as a sentence;
``target-gone``: the system and the day of the deletion, where it tells that.
"""


_TOLD: Mapping[str, str] = {
    "target-gone": "The document was deleted in {target} on {day}.",
}
"""Code -> the sentence in place of the usual one, where more is known."""


class Reason(msgspec.Struct, frozen=True, array_like=True):
    """Why a transfer rests where it is.

    Attributes:
        code: A key of ``REASON_KINDS``; one that a later version wrote still reads.
        values: What the sentence names, and anything else worth keeping, as text.
    """

    code: str
    values: dict[str, str] = {}

    @property
    def sentence(self) -> str:
        """The reason for people, in one sentence."""
        template = REASON_KINDS.get(self.code)
        told = _TOLD.get(self.code)
        if told is not None and self.values:
            template = told
        if template is None:
            return f"The reason is “{self.code}”, which this version does not know."
        return filled(template, self.values, absent="…")

    @property
    def detail(self) -> str:
        """What was seen, for an engineer; empty: no more than the sentence says."""
        return self.values.get("detail", "")


_PLACES: Mapping[str, frozenset[str]] = {
    code: frozenset(name for _, name, _, _ in Formatter().parse(template) if name)
    for code, template in REASON_KINDS.items()
}


def reason(code: str, **values: object) -> Reason:
    """Make the reason of one kind.

    Args:
        code: A key of ``REASON_KINDS``.
        values: At least what the sentence names; more is kept beside it.

    Raises:
        KeyError: No such kind: our mistake.
        AssertionError: A value that the sentence names is missing: our mistake.
    """
    missing = _PLACES[code] - values.keys()
    assert not missing, f"the reason “{code}” needs {', '.join(sorted(missing))}"
    return Reason(code, {name: str(value) for name, value in values.items()})
