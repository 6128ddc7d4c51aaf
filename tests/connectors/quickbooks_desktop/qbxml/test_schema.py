"""Our tables against Intuit's schema, an outside judge: both must say yes, both must say no.

Every request is made as full as it can be, once per branch of its choices, and must be valid
to both.  Then it is broken in one place, in every way a place can be broken, and must be refused
by both.  The one known defect of the schema (4.8, ``ValueAdjustment``) is left out.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from pathlib import Path

import pytest
from lxml import etree

from counterfoil.connectors.quickbooks_desktop.qbxml import (
    Answer,
    InvalidQbxml,
    Request,
    parse_replies,
    parse_request_set,
    render_replies,
    render_set,
)
from counterfoil.connectors.quickbooks_desktop.qbxml._shapes import (
    Block,
    Element,
    record_names,
    request_names,
    shape,
)
from tests.connectors.quickbooks_desktop.qbxml.samples import (
    NEWEST,
    available,
    branches_of,
    fields_of,
    full_request,
    intuit_schema,
    required,
)

# Places broken per request and kind of fault; the seed makes every run break the same ones.
PLACES_MAX = 6
SEED = 20260131

WRONG_TEXTS = {
    "amt": ("1.5", "1,000.00", "12345678901234", "1e5"),
    "price": ("1.123456", "12345678901", "$5"),
    "qty": ("1.123456", "two", "1e-3"),
    "pct": ("5%", "1.123456"),
    "flt": ("1e5", "1,5"),
    "int": ("1.0", "", "one"),
    "b": ("yes", "TRUE"),
    "d": ("31.01.2026", "2026-02-30", "20260131"),
    "dt": ("2026-01-31T23:59:59Z", "31.01.2026", "2026-01-31 23:59"),
    "dur": ("1:30", "PT", "PT1.5H", "P1D"),
    "guid": ("{6b063959}", "6b063959-81b0-4622-85d6-f548c8cca517", ""),
    "e": ("Nope", "", "billable"),
}


@pytest.fixture(scope="session")
def schema(shared_dir: Path) -> etree.XMLSchema:
    return intuit_schema(shared_dir)


def elements_of(name: str) -> etree._Element:
    """The full request as a tree, ready to be broken."""
    branch = random.Random(SEED).randrange(branches_of(name))
    if not _is_sound(name, branch):
        branch = 0
    return tree_of(full_request(name, branch=branch, include=available(NEWEST)))


def tree_of(request: Request) -> etree._Element:
    return etree.fromstring(render_set([request], version=NEWEST).encode())


def text_of(tree: etree._Element) -> str:
    body = etree.tostring(tree, encoding="unicode")
    return f'<?xml version="1.0" encoding="utf-8"?><?qbxml version="16.0"?>{body}'


def _is_sound(name: str, branch: int) -> bool:
    """Whether the schema's defect stays out of sight (4.8)."""
    return (name, branch) != ("InventoryAdjustmentAdd", 1)


def blocks(tree: etree._Element, name: str) -> Iterator[tuple[etree._Element, Block]]:
    """Every element that holds elements, with its block."""
    known = shape(name)
    root = tree[0][0]
    yield from _blocks(root[0] if known.has_block else root, known.block)


def _blocks(element: etree._Element, block: Block) -> Iterator[tuple[etree._Element, Block]]:
    yield element, block
    for child in element:
        inside = block.elements[str(child.tag)].block
        if inside is not None:
            yield from _blocks(child, inside)


def leaves(tree: etree._Element, name: str) -> Iterator[tuple[etree._Element, Element]]:
    for element, block in blocks(tree, name):
        for child in element:
            known = block.elements[str(child.tag)]
            if known.block is None:
                yield child, known


def judge(schema: etree.XMLSchema, tree: etree._Element) -> tuple[bool, bool]:
    """Whether the schema takes the document, and whether we do."""
    try:
        parse_request_set(text_of(tree))
    except InvalidQbxml:
        return schema.validate(tree), False
    return schema.validate(tree), True


# --- What both take -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", request_names())
class TestValidRequests:
    def test_the_fullest_request_is_valid(self, schema: etree.XMLSchema, name: str) -> None:
        """A request with everything in it is valid, whichever branch its choices take."""
        for branch in range(branches_of(name)):
            if _is_sound(name, branch):
                schema.assertValid(tree_of(full_request(name, branch=branch)))

    def test_the_barest_request_is_valid(self, schema: etree.XMLSchema, name: str) -> None:
        """A request with nothing but what is required is valid."""
        request = full_request(name, include=required)

        schema.assertValid(tree_of(request))
        assert parse_request_set(render_set([request], version=NEWEST)).requests[0].name == name


