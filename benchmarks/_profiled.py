"""The hub's endpoint for Web Connectors alone, profiled.

The benchmarks start it in place of ``counterfoil serve`` when ``COUNTERFOIL_PROFILE=FILE`` is
set: at the end of each run, what its calls took is written to that file, for ``pstats``.
"""

from __future__ import annotations

import cProfile
import os
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "src"))

import structlog
import uvicorn
from fastapi import FastAPI

from counterfoil.api import qbwc
from counterfoil.hub.setup import Configuration, open_hub

SECRET_KEY = "A" * 43 + "="


def main() -> None:
    """Serve until told to end."""
    url, port = sys.argv[1], int(sys.argv[2])
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(30))
    _profile(os.environ["COUNTERFOIL_PROFILE"])
    configuration = Configuration(
        database_url=url, secret_key=SECRET_KEY, public_url=f"http://localhost:{port}"
    )
    with open_hub(configuration) as hub:
        app = FastAPI(openapi_url=None)
        app.include_router(qbwc.router(hub))
        uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning", access_log=False)


def _profile(path: str) -> None:
    """Profile each answer; the calls of one Web Connector come one after the other."""
    profile = cProfile.Profile(time.thread_time)  # of the CPU, whoever else has it meanwhile
    answer = qbwc._answer  # noqa: SLF001 - what is measured

    def profiled(*given: Any) -> Any:
        result = profile.runcall(answer, *given)
        if b"closeConnection" in given[1]:
            profile.dump_stats(path)
        return result

    setattr(qbwc, "_answer", profiled)  # noqa: B010 - a function in place of a function


if __name__ == "__main__":
    main()
