"""Requests and answers of the JSON API, as its OpenAPI document describes them.

Requests are declared here.  Answers are the records that the verbs give, so their models
are made from those (``model_of``): the field's type is the record's own, its description
stands in the record's docstring.
"""

from __future__ import annotations

import re
import types
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from functools import cache
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    Union,
    cast,
    get_args,
    get_origin,
    get_type_hints,
)

import msgspec
import pydantic
from pydantic_core import PydanticCustomError

from counterfoil.api import standing, ways_out
from counterfoil.documents import RecordKind
from counterfoil.engine.counterparts import Decision
from counterfoil.engine.life import State
from counterfoil.hub import (
    accounts,
    before_first,
    checklist,
    desk,
    grants,
    notice_rules,
    notices,
    one_order,
    verbs,
    views,
)
from counterfoil.hub.channels import Channel
from counterfoil.settings import FLOWS, Direction, FlowName, SystemName

__all__ = [
    "Accepted",
    "AddingPerson",
    "Adopted",
    "Adopting",
    "Asked",
    "AskedFlow",
    "AskedState",
    "Checklist",
    "Comparison",
    "Connecting",
    "ConnectionShown",
    "Connections",
    "Counts",
    "Curing",
    "Decided",
    "Exported",
    "Failed",
    "Flows",
    "Forecasts",
    "Form",
    "History",
    "Ids",
    "Importing",
    "Leaves",
    "LinkChecklist",
    "LinkShown",
    "Linked",
    "Linking",
    "Links",
    "ListPage",
    "Lists",
    "Made",
    "Matching",
    "NameIds",
    "NamesLists",
    "NewPassword",
    "NewToken",
    "NoticeRule",
    "NoticeRules",
    "NoticesTold",
    "Party",
    "People",
    "PersonMade",
    "Ran",
    "Reconnecting",
    "Released",
    "Renewing",
    "Restoring",
    "Retrieved",
    "Retrieving",
    "Retrying",
    "RouteRows",
    "Routing",
    "Said",
    "SaidRows",
    "Saying",
    "SayingOne",
    "Sending",
    "Sent",
    "Sentences",
    "Setting",
    "SettingsShown",
    "Standing",
    "SyncedOne",
    "SyncingOne",
    "TakingBack",
    "Telling",
    "TellingChanged",
    "Told",
    "TransferDetails",
    "Transfers",
    "Tried",
    "UndoEffect",
    "Undoing",
    "Undone",
    "Unread",
    "Version",
    "WayToConnect",
    "Writes",
    "model_of",
]

_HALVES: Final = re.compile("[\ud800-\udfff]")
_MANY: int = 10_000
_TEXT = Annotated[str, pydantic.Field(max_length=4_000)]
_Ids = Annotated[list[int], pydantic.Field(min_length=1, max_length=_MANY)]


_ASKED_KINDS = {
    direction: sorted({each.source.value for each in FLOWS.values() if each.direction is direction})
    for direction in Direction
}


def _typed(value: object) -> object:
    """Take a word as people type it: in capitals, or with other dashes."""
    return value.strip().lower().replace("_", "-") if isinstance(value, str) else value


AskedSystem = Annotated[SystemName, pydantic.BeforeValidator(_typed)]
AskedFlow = Annotated[FlowName, pydantic.BeforeValidator(_typed)]
AskedState = Annotated[State, pydantic.BeforeValidator(_typed)]


def _kind(direction: Direction) -> Any:
    """Describe kinds of documents; what people call them elsewhere is taken, too."""
    return pydantic.Field(
        max_length=4_000, json_schema_extra={"enum": list[Any](_ASKED_KINDS[direction])}
    )


def _texts_in(value: object) -> Iterator[str]:
    """Give every text in a JSON value, keys included, however deep it is."""
    waiting = [value]
    while waiting:
        match waiting.pop():
            case str() as text:
                yield text
            case list() as entries:
                waiting += entries
            case dict() as fields:
                waiting += [*fields, *fields.values()]
            case _:
                pass


def _is_text(value: str) -> bool:
    return "\0" not in value and not _HALVES.search(value)


