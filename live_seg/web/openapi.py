"""The API's description, from which its page is drawn and by which it is tested."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

import msgspec

from live_seg.config import keys
from live_seg.effects import effects
from live_seg.service import Desk
from live_seg.web.cutout import Query
from live_seg.web.live import KEYS

Json = dict[str, Any]

_PROBLEMS = {
    400: "The form or the JSON is broken, or the file is missing from it.",
    401: "The token is missing or wrong.",
    403: "The request comes from another page, or for another host.",
    408: "What is sent takes too long.",
    413: "The upload has too many bytes or pixels.",
    415: "It is no form, or the file no picture.",
    422: "A value is unknown or out of its range, or nothing was found in the picture.",
    429: "Too many pictures wait: try again after the seconds in Retry-After.",
    503: "The network does not run, or there is no room for the upload.",
}


def document(desk: Desk) -> Json:
    """OpenAPI 3.1 of what this server offers."""
    info = {
        "title": "live-seg",
        "version": version("live-seg"),
        "description": "Cuts people and pets out of pictures, and controls the live picture.",
    }
    state = {"$ref": "#/components/schemas/State"}
    image = {"type": "string", "format": "binary", "description": f"A picture of at most {_limits(desk)}."}
    paths = {
        "/api/cutout": {
            "post": {
                "summary": "Cut the subject out of a picture",
                "operationId": "cutout",
                "parameters": _query(desk),
                "requestBody": _form({"image": image, "background": image}),
                "responses": _answers(
                    "The cut-out.", {"image/png": {"schema": {"type": "string", "format": "binary"}}}, *_PROBLEMS
                ),
            }
        },
        "/api/offer": {"get": _read("offer", "Which models and limits there are", {"type": "object"})},
        "/api/live": {
            "get": _read("state", "How the live picture is now", state),
            "patch": {
                "summary": "Change the live picture",
                "operationId": "change",
                "requestBody": {
                    "required": True,
                    "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Change"}}},
                },
                "responses": _answers("How it then is.", _json(state), 400, 401, 403, 408, 413, 422),
            },
        },
        "/api/live/background": {
            "post": {
                "summary": "Put a picture behind the person in the live picture",
                "operationId": "background",
                "requestBody": _form({"image": image}),
                "responses": _answers("How it then is.", _json(state), *_PROBLEMS),
            }
        },
    }
    schemas = {"Change": _change(), "State": {"type": "object", "required": ["running", "problem", *KEYS]}}
    schemas["Problem"] = {"type": "object", "required": ["error"], "properties": {"error": {"type": "string"}}}
    return {"openapi": "3.1.0", "info": info, "paths": paths, "components": {"schemas": schemas}}


def _query(desk: Desk) -> list[Json]:
    _, parts = msgspec.json.schema_components([Query])
    properties = parts["Query"]["properties"]
    properties["model"] |= {"enum": list(desk.models), "default": desk.models[0], "description": "what to look for"}
    return [
        {"name": name, "in": "query", "description": schema.pop("description"), "schema": schema}
        for name, schema in properties.items()
    ]


def _change() -> Json:
    """From the configuration's own keys and ranges."""
    known = keys()
    kinds = {bool: "boolean", float: "number", str: "string"}
    values: Json = {name: {"type": kinds[known[name].type], "description": known[name].about} for name in KEYS}
    values["effect.name"]["enum"] = effects.names()
    values["blur.radius_px"] |= {"minimum": 1, "maximum": 200}
    values["replace.background"] |= {"pattern": "^#[0-9a-fA-F]{6}$", "description": "a colour like #00b140"}
    return {"type": "object", "properties": values, "additionalProperties": False}


def _form(files: Json) -> Json:
    schema = {"type": "object", "properties": files, "required": ["image"]}
    return {"required": True, "content": {"multipart/form-data": {"schema": schema}}}


def _read(name: str, summary: str, schema: Json) -> Json:
    return {"summary": summary, "operationId": name, "responses": _answers("It.", _json(schema), 401, 403)}


def _answers(about: str, content: Json, *problems: int) -> Json:
    answers: Json = {"200": {"description": about, "content": content}}
    for status in problems:
        answer = {"description": _PROBLEMS[status], "content": _json({"$ref": "#/components/schemas/Problem"})}
        answers[str(status)] = answer
    return answers


def _json(schema: Json) -> Json:
    return {"application/json": {"schema": schema}}


def _limits(desk: Desk) -> str:
    return f"{desk.limits.bytes / 1e6:.0f} MB and {desk.limits.pixels / 1e6:.0f} megapixels"
