"""Who the parties of the books are, in words."""

from django.utils.translation import gettext as _

from yellowcart.people.models import Account
from yellowcart.settlement import parties
from yellowcart.settlement.words import ROLES
from yellowcart.shops.models import Shop


def party_name(party: str) -> str:
    """Who a party is, in words."""
    if party == parties.PLATFORM:
        return _("The platform")
    if party == parties.TAX:
        return _("Taxes withheld")
    known = parties.read(party)
    if known is None:
        return party
    prefix, subject = known
    if prefix == "shop":
        return Shop.objects.filter(id=subject).values_list("name", flat=True).first() or party
    name = Account.objects.filter(id=subject).values_list("display_name", flat=True).first()
    return f"{name} · {ROLES[prefix]}" if name and prefix in ROLES else party
