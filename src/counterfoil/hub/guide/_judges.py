"""What is known of each step of a setup: whether it is done, what is missing, since when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Final, NamedTuple

from counterfoil.documents import ended
from counterfoil.engine.life import Standing, State, states_that_are
from counterfoil.hub import before_first, checklist, signing_in
from counterfoil.hub.before_first import LinkChecklist
from counterfoil.hub.checklist import StepShown, is_connected
from counterfoil.hub.grants import SignedIn, signed_in
from counterfoil.hub.links import LinkView, view_of
from counterfoil.hub.needed import lists_needed
from counterfoil.hub.setup import Hub
from counterfoil.hub.systems import signs_in, traits_of
from counterfoil.hub.times import clock_time
from counterfoil.hub.unread import unread_lists
from counterfoil.hub.views import zone_of
from counterfoil.ledger import agents, connections, grants, transfers
from counterfoil.ledger.agents import Agent
from counterfoil.ledger.connections import Connection, Link
from counterfoil.settings import FlowMode

from ._setups import Setup

__all__ = ["JUDGES", "Judged", "Judging", "Seen"]


class Judged(NamedTuple):
    """What is known of a step.

    Attributes:
        is_passed: ``None``: it is open.
        sentence: What was seen, or what is missing.
        since: Since when it waits for that; ``None``: for nobody but the person here.
        cure: What to do where it failed, one sentence each.
    """

    is_passed: bool | None
    sentence: str
    since: datetime | None = None
    cure: tuple[str, ...] = ()


class Seen:
    """What the steps of a setup are judged from; each thing is looked up once, when asked for."""

    def __init__(self, hub: Hub, setup: Setup) -> None:
        self.hub = hub
        self.setup = setup
        self.now = hub.now()

    def at(self, moment: datetime) -> str:
        """Tell a moment's time of day as the company's people read it."""
        return clock_time(moment, zone_of(self.hub))

    @property
    def file(self) -> Connection:
        """The connection of the books."""
        assert self.setup.file is not None, "only what is there is judged by this"
        return self.setup.file

    @property
    def link(self) -> Link:
        """The link."""
        assert self.setup.link is not None, "only what is there is judged by this"
        return self.setup.link

    @cached_property
    def agent(self) -> Agent | None:
        """The agent of the company file; ``None``: a Web Connector calls, or nobody yet."""
        if self.setup.file is None:
            return None
        with self.hub.database.reading() as tx:
            return agents.load(tx, self.file.id)

    @cached_property
    def checks(self) -> Mapping[str, StepShown]:
        """The steps that are tried at the company file, by name."""
        found = checklist.checklist(self.hub, self.file)
        return {each.step: each for each in found.steps}

    @cached_property
    def asked_at(self) -> Mapping[str, datetime | None]:
        """Since when somebody waits for a step to be tried."""
        with self.hub.database.reading() as tx:
            kept = agents.steps(tx, self.file.id)
        return {name: step.asked_at for name, step in kept.items()}

    @cached_property
    def sign_in(self) -> SignedIn | None:
        """How the sign-in at the provider stands."""
        with self.hub.database.reading() as tx:
            return signed_in(self.file, grants.load(tx, self.file.id))

    @cached_property
    def view(self) -> LinkView:
        """The link with its settings."""
        with self.hub.database.reading() as tx:
            return view_of(tx, self.link)

    @cached_property
    def before(self) -> LinkChecklist:
        """What has to be so before the first transfer; without steps where there are none."""
        return before_first.link_checklist(self.hub, self.link.id)

    @cached_property
    def counted(self) -> Counter[State]:
        """How many of the link's documents are in which state."""
        counted: Counter[State] = Counter()
        with self.hub.database.reading() as tx:
            for _link, _flow, state, number in transfers.counts(tx, self.link.id):
                counted[state] += number
        return counted

    @cached_property
    def unread(self) -> tuple[Connection, str] | None:
        """The first list that was not read yet, whose it is and why; ``None``: all were read."""
        with self.hub.database.reading() as tx:
            for side in (self.view.operations, self.view.books):
                side = connections.load(tx, side.id) or side  # noqa: PLW2901 - as it is now
                why = unread_lists(tx, side)
                wanted = lists_needed(side, [self.view])
                missing = next((why[kind] for kind in wanted if kind in why), None)
                if missing is not None:
                    return side, missing
        return None


Judging = Callable[[Seen], Judged]


# --- Both systems -------------------------------------------------------------------------


def _operations(seen: Seen) -> Judged:
    return _connection(seen.setup.desk)


