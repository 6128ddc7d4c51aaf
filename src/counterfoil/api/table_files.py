"""Answers that are files for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import tzinfo
from tempfile import SpooledTemporaryFile
from typing import Annotated, Final, Literal

from fastapi import Query
from fastapi.responses import Response, StreamingResponse
from starlette.background import BackgroundTask

from .sheets import Totals, csv_lines, write_xlsx

__all__ = ["TABLE_TYPES", "TableFormat", "table_answer"]

TableFormat = Annotated[Literal["csv", "xlsx"], Query(alias="format")]

TABLE_TYPES: Final = {
    "csv": "text/csv",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""Format -> media type."""

# What is larger is written to the disk first.
_IN_MEMORY_BYTES: Final = 8 * 2**20


def table_answer(
    name: str,
    as_: str,
    header: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    totals: Totals | None = None,
    zone: tzinfo | None = None,
) -> Response:
    """Answer with a table as a file of this name; ``as_`` is ``csv`` or ``xlsx``.

    Args:
        totals: What is summed beneath a workbook's rows.  CSV has none: programs read it.
        zone: Of the moments in a workbook; CSV names their offsets.
    """
    kind = TABLE_TYPES[as_]
    named = {"content-disposition": f'attachment; filename="{name}.{as_}"'}
    if as_ == "csv":
        return StreamingResponse(csv_lines(header, rows), media_type=kind, headers=named)
    file = SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115 - the answer closes it
    write_xlsx(file, header, rows, totals=totals, zone=zone)
    file.seek(0)
    return StreamingResponse(
        iter(lambda: file.read(2**16), b""),
        media_type=kind,
        headers=named,
        background=BackgroundTask(file.close),
    )