class Asked(pydantic.BaseModel):
    """A request's body: nothing in it that is not declared, and no text that cannot be kept."""

    model_config = pydantic.ConfigDict(extra="forbid", frozen=True)

    @pydantic.model_validator(mode="before")
    @classmethod
    def _can_be_kept(cls, value: object) -> object:
        """Refuse what no database holds, wherever in the body it stands."""
        for field, given in value.items() if isinstance(value, dict) else ():
            if not all(_is_text(each) for each in _texts_in([field, given])):
                where = field if _is_text(field) else "a name"
                raise PydanticCustomError("unkept_character", "%s", {"field": where})
        return value


_SECRET = Annotated[pydantic.SecretStr, pydantic.Field(max_length=4_000)]


class _Credentials(Asked):
    """What systems are connected with; which of it is needed depends on the system."""

    base_url: _TEXT | None = None
    key: _TEXT | None = None
    api_user: _TEXT | None = None
    secret: _SECRET | None = None
    integration_code: _SECRET | None = None
    client_id: _TEXT | None = None
    client_secret: _SECRET | None = None
    environment: _TEXT | None = None
    sign_in_url: _TEXT | None = None
    webhook_token: _SECRET | None = None
    old_webhooks: bool | None = None
    time_zone: _TEXT | None = None
    shipments_from: _TEXT | None = None
    receipts_from: _TEXT | None = None
    hours_from: _TEXT | None = None
    stock_from: _TEXT | None = None
    field_map: Annotated[str, pydantic.Field(max_length=20_000)] | None = None
    allow_http: bool | None = None
    company_file: _TEXT | None = None
    user_name: _TEXT | None = None
    requests_per_set: int | None = None
    settles_after: int | None = None
    looks_every: int | None = None
    file_id: _TEXT | None = None
    check: bool = True

    def given(self) -> Mapping[str, str | None]:
        """Give what ``hub.accounts`` takes."""
        return _texts(self)


class Connecting(_Credentials):
    """A connection to be added; which fields are needed depends on the system.

    ``check``: try the credentials first, where we are the ones who call.
    """

    system: AskedSystem
    name: _TEXT


class Reconnecting(_Credentials):
    """What to change about a connection; what is absent stays.

    ``check``: try new credentials first, where we are the ones who call.
    ``same_company``: somebody knows that they open the company that is known already.
    """

    name: _TEXT | None = None
    same_company: bool = False


_NO_CREDENTIALS = frozenset({"system", "name", "check", "same_company"})


def _texts(asked: Asked) -> dict[str, str | None]:
    """Give credentials as texts, as people type them."""
    found: dict[str, str | None] = {}
    for name, value in asked:
        if name not in _NO_CREDENTIALS and value is not None:
            is_secret = isinstance(value, pydantic.SecretStr)
            text = value.get_secret_value() if is_secret else str(value)
            found[name] = text.lower() if isinstance(value, bool) else text
    return found


class Restoring(Asked):
    """How a removed connection is called from now on; absent: as before."""

    name: _TEXT | None = None


class Linking(Asked):
    """A link to be added; the connections by number or name."""

    operations: int | _TEXT
    books: int | _TEXT
    name: _TEXT | None = None


class Setting(Asked):
    """Settings to be changed: all of them, or none.

    ``values`` are JSON values by key, as the schema of the settings describes them;
    ``texts`` are texts by key, as forms and the command line have them; ``reset`` names
    keys that go back to their defaults.
    """

    values: dict[_TEXT, Any] = {}
    texts: dict[_TEXT, _TEXT] = {}
    reset: list[_TEXT] = []


class Importing(Asked):
    """An exported document, as text."""

    document: Annotated[str, pydantic.Field(max_length=1_000_000)]


class Sending(Asked):
    """Documents to be sent: those with these numbers, or all that are held.

    ``reads_first``: read the operations system first, so that what was just entered there
    is known.  Of ``stock`` the codes are those of products, and ``account`` and ``memo``
    stand in place of what is set.
    """

    kind: Annotated[str, _kind(Direction.TO_BOOKS)]
    codes: Annotated[list[_TEXT], pydantic.Field(max_length=_MANY)] = []
    all: bool = False
    reads_first: bool = True
    account: _TEXT | None = None
    memo: Annotated[str, pydantic.Field(max_length=4095)] | None = None


