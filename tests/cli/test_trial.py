"""A trial in the serving process: begun with one press, it runs by itself, and is thrown away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from counterfoil.cli._trial import StandInTrials
from counterfoil.errors import UsageError
from counterfoil.hub import stand_ins, verbs, views
from counterfoil.hub.dispatcher import Dispatcher
from counterfoil.hub.finding import link_named
from counterfoil.hub.setup import Configuration, Hub, open_hub
from counterfoil.ledger.database import sqlite_url
from counterfoil.settings import SystemName
from tests.support.serving import served
from tests.support.visitors import seated
from tests.support.world import SECRET_KEY

PATIENCE_S = 40.0
AUTOTASK, FUSION = SystemName.AUTOTASK, SystemName.FUSION_OPERATIONS
DESKTOP, ONLINE = SystemName.QUICKBOOKS_DESKTOP, SystemName.QUICKBOOKS_ONLINE


@pytest.fixture
def hub(sqlite_tables: bytes, tmp_path: Path) -> Iterator[Hub]:
    """A hub to which nothing is connected, served as the program serves it."""
    file = tmp_path / "hub.db"
    file.write_bytes(sqlite_tables)
    configuration = Configuration(database_url=sqlite_url(file), secret_key=SECRET_KEY)
    with open_hub(configuration) as opened, served(seated(opened)) as (_host, port):
        opened.configuration = replace(configuration, public_url=f"http://localhost:{port}")
        yield opened


@pytest.fixture
def trials(hub: Hub) -> Iterator[StandInTrials]:
    """Whoever starts stand-ins in this process."""
    made = StandInTrials(hub, None, hub.configuration.address)
    yield made
    made.close()


def arrived(hub: Hub) -> int:
    """Say how many documents are where they should be."""
    return sum(
        states.get("done", 0)
        for link in views.link_status(hub)
        for _flow, _mode, states in link.flows
    )


@pytest.mark.slow
@pytest.mark.parametrize("books", [DESKTOP, ONLINE])
def test_orders_flow_by_themselves(hub: Hub, trials: StandInTrials, books: SystemName) -> None:
    """Both stand-ins are filled, connected and linked; documents arrive; then all of it is gone."""
    trials.begin(AUTOTASK, books, "Mara Quill")
    with pytest.raises(UsageError, match="already"):
        trials.begin(AUTOTASK, books, "Mara Quill")
    assert trials.prepared.wait(PATIENCE_S)
    assert trials.problem is None
    names = [each.name for each in views.connection_status(hub)]
    assert all(name.endswith(stand_ins.SUFFIX) for name in names)

    link = views.link_status(hub)[0].id
    # What the dispatcher does by itself, where one runs; the Web Connector comes as it does.
    verbs.run(hub, [link_named(hub, link)])
    if books is ONLINE:
        verbs.run(hub, [link_named(hub, link)])
    else:
        while trials.called.acquire(timeout=PATIENCE_S) and not arrived(hub):
            pass
    assert arrived(hub) > 0

    trials.end("Mara Quill")
    assert stand_ins.trial_shown(hub) is None
    assert views.connection_status(hub) == []


@pytest.mark.slow
def test_it_ends_with_its_process_and_says_so(hub: Hub, trials: StandInTrials) -> None:
    """What a stopped process leaves behind is a trial that has ended, not one that is broken."""
    trials.begin(AUTOTASK, DESKTOP, "Mara Quill")
    assert trials.prepared.wait(PATIENCE_S)
    trials.close()

    shown = stand_ins.trial_shown(hub)
    assert shown is not None
    assert not shown.is_running
    StandInTrials(hub, None, hub.configuration.address).end("Mara Quill")
    assert stand_ins.trial_shown(hub) is None


def test_one_that_cannot_be_prepared_leaves_nothing(
    hub: Hub, trials: StandInTrials, tmp_path: Path
) -> None:
    """Whatever goes wrong while it is prepared is told, and nothing of it stays."""
    broken = StandInTrials(
        hub,
        Dispatcher(hub),
        hub.configuration.address,
        samples={(FUSION, DESKTOP): tmp_path / "no"},
    )
    broken.begin(FUSION, DESKTOP, "Mara Quill")
    assert broken.prepared.wait(PATIENCE_S)

    assert broken.problem is not None
    assert stand_ins.trial_shown(hub) is None