@pytest.mark.parametrize("name", [name for name in record_names() if name != "ErrorRecovery"])
def test_the_fullest_record_is_valid(schema: etree.XMLSchema, name: str) -> None:
    """A reply with a record of everything is valid, and its record is found again."""
    fields = fields_of(
        shape(name).block,
        # The schema's own values for it hold "=0" and the like; nothing real can match them.
        include=lambda element: element.name != "FulfillmentStatus",
    )
    reply = REPLY_OF.get(name) or f"{name.removesuffix('Ret')}Query"
    if reply in ITEMS_ONLY_FOUND_AMONG_ALL:
        reply = "ItemQuery"
    document = render_replies([Answer(reply, "7", records=[(name, fields)])], version=NEWEST)

    schema.assertValid(etree.fromstring(document.encode()))
    assert [record.tag for record in parse_replies(document).replies[0].records] == [name]


ITEMS_ONLY_FOUND_AMONG_ALL = {
    "ItemDiscountQuery",
    "ItemFixedAssetQuery",
    "ItemPaymentQuery",
    "ItemSalesTaxGroupQuery",
    "ItemSubtotalQuery",
}
REPLY_OF = {
    "DataExtRet": "DataExtAdd",
    "DataExtDelRet": "DataExtDel",
    "DataExtDefDelRet": "DataExtDefDel",
    "DateDrivenTermsRet": "TermsQuery",
}


# --- What both refuse ---------------------------------------------------------------------------


def swapped(tree: etree._Element, name: str) -> list[Callable[[], None]]:
    """Two neighbours change places, lines excepted, which may stand in any order."""

    def swap(first: etree._Element, second: etree._Element) -> None:
        second.addnext(first)

    return [
        partial(swap, first, second)
        for element, block in blocks(tree, name)
        for first, second in pairwise(element)
        if first.tag != second.tag and block.rank[str(first.tag)] != block.rank[str(second.tag)]
    ]


def too_long(tree: etree._Element, name: str) -> list[Callable[[], None]]:
    """A text is one character longer than allowed."""

    def stretch(leaf: etree._Element, length: int) -> None:
        leaf.text = "x" * (length + 1)

    return [
        partial(stretch, leaf, known.length)
        for leaf, known in leaves(tree, name)
        if known.length is not None
    ]


def with_a_stranger(tree: etree._Element, name: str) -> list[Callable[[], None]]:
    """An element nobody knows stands in a block."""

    def insert(element: etree._Element) -> None:
        etree.SubElement(element, "Counterfoil").text = "x"

    return [partial(insert, element) for element, _ in blocks(tree, name)]


def without_what_is_required(tree: etree._Element, name: str) -> list[Callable[[], None]]:
    """A required element is missing."""

    def remove(element: etree._Element, tag: str) -> None:
        for child in element.findall(tag):
            element.remove(child)

    return [
        partial(remove, element, particle.name)
        for element, block in blocks(tree, name)
        for particle in block.particles
        if isinstance(particle, Element) and particle.minimum
    ]


def in_a_wrong_form(tree: etree._Element, name: str) -> list[Callable[[], None]]:
    """A value is not in its type's form."""

    def write(leaf: etree._Element, text: str) -> None:
        leaf.text = text

    return [
        partial(write, leaf, text)
        for leaf, known in leaves(tree, name)
        for text in WRONG_TEXTS.get(known.kind, ())
        if known.kind != "e" or known.values
    ]


def given_twice(tree: etree._Element, name: str) -> list[Callable[[], None]]:
    """An element that may stand once stands twice."""

    def repeat(child: etree._Element) -> None:
        child.addnext(etree.fromstring(etree.tostring(child, with_tail=False)))

    return [
        partial(repeat, child)
        for element, block in blocks(tree, name)
        for child in element
        if block.elements[str(child.tag)].maximum == 1 and str(child.tag) not in block.lines
    ]


@pytest.mark.parametrize(
    "breaks",
    [swapped, too_long, with_a_stranger, without_what_is_required, in_a_wrong_form, given_twice],
    ids=lambda breaks: breaks.__name__,
)
@pytest.mark.parametrize("name", request_names())
def test_both_refuse_what_is_broken(
    schema: etree.XMLSchema,
    name: str,
    breaks: Callable[[etree._Element, str], list[Callable[[], None]]],
) -> None:
    """A request broken in one place is refused by Intuit's schema and by us."""
    places = len(breaks(elements_of(name), name))
    chance = random.Random(f"{SEED} {name} {breaks.__name__}")
    for place in chance.sample(range(places), min(places, PLACES_MAX)):
        tree = elements_of(name)
        breaks(tree, name)[place]()

        assert judge(schema, tree) == (False, False), etree.tostring(tree).decode()
