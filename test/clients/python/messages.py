# Written by write-types.js from asyncapi.json: npm run schemas
from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Callable, ClassVar, Literal

PATH = "/ws/v1/liveCalls"
VERDICT_BY_STATUS = {400: "fatal", 401: "refresh-token", 404: "fatal", 500: "retry"}
VERDICT_BY_CLOSE_CODE = {
    1000: "retry",
    1001: "retry",
    1002: "fatal",
    1003: "fatal",
    1005: "retry",
    1006: "retry",
    1007: "fatal",
    1008: "fatal",
    1009: "fatal",
    1010: "fatal",
    1011: "retry",
    1012: "retry",
    1013: "retry",
    1014: "retry",
    1015: "retry",
}


@dataclass(frozen=True)
class Ack:
    """Acknowledges the command whose `id` is `ackId`."""

    type: ClassVar[str] = "ack"
    ack_id: str
    """The `id` of the command that the server has taken."""


@dataclass(frozen=True)
class CallStart:
    """The call has started: the caller is with the screening assistant."""

    type: ClassVar[str] = "event:start"
    phone: str
    """The caller's number, as the server wrote it: published as E.164, which a withheld number cannot be."""
    timestamp: str
    """When the call started, published as ISO 8601."""


@dataclass(frozen=True)
class ScreeningEnd:
    """The screening phase has ended. It is not the end of the call, which is CallEnd."""

    type: ClassVar[str] = "event:end"
    msg: str
    """The server's description of how the screening ended, in words."""


@dataclass(frozen=True)
class CallEnd:
    """The call has ended."""

    type: ClassVar[str] = "event:callEnd"
    timestamp: str
    """When the call ended, published as ISO 8601."""


@dataclass(frozen=True)
class Transcript:
    """Something was said."""

    type: ClassVar[str] = "transcript"
    msg: str
    """What was said."""
    role: Literal["assistant", "other", "user"]
    """Who said it: `assistant` is the screening assistant, `other` the caller, `user` the subscriber."""
    offset: float | str | None = None
    """Where in the call it was said; its unit is not published, so it is passed on as it came."""


@dataclass(frozen=True)
class ErrorMessage:
    """The server reports an error; the connection may stay open."""

    type: ClassVar[str] = "error"
    description: str
    """The server's own words. They name no command, and may hold anything."""


@dataclass(frozen=True)
class JoinCall:
    """Asks the platform to transfer the call to the user."""

    type: ClassVar[str] = "client:joinCall"
    id: str
    """The client's own; it comes back as the `ackId`."""


@dataclass(frozen=True)
class EndCall:
    """Asks the platform to end the call."""

    type: ClassVar[str] = "client:endCall"
    id: str
    """The client's own; it comes back as the `ackId`."""


@dataclass(frozen=True)
class UnknownMessage:
    """A message of a type that is not published (yet). It is no error: a client passes it on, or over."""

    type: str


class NoMessage(ValueError):
    """What came is no message: `path` is the field that does not fit."""

    def __init__(self, path: str) -> None:
        super().__init__(f"no message of the protocol, at {path or 'the whole of it'}")
        self.path = path


def _is(*names: str) -> Callable[[Any], bool]:
    types = {"string": (str,), "number": (int, float), "null": (type(None),)}
    fitting = tuple(each for name in names for each in types[name])
    # A bool is an int, here alone.
    return lambda value: isinstance(value, fitting) and not isinstance(value, bool)


def _one_of(*values: str) -> Callable[[Any], bool]:
    return lambda value: isinstance(value, str) and value in values


_RECEIVED: dict[str, tuple[type, tuple[tuple[str, str, bool, Callable[[Any], bool]], ...]]] = {
    "ack": (Ack, (("ackId", "ack_id", True, _is("string")),)),
    "event:start": (CallStart, (("phone", "phone", True, _is("string")), ("timestamp", "timestamp", True, _is("string")),)),
    "event:end": (ScreeningEnd, (("msg", "msg", True, _is("string")),)),
    "event:callEnd": (CallEnd, (("timestamp", "timestamp", True, _is("string")),)),
    "transcript": (Transcript, (("msg", "msg", True, _is("string")), ("role", "role", True, _one_of("assistant", "other", "user")), ("offset", "offset", False, _is("number", "string", "null")),)),
    "error": (ErrorMessage, (("description", "description", True, _is("string")),)),
}


def decode(text: str) -> Ack | CallStart | ScreeningEnd | CallEnd | Transcript | ErrorMessage | UnknownMessage:
    """Reads what the server sends; raises NoMessage."""
    try:
        # NaN and Infinity are no JSON, here alone.
        value = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise NoMessage("") from None
    if not isinstance(value, dict):
        raise NoMessage("")
    kind = value.get("type")
    if not isinstance(kind, str):
        raise NoMessage("type")
    if kind not in _RECEIVED:
        return UnknownMessage(kind)
    message, fields = _RECEIVED[kind]
    for key, _, is_required, fits in fields:
        if key in value and not fits(value[key]) or key not in value and is_required:
            raise NoMessage(key)
    return message(**{name: value[key] for key, name, _, _ in fields if key in value})


def encode(command: JoinCall | EndCall) -> str:
    """Writes what a client sends."""
    return json.dumps({"type": command.type, **command.__dict__})


def _refuse(constant: str) -> None:
    raise ValueError(constant)