class SyncingOne(Asked):
    """One order, by its identity in its system or its number; ``mail``: to whom its result goes."""

    order: Annotated[str, pydantic.Field(min_length=1, max_length=255)]
    mail: Annotated[str, pydantic.Field(max_length=254)] | None = None


_WORDS = Annotated[list[_TEXT], pydantic.Field(max_length=100)]


class Telling(Asked):
    """Somebody to be told, by e-mail, by an Apprise address or a webhook's; those are sealed.

    ``place``: the address.  ``causes``: kinds of causes and codes of refusals; empty: all.
    ``quiet``: hours such as ``mon-fri 18:00-07:00`` in which nothing is told that is not
    ``urgent``.  ``digest``: such as ``daily@08:00``; one message tells everything.
    """

    name: _TEXT
    channel: Annotated[str, pydantic.Field(json_schema_extra={"enum": [*Channel]})]
    place: _SECRET
    link: _TEXT | None = None
    causes: _WORDS = []
    quiet: _WORDS = []
    urgent: _WORDS = []
    digest: _TEXT | None = None
    tells_nothing: bool = False


class TellingChanged(Asked):
    """What to change of who is told; what is left out stays, ``null`` takes it away."""

    name: _TEXT = ""
    place: _SECRET = pydantic.SecretStr("")
    link: _TEXT | None = None
    causes: _WORDS = []
    quiet: _WORDS = []
    urgent: _WORDS = []
    digest: _TEXT | None = None
    tells_nothing: bool = False

    def changes(self) -> notice_rules.Changes:
        """Give what was named."""
        found: dict[str, Any] = {name: getattr(self, name) for name in self.model_fields_set}
        if "place" in found:
            found["place"] = self.place.get_secret_value()
        return cast("notice_rules.Changes", found)


class Retrieving(Asked):
    """Documents of the books to be retrieved, created or changed since a day."""

    kind: Annotated[str, _kind(Direction.FROM_BOOKS)]
    since: date | None = None


class Matching(Asked):
    """What a name means: either ``record`` or ``create_as``."""

    kind: RecordKind
    name: _TEXT
    record: _TEXT | None = None
    create_as: _TEXT | None = None
    side: Literal["books", "operations"] = "books"


class SayingOne(Asked):
    """What a person says of one record.

    ``id``: its identity or full name.  ``record``: of a link, which record it is there;
    ``name``: of one to be added, what it shall be called there.
    """

    id: Annotated[str, pydantic.Field(min_length=1, max_length=4_000)]
    decision: Decision
    record: _TEXT | None = None
    name: _TEXT | None = None


class Saying(Asked):
    """What a person says of records."""

    rows: Annotated[list[SayingOne], pydantic.Field(min_length=1, max_length=_MANY)]


class Party(Asked):
    """Whom a route is for; neither: all that no other route names."""

    party: Literal["customer", "vendor", "employee"] | None = None
    name: _TEXT | None = None


class Routing(Party):
    """Which link takes what is for a party."""

    link: int | _TEXT


class Ids(Asked):
    """Transfers, or whatever else the path names, by their numbers."""

    ids: _Ids


class NameIds(Asked):
    """Names of a list, each by its ``id`` in it."""

    ids: Annotated[
        list[Annotated[str, pydantic.Field(min_length=1, max_length=4_000)]],
        pydantic.Field(min_length=1, max_length=_MANY),
    ]


class Retrying(Asked):
    """Transfers to be tried again: these, or all of a link that have stopped.

    ``cause``: of the link only what this refusal stopped, by its code.
    """

    ids: Annotated[list[int], pydantic.Field(max_length=_MANY)] = []
    link: int | _TEXT | None = None
    cause: _TEXT | None = None


class Curing(Asked):
    """A cure of a case, and what it is for.

    ``choice``: which of the case's; ``answer``: what it asks; ``documents``: tokens of those that
    are meant, none: all; ``stand``: the case as it was seen, without: as it is now.
    """

    choice: _TEXT
    answer: Annotated[str, pydantic.Field(max_length=500)] = ""
    documents: Annotated[list[_TEXT], pydantic.Field(max_length=_MANY)] = []
    stand: Annotated[str, pydantic.Field(max_length=500)] = ""


