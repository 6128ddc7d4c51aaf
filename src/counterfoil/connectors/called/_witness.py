"""What went over the wire, for whoever keeps evidence: bounded, and without secrets."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import AnyStr
from urllib.parse import quote, quote_plus

__all__ = ["BODY_KEPT_MAX", "Call", "Secrets"]

BODY_KEPT_MAX = 64 * 1024

_STARS = "***"
# A long word is known by its beginning, too: a text that was shortened may end in the middle of it.
_LONG = 32
_HEAD_LENGTH = 16
_REST = r"[^\s\"'<>&]*"


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call, as it was made and answered.

    Attributes:
        request_id: Ours, as in our log and in the call's ``X-Request-Id``.
        method: Such as ``GET``.
        path: With its query, without what is secret in it.
        status: The HTTP status; 0: no answer came.
        request, answer: The bodies, at most 64 KiB of each.  No secret is in
            them, nor a token that was given.
        is_cut: One of the bodies was longer.
        failure: Name of what happened instead of an answer, ``None`` when one came.
        their_id: The service's own identity of the call; its support asks for it.
    """

    request_id: str
    method: str
    path: str
    status: int
    request: bytes = b""
    answer: bytes = b""
    is_cut: bool = False
    failure: str | None = None
    their_id: str | None = None


class Secrets:
    """Words that must not be seen, in every spelling in which they may travel.

    Args:
        words: Those that are known now.
        parameter: Name of a URL parameter whose value is one, whatever it is.
    """

    def __init__(self, words: Iterable[str], *, parameter: str | None = None) -> None:
        self._spelled: set[str] = set()
        # Without such a parameter nothing is found by it.
        name = r"(?!)" if parameter is None else re.escape(parameter)
        self._parameter = re.compile(rf"({name}=)[^&\s\"'<>]+")
        self._parameter_bytes = re.compile(self._parameter.pattern.encode("utf-8", "surrogatepass"))
        for word in words:
            self.add(word)

    def add(self, word: str) -> None:
        """Know one more."""
        if not word:
            return
        escaped = json.dumps(word)[1:-1]
        printable = word.encode("utf-8", "replace").decode()
        self._spelled |= {
            word,
            escaped,
            escaped.replace("/", "\\/"),
            json.dumps(word, ensure_ascii=False)[1:-1],
            quote(printable, safe=""),
            quote_plus(printable),
        }

    def _longest_first(self) -> list[str]:
        return sorted(self._spelled, key=len, reverse=True)

    def out_of(self, text: str) -> str:
        """Give a text without them."""
        text = _without(text, self._longest_first(), _STARS, _REST)
        return self._parameter.sub(rf"\1{_STARS}", text)

    def out_of_bytes(self, body: bytes) -> tuple[bytes, bool]:
        """Give at most 64 KiB of a body without them, and whether it was longer."""
        words = [word.encode("utf-8", "surrogatepass") for word in self._longest_first()]
        # What is cut off may begin in the middle of a secret, so as much more is looked at.
        margin = max(map(len, words), default=0)
        is_cut = len(body) > BODY_KEPT_MAX
        seen = body[: BODY_KEPT_MAX + margin]
        seen = _without(seen, words, _STARS.encode(), _REST.encode())
        seen = self._parameter_bytes.sub(rb"\1***", seen)
        if is_cut:
            seen = seen[: max(0, len(seen) - margin)]
        return seen[:BODY_KEPT_MAX], is_cut


def _without(text: AnyStr, words: Iterable[AnyStr], stars: AnyStr, rest: AnyStr) -> AnyStr:
    """Take words out of a text, and what is left of long ones where it was cut."""
    for word in words:
        text = text.replace(word, stars)
        head = word[:_HEAD_LENGTH]
        if len(word) >= _LONG and head in text:
            text = re.sub(re.escape(head) + rest, stars, text)
    return text
