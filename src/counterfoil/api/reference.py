"""The OpenAPI document as rows to be read: for ``/docs`` and for the reference page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from .finding import EVERYWHERE

__all__ = ["Endpoint", "Field", "Model", "endpoints", "models", "reference_markdown"]

Schema = Mapping[str, Any]


class Field(NamedTuple):
    """A parameter or a field of a model; ``type`` in words."""

    name: str
    type: str
    is_required: bool
    description: str
    place: str = ""


class Endpoint(NamedTuple):
    """One address with one method.

    Attributes:
        body: Name of the model it takes, empty: none.
        answers: Status, what it means, and the name of the model, if there is one.
    """

    method: str
    path: str
    summary: str
    parameters: tuple[Field, ...]
    body: str
    answers: tuple[tuple[str, str, str], ...]

    @property
    def anchor(self) -> str:
        """What links to it are named."""
        return f"{self.method}{self.path}".lower().translate(_ANCHOR)


class Model(NamedTuple):
    """The shape of a body."""

    name: str
    description: str
    fields: tuple[Field, ...]


_ANCHOR: Final = str.maketrans({"/": "-", "{": "", "}": "", "_": "-"})
_WORDS: Final = {
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "string": "text",
    "null": "null",
    "object": "object",
}
_FORMATS: Final = {"date-time": "moment (ISO 8601)", "date": "day (ISO 8601)", "password": "secret"}


def endpoints(openapi: Schema) -> list[Endpoint]:
    """List the endpoints in the order in which they are declared."""
    return [
        Endpoint(
            method=method.upper(),
            path=path,
            summary=str(found.get("description") or found.get("summary") or ""),
            parameters=tuple(_parameter(each) for each in found.get("parameters", ())),
            body=_body(found),
            answers=tuple(_answers(found)),
        )
        for path, methods in openapi["paths"].items()
        for method, found in methods.items()
    ]


def models(openapi: Schema) -> list[Model]:
    """List the models by name."""
    found: Mapping[str, Schema] = openapi.get("components", {}).get("schemas", {})
    return [
        Model(
            name=name,
            description=str(schema.get("description", "")).strip(),
            fields=tuple(_fields(schema)),
        )
        for name, schema in sorted(found.items())
    ]


def _parameter(found: Schema) -> Field:
    return Field(
        name=found["name"],
        type=_type(found.get("schema", {})),
        is_required=bool(found.get("required")),
        description=str(found.get("description", "")),
        place=found["in"],
    )


def _body(found: Schema) -> str:
    content = found.get("requestBody", {}).get("content", {})
    return next((_type(each.get("schema", {})) for each in content.values()), "")


def _answers(found: Schema) -> Iterator[tuple[str, str, str]]:
    for status, answer in sorted(found.get("responses", {}).items()):
        content = answer.get("content", {})
        name = next((_type(each.get("schema", {})) for each in content.values()), "")
        description = str(answer.get("description", ""))
        yield status, "Done." if description == "Successful Response" else description, name


def _fields(schema: Schema) -> Iterator[Field]:
    required = set(schema.get("required", ()))
    for name, found in schema.get("properties", {}).items():
        yield Field(name, _type(found), name in required, str(found.get("description", "")))


def _type(schema: Schema) -> str:
    """Give a schema in words."""
    if "$ref" in schema:
        return str(schema["$ref"]).rpartition("/")[2]
    for several in ("anyOf", "oneOf"):
        if several in schema:
            return " or ".join(dict.fromkeys(_type(each) for each in schema[several]))
    if "enum" in schema:
        return ", ".join(str(each) for each in schema["enum"])
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    if schema.get("format") in _FORMATS:
        return _FORMATS[schema["format"]]
    return _WORDS.get(str(schema.get("type")), "any value")


_HEADER: Final = """\
# JSON API

Every request to `/api/v1` bears a token: `Authorization: Bearer TOKEN`. Make one with
`counterfoil tokens add NAME`. Links and connections are named by their number or name,
transfers by their number. The document for machines is at `/api/openapi.json`.

A failure always has the same shape: `{"error": {"kind", "message", "request_id"}}`; the
request's id is also in the header `X-Request-ID` and in the log. Every address may answer
400 (the request does not fit), 401 (no valid token), 403 (the token's scope does not cover it),
413 (the request is too large), 429 (too many wrong tokens), 500 (something is wrong with the hub
itself) and 503 (the database is busy or full); and 405 to a method that is not listed. HEAD is
answered as GET without a body.
"""

# Told once, at the top.
_EVERYWHERE: Final = frozenset(map(str, EVERYWHERE))


def reference_markdown(openapi: Schema) -> str:
    """Give the reference page."""
    parts = [_HEADER, "## Addresses\n"]
    parts += [_endpoint_markdown(each) for each in endpoints(openapi)]
    parts.append("## Shapes\n")
    parts += [_model_markdown(each) for each in models(openapi)]
    return "\n".join(parts)


def _endpoint_markdown(each: Endpoint) -> str:
    lines = [f"### `{each.method} {each.path}`", "", each.summary, ""]
    if each.parameters:
        lines += ["| Parameter | In | Value | Needed |", "| --- | --- | --- | --- |"]
        lines += [
            f"| `{p.name}` | {p.place} | {_cell(p.type)} | {_yes(p.is_required)} |"
            for p in each.parameters
        ]
        lines.append("")
    if each.body:
        lines += [f"Takes: {_shape(each.body)}", ""]
    lines += [
        f"- {status}: {description.rstrip('.')}." + (f" {_shape(name)}" if name else "")
        for status, description, name in each.answers
        if status not in _EVERYWHERE
    ]
    return "\n".join(lines) + "\n"


def _model_markdown(each: Model) -> str:
    lines = [f"### {each.name}", "", _cell(each.description), ""]
    if each.fields:
        lines += ["| Field | Value | Needed | Meaning |", "| --- | --- | --- | --- |"]
        lines += [
            f"| `{f.name}` | {_cell(f.type)} | {_yes(f.is_required)} | {_cell(f.description)} |"
            for f in each.fields
        ]
    return "\n".join(lines) + "\n"


def _shape(name: str) -> str:
    return f"[{name}](#{name.lower()})" if name[:1].isupper() else name


def _cell(text: str) -> str:
    return " ".join(text.replace("|", "\\|").split())


def _yes(is_required: bool) -> str:  # noqa: FBT001 - a word for a truth value
    return "yes" if is_required else "no"
