"""AMF0 values: what RTMP's commands are made of."""

from struct import pack, unpack_from
from typing import Any, Final

_DEEPEST: Final = 8
_MOST: Final = 256


class AmfError(ValueError):
    """Not AMF0 that we read."""


def encode(*values: Any) -> bytes:
    """Values one after another: None, bool, int and float, str, dict."""
    return b"".join(map(_encoded, values))


def _encoded(value: Any) -> bytes:
    if value is None:
        return b"\x05"
    if isinstance(value, bool):
        return b"\x01\x01" if value else b"\x01\x00"
    if isinstance(value, int | float):
        return b"\x00" + pack("!d", value)
    if isinstance(value, str):
        text = value.encode()
        return b"\x02" + pack("!H", len(text)) + text
    if isinstance(value, dict):
        body = b""
        for key, each in value.items():
            name = str(key).encode()
            body += pack("!H", len(name)) + name + _encoded(each)
        return b"\x03" + body + b"\x00\x00\x09"
    raise TypeError(type(value).__name__)


def decode(data: bytes) -> list[Any]:
    """All values in ``data``; :class:`AmfError` where it is no AMF0, or too much of it."""
    reader = _Reader(data)
    found: list[Any] = []
    while reader.position < len(data):
        found.append(reader.value(0))
        if len(found) > _MOST:
            raise AmfError("too many values")
    return found


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self.position = 0

    def take(self, count: int) -> bytes:
        end = self.position + count
        if end > len(self._data):
            raise AmfError("cut off")
        found = self._data[self.position : end]
        self.position = end
        return found

    def number(self, size: int) -> int:
        return int.from_bytes(self.take(size), "big")

    def text(self, size: int) -> str:
        return self.take(self.number(size)).decode("utf-8", "replace")

    def value(self, depth: int) -> Any:
        if depth > _DEEPEST:
            raise AmfError("too deep")
        kind = self.number(1)
        if kind == 0:
            return float(unpack_from("!d", self.take(8))[0])
        if kind == 1:
            return self.number(1) != 0
        if kind in {2, 12}:
            return self.text(2 if kind == 2 else 4)
        if kind == 3:
            return self._object(depth)
        if kind == 8:
            self.take(4)  # a count that nobody can rely on
            return self._object(depth)
        if kind in {5, 6}:
            return None
        if kind == 10:
            count = self.number(4)
            if count > _MOST:
                raise AmfError("too many values")
            return [self.value(depth + 1) for _ in range(count)]
        if kind == 11:
            return float(unpack_from("!d", self.take(10))[0])
        raise AmfError(f"type {kind}")

    def _object(self, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        while True:
            name = self.text(2)
            if not name and self._data[self.position : self.position + 1] == b"\x09":
                self.position += 1
                return found
            found[name] = self.value(depth + 1)
            if len(found) > _MOST:
                raise AmfError("too many values")