class TakingBack(Asked):
    """What is to be taken back: a cure by its number, or the ``undo`` that it answered with."""

    undo: dict[str, Any] | None = None
    number: Annotated[int, pydantic.Field(ge=1, le=2**63 - 1)] | None = None


class Undoing(Asked):
    """Documents to be taken out again: these, or all that a run created.

    ``consent``: also what somebody has changed there since, or entered there by hand.
    """

    ids: Annotated[list[int], pydantic.Field(max_length=_MANY)] = []
    run: int | None = None
    consent: bool = False


class Correcting(Asked):
    """What a document shall say in the target: fields by their keys, as looking at it told them.

    What is not named stays as it is; what its source says, or nothing, takes a correction back.
    ``version``: in which it was looked at; another one is left alone.  ``only_check``: say what it
    comes to, and keep nothing.  ``activate``: in place of all that, make the inactive record
    active over which it stopped.
    """

    fields: Annotated[
        dict[_TEXT, Annotated[str, pydantic.Field(max_length=5_000)]],
        pydantic.Field(max_length=500),
    ] = {}
    activate: bool = False
    version: Annotated[int, pydantic.Field(ge=0)] | None = None
    only_check: bool = False


class Adopting(Asked):
    """The number, or the identity, that the document has in the target.

    ``consent``: also a document for another customer or vendor, or with another total.
    """

    target_id: Annotated[str, pydantic.Field(min_length=1, max_length=4_000)]
    consent: bool = False


# --- Answers ------------------------------------------------------------------------------


@cache
def model_of(record: type[msgspec.Struct]) -> type[pydantic.BaseModel]:
    """Make the model of a record, with those of the records in it."""
    described = _described(record.__doc__ or "")
    hints = get_type_hints(record, include_extras=True)
    fields: dict[str, Any] = {
        name: (_modelled(hints[name]), pydantic.Field(description=described.get(name)))
        for name in record.__struct_fields__
    }
    summary = re.split(r"\n\s*Attributes:", record.__doc__ or "")[0].strip()
    model: type[pydantic.BaseModel] = pydantic.create_model(
        record.__name__, __doc__=summary, **fields
    )
    return model


def _modelled(hint: Any) -> Any:
    """Give a type with every record in it replaced by its model."""
    if isinstance(hint, type) and issubclass(hint, msgspec.Struct):
        return model_of(hint)
    origin, parts = get_origin(hint), get_args(hint)
    if origin is None:
        return hint
    inner = tuple(_modelled(each) for each in parts)
    if origin in (types.UnionType, Union):
        return Union[inner]  # noqa: UP007 - made at run time
    return origin[inner]


def _described(doc: str) -> dict[str, str]:
    """Read the ``Attributes:`` of a docstring: field -> sentence."""
    _before, found, after = doc.partition("Attributes:")
    if not found:
        return {}
    described: dict[str, str] = {}
    name = ""
    for line in after.splitlines():
        start = re.match(r"\s{8}(\w+(?:, \w+)*): (.*)", line)
        if start:
            name = start[1]
            described[name] = start[2]
        elif name and line.strip():
            described[name] += f" {line.strip()}"
    return {each: text for names, text in described.items() for each in names.split(", ")}


def _many(record: type[msgspec.Struct]) -> Any:
    return types.GenericAlias(list, (model_of(record),))


def _model(name: str, doc: str, **fields: Any) -> type[pydantic.BaseModel]:
    wanted: dict[str, Any] = {field: (type_, ...) for field, type_ in fields.items()}
    model: type[pydantic.BaseModel] = pydantic.create_model(name, __doc__=doc, **wanted)
    return model


class Problem(pydantic.BaseModel):
    """What went wrong."""

    kind: str
    message: str
    request_id: str


class Failed(pydantic.BaseModel):
    """The one shape of every failure."""

    error: Problem


class Told(pydantic.BaseModel):
    """What is told of one document; ``id``: its transfer, ``null``: several of one number."""

    id: int | None
    number: str
    sentence: str


