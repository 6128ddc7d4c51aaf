"""Who waits for whom."""

from __future__ import annotations

import asyncio

import pytest

from counterfoil.api.turns import CrowdedError, Turns


async def taken(turns: Turns, name: str, until: asyncio.Event, log: list[str]) -> None:
    async with turns.turn(name):
        log.append(name)
        await until.wait()


async def others_go_on() -> None:
    """Come back once every task that could go on has done so."""
    passed = asyncio.Event()
    asyncio.get_running_loop().call_soon(passed.set)
    await passed.wait()


def test_a_name_with_many_calls_keeps_nobody_waiting() -> None:
    """Of a crowd under one name few are served at once, and the next name is served with them."""

    async def play() -> list[str]:
        turns, end, log = Turns(at_once=3, each=2, waiting=50), asyncio.Event(), list[str]()
        crowd = [asyncio.create_task(taken(turns, "crowd", end, log)) for _ in range(40)]
        await others_go_on()
        other = asyncio.create_task(taken(turns, "other", end, log))
        for _ in range(5):
            await others_go_on()
        served = list(log)
        end.set()
        await asyncio.gather(*crowd, other)
        return served

    assert asyncio.run(play()) == ["crowd", "crowd", "other"]


def test_too_many_under_one_name_are_sent_away() -> None:
    """At once, and only they; when the others are served, there is room again."""

    async def play() -> None:
        turns, end, log = Turns(at_once=9, each=1, waiting=1), asyncio.Event(), list[str]()
        tasks = [asyncio.create_task(taken(turns, "crowd", end, log)) for _ in range(2)]
        await others_go_on()
        with pytest.raises(CrowdedError):
            async with turns.turn("crowd"):
                pass
        async with turns.turn("other"):
            pass
        end.set()
        await asyncio.gather(*tasks)
        async with turns.turn("crowd"):
            pass

    asyncio.run(play())
