import logging

import pytest

from yellowcart.core.logs import configure, mask, mask_event


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("mail lin.jie@example.com now", "mail l***@example.com now"),
        ("call 13812345678", "call 138****5678"),
        ("call +86 13812345678", "call +86 138****5678"),
        ("order 0192d1c0-13812345678", "order 0192d1c0-13812345678"),
        ("nothing here", "nothing here"),
    ],
)
def test_people_are_masked(said: str, kept: str) -> None:
    assert mask(said) == kept


def test_secrets_never_reach_a_log_line() -> None:
    line = mask_event(None, "info", {"event": "x", "password": "p", "Authorization": "Bearer t"})
    assert line == {"event": "x", "password": "***", "Authorization": "***"}


def test_what_libraries_do_all_day_is_not_said_but_their_warnings_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])
    before = root.level
    configure("INFO")
    try:
        for name in ("oauth2_provider.models", "uvicorn.error", "procrastinate.worker"):
            assert not logging.getLogger(name).isEnabledFor(logging.INFO), name
            assert logging.getLogger(name).isEnabledFor(logging.WARNING), name
        assert logging.getLogger("yellowcart.policy").isEnabledFor(logging.INFO)
    finally:
        root.setLevel(before)