class Released(pydantic.BaseModel):
    """Transfers that go again, what was done with each, and why others do not go."""

    released: list[int]
    done: list[Told]
    left: list[Told]


class Differs(pydantic.BaseModel):
    """A field that says something else in the target; empty: nothing.

    ``holds``: ``record``, ``text`` or ``day``, which is written as ``2026-01-31``.
    """

    label: str
    source: str
    value: str
    holds: str


class Accepted(pydantic.BaseModel):
    """Transfers that were changed, what was done with each, and why others are as they were."""

    transfers: list[int]
    done: list[Told]
    left: list[Told]


class Undone(pydantic.BaseModel):
    """Transfers whose documents are taken out, and why others stay.

    ``updated``: numbers of what the run only changed; they stay as they are.
    """

    undone: list[int]
    left: list[Told]
    updated: list[str]


class Decided(pydantic.BaseModel):
    """What was decided, in one sentence."""

    sentence: str


class Sentences(pydantic.BaseModel):
    """What was done, a sentence each."""

    sentences: list[str]


class SettingsShown(pydantic.BaseModel):
    """A link's settings: every value by key, and what is wrong with stored ones.

    ``doubts`` are warnings: what disagrees with the books.
    """

    link: int
    version: int
    values: dict[str, Any]
    problems: list[str]
    doubts: list[str]


class Version(pydantic.BaseModel):
    """The version of a link's settings that is in force."""

    link: int
    version: int


class Form(pydantic.BaseModel):
    """The options of a link as something to be shown and filled in, by section."""

    link: int
    version: int
    sections: list[dict[str, Any]]


class Exported(pydantic.BaseModel):
    """Settings as a document for other installations."""

    link: int
    document: str


class AddingPerson(Asked):
    """Who is to work on a company file besides the first."""

    name: str = pydantic.Field(description="What people call them.")
    company_file: str | None = pydantic.Field(
        default=None, description="Where the company file is on their computer."
    )
    username: str | None = pydantic.Field(
        default=None, max_length=80, description="What their Web Connector signs in with."
    )


class Renewing(Asked):
    """How a Web Connector's password is renewed."""

    grace_minutes: int = pydantic.Field(
        default=0,
        ge=0,
        le=accounts.GRACE_MAX // timedelta(minutes=1),
        description="For how long the old password opens, too.",
    )

    @property
    def grace(self) -> timedelta:
        """The same as a time."""
        return timedelta(minutes=self.grace_minutes)


class Leaves(pydantic.BaseModel):
    """What removing something leaves as it is, in sentences."""

    leaves: list[str]


class NewToken(pydantic.BaseModel):
    """The token of a connection's agent; shown this once."""

    id: int
    token: str
    hub: str


class NewPassword(pydantic.BaseModel):
    """A Web Connector's new password; shown this once."""

    id: int
    username: str
    password: str


