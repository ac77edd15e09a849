"""Ways to pay, one file each; here they are by name."""

from typing import Final, NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yellowcart.core.problems import Problem
from yellowcart.payments.providers.alipay import Alipay
from yellowcart.payments.providers.base import (
    Provider,
    currency_unsupported,
    not_configured,
)
from yellowcart.payments.providers.sandbox import Sandbox
from yellowcart.payments.providers.stripe import Stripe
from yellowcart.payments.providers.wechat import WeChat

PROVIDERS: Final[dict[str, Provider]] = {
    provider.code: provider for provider in (Alipay(), WeChat(), Stripe(), Sandbox())
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
