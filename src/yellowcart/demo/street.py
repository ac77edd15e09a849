"""The demo's people, shops and goods, made by the same verbs that people use."""

from datetime import date, timedelta
from pathlib import Path

from django.contrib.auth.hashers import make_password
from django.db import transaction

from yellowcart.catalog import actions as catalog
from yellowcart.catalog import rules as goods_rules
from yellowcart.catalog.models import Product, Sku
from yellowcart.core.clock import now
from yellowcart.demo.goods import LinkGood, NativeGood
from yellowcart.demo.people import PASSWORD, PEOPLE, Person
from yellowcart.inventory.actions import do_set_stock
from yellowcart.inventory.importing import do_import
from yellowcart.people.actions import do_apply_for_permit, do_follow, do_grant_role
from yellowcart.people.conditions import PermitName
from yellowcart.people.models import Account, CreatorFacts
from yellowcart.people.roles import Role
from yellowcart.settlement import deposits
from yellowcart.shops.actions import do_open_shop
from yellowcart.shops.models import Shop
from yellowcart.sources.share import recognise

#: Fen that every shop of the street has deposited.
DEPOSIT_MINOR = 100_000
#: Pieces of each imported variant; the export itself has one of each.
IMPORTED_PIECES = 24
#: Followers that creators of the demo bring from elsewhere, by username.
OUTSIDE_FOLLOWERS = {"xiaolan": 128_000, "dafei": 46_300, "newcomer": 312}


def open_accounts() -> dict[str, Account]:
    """Everybody of :data:`PEOPLE`, by username."""
    # One hash for all: it is made slow on purpose, and everybody knows this password.
    hashed = make_password(PASSWORD)
    accounts = {person.username: _open_account(person, hashed) for person in PEOPLE}
    for fan in ("ming", "emma"):
        for creator in ("xiaolan", "dafei"):
            do_follow(accounts[fan], accounts[creator])
    return accounts


def _open_account(person: Person, hashed: str) -> Account:
    account: Account = Account.objects.create_user(
        username=person.username,
        email=f"{person.username}@demo.example",
        display_name=person.display_name,
        handle=person.username,
        language=person.language,
        is_staff=person.role == "operator",
    )
    account.password = hashed
    account.save(update_fields=["password"])
    if person.role:
        do_grant_role(account, Role(person.role), scope=person.scope)
    if person.role == "creator":
        _prove(account, newcomer=person.username == "newcomer")
    return account


def _prove(account: Account, *, newcomer: bool) -> None:
    """Give a creator the facts that permits ask about; the newcomer lacks most of them."""
    at = now()
    account.joined_at = at - timedelta(days=3 if newcomer else 700)
    account.birth_date = date(1996, 5, 20)
    account.phone = "13800000000"
    account.phone_verified_at = at - timedelta(days=2)
    account.real_name_verified_at = None if newcomer else at - timedelta(days=600)
    account.save()
    CreatorFacts.objects.create(
        account=account,
        outside_followers=OUTSIDE_FOLLOWERS[account.username],
        outside_public_videos=1 if newcomer else 86,
        deposit_minor=0 if newcomer else 100_000,
        scores={} if newcomer else {"promotion": 4.72, "product": 4.6, "shop": 4.8, "activity": 91},
        minutes_watched_7d=0 if newcomer else 240,
        live_hours_14d=0 if newcomer else 36,
    )
    if not newcomer:
        for permit in (PermitName.GO_LIVE, PermitName.PROMOTE):
            do_apply_for_permit(account, permit)


def open_shop(owner: Account, handle: str, name: str, type_: str, source: str, words: str) -> Shop:
    """A shop of the street, its deposit paid."""
    shop = do_open_shop(
        owner=owner, name=name, type=type_, handle=handle, source=source, description=words
    )
    deposits.do_record_paid_in(
        actor=None,
        party=f"shop:{shop.id}",
        currency=shop.currency,
        amount_minor=DEPOSIT_MINOR,
        provider="bank",
        reference=f"demo-{handle}",
    )
    shop.refresh_from_db()
    return shop


def add_native(operator: Account, owner: Account, shop: Shop, good: NativeGood) -> Product:
    """Write, review and shelve native goods, with their stock."""
    product = catalog.do_create_product(
        actor=owner,
        shop=shop,
        wanted=goods_rules.ProductInput(
            title=good.title,
            description_html=good.words,
            option_names=(good.option_name,),
            skus=tuple(
                goods_rules.SkuInput(
                    price_minor=good.price_minor,
                    compare_at_minor=good.compare_at_minor,
                    options=(option,),
                )
                for option, _stock in good.variants
            ),
            currency=shop.currency,
        ),
        submit=True,
    )
    stock = dict(good.variants)
    for sku in product.skus.all():
        do_set_stock(shop.id, sku.id, stock[sku.options[0]], actor_id=owner.id)
    return _offer(operator, owner, product, good.picture)


def add_link(operator: Account, owner: Account, shop: Shop, good: LinkGood) -> Product:
    """Paste, review and shelve goods that are bought elsewhere."""
    product = catalog.do_create_link_product(
        actor=owner,
        shop=shop,
        found=recognise(good.pasted),
        title=good.title,
        price_minor=good.price_minor,
    )
    return _offer(operator, owner, product, good.picture)


def import_goods(operator: Account, owner: Account, shop: Shop, file: Path) -> list[Product]:
    """Import a catalogue file, approve and shelve it; each variant gets a shelf's worth."""
    with file.open("rb") as opened:
        do_import(opened, shop=shop, actor=operator, approve=True)
    products = list(Product.objects.filter(shop=shop).order_by("created_at", "id"))
    for product in products:
        if not product.on_shelf:
            catalog.do_put_on_shelf(actor=owner, product=product)
        for sku in product.skus.all():
            do_set_stock(shop.id, sku.id, IMPORTED_PIECES, actor_id=owner.id)
    return products


def stock_supplier(shop: Shop, pieces: int, owner: Account) -> None:
    """Fill a supplier's warehouse, which one-click listing shares."""
    for sku in Sku.objects.filter(shop=shop):
        do_set_stock(shop.id, sku.id, pieces, actor_id=owner.id)


@transaction.atomic
def _offer(operator: Account, owner: Account, product: Product, picture: str) -> Product:
    if picture:
        # The demo's pictures are this server's own files, whatever address it is reached by.
        Product.objects.filter(id=product.id).update(images=[f"/static/demo/{picture}.svg"])
    catalog.do_review(actor=operator, product=product, decision="approved")
    catalog.do_put_on_shelf(actor=owner, product=product)
    product.refresh_from_db()
    return product