Connections = _model("Connections", "All connections.", connections=_many(standing.ConnectionShown))
Runs = _model(
    "Runs",
    "Runs, newest first; ``next``: what the following page is asked for with.",
    runs=_many(views.RunRow),
    next=int | None,
)
Run = pydantic.create_model(
    "Run",
    __base__=model_of(views.RunRow),
    __doc__="A run with what it wrote, what stopped in it, its steps and its calls.",
    pressed_by=(list[str], ...),
    steps=(_many(views.RunStep), ...),
    progress=(model_of(views.RunProgress), ...),
    writes=(_many(views.WriteRow), ...),
    stopped=(_many(views.StoppedRow), ...),
    calls=(_many(views.CallRow), ...),
)
Writes = _model(
    "Writes",
    "What was written and what became of it, newest first; ``next``: for the following page.",
    writes=_many(views.WriteRow),
    next=int | None,
)
UndoEffect = model_of(desk.UndoEffect)
Links = _model("Links", "All links.", links=_many(standing.LinkShown))
Lists = _model("Lists", "Lists of a connection.", lists=_many(desk.ListStanding))
ListPage = pydantic.create_model(
    "ListPage",
    __base__=model_of(desk.ListStanding),
    __doc__="A page of a list; ``next``: what the following page is asked for with.",
    rows=(_many(desk.ListRow), ...),
    next=(str | None, ...),
)
Flows = _model("Flows", "Every flow of every pairing.", flows=_many(standing.FlowShown))
Transfers = _model(
    "Transfers",
    "A page of transfers; ``next``: after which number the following page begins.",
    transfers=_many(views.TransferRow),
    next=int | None,
)
Forecasts = _model(
    "Forecasts",
    "What would be written; ``rests``: why nothing of the link is, and how it goes on.",
    operations=_many(desk.Forecast),
    rests=str | None,
)
History = _model(
    "History",
    "The versions of a link's settings, oldest first.",
    link=int,
    versions=_many(standing.VersionShown),
)
TransferDetails = pydantic.create_model(
    "TransferDetails",
    __base__=model_of(views.TransferRow),
    __doc__="Everything known about one transfer: the counterfoil.",
    source=(dict[str, str], ...),
    document=(dict[str, Any], ...),
    full_refusal=(dict[str, Any] | None, ...),
    suggestions=(list[str], ...),
    adoption=(dict[str, Any] | None, ...),
    waits_for=(dict[str, Any] | None, ...),
    landing=(dict[str, Any] | None, ...),
    corrected=(str, ...),
    left_out=(list[str], ...),
    custom_fields=(list[dict[str, Any]], ...),
    there=(dict[str, Any] | None, ...),
    exchanges=(list[dict[str, Any]], ...),
    audit=(list[dict[str, Any]], ...),
    key=(str | None, ...),
    settings_version=(int | None, ...),
    ways_out=(_many(ways_out.WayOut), ...),
)
Comparison = model_of(desk.Comparison)
NamesLists = _model(
    "NamesLists", "Lists of names that mean something on a link.", lists=_many(desk.NamesList)
)
SaidRows = _model(
    "SaidRows", "What was decided about records, oldest first.", decided=_many(desk.SaidRow)
)
RouteRows = _model("RouteRows", "Where documents go.", routes=_many(desk.RouteRow))
Said = _model("Said", "How often each decision was taken.", decided=dict[str, int])
Unread = _model(
    "Unread",
    "Records that could not be read.",
    unreadable=_many(standing.UnreadShown),
)
ConnectionShown = model_of(standing.ConnectionShown)
LinkShown = model_of(standing.LinkShown)
Linked = pydantic.create_model(
    "Linked",
    __base__=LinkShown,
    __doc__="A link just made, or one that had been removed and goes on.",
    is_resumed=(bool, ...),
    starts_from=(str, ...),
)
Editable = model_of(desk.Editable)
Corrected = pydantic.create_model(
    "Corrected",
    __base__=Accepted,
    __doc__="What a document says in the target in place of its source, field by field.",
    differences=(list[Differs], ...),
)
Adopted = pydantic.create_model(
    "AdoptionTaken",
    __base__=model_of(views.Adopted),
    __doc__="What a person's word about a transfer came to.",
    transfers=(list[int], ...),
)
Made = model_of(accounts.Made)
PersonMade = model_of(accounts.PersonMade)
People = _model("People", "Who works on a company file.", people=_many(standing.PersonShown))
WayToConnect = model_of(grants.WayToConnect)
Tried = model_of(accounts.Tried)
Checklist = model_of(checklist.Checklist)
Ran = model_of(verbs.Ran)
LinkChecklist = model_of(before_first.LinkChecklist)
Sent = model_of(verbs.Sent)
SyncedOne = model_of(one_order.SyncedOne)
NoticeRule = model_of(notice_rules.RuleShown)
NoticeRules = _model("NoticeRules", "Who is told of what.", rules=_many(notice_rules.RuleShown))
NoticesTold = _model(
    "NoticesTold",
    "What was told, newest first; ``next``: what the following page is asked for with.",
    notices=_many(notices.NoticeShown),
    next=int | None,
)
Retrieved = model_of(verbs.Retrieved)
Counts = _model("Counts", "Presses on “send stock”, newest first.", counts=_many(views.CountPress))
Standing = model_of(standing.Standing)
