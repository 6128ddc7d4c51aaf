"""What people write for us: settings, configuration, folders of CSV files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import httpx2

from counterfoil.cli import _load_books as books
from counterfoil.connectors.quickbooks_desktop.qbxml import Version, render_set
from counterfoil.errors import SettingsError, UsageError
from counterfoil.hub.configuration import load_configuration
from counterfoil.sandboxes.fusion_operations import load
from counterfoil.settings import (
    DEFAULTS,
    Settings,
    apply_texts,
    decode_settings,
    encode_settings,
    export_document,
    import_document,
    parse_assignments,
    render,
)

from ._target import Target, as_text, parts_of, seeds_of

__all__ = ["TARGETS"]

_CONFIGURATION: Final = b"""\
database_url = "sqlite:///books.db"
public_url = "https://hub.example:8443/"
keep_exchanges_days = 30
log_level = "info"
allow_http = false
trusted_proxies = "127.0.0.1, 10.0.0.0/8"
"""


def _whole(settings: object) -> None:
    """Settings that were taken are written and read again as they are."""
    if isinstance(settings, Settings):
        assert decode_settings(encode_settings(settings)).settings == settings


def _stored(data: bytes) -> None:
    _whole(decode_settings(as_text(data)).settings)


def _form(data: bytes) -> None:
    lines = (line.partition("=") for line in as_text(data).split("\n"))
    _whole(apply_texts({key: text for key, _, text in lines}))


def _configuration(data: bytes) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder) / "counterfoil.toml"
        file.write_bytes(data)
        found = load_configuration({"COUNTERFOIL_CONFIG": str(file)})
        assert found.trusted_networks is not None


# --- Folders of CSV files ---------------------------------------------------------------------


class _SentError(Exception):
    """Everything was read, and the first call would leave."""


def _nobody(_request: httpx2.Request) -> httpx2.Response:
    raise _SentError


def _in_folder(read: Callable[[Path], object]) -> Callable[[bytes], None]:
    """Let a reader of folders read an input that holds files."""

    def read_input(data: bytes) -> None:
        with TemporaryDirectory() as folder:
            for name, content in parts_of(data).items():
                (Path(folder) / f"{name}.csv").write_bytes(content)
            read(Path(folder))

    return read_input


def _load_operations(folder: Path) -> None:
    with httpx2.Client(transport=httpx2.MockTransport(_nobody)) as http:
        try:
            load.load_folder("https://fusion.example", "KEY", "not-a-secret", folder, http=http)
        except _SentError:
            return


def _load_books(folder: Path) -> None:
    entries = books._entries(folder)  # noqa: SLF001 - all that is done before the first call
    requests = [request for _, request in entries]
    render_set(requests, version=Version(13, 0), on_error="continueOnError")


_TEXTS: Final = "\n".join(f"{key}={text}" for key, text in render(DEFAULTS).items()).encode()

TARGETS: Final = {
    "settings": Target(
        lambda data: _whole(parse_assignments(as_text(data).split("\n"))),
        (b"invoice-out.income-account=Sales\ngeneral.window_start=06:00\ngeneral.day=1", _TEXTS),
    ),
    "settings-form": Target(_form, (_TEXTS,)),
    "settings-import": Target(
        lambda data: _whole(import_document(as_text(data))),
        (export_document(DEFAULTS, program_version="1.0", link="Harbor").encode(),),
    ),
    "settings-stored": Target(_stored, (encode_settings(DEFAULTS).encode(),), (ValueError,)),
    "configuration": Target(_configuration, (_CONFIGURATION,), (SettingsError,)),
    "csv-operations": Target(_in_folder(_load_operations), seeds_of("folders"), (load.LoadError,)),
    "csv-books": Target(_in_folder(_load_books), seeds_of("folders"), (UsageError,)),
}
