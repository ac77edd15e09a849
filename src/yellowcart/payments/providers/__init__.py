"""Ways to pay, one file each; here they are by name."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from yellowcart.core.problems import Problem
from yellowcart.payments.providers.alipay import Alipay
from yellowcart.payments.providers.base import Provider
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


def offered() -> list[str]:
    """The names of the ways to pay that are on here."""
    return [code for code, provider in PROVIDERS.items() if provider.is_on()]
