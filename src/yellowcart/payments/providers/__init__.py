"""Ways to pay, one file each; here they are by name."""

from importlib import import_module
from typing import Any, Final, NamedTuple, cast

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yellowcart.core.problems import Problem
from yellowcart.payments.providers.base import (
    Provider,
    currency_unsupported,
    not_configured,
)
from yellowcart.payments.providers.sandbox import Sandbox


class Later:
    """A provider that is loaded, with its SDK, once its keys are there.

    Most installations have one or two of them, and each SDK takes some 25 MB and a fifth of a
    second of every process and command.
    """

    def __init__(self, code: str, name: str, needed: tuple[str, ...]) -> None:
        self.code = code
        self._name = name
        self._needed = needed
        self._loaded: Provider | None = None

    def has_keys(self) -> bool:
        """Whether somebody configured it."""
        keys = getattr(settings, self.code.upper())
        return all(keys[name] for name in self._needed) and self._provider().has_keys()

    def is_on(self) -> bool:
        """Whether it may be offered here."""
        return self.has_keys() and self._provider().is_on()

    def _provider(self) -> Provider:
        if self._loaded is None:
            module = import_module(f"yellowcart.payments.providers.{self.code}")
            provider: Provider = getattr(module, self._name)()
            self._loaded = provider
        return self._loaded

    def __getattr__(self, name: str) -> Any:
        return getattr(self._provider(), name)


def _later(code: str, name: str, *needed: str) -> Provider:
    # What it lacks of the protocol it takes from the one it loads.
    return cast("Provider", Later(code, name, needed))


PROVIDERS: Final[dict[str, Provider]] = {
    "alipay": _later("alipay", "Alipay", "app_id", "private_key", "public_key"),
    "wechat": _later("wechat", "WeChat", "mch_id", "private_key", "api_v3_key"),
    "stripe": _later("stripe", "Stripe", "secret_key", "webhook_secret"),
    "sandbox": Sandbox(),
}


def provider_named(code: str) -> Provider:
    """The provider; :class:`Problem` 422 where there is none of that name."""
    if code not in PROVIDERS:
        raise Problem("provider_unknown", 422, _("There is no such way to pay."))
    return PROVIDERS[code]


#: What buyers call them.
NAMES: Final[dict[str, Promise]] = {
    "alipay": _("Alipay"),
    "wechat": _("WeChat Pay"),
    "stripe": _("Card, by Stripe"),
    "sandbox": _("Sandbox: no real money moves"),
}


class Way(NamedTuple):
    """A way to pay that can be chosen here."""

    code: str
    name: "str | Promise"


def offered(currency: str) -> list[Way]:
    """The ways to pay in a currency that are on here, the first to be proposed first."""
    return [
        Way(code, NAMES[code])
        for code, provider in PROVIDERS.items()
        if provider.is_on() and provider.takes(currency)
    ]


def provider_for(code: str, currency: str) -> Provider:
    """The provider that was chosen, or the first that is on where none was.

    :class:`Problem` 422 ``provider_unknown``, 409 ``provider_unavailable`` where it is off.
    """
    ways = offered(currency)
    if not code and not ways:
        raise not_configured()
    provider = provider_named(code or ways[0].code)
    if not provider.is_on():
        raise not_configured()
    if not provider.takes(currency):
        raise currency_unsupported(currency)
    return provider
