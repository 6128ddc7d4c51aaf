"""What a provider gives: tokens and how long they last, read from its answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from ._providers import Provider

__all__ = ["Granted", "granted_from"]

# RFC 6749, 4.2.2 leaves it out where it is known otherwise; Intuit's last an hour.
_USUAL_LIFE_S: Final = 3600
# Ten years: a longer life is a mistake of somebody's, and no end that anybody waits for.
_LIFE_S_MAX: Final = 10 * 366 * 86_400
# Intuit's are up to 4,096 characters long (reference 1.5).
_TOKEN_LENGTH_MAX: Final = 16_384


@dataclass(frozen=True, kw_only=True)
class Granted:
    """Tokens just given; they are not shown.

    Attributes:
        life_s: How long the access token opens.
        idle_s, hard_s: After how many seconds the refresh token ends unused, and in any case;
            ``None``: the provider does not say.
    """

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    life_s: int
    idle_s: int | None
    hard_s: int | None


def granted_from(answer: Any, provider: Provider, *, before: str | None) -> Granted:
    """Read an answer.

    Args:
        answer: As JSON.
        provider: Whose it is.
        before: The refresh token that was used; it stays where no other comes (RFC 6749, 6).

    Raises:
        ValueError: It holds no tokens; the sentence does not show what it holds.
    """
    if not isinstance(answer, dict):
        raise ValueError("the answer is no object")  # noqa: TRY004 - data of others, not a type of ours
    kind = answer.get("token_type", "bearer")
    if not isinstance(kind, str) or kind.lower() != "bearer":
        raise ValueError("its token_type is not bearer")
    access = _token(answer, "access_token")
    refresh = _token(answer, "refresh_token") or before
    if access is None or refresh is None:
        raise ValueError(f"it holds no {'access' if access is None else 'refresh'}_token")
    return Granted(
        access=access,
        refresh=refresh,
        life_s=_seconds(answer, "expires_in") or _USUAL_LIFE_S,
        # Tokens that were just given and have ended already are told so by nobody who means it.
        idle_s=_seconds(answer, provider.idle_end) or None,
        hard_s=_seconds(answer, provider.hard_end) or None,
    )


def _token(answer: dict[str, Any], name: str) -> str | None:
    found = answer.get(name)
    if found is None or found == "":
        return None
    is_one = isinstance(found, str) and found.isascii() and found.isprintable() and " " not in found
    if not is_one or len(found) > _TOKEN_LENGTH_MAX:
        raise ValueError(f"its {name} is none that could be sent")
    return str(found)


def _seconds(answer: dict[str, Any], name: str | None) -> int | None:
    """Read a number of seconds, however it is written; ``None``: there is none."""
    told = str(answer.get(name, "")) if name is not None else ""
    if not (told.isascii() and told.isdecimal()):
        return None
    # More digits than these are more seconds than anybody waits.
    return min(int(told[:18]), _LIFE_S_MAX)