def _books(seen: Seen) -> Judged:
    return _connection(seen.setup.file)


def _connection(found: Connection | None) -> Judged:
    if found is None:
        return Judged(None, "")
    if found.last_problem is not None and not signs_in(found.system) and found.user_name is None:
        return Judged(False, found.last_problem.spoken)
    return Judged(True, f"Connected as “{found.name}”.")


def _signed_in(seen: Seen) -> Judged:
    found = seen.sign_in
    if found is None or not found.is_open:
        if seen.file.account is None:
            return Judged(None, "Nobody has signed in at Intuit yet.", seen.file.created_at)
        return Judged(False, found.problem.spoken if found and found.problem else "")
    company = str(seen.file.facts.get("company_name") or "")
    told = f"Signed in by {found.by}" + (f" at {seen.at(found.since)}" if found.since else "")
    return Judged(True, ended(f"{told}; the company is {company}" if company else told))


# --- The company file, by the agent -------------------------------------------------------


def _installed(seen: Seen) -> Judged:
    assert seen.agent is not None, "only asked where an agent shall come"
    step = seen.checks["install-agent"]
    if step.is_passed is False:
        cure = ("Give the agent the newest token, or make another one in step “Generate token”.",)
        return Judged(False, "An agent came with a token that is not valid any more.", cure=cure)
    return Judged(step.is_passed, step.sentence.spoken, seen.agent.token_made_at)


def _token(seen: Seen) -> Judged:
    assert seen.agent is not None, "only asked where an agent shall come"
    return Judged(True, f"Made at {seen.at(seen.agent.token_made_at)}.")


def _agent_there(seen: Seen) -> Judged:
    agent = seen.agent
    assert agent is not None, "only asked where an agent shall come"
    if agent.seen_at is None:
        return Judged(None, "Possible once the agent has called.")
    if is_connected(agent, seen.now):
        return Judged(True, f"The agent on {agent.computer} answers.")
    return Judged(
        False,
        f"The agent on {agent.computer} was last heard of at {seen.at(agent.seen_at)}.",
        agent.seen_at,
        (
            "See that the computer is on and does not sleep.",
            "See that somebody is signed in to Windows there, and start the agent again.",
        ),
    )


def _tried(step: str, cure: tuple[str, ...]) -> Judging:
    def judge(seen: Seen) -> Judged:
        found = seen.checks[step]
        if found.is_asked:
            who = "The agent" if seen.agent is not None else "The Web Connector, when it calls,"
            return Judged(None, f"{who} tries it.", seen.asked_at.get(step))
        if found.is_passed is None:
            return Judged(None, "Nobody has tried it yet.")
        return Judged(
            found.is_passed, found.sentence.sentence, cure=() if found.is_passed else cure
        )

    return judge


_NO_ACCESS: Final = (
    (
        "QuickBooks remembers a No. At its computer open Edit, Preferences, Integrated "
        "Applications, Company Preferences; select Counterfoil, press Remove, then OK."
    ),
    "Be signed in to QuickBooks as Admin, in single-user mode, with only this company file open.",
    (
        "Request access here again, and choose the last option: Yes, always; allow access even if "
        "QuickBooks is not running."
    ),
)
_NO_WRITING: Final = (
    "See that the company file is open, or that access is allowed while QuickBooks is not running.",
    "See that Counterfoil may read personal data: Edit, Preferences, Integrated Applications.",
    "Then test access again.",
)


# --- The company file, by the Web Connector -----------------------------------------------


def _added(seen: Seen) -> Judged:
    file = seen.file
    if file.last_seen_at is not None or file.sign_in_refused_at is not None:
        return Judged(True, "The Web Connector knows Counterfoil.")
    return Judged(None, "The Web Connector has not called yet.", file.created_at)


def _password(seen: Seen) -> Judged:
    file = seen.file
    if signing_in.sentence(file, None) is not None and file.sign_in_refused_at is not None:
        at = seen.at(file.sign_in_refused_at)
        cure = (
            "Type the password into the Web Connector's row again.",
            "If it is lost, make a new one here; it opens at once.",
        )
        return Judged(False, f"A wrong password came at {at}.", cure=cure)
    if file.password_used_at is not None:
        return Judged(True, f"It was right at {seen.at(file.password_used_at)}.")
    return Judged(None, "It was not used yet.", file.created_at)


def _called(seen: Seen) -> Judged:
    file = seen.file
    if file.last_seen_at is None:
        return Judged(None, "No call has come yet.", file.created_at)
    return Judged(True, f"It called at {seen.at(file.last_seen_at)}.")


