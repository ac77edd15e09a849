"""Carts of profiles, shop pages and product pages over HTTP. Rooms and videos have their own."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _
from ninja import Router, Status

from yellowcart.core.problems import Problem
from yellowcart.listings import actions, problems, queries
from yellowcart.listings.containers import Container
from yellowcart.listings.models import SURFACES
from yellowcart.listings.pricing_api import router as pricing
from yellowcart.listings.schemas import MountIn, OrderIn
from yellowcart.people.access import access_person
from yellowcart.people.models import Account
from yellowcart.people.tokens import scoped

router = Router()
router.add_router("", pricing)


@router.get("/{uuid:listing_id}", response=dict[str, Any], auth=None, summary="One listing")
def one(request: HttpRequest, listing_id: UUID) -> dict[str, Any]:
    """As a viewer sees it now, with its verdict."""
    item = queries.item(listing_id, _language(), public=True)
    if item is None:
        raise problems.listing_not_found()
    return item


@router.get(
    "/{surface}/{uuid:container_id}",
    response=list[dict[str, Any]],
    auth=None,
    summary="What is offered somewhere",
)
def listed(request: HttpRequest, surface: str, container_id: UUID) -> list[dict[str, Any]]:
    """The listings of a room, video, profile, shop page or product page, in order."""
    if surface not in SURFACES:
        raise _unknown_surface()
    return queries.items_of(surface, container_id, _language())


@router.post(
    "/{surface}/{uuid:container_id}",
    auth=scoped("listings:write"),
    response={201: dict[str, Any]},
    summary="List a product",
)
def mount(
    request: HttpRequest, surface: str, container_id: UUID, body: MountIn
) -> Status[dict[str, Any]]:
    """On one's profile, a shop's page or a product's page."""
    person = access_person(request.user)
    container = _container(person, surface, container_id)
    listing = actions.do_mount(person, container, body.product_id, body.terms())
    return Status(201, queries.item(listing.id, _language()) or {})


@router.put(
    "/{surface}/{uuid:container_id}/order",
    auth=scoped("listings:write"),
    response={204: None},
    summary="Order the listings",
)
def reorder(request: HttpRequest, surface: str, container_id: UUID, body: OrderIn) -> Status[None]:
    """Every listing once, first to last."""
    person = access_person(request.user)
    actions.do_reorder(person, _container(person, surface, container_id), body.order)
    return Status(204, None)


@router.delete(
    "/{surface}/{uuid:container_id}/{uuid:listing_id}",
    auth=scoped("listings:write"),
    response={204: None},
    summary="Take a listing out",
)
def unmount(
    request: HttpRequest, surface: str, container_id: UUID, listing_id: UUID
) -> Status[None]:
    """It is offered there no more."""
    person = access_person(request.user)
    actions.do_unmount(person, _container(person, surface, container_id), listing_id)
    return Status(204, None)


def _container(person: Account, surface: str, container_id: UUID) -> Container:
    if surface == "profile":
        if container_id != person.id:
            raise Problem("not_your_profile", 403, _("Only its owner may change a profile."))
        return queries.access_profile(person)
    if surface == "shop_page":
        return queries.access_shop_page(person, container_id)
    if surface == "product_page":
        return queries.access_product_page(person, container_id)
    raise _unknown_surface()


def _unknown_surface() -> Problem:
    return Problem(
        "surface_unknown",
        404,
        _("Listings are changed here for profile, shop_page and product_page."),
    )


def _language() -> str:
    return get_language() or "en"
