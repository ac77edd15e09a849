"""Prices of what is offered, over HTTP: special prices, pre-sales, commissions."""

from datetime import datetime, timedelta
from uuid import UUID

from django.http import HttpRequest
from ninja import Field, Router, Schema, Status

from yellowcart.core.clock import now
from yellowcart.listings import pricing
from yellowcart.listings.models import PresaleTerms, SpecialPrice
from yellowcart.listings.rules import Wanted
from yellowcart.listings.schemas import check_zones
from yellowcart.people.access import access_person
from yellowcart.people.tokens import scoped

router = Router()


class SpecialIn(Schema):
    """A special price, in minor units of the product's currency; instants need a zone.

    It begins at ``starts_at``, now where that is missing, and ends after ``seconds``, at
    ``ends_at``, or when somebody ends it.
    """

    sku_id: UUID
    price: int
    fans_only: bool = False
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    seconds: int | None = Field(None, ge=1, le=31_622_400)
    allocation: int | None = Field(None, le=10**9)

    def wanted(self) -> Wanted:
        """The same for the verb."""
        check_zones(self.starts_at, self.ends_at)
        starts_at = self.starts_at or now()
        ends_at = self.ends_at
        if ends_at is None and self.seconds is not None:
            ends_at = starts_at + timedelta(seconds=self.seconds)
        return Wanted(self.price, starts_at, ends_at, self.allocation, self.fans_only)


class SpecialOut(Schema):
    """A special price as those who set it see it; ``taken`` of its ``allocation`` pieces."""

    id: UUID
    sku_id: UUID
    price: int
    fans_only: bool
    starts_at: datetime
    ends_at: datetime | None
    allocation: int | None
    taken: int


class PresaleIn(Schema):
    """A deposit a piece, and when the balance is due, in ``[balance_from, balance_until)``."""

    deposit: int
    balance_from: datetime
    balance_until: datetime


class PresaleOut(PresaleIn):
    """The same, of one SKU."""

    sku_id: UUID


class PricesOut(Schema):
    """Everything that was set on a listing."""

    specials: list[SpecialOut]
    presales: list[PresaleOut]
    commission_bps: int


class CommissionIn(Schema):
    """What of a sale is promised to whoever promotes it, in basis points."""

    commission_bps: int


@router.get(
    "/{uuid:listing_id}/prices",
    auth=scoped("listings:read"),
    response=PricesOut,
    summary="What was set on a listing",
)
def prices(request: HttpRequest, listing_id: UUID) -> PricesOut:
    """For those who may set special prices on it."""
    listing, _cut = pricing.access_priced(access_person(request.user), listing_id)
    return PricesOut(
        specials=[_special(row) for row in pricing.specials_of(listing)],
        presales=[_presale(row) for row in pricing.presales_of(listing)],
        commission_bps=listing.commission_bps,
    )


@router.post(
    "/{uuid:listing_id}/prices",
    auth=scoped("listings:write"),
    response={201: SpecialOut},
    summary="Set a special price",
)
def set_special(request: HttpRequest, listing_id: UUID, body: SpecialIn) -> Status[SpecialOut]:
    """For the shop's people who may offer its goods, and for the host as far as the shop lets."""
    person = access_person(request.user)
    special = pricing.do_set_special(person, listing_id, body.sku_id, body.wanted())
    return Status(201, _special(special))


@router.delete(
    "/{uuid:listing_id}/prices/{uuid:special_id}",
    auth=scoped("listings:write"),
    response={204: None},
    summary="End a special price",
)
def end_special(request: HttpRequest, listing_id: UUID, special_id: UUID) -> Status[None]:
    """Ending it again changes nothing."""
    pricing.do_end_special(access_person(request.user), listing_id, special_id)
    return Status(204, None)


@router.put(
    "/{uuid:listing_id}/presale/{uuid:sku_id}",
    auth=scoped("listings:write"),
    response=PresaleOut,
    summary="Sell against a deposit",
)
def set_presale(
    request: HttpRequest, listing_id: UUID, sku_id: UUID, body: PresaleIn
) -> PresaleOut:
    """For the shop's people who may offer its goods."""
    check_zones(body.balance_from, body.balance_until)
    terms = pricing.do_set_presale(
        access_person(request.user),
        listing_id,
        sku_id,
        deposit_minor=body.deposit,
        balance_from=body.balance_from,
        balance_until=body.balance_until,
    )
    return _presale(terms)


@router.delete(
    "/{uuid:listing_id}/presale/{uuid:sku_id}",
    auth=scoped("listings:write"),
    response={204: None},
    summary="Sell for the whole price again",
)
def clear_presale(request: HttpRequest, listing_id: UUID, sku_id: UUID) -> Status[None]:
    """Orders keep the terms they were placed under."""
    pricing.do_clear_presale(access_person(request.user), listing_id, sku_id)
    return Status(204, None)


@router.put(
    "/{uuid:listing_id}/commission",
    auth=scoped("listings:write"),
    response=CommissionIn,
    summary="Promise a commission",
)
def set_commission(request: HttpRequest, listing_id: UUID, body: CommissionIn) -> CommissionIn:
    """For the shop's people who may offer its goods; of what is sold from now on."""
    person = access_person(request.user)
    listing = pricing.do_set_commission(person, listing_id, body.commission_bps)
    return CommissionIn(commission_bps=listing.commission_bps)


def _special(row: SpecialPrice) -> SpecialOut:
    return SpecialOut(
        id=row.id,
        sku_id=row.sku_id,
        price=row.price_minor,
        fans_only=row.fans_only,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        allocation=row.allocation,
        taken=row.taken,
    )


def _presale(row: PresaleTerms) -> PresaleOut:
    return PresaleOut(
        sku_id=row.sku_id,
        deposit=row.deposit_minor,
        balance_from=row.balance_from,
        balance_until=row.balance_until,
    )