def _company(seen: Seen) -> Judged:
    file = seen.file
    if "other_file" in file.facts:
        cure = (
            "Open the right company file at the QuickBooks computer, and let it call again.",
            "If the file that is open is the right one, restored, moved or renamed, say so here.",
        )
        told = file.last_problem.sentence if file.last_problem else "Another company file is open."
        return Judged(False, told, cure=cure)
    company = file.facts.get("company_name") or file.facts.get("company_file")
    if company is not None:
        return Judged(True, ended(f"It is {company}"))
    if file.last_seen_at is not None and file.last_problem is not None:
        return Judged(False, file.last_problem.sentence, cure=_NO_ACCESS[:2])
    return Judged(None, "The company file has not been seen yet.", file.last_seen_at)


# --- Both together ------------------------------------------------------------------------


def _linked(seen: Seen) -> Judged:
    link = seen.setup.link
    if link is None:
        return Judged(None, "")
    if link.is_paused:
        cure = ("Let it go on, on the link's page.",)
        return Judged(False, f"The link “{link.name}” is paused.", cure=cure)
    return Judged(True, f"Linked as “{link.name}”.")


def _chosen(seen: Seen) -> Judged:
    view = seen.view
    if view.problems:
        return Judged(False, "; ".join(str(each) for each in view.problems))
    modes = {flow.title_with(view.operations.system): view.mode_of(flow) for flow in view.flows}
    going = [title for title, mode in modes.items() if mode is not FlowMode.OFF]
    if not going:
        return Judged(None, "Nothing goes yet: every flow is switched off.")
    by_itself = sum(mode is FlowMode.AUTOMATIC for mode in modes.values())
    told = "all when somebody sends them"
    if by_itself:
        told = f"{by_itself} of them by {'itself' if by_itself == 1 else 'themselves'}"
    number = f"{len(going)} kinds of documents go" if len(going) > 1 else f"{going[0]} go"
    return Judged(True, f"{number}, {told}.")


def _lists(seen: Seen) -> Judged:
    if seen.unread is None:
        return Judged(True, "The lists of both sides are known.")
    side, why = seen.unread
    if traits_of(side.system).is_called:
        return Judged(None, ended(f"{side.name}: {why}"), seen.link.created_at)
    return Judged(None, f"{side.name}: {ended(why)} QuickBooks has to call.", seen.link.created_at)


def _before(seen: Seen) -> Judged:
    left = [each for each in seen.before.steps if not each.is_passed]
    if not left:
        return Judged(True, "All of it is so.")
    failed = any(each.is_passed is False for each in left)
    told = f"{len(left)} of {len(seen.before.steps)} are left."
    return Judged(False if failed else None, told)


_UNDER_WAY: Final = (
    *states_that_are(Standing.WANTED),
    *states_that_are(Standing.IN_FLIGHT),
)


def _first(seen: Seen) -> Judged:
    counted = seen.counted
    done = counted[State.DONE] + counted[State.CHANGED]
    if done:
        return Judged(True, f"{_documents(done)} arrived.")
    moving = sum(counted[state] for state in _UNDER_WAY)
    if moving:
        called = traits_of(seen.setup.books).is_called
        waits = "" if called else "; QuickBooks takes them with its next call"
        return Judged(None, f"{_documents(moving)} on the way{waits}.", seen.link.created_at)
    if counted[State.REFUSED]:
        told = f"{_documents(counted[State.REFUSED])} stopped, each with its reason."
        cure = ("Look into the inbox: it says what is missing, and offers the cure.",)
        return Judged(False, told, cure=cure)
    if counted[State.HELD]:
        return Judged(None, f"{_documents(counted[State.HELD])} found, held until somebody sends.")
    system = seen.setup.operations.words
    return Judged(None, f"No document was found in {system} yet.", seen.link.created_at)


def _documents(number: int) -> str:
    return "1 document" if number == 1 else f"{number} documents"


JUDGES: Final[Mapping[str, Judging]] = {
    "operations": _operations,
    "books": _books,
    "sign-in": _signed_in,
    "install-agent": _installed,
    "generate-token": _token,
    "test-connection": _agent_there,
    "request-access": _tried("request-access", _NO_ACCESS),
    "test-access": _tried("test-access", _NO_WRITING),
    "add-file": _added,
    "password": _password,
    "first-call": _called,
    "right-company": _company,
    "link": _linked,
    "choose": _chosen,
    "lists": _lists,
    "before-first": _before,
    "first-order": _first,
}
"""Step -> what is known of it."""
