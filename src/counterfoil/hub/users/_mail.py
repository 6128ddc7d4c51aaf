"""Invitations, and links for a new password, by e-mail: where a mail server is set."""

from __future__ import annotations

from typing import Final

from counterfoil.errors import DeliveryError, SettingsError
from counterfoil.hub.channels import MailServer, send_mail
from counterfoil.hub.served import public_address
from counterfoil.hub.setup import Hub
from counterfoil.ledger.users import User

from ._shapes import LINK_LIFE

__all__ = ["mailed", "way_to_join"]

_INVITED: Final = """\
Hello {name},

{actor} invites you to Counterfoil, which keeps operations and QuickBooks in step. Choose a
password here within {days} days:

{url}

The link opens once. If you do not know why you get this, leave it alone: nothing happens then.
"""
_OTHER: Final = """\
Hello {name},

{actor} made a link by which you choose a new password for Counterfoil, within {days} days:

{url}

The link opens once. If you did not ask for it, tell {actor}; your password is as it was.
"""


def way_to_join(hub: Hub, key: str) -> str:
    """Give the address at which somebody chooses a password."""
    return f"{public_address(hub).url}/join?key={key}"


def mailed(hub: Hub, user: User, key: str, actor: str) -> tuple[bool, str | None]:
    """Mail a link, if that is set; gives whether it left, and a sentence about it."""
    is_new = user.joined_at is None
    body = (_INVITED if is_new else _OTHER).format(
        name=user.name, actor=actor, days=LINK_LIFE.days, url=way_to_join(hub, key)
    )
    subject = "Your invitation to Counterfoil" if is_new else "A new password for Counterfoil"
    try:
        server = MailServer.of(hub.configuration)
        if server is None:
            return False, None
        send_mail(server, user.login, subject, body, hub.now())
    except (DeliveryError, SettingsError) as error:
        return False, f"It could not be mailed: {error.message}"
    return True, f"It was mailed to {user.login}."
