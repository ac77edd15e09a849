"""Secrets at rest."""

import pytest
from pytest_django.fixtures import Settings as SettingsWrapper

from yellowcart.core.problems import Problem
from yellowcart.core.sealing import seal, unseal

SECRETS = {"client_id": "abc", "client_secret": "有赞-s3cret"}


def test_what_is_sealed_is_unreadable_and_opens_again() -> None:
    sealed = seal(SECRETS)
    assert b"s3cret" not in sealed
    assert b"client_secret" not in sealed
    assert unseal(sealed) == SECRETS
    assert unseal(memoryview(sealed)) == SECRETS
    assert unseal(b"") == {}


def test_a_former_key_still_opens_and_a_foreign_one_does_not(settings: SettingsWrapper) -> None:
    sealed = seal(SECRETS)
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another key altogether"
    with pytest.raises(Problem) as caught:
        unseal(sealed)
    assert caught.value.code == "secrets_lost"
    settings.SECRET_KEY_FALLBACKS = [former]
    assert unseal(sealed) == SECRETS


def test_a_changed_seal_does_not_open() -> None:
    sealed = bytearray(seal(SECRETS))
    sealed[-5] ^= 1
    with pytest.raises(Problem):
        unseal(bytes(sealed))
