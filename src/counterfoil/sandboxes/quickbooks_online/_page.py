"""The page on which a person gives an app a company: plain HTML, a real form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from jinja2 import Environment

from ._call import Reply
from ._settings import App, Person

__all__ = ["connect_page", "wrong_page"]

_ENVIRONMENT = Environment(autoescape=True)
_FRAME = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{ title }}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 34rem; margin: 3rem auto; padding: 0 1rem }
label { display: block; margin: 1rem 0 .25rem }
select, button { font: inherit; padding: .4rem .8rem }
p.note { color: #555 }
</style>
</head>
<body>
<main>
<h1>{{ title }}</h1>
"""
_END = """
<p class="note">This is a sandbox: no account, no password, no real data.</p>
</main>
</body>
</html>
"""
_CONNECT = _ENVIRONMENT.from_string(
    _FRAME
    + """<p>{{ app }} asks to read and change the books of a company.
You are signed in as {{ person }}.</p>
<form method="post">
{% for name, value in fields %}<input type="hidden" name="{{ name }}" value="{{ value }}">
{% endfor %}{% if companies %}<label for="company">Company</label>
<select id="company" name="company">
{% for realm, name in companies %}<option value="{{ realm }}">{{ name }}</option>
{% endfor %}</select>
<p><button type="submit" name="decision" value="connect">Connect</button>
{% else %}<p>There is no company that these keys may connect to.</p>
<p>{% endif %}<button type="submit" name="decision" value="cancel">Cancel</button></p>
</form>"""
    + _END
)
_WRONG = _ENVIRONMENT.from_string(_FRAME + "<p>{{ problem }}</p>" + _END)

_HTML = "text/html;charset=UTF-8"
_NOT_ASKED = frozenset({"company", "decision"})


def connect_page(
    app: App,
    asked: Mapping[str, str],
    companies: Iterable[tuple[str, str]],
    person: Person,
) -> Reply:
    """Ask a person which company an app is given."""
    fields = [(name, value) for name, value in asked.items() if name not in _NOT_ASKED]
    page = _CONNECT.render(
        title=f"Connect {app.name}",
        app=app.name,
        person=f"{person.given_name} {person.family_name}",
        fields=fields,
        companies=[*companies],
    )
    return Reply(200, page.encode(), media_type=_HTML)


def wrong_page(problem: str) -> Reply:
    """Tell a person what is wrong with the app that sent him here."""
    page = _WRONG.render(title="This app cannot be connected", problem=problem)
    return Reply(400, page.encode(), media_type=_HTML)
