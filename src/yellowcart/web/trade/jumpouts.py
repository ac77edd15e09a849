"""What the pages of sales elsewhere show, for the platform, a shop and a creator."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yellowcart.catalog.models import Product
from yellowcart.core import tabular
from yellowcart.core.clock import now
from yellowcart.listings.models import Listing
from yellowcart.orders import disputes, jumpouts
from yellowcart.orders.jumpout_models import ConversionDispute
from yellowcart.orders.jumpouts import Earned, Scope
from yellowcart.orders.models import Conversion
from yellowcart.people.models import Account
from yellowcart.settlement.jumpouts import earned_from
from yellowcart.sources.models import Source

ROWS: Final = 40

DISPUTE_WORDS: Final[Mapping[str, Promise]] = {
    "open": _("Waits for the platform"),
    "answered": _("Answered"),
    "matched": _("Credited"),
    "refused": _("Refused"),
    "withdrawn": _("Withdrawn"),
}
VERBS: Final[Mapping[str, Promise]] = {
    "raise": _("Asked"),
    "say": _("Added"),
    "answer": _("The platform answered"),
    "match": _("The platform credited the sale"),
    "refuse": _("The platform refused"),
    "withdraw": _("Withdrawn"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A sale elsewhere with what it was about and what came of its commission."""

    sale: Conversion
    title: str
    earned: Earned | None
    is_disputed: bool

    @property
    def status(self) -> Promise:
        """Its state there, in words."""
        return jumpouts.STATUS_WORDS[self.sale.status]


@dataclass(frozen=True, slots=True)
class Talk:
    """A dispute and what was said in it."""

    dispute: ConversionDispute
    steps: list[dict[str, Any]]

    @property
    def state(self) -> Promise:
        """Its state in words."""
        return DISPUTE_WORDS[self.dispute.state]

    @property
    def is_open(self) -> bool:
        """Whether something can still be said."""
        return self.dispute.ended_at is None


def list_context(request: HttpRequest, scope: Scope) -> dict[str, Any]:
    """One of the lists, its tabs and its page."""
    names = [
        (key, label)
        for key, label in jumpouts.LISTS.items()
        if scope.is_platform or key != "unmatched"
    ]
    asked = request.GET.get("show", "")
    which = asked if asked in dict(names) else "matched"
    page = Paginator(jumpouts.conversions(scope, which), ROWS).get_page(request.GET.get("page"))
    return {
        "page": page,
        "rows": rows_of(page.object_list),
        "which": which,
        "tabs": names,
        "kinds": tabular.KINDS,
        "sources": Source.objects.exclude(code="native").order_by("code"),
        "order": request.GET.get("order", "")[:100],
        "asked_source": request.GET.get("source", "")[:40],
    }


def rows_of(found: Any) -> list[Row]:
    """Sales with the names of their goods and their earnings."""
    sales = list(found)
    earned = earned_from(sales)
    listings = dict(
        Listing.objects.filter(id__in=[one.listing_id for one in sales if one.listing_id])
        .values_list("id", "product_id")
        .order_by()
    )
    titles = dict(Product.objects.filter(id__in=listings.values()).values_list("id", "title"))
    open_now = disputes.open_numbers(sales)
    return [
        Row(
            one,
            _title(one, listings, titles),
            earned.get(one.id),
            (one.source, one.external_order_id) in open_now,
        )
        for one in sales
    ]


def _title(sale: Conversion, listings: Mapping[UUID, UUID], titles: Mapping[UUID, str]) -> str:
    product_id = listings.get(sale.listing_id) if sale.listing_id else None
    return titles.get(product_id, "") if product_id else ""


def talks(found: Any) -> list[Talk]:
    """Disputes with their steps and who took them."""
    rows = list(found)
    steps = {one.id: list(one.steps.order_by("at", "id")) for one in rows}
    people = Account.objects.in_bulk({step.actor_id for some in steps.values() for step in some})
    return [
        Talk(
            one,
            [
                {
                    "what": VERBS.get(step.verb, step.verb),
                    "words": step.words,
                    "at": step.at,
                    "who": people[step.actor_id].display_name if step.actor_id in people else "",
                    "by_platform": step.verb in {"answer", "match", "refuse"},
                }
                for step in steps[one.id]
            ],
        )
        for one in rows
    ]


def own_disputes(found: Any) -> dict[str, list[Talk]]:
    """A party's disputes: the open ones, those that the platform answered first, and the rest."""
    rows = talks(found)
    still_open = [one for one in rows if one.is_open]
    return {
        "talks": sorted(still_open, key=lambda one: one.dispute.state != "answered"),
        "settled": [one for one in rows if not one.is_open],
    }


def csv_reply(scope: Scope, which: str, kind: str, name: str) -> HttpResponse:
    """A list as a file; what the platform earns is in the platform's alone."""
    if which not in jumpouts.LISTS or kind not in tabular.KINDS:
        raise Http404
    if which == "unmatched" and not scope.is_platform:
        raise Http404
    rows = jumpouts.conversions(scope, which)
    sheet = jumpouts.conversions_sheet(rows, earned_from if scope.is_platform else None)
    out = io.BytesIO()
    tabular.write(kind, out, sheet)
    response = HttpResponse(out.getvalue(), content_type=tabular.MEDIA_TYPES[kind])
    file = f"{name}-{which}-{now():%Y%m%d}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{file}"'
    response["Cache-Control"] = "private, no-store"
    return response


def do_raise(account: Account, posted: Mapping[str, str], shop_id: UUID | None = None) -> None:
    """Raise the dispute that a form asks for."""
    disputes.do_raise_dispute(
        account,
        source=posted.get("source", ""),
        external_order_id=posted.get("order", ""),
        words=posted.get("words", ""),
        shop_id=shop_id,
    )


def do_step(account: Account, dispute_id: UUID, posted: Mapping[str, str]) -> None:
    """Add to one's own dispute, or let it rest."""
    if posted.get("verb") == "withdraw":
        disputes.do_withdraw(account, dispute_id)
    else:
        disputes.do_say(account, dispute_id, posted.get("words", ""))
