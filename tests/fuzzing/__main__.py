"""``./dev fuzz``: long runs of spoilt inputs, and one input again.

Inputs are numbered; the same number is the same input until targets, seeds or mutations
change.  What escapes is written to a file, which is read again with ``--replay``.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import Final

import structlog

from .running import Escape, fuzz, judged
from .targets import TARGETS

try:
    import resource
except ModuleNotFoundError:  # Windows
    resource = None  # type: ignore[assignment]  # asked for before use

# What wants more of the computer for one small input is an escape, too.
_MEMORY_BYTES_MAX: Final = 2 * 2**30


def main(arguments: list[str]) -> int:
    """Run the named targets; 1 when something escaped, and then its input is in a file."""
    asked = _asked(arguments)
    if asked.replay is not None:
        found = judged(TARGETS[asked.targets[0]], asked.replay.read_bytes())
        print(found or "Nothing escaped.")
        return int(found is not None)
    return max([_run(name, asked) for name in asked.targets or TARGETS])


def _alone() -> None:
    """Say nothing of calls, and take only so much memory."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    if resource is not None:
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES_MAX, _MEMORY_BYTES_MAX))


def _asked(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./dev fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(TARGETS))
    parser.add_argument("--runs", type=int, default=10_000, help="inputs per target")
    parser.add_argument("--first", type=int, default=0, help="number of the first input")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="read this input once")
    parser.add_argument("--into", type=Path, default=Path("escapes"), help="where escapes go")
    asked = parser.parse_args(arguments)
    if unknown := set(asked.targets) - set(TARGETS):
        parser.error(f"no such target: {', '.join(unknown)}; there are: {', '.join(TARGETS)}")
    if asked.replay is not None and len(asked.targets) != 1:
        parser.error("--replay needs one TARGET")
    return asked


def _run(name: str, asked: argparse.Namespace) -> int:
    begun = time.perf_counter()
    escapes = [*fuzz(TARGETS[name], first=asked.first, runs=asked.runs)]
    lasted_s = time.perf_counter() - begun
    print(f"{name}: {asked.runs} inputs, {len(escapes)} escapes, {lasted_s:.1f} s", flush=True)
    for escape in escapes:
        _keep(name, escape, asked.into)
    return int(bool(escapes))


def _keep(name: str, escape: Escape, into: Path) -> None:
    into.mkdir(exist_ok=True)
    file = into / f"{name}-{escape.number}"
    file.write_bytes(escape.data)
    print(f"  {escape}\n  again: ./dev fuzz {name} --replay {file}")


if __name__ == "__main__":
    _alone()
    sys.exit(main(sys.argv[1:]))
