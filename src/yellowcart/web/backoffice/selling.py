"""Forms with which shops and hosts set prices and give coupons."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from yellowcart.catalog.models import Sku
from yellowcart.core.clock import now
from yellowcart.core.problems import Problem
from yellowcart.listings import pricing
from yellowcart.listings.models import Listing, SpecialPrice
from yellowcart.listings.rules import Wanted
from yellowcart.people.models import Account
from yellowcart.promotions.actions import NewCoupon
from yellowcart.promotions.models import Coupon
from yellowcart.promotions.queries import claims_of
from yellowcart.web.backoffice.fields import InstantField, MoneyField
from yellowcart.web.backoffice.replies import put_on_form

#: Seconds a flash price lasts unless somebody says otherwise; the field's usual choice.
USUAL_SECONDS = 60

#: Stands for every variant of a product.
ALL = "all"

#: Which field a problem with a price belongs to.
PRICE_PLACES = {
    "not_lower": "price",
    "too_low": "price",
    "discount": "price",
    "seconds": "seconds",
    "over": "ends_at",
    "allocation": "allocation",
    "no_creator": "fans_only",
}
#: The same for coupons.
COUPON_PLACES = {
    "title": "title",
    "off": "off",
    "threshold": "threshold",
    "budget": "budget",
    "uses": "most_uses",
    "claim": "claim_until",
    "use": "use_until",
    "fans": "fans_only",
}


class SpecialForm(forms.Form):
    """A special price of one variant or of all."""

    sku = forms.ChoiceField(label=_("Variant"))
    price = MoneyField(label=_("Price"))
    seconds = forms.IntegerField(
        label=_("Seconds"),
        min_value=1,
        required=False,
        help_text=_("Begins at once. Leave empty for a price without a countdown."),
    )
    ends_at = InstantField(label=_("Or until"), required=False)
    allocation = forms.IntegerField(
        label=_("Pieces at this price"),
        min_value=1,
        required=False,
        help_text=_("Of each variant; when they are gone, the price before is back."),
    )
    fans_only = forms.BooleanField(label=_("For followers only"), required=False)

    def __init__(self, *args: Any, skus: Sequence[Sku], currency: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.skus = skus
        self.fields["price"] = MoneyField(label=_("Price"), currency=currency)
        names = [(str(sku.id), " / ".join(sku.options) or _("Standard")) for sku in skus]
        if len(names) > 1:
            choices = [(ALL, _("All variants")), *names]
            self.fields["sku"] = forms.ChoiceField(label=_("Variant"), choices=choices)
        else:
            del self.fields["sku"]

    def save(self, actor: Account, listing: Listing) -> bool:
        """Set the price; whether it was, else the form says why not."""
        data = self.cleaned_data
        at = now()
        ends_at = data["ends_at"]
        if data["seconds"]:
            ends_at = at + timedelta(seconds=data["seconds"])
        wanted = Wanted(data["price"], at, ends_at, data["allocation"], data["fans_only"])
        chosen = [sku for sku in self.skus if data.get("sku", ALL) in {ALL, str(sku.id)}]
        try:
            pricing.do_set_specials(actor, listing.id, [sku.id for sku in chosen], wanted)
        except Problem as problem:
            put_on_form(self, problem, PRICE_PLACES.get(str(problem.extra.get("why", ""))))
            return False
        return True


class CouponForm(forms.Form):
    """A coupon to give; whoever gives it bears what it takes off."""

    title = forms.CharField(label=_("Name"), max_length=120)
    off = MoneyField(
        label=_("Takes off"),
        required=False,
        help_text=_("An amount; beside a rate, the most it takes off."),
    )
    percent = forms.DecimalField(
        label=_("Or a rate, in per cent"),
        min_value=0,
        max_value=100,
        decimal_places=2,
        required=False,
    )
    threshold = MoneyField(label=_("For orders from"), required=False)
    budget = MoneyField(
        label=_("Budget"), help_text=_("All it may take off together. You bear it.")
    )
    most_uses = forms.IntegerField(label=_("Uses at most"), min_value=1, required=False)
    per_buyer = forms.IntegerField(label=_("Uses for each buyer"), min_value=1, initial=1)
    claim_until = InstantField(label=_("To be claimed until"), required=False)
    use_until = InstantField(label=_("To be used until"))
    fans_only = forms.BooleanField(label=_("For followers only"), required=False)
    rows: ClassVar = [
        ("title",),
        ("off", "percent", "threshold"),
        ("budget", "most_uses", "per_buyer"),
        ("claim_until", "use_until"),
        ("fans_only",),
    ]

    def __init__(self, *args: Any, currency: str, fans: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.currency = currency
        for field in self.fields.values():
            if isinstance(field, MoneyField):
                field.currency = currency
        if not fans:
            del self.fields["fans_only"]

    def lines(self) -> Iterable[list[forms.BoundField]]:
        """The fields that stand beside each other."""
        for names in self.rows:
            line = [self[name] for name in names if name in self.fields]
            if line:
                yield line

    def wanted(
        self, bearer: str, *, shop_id: UUID | None = None, room_id: UUID | None = None
    ) -> NewCoupon:
        """The coupon that the fields describe."""
        data = self.cleaned_data
        rate = data["percent"]
        return NewCoupon(
            title=data["title"],
            bearer=bearer,
            off_minor=data["off"],
            off_bps=round(rate * 100) if rate else None,
            threshold_minor=data["threshold"] or 0,
            budget_minor=data["budget"],
            most_uses=data["most_uses"],
            per_buyer=data["per_buyer"],
            claim_until=data["claim_until"],
            use_until=data["use_until"],
            fans_only=data.get("fans_only", False),
            currency=self.currency,
            shop_id=shop_id,
            room_id=room_id,
        )

    def refused(self, problem: Problem) -> None:
        """Show why a coupon was not given."""
        place = COUPON_PLACES.get(str(problem.extra.get("why", "")))
        put_on_form(self, problem, place if place in self.fields else None)


def coupon_rows(coupons: Sequence[Coupon]) -> list[dict[str, Any]]:
    """Coupons with how many hold them, and whether they are over."""
    claims, at = claims_of(coupons), now()
    return [
        {
            "coupon": coupon,
            "percent": None if coupon.off_bps is None else f"{coupon.off_bps / 100:g}",
            "claimed": claims.get(coupon.id, 0),
            "over": coupon.ended_at is not None or coupon.use_until <= at,
        }
        for coupon in coupons
    ]


def special_rows(listing: Listing, skus: Sequence[Sku]) -> list[dict[str, Any]]:
    """A listing's special prices, each with the name of its variant."""
    names = {sku.id: " / ".join(sku.options) for sku in skus}
    found: list[SpecialPrice] = pricing.specials_of(listing)
    return [
        {
            "special": special,
            "variant": names.get(special.sku_id, ""),
            "left": None if special.allocation is None else special.allocation - special.taken,
        }
        for special in found
    ]
