"""Products over HTTP: what is on offer, a shop's own catalogue, review, one-click listing."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Query, Router, Schema, Status

from yellowcart.catalog import actions, picturing, queries, schemas, service, supply
from yellowcart.catalog.models import Product, Sku
from yellowcart.catalog.pictures_out import PicturesOut, pictures_out
from yellowcart.core.clock import now
from yellowcart.people.access import access_operator, access_person
from yellowcart.people.models import Account
from yellowcart.people.tokens import scoped
from yellowcart.shops.queries import access_shop, get_shop
from yellowcart.sources.api import own_hosts
from yellowcart.sources.share import recognise

router = Router()

_VERBS = {
    "submit": actions.do_submit,
    "withdraw": actions.do_withdraw,
    "on-shelf": actions.do_put_on_shelf,
    "off-shelf": actions.do_take_off_shelf,
}


class Filters(Schema):
    """Which products; ``cursor`` is the ``next_cursor`` of the page before."""

    q: str = ""
    review_state: str = ""
    on_shelf: bool | None = None
    source: str = ""
    cursor: UUID | None = None
    limit: int = queries.PAGE


def _page(
    rows: QuerySet[Product], cursor: UUID | None, limit: int = queries.PAGE
) -> schemas.ProductPage:
    """``limit`` is as many as a page has at most."""
    most = min(max(limit, 1), queries.PAGE)
    if cursor is not None:
        rows = rows.filter(id__lt=cursor)
    products = list(rows[: most + 1])
    more = len(products) > most
    products = products[:most]
    skus: dict[UUID, list[Sku]] = {product.id: [] for product in products}
    for sku in Sku.objects.filter(product_id__in=skus).order_by("position", "id"):
        skus[sku.product_id].append(sku)
    at = now()
    return schemas.ProductPage(
        items=[schemas.product_out(product, skus[product.id], at) for product in products],
        next_cursor=products[-1].id if more else None,
    )


def _one(product: Product) -> schemas.ProductOut:
    return schemas.product_out(product, queries.all_skus(product), now())


@router.get("/on-offer/{shop}", response=schemas.ProductPage, auth=None)
def on_offer(
    request: HttpRequest, shop: str, cursor: UUID | None = None, limit: int = queries.PAGE
) -> schemas.ProductPage:
    """What a shop can offer now, for everybody."""
    return _page(queries.on_offer(get_shop(shop).id), cursor, limit)


@router.get("/of/{shop}", auth=scoped("products:read"), response=schemas.ProductPage)
def of_shop(request: HttpRequest, shop: str, filters: Query[Filters]) -> schemas.ProductPage:
    """A shop's whole catalogue, for those who work there and for operators."""
    row = access_shop(access_person(request.user), shop, "view")
    rows = queries.products_of(
        row.id,
        text=filters.q,
        review_state=filters.review_state,
        on_shelf=filters.on_shelf,
        source=filters.source,
    )
    return _page(rows, filters.cursor, filters.limit)


@router.post("/of/{shop}", auth=scoped("products:write"), response={201: schemas.ProductOut})
def create(
    request: HttpRequest, shop: str, wanted: schemas.ProductIn, submit: bool = False
) -> Status[schemas.ProductOut]:
    """Write a new product, as a draft or straight into review."""
    account = access_person(request.user)
    row = access_shop(account, shop, "goods")
    product = actions.do_create_product(
        actor=account, shop=row, wanted=schemas.product_in(wanted, row.currency), submit=submit
    )
    product.refresh_from_db()
    return Status(201, _one(product))


@router.post("/of/{shop}/link", auth=scoped("products:write"), response=schemas.ProductOut)
def create_from_link(request: HttpRequest, shop: str, wanted: schemas.LinkIn) -> schemas.ProductOut:
    """Make a product of a pasted link, share text or code; the same goods, the same product."""
    account = access_person(request.user)
    row = access_shop(account, shop, "goods")
    product = actions.do_create_link_product(
        actor=account,
        shop=row,
        found=recognise(wanted.text, own_hosts(request)),
        title=wanted.title,
        price_minor=wanted.price,
    )
    return _one(product)


@router.post("/of/{shop}/supply", auth=scoped("products:write"), response=schemas.SupplyOut)
def list_supplier_goods(
    request: HttpRequest, shop: str, wanted: schemas.SupplyIn
) -> schemas.SupplyOut:
    """List a supplier's goods in one click, as native goods on the supplier's stock."""
    account = access_person(request.user)
    outcome = supply.do_list_supplier_goods(
        actor=account,
        supplier=get_shop(wanted.supplier),
        shop=access_shop(account, shop, "goods"),
        product_ids=wanted.product_ids,
        price=schemas.price_rule(wanted.price),
    )
    return schemas.SupplyOut(
        created=outcome.created,
        changed=outcome.changed,
        unchanged=outcome.unchanged,
        missing=outcome.missing,
    )


