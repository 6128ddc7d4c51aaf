"""QuickBooks as an agent needs it: a session on a company file, text in and text out."""

from __future__ import annotations

from typing import Protocol

import msgspec

__all__ = ["Opening", "QuickBooks", "QuickBooksError", "Session"]


class QuickBooksError(Exception):
    """QuickBooks gave a number instead of an answer.

    Args:
        hresult: As Windows writes it: ``0x8004040A``; empty: none is known.
        message: QuickBooks' own words.
    """

    def __init__(self, hresult: str, message: str) -> None:
        super().__init__(f"{hresult}: {message}")
        self.hresult = hresult
        self.message = message


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """How a company file is opened.

    Attributes:
        application: The name under which QuickBooks knows us.
        company_file: Its path; empty: the one that is open.
        alone: For one user alone; else as it is.
        asks_access: QuickBooks asks the person at it for permission, also where it has one.
    """

    application: str
    company_file: str = ""
    alone: bool = False
    asks_access: bool = False


class Session(Protocol):
    """An open company file; closed in every case, for a left one keeps the file locked."""

    @property
    def company_file(self) -> str:
        """Path of the file that is open."""

    def process(self, text: str) -> str:
        """Give QuickBooks' answer to a message set.

        Raises:
            QuickBooksError: It gave none.
        """

    def close(self) -> None:
        """End the session; never raises."""


class QuickBooks(Protocol):
    """QuickBooks on this computer."""

    def open(self, opening: Opening) -> Session:
        """Open a company file.

        Raises:
            QuickBooksError: It could not be opened.
        """
