"""Writing, reviewing and shelving products. Each verb is one transaction."""

from dataclasses import replace
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from yellowcart.catalog import copies, events, picturing, rules
from yellowcart.catalog.models import REVIEW_STATES, Product, ReviewEvent, Sku
from yellowcart.catalog.queries import access_operator, access_product, product_not_found
from yellowcart.catalog.states import WORDS, may_step
from yellowcart.core import outbox
from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.core.problems import Problem
from yellowcart.people.models import Account
from yellowcart.shops.models import Shop
from yellowcart.shops.queries import access_shop
from yellowcart.sources.recognition import Recognition

#: What a review is about. Prices, stock and codes may change without another look.
REVIEWED_FIELDS = ("title", "description_html", "vendor", "category", "images", "option_names")


@transaction.atomic
def do_create_product(
    *,
    actor: Account,
    shop: Shop,
    wanted: rules.ProductInput,
    submit: bool = False,
    external_id: str = "",
) -> Product:
    """Write a new product of the shop, as a draft or straight into review.

    A supplier's product carries the supplier's source. Stock begins at none: set it with
    ``inventory``. Raises ``product_invalid`` with every fault.
    """
    access_shop(actor, shop.id, "goods")
    wanted = _checked(wanted)
    product = Product.objects.create(
        shop=shop,
        source=shop.source,
        integration="supply" if shop.type == "supplier" else "native",
        external_id=external_id[:200],
        **_fields(wanted),
    )
    _write_skus(product, wanted.skus, [])
    picturing.note([product])
    step(product, "draft", actor.id, "")
    if submit:
        do_submit(actor=actor, product=product)
    outbox.audit(actor.id, "product.create", f"product:{product.id}", title=product.title)
    return product


@transaction.atomic
def do_edit_product(*, actor: Account, product: Product, wanted: rules.ProductInput) -> Product:
    """Rewrite a product. Variants are matched by their options; those left out go inactive.

    A change of what was reviewed sends an approved product to review again. A copy of a
    supplier's product keeps its variants and prices, which come from its terms. Raises
    ``product_invalid``.
    """
    access_product(actor, product.id, "goods")
    wanted = _checked(wanted)
    row = locked(product.id)
    fields = _fields(wanted)
    reviewed_again = any(getattr(row, name) != fields[name] for name in REVIEWED_FIELDS)
    for name, value in fields.items():
        setattr(row, name, value)
    row.updated_at = now()
    row.save()
    if row.origin_id is None:
        _write_skus(row, wanted.skus, list(row.skus.order_by("position", "id")))
    picturing.note([row])
    if row.origin_id is None:
        copies.follow_originals([row.id])
    if reviewed_again and row.review_state == "approved":
        step(row, "in_review", actor.id, "")
    events.announce(row.shop_id, events.ProductChanged(str(row.id)))
    outbox.audit(actor.id, "product.edit", f"product:{row.id}", reviewed_again=reviewed_again)
    return row


@transaction.atomic
def do_create_link_product(
    *,
    actor: Account,
    shop: Shop,
    found: Recognition,
    title: str = "",
    price_minor: int = 0,
    images: tuple[str, ...] = (),
) -> Product:
    """Write the product behind a pasted link or share code; the same goods give the same product.

    The buyer will jump out, so there is no stock here and the price is what the shop says the
    source asks. Raises ``link_unknown`` where nothing was recognised.
    """
    access_shop(actor, shop.id, "goods")
    if not found.known or found.integration != "link":
        raise Problem(
            "link_unknown",
            422,
            _("This is no outside product. Paste its link, share text or code."),
        )
    known = Product.objects.filter(
        shop=shop, source=found.source, external_id=found.key[:200]
    ).first()
    if known is not None:
        if found.code and found.code != known.share_code:
            # A code does not live for ever: the fresh one is what can be converted.
            known.share_code = found.code[:60]
            known.save(update_fields=["share_code"])
        return known
    wanted = _checked(
        rules.ProductInput(
            title=(title or found.title or found.key)[: rules.LONGEST_TITLE],
            skus=(rules.SkuInput(price_minor=price_minor),),
            images=images,
            currency=shop.currency,
        )
    )
    product = Product(
        shop=shop,
        source=found.source,
        integration="link",
        external_id=found.key[:200],
        external_url=found.url[:2000],
        share_code=found.code[:60],
        **_fields(wanted),
    )
    try:
        with transaction.atomic():
            product.save(force_insert=True)
    except IntegrityError:
        # Pasted twice at the same moment: the other one's row is as good.
        return Product.objects.get(shop=shop, source=found.source, external_id=found.key[:200])
    _write_skus(product, wanted.skus, [])
    picturing.note([product])
    step(product, "draft", actor.id, "")
    step(product, "in_review", actor.id, "")
    outbox.audit(actor.id, "product.link", f"product:{product.id}", source=found.source)
    return product


@transaction.atomic
def do_submit(*, actor: Account, product: Product) -> Product:
    """Hand a draft, or one that was changed as asked, to review."""
    access_product(actor, product.id, "goods")
    return _shop_step(actor, product, "in_review")


@transaction.atomic
def do_withdraw(*, actor: Account, product: Product) -> Product:
    """Take a product back from review, to go on writing it."""
    access_product(actor, product.id, "goods")
    return _shop_step(actor, product, "draft")