@router.get("/of/{shop}/pictures", auth=scoped("products:read"), response=PicturesOut)
def pictures_of_shop(request: HttpRequest, shop: str) -> PicturesOut:
    """How far our copies of the pictures of a shop's goods are, and which could not be had."""
    row = access_shop(access_person(request.user), shop, "view")
    return pictures_out(Product.objects.filter(shop=row))


@router.post("/of/{shop}/pictures/again", auth=scoped("products:write"), response=PicturesOut)
def pictures_again(request: HttpRequest, shop: str, product_id: UUID | None = None) -> PicturesOut:
    """Have the pictures fetched once more that failed, of one product or of all."""
    account = access_person(request.user)
    row = access_shop(account, shop, "goods")
    picturing.do_ask_again(actor=account, shop=row, product_id=product_id)
    return pictures_out(Product.objects.filter(shop=row))


@router.get("/{product_id}", response=schemas.ProductOut, auth=scoped("products:read", public=True))
def get_product(request: HttpRequest, product_id: UUID) -> schemas.ProductOut:
    """A product: as far as it is on offer for everybody, in any state for its shop."""
    account = request.user if isinstance(request.user, Account) else None
    product = queries.visible_product(account, product_id)
    return _one(product)


@router.put("/{product_id}", auth=scoped("products:write"), response=schemas.ProductOut)
def edit(request: HttpRequest, product_id: UUID, wanted: schemas.ProductIn) -> schemas.ProductOut:
    """Rewrite a product; new words or pictures of an approved one are reviewed again."""
    account = access_person(request.user)
    product = queries.access_product(account, product_id, "goods")
    changed = actions.do_edit_product(
        actor=account, product=product, wanted=schemas.product_in(wanted, product.currency)
    )
    return _one(changed)


@router.put("/{product_id}/service", auth=scoped("products:write"), response=schemas.ProductOut)
def set_service(
    request: HttpRequest, product_id: UUID, wanted: schemas.ServiceIn
) -> schemas.ProductOut:
    """Say when a product leaves, how it may be given back, and how long its price is protected."""
    account = access_person(request.user)
    product = queries.access_product(account, product_id, "goods")
    changed = service.do_set_service(
        actor=account, product=product, wanted=service.Service(**wanted.model_dump())
    )
    return _one(changed)


@router.post(
    "/{product_id}/step/{verb}", auth=scoped("products:write"), response=schemas.ProductOut
)
def step(request: HttpRequest, product_id: UUID, verb: schemas.Verb) -> schemas.ProductOut:
    """Hand a product to review or take it back; put an approved one on the shelf or off it."""
    account = access_person(request.user)
    product = queries.access_product(account, product_id, "goods")
    return _one(_VERBS[verb](actor=account, product=product))


@router.post("/{product_id}/native", auth=scoped("products:write"), response=schemas.ProductOut)
def make_native(
    request: HttpRequest, product_id: UUID, price: schemas.PriceRuleIn | None = None
) -> schemas.ProductOut:
    """The native twin of a link product, where a supplier here has the same goods."""
    account = access_person(request.user)
    product = queries.access_product(account, product_id, "goods")
    twin = supply.do_convert_to_native(
        actor=account, product=product, price=schemas.price_rule(price)
    )
    return _one(twin)


@router.post("/{product_id}/review", auth=scoped("products:write"), response=schemas.ProductOut)
def review(
    request: HttpRequest, product_id: UUID, wanted: schemas.DecisionIn
) -> schemas.ProductOut:
    """Decide about a product. Operators only."""
    account = access_operator(request.user)
    product = queries.get_product(product_id)
    return _one(
        actions.do_review(
            actor=account, product=product, decision=wanted.decision, words=wanted.words
        )
    )


@router.get("/{product_id}/reviews", auth=scoped("products:read"), response=list[schemas.ReviewOut])
def reviews(request: HttpRequest, product_id: UUID) -> list[schemas.ReviewOut]:
    """How a product was reviewed, newest first, for its shop and for operators."""
    product = queries.access_product(access_person(request.user), product_id, "view")
    return [schemas.review_out(event) for event in queries.history_of(product)]
