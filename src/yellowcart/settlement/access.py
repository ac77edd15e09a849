"""Whose money an account may read, and whose it may move."""

from http import HTTPStatus

from django.utils.translation import gettext_lazy as _

from yellowcart.core.problems import Problem
from yellowcart.people import access, reach
from yellowcart.people import queries as people
from yellowcart.people.models import Account
from yellowcart.settlement import parties
from yellowcart.shops import queries as shops


def access_party(account: Account, party: str, capability: str = "money") -> str:
    """The party's name, for somebody who may read its money (``money``) or move it (``payout``).

    A shop by its members' roles, a creator, MCN or service provider by the account itself
    (``me`` is the caller as a creator), the platform by its operators, who may read everybody's.
    Problems: ``party_unknown`` 422, ``shop_not_found``, ``shop_forbidden``, ``forbidden``.
    """
    if party == "me" and reach.into_own(account):
        return parties.creator(account.id)
    prefix, _colon, rest = party.partition(":")
    if prefix == "shop" and rest:
        return parties.shop(shops.access_shop(account, rest, capability).id)
    found = parties.read(parties.creator(account.id) if party == "me" else party)
    if found is None:
        raise Problem(
            "party_unknown",
            HTTPStatus.UNPROCESSABLE_ENTITY,
            _("Name whose money: me, shop:…, creator:…, mcn:…, service:… or platform."),
        )
    is_own = found[1] == account.id and reach.into_own(account)
    is_operators = people.is_operator(account) and capability == "money"
    if account.blocked_at is not None or not (is_own or is_operators):
        raise access.forbidden(_("This money is not yours to look at or to move."))
    return party
