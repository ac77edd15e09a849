"""Shops over HTTP: the public face, opening one, its people."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import Field, Router, Schema, Status

from yellowcart.core.problems import Problem
from yellowcart.people.access import access_person
from yellowcart.people.models import Account
from yellowcart.people.tokens import scoped
from yellowcart.shops import actions, queries
from yellowcart.shops.models import Shop, ShopMember

router = Router()


class ShopOut(Schema):
    """What everybody may see of a shop."""

    id: UUID
    handle: str
    name: str
    type: str
    source: str
    currency: str
    description: str
    logo_url: str
    state: str
    opened_at: datetime


class MyShopOut(ShopOut):
    """A shop one works in, with one's role."""

    role: str


class ShopIn(Schema):
    """A shop to open."""

    name: str = Field(min_length=1, max_length=120)
    type: str = "personal"
    handle: str = ""
    currency: str = Field("CNY", pattern="^[A-Z]{3}$")
    description: str = Field("", max_length=500)


class ShopEdit(Schema):
    """What a shop shows of itself."""

    name: str = Field(max_length=120)
    description: str = Field("", max_length=500)


class HostTermsIn(Schema):
    """What hosts may take off the shop's prices, and what they are promised; basis points."""

    host_cut_bps: int
    commission_bps: int


class HostTermsOut(HostTermsIn):
    """The same, as it stands."""


class StateIn(Schema):
    """What a shop should become."""

    state: Literal["open", "paused", "closed"]


class RoleIn(Schema):
    """What somebody should be in a shop."""

    role: Literal["owner", "manager", "staff"]


class MemberOut(Schema):
    """Somebody who works in a shop."""

    account_id: UUID
    handle: str
    display_name: str
    role: str
    since: datetime


def shop_out(shop: Shop) -> ShopOut:
    """A shop as everybody may see it."""
    return ShopOut.model_validate(shop, from_attributes=True)


def _member_out(member: ShopMember) -> MemberOut:
    return MemberOut(
        account_id=member.account_id,
        handle=member.account.handle,
        display_name=member.account.display_name,
        role=member.role,
        since=member.since,
    )


def _account(account_id: UUID) -> Account:
    account = Account.objects.filter(id=account_id, is_active=True).first()
    if account is None:
        raise Problem("account_not_found", 404, _("There is no such account."))
    return account


@router.get("/mine", auth=scoped("shops:read"), response=list[MyShopOut])
def my_shops(request: HttpRequest) -> list[MyShopOut]:
    """The shops one works in."""
    account = access_person(request.user)
    roles = queries.roles_in_shops(account)
    return [
        MyShopOut(**shop_out(shop).model_dump(), role=roles[shop.id])
        for shop in queries.shops_of(account)
    ]


@router.get("/suppliers", auth=scoped("shops:read"), response=list[ShopOut])
def suppliers(request: HttpRequest) -> list[ShopOut]:
    """Shops whose goods one can list in a click."""
    access_person(request.user)
    return [shop_out(shop) for shop in queries.suppliers()]


@router.post("", response={201: ShopOut})
def open_shop(request: HttpRequest, wanted: ShopIn) -> Status[ShopOut]:
    """Open a shop of one's own. Suppliers' shops are opened by the platform's operators."""
    account = access_person(request.user)
    shop = actions.do_open_own_shop(actor=account, **wanted.model_dump())
    return Status(201, shop_out(shop))


@router.get("/{shop}", response=ShopOut, auth=None)
def get_shop(request: HttpRequest, shop: str) -> ShopOut:
    """A shop's public face, by id or handle."""
    return shop_out(queries.get_shop(shop))


@router.put("/{shop}", response=ShopOut)
def edit_shop(request: HttpRequest, shop: str, wanted: ShopEdit) -> ShopOut:
    """Change what a shop shows of itself. Owners only."""
    account = access_person(request.user)
    row = queries.access_shop(account, shop, "shop")
    return shop_out(actions.do_edit_shop(actor=account, shop=row, **wanted.model_dump()))


@router.get("/{shop}/host-terms", auth=scoped("shops:read"), response=HostTermsOut)
def host_terms(request: HttpRequest, shop: str) -> HostTermsOut:
    """What hosts are offered, for those who work there."""
    row = queries.access_shop(access_person(request.user), shop, "view")
    return HostTermsOut(host_cut_bps=row.host_cut_bps, commission_bps=row.commission_bps)


@router.put("/{shop}/host-terms", response=HostTermsOut)
def set_host_terms(request: HttpRequest, shop: str, wanted: HostTermsIn) -> HostTermsOut:
    """Change it for what comes. Owners only."""
    account = access_person(request.user)
    row = queries.access_shop(account, shop, "shop")
    row = actions.do_set_host_terms(actor=account, shop=row, **wanted.model_dump())
    return HostTermsOut(host_cut_bps=row.host_cut_bps, commission_bps=row.commission_bps)


@router.post("/{shop}/state", response=ShopOut)
def set_state(request: HttpRequest, shop: str, wanted: StateIn) -> ShopOut:
    """Pause, open again or close a shop: its owner, or an operator."""
    account = access_person(request.user)
    return shop_out(
        actions.do_set_state(actor=account, shop=queries.get_shop(shop), state=wanted.state)
    )


@router.get("/{shop}/members", response=list[MemberOut])
def members(request: HttpRequest, shop: str) -> list[MemberOut]:
    """The people of a shop, for those who work there."""
    row = queries.access_shop(access_person(request.user), shop, "view")
    return [_member_out(member) for member in queries.members_of(row)]


@router.put("/{shop}/members/{account_id}", response=MemberOut)
def set_member(request: HttpRequest, shop: str, account_id: UUID, wanted: RoleIn) -> MemberOut:
    """Give somebody a role. Owners only."""
    actor = access_person(request.user)
    row = queries.access_shop(actor, shop, "members")
    member = actions.do_set_member(
        actor=actor, shop=row, account=_account(account_id), role=wanted.role
    )
    return _member_out(member)


@router.delete("/{shop}/members/{account_id}", response={204: None})
def remove_member(request: HttpRequest, shop: str, account_id: UUID) -> HttpResponse:
    """Take somebody out. Owners only."""
    actor = access_person(request.user)
    row = queries.access_shop(actor, shop, "members")
    actions.do_remove_member(actor=actor, shop=row, account=_account(account_id))
    return HttpResponse(status=204)