@transaction.atomic
def do_review(*, actor: Account, product: Product, decision: str, words: str = "") -> Product:
    """An operator's decision: ``approved``, ``needs_changes`` or ``rejected``.

    The last two need words that the shop can act on (``review_words_missing``).
    """
    access_operator(actor)
    if decision != "approved" and not words.strip():
        raise Problem(
            "review_words_missing", 422, _("Say what is wrong and what the shop should change.")
        )
    row = locked(product.id)
    if not may_step(row.review_state, decision, "operator"):
        raise _step_refused(row.review_state, decision)
    step(row, decision, actor.id, words.strip())
    if decision == "approved":
        # Copies show what was looked at, so a supplier's new pictures reach them now.
        copies.follow_originals([row.id])
    elif row.on_shelf:
        _shelve(row, False)
    outbox.audit(actor.id, "product.review", f"product:{row.id}", decision=decision)
    return row


@transaction.atomic
def do_put_on_shelf(*, actor: Account, product: Product) -> Product:
    """Offer an approved product. Raises ``product_not_approved`` otherwise."""
    access_product(actor, product.id, "goods")
    row = locked(product.id)
    if row.review_state != "approved":
        raise Problem(
            "product_not_approved",
            409,
            _("Only a product that passed review can go on the shelf. Submit it for review."),
        )
    if not row.on_shelf:
        _shelve(row, True)
        outbox.audit(actor.id, "product.on_shelf", f"product:{row.id}")
    return row


@transaction.atomic
def do_take_off_shelf(*, actor: Account, product: Product) -> Product:
    """Stop offering a product everywhere. Orders already placed go on."""
    access_product(actor, product.id, "goods")
    row = locked(product.id)
    if row.on_shelf:
        _shelve(row, False)
        outbox.audit(actor.id, "product.off_shelf", f"product:{row.id}")
    return row


def locked(product_id: UUID) -> Product:
    """The product, locked until the transaction ends."""
    row = Product.objects.select_for_update(no_key=True).filter(id=product_id).first()
    if row is None:
        raise product_not_found()
    return row


def step(product: Product, state: str, actor_id: UUID | None, words: str) -> None:
    """Record a review step on a locked product. The caller has asked whether it is allowed."""
    if state not in REVIEW_STATES:
        raise ValueError(f"{state!r} is no review state")
    product.review_state = state
    product.updated_at = now()
    product.save(update_fields=["review_state", "updated_at"])
    ReviewEvent.objects.create(product=product, state=state, words=words, actor_id=actor_id)
    events.announce(product.shop_id, events.ReviewStepped(str(product.id), state))


def _shop_step(actor: Account, product: Product, after: str) -> Product:
    row = locked(product.id)
    if row.review_state == after:
        return row
    if not may_step(row.review_state, after, "shop"):
        raise _step_refused(row.review_state, after)
    step(row, after, actor.id, "")
    outbox.audit(actor.id, "product.step", f"product:{row.id}", state=after)
    return row


def _step_refused(before: str, after: str) -> Problem:
    return Problem(
        "review_step_refused",
        409,
        _("A product that is %(before)s can't become %(after)s."),
        params={"before": WORDS[before], "after": WORDS[after]},
        extra={"review_state": before},
    )


def _shelve(product: Product, on_shelf: bool) -> None:
    product.on_shelf = on_shelf
    product.updated_at = now()
    product.save(update_fields=["on_shelf", "updated_at"])
    events.announce(product.shop_id, events.ShelfChanged(str(product.id), on_shelf))
    if not on_shelf:
        copies.withdraw([product.id])


def _checked(wanted: rules.ProductInput) -> rules.ProductInput:
    """The input with its description cleaned; ``product_invalid`` with every fault."""
    faults = rules.faults_of(wanted)
    if faults:
        raise Problem(
            "product_invalid",
            422,
            _("The product can't be saved yet; see errors for each place."),
            extra={"errors": [{"where": fault.where, "message": str(fault)} for fault in faults]},
        )
    return replace(wanted, description_html=rules.clean_html(wanted.description_html))


def _fields(wanted: rules.ProductInput) -> dict[str, object]:
    return {
        "title": wanted.title.strip(),
        "description_html": wanted.description_html,
        "vendor": wanted.vendor[:200],
        "category": wanted.category[:300],
        "tags": list(wanted.tags[: rules.MOST_TAGS]),
        "images": list(wanted.images),
        "option_names": list(wanted.option_names),
        "currency": wanted.currency,
    }


def _write_skus(product: Product, wanted: tuple[rules.SkuInput, ...], known: list[Sku]) -> None:
    """Create or rewrite the variants; those no longer wanted go inactive, never away."""
    by_options = {tuple(sku.options): sku for sku in known}
    for position, one in enumerate(wanted):
        sku = by_options.pop(one.options, None)
        if sku is None:
            key = new_id()
            sku = Sku(
                id=key,
                shop_id=product.shop_id,
                product=product,
                stock_shop_id=product.shop_id,
                stock_sku_id=key,
            )
        sku.position, sku.options, sku.active = position, list(one.options), True
        sku.code, sku.barcode = one.code[:200], one.barcode[:64]
        sku.price_minor, sku.compare_at_minor = one.price_minor, one.compare_at_minor
        sku.sale_price_minor = one.sale_price_minor
        sku.sale_from, sku.sale_until = one.sale_from, one.sale_until
        sku.weight_grams, sku.image_url = one.weight_grams, one.image_url
        sku.save()
    Sku.objects.filter(id__in=[sku.id for sku in by_options.values()]).update(active=False)
