"""One click: a supplier's goods, any or all, become native goods of a shop in the background.

A batch of goods and how far the run is are one transaction, so that the bar is true and a run
that was cut short goes on where it stood. Running it twice changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from yellowcart.aftersales.rulepacks import installed_rules
from yellowcart.catalog import supply
from yellowcart.catalog.copies import PriceRule
from yellowcart.catalog.fitting import Renames, suggest
from yellowcart.catalog.models import Product
from yellowcart.connections.models import ListingRun
from yellowcart.core import jobs
from yellowcart.core.clock import wall
from yellowcart.core.problems import Problem, words_of
from yellowcart.people.models import Account
from yellowcart.shops.models import Shop
from yellowcart.shops.queries import access_shop

JOB: Final = "connections.list"
#: A run of which nothing was heard for so long was cut short.
SILENCE: Final = timedelta(seconds=60)
MOST_WANTED: Final = 20_000
#: Words of a supplier that are offered to be renamed.
MOST_WORDS: Final = 40


@transaction.atomic
def do_begin_run(
    *,
    actor: Account,
    shop: Shop,
    supplier: Shop,
    product_ids: Sequence[UUID] | None = None,
    price: PriceRule | None = None,
    renames: Renames | None = None,
) -> ListingRun:
    """Have a supplier's goods listed: those wanted, or all. Watch the run.

    Problems: ``shop_forbidden``, ``shop_closed``, ``not_a_supplier``, ``too_many_wanted``,
    ``currency_other``, and ``listing_runs`` with the run that is on its way already.
    """
    access_shop(actor, shop.id, "goods")
    supply.check_supplier(supplier, shop)
    if shop.state == "closed":
        raise Problem("shop_closed", 409, _("This shop is closed; nothing can be added to it."))
    if product_ids is not None and len(product_ids) > MOST_WANTED:
        raise Problem("too_many_wanted", 422, _("Choose fewer at once, or list them all."))
    wanted = None if product_ids is None else sorted({str(one) for one in product_ids})
    try:
        with transaction.atomic():
            run = ListingRun.objects.create(
                shop=shop,
                supplier=supplier,
                actor_id=actor.id,
                wanted=wanted,
                price=price.terms() if price else None,
                renames=renames.kept() if renames else {},
                total=_goods(supplier, wanted).count(),
            )
    except IntegrityError as error:
        running = running_of(shop.id, supplier.id)
        raise Problem(
            "listing_runs",
            409,
            _("Goods of this supplier are on their way into your shop. Wait until they are there."),
            extra={"run_id": str(running.id) if running else ""},
        ) from error
    jobs.defer(JOB, run_id=str(run.id))
    return run


def running_of(shop_id: UUID, supplier_id: UUID) -> ListingRun | None:
    """The run on its way from a supplier into a shop."""
    return ListingRun.objects.filter(
        shop_id=shop_id, supplier_id=supplier_id, state__in=["waiting", "running"]
    ).first()


@jobs.job(JOB, jobs.STORES)
def do_run(run_id: str) -> None:
    """Do a run, or the rest of it; one that has ended is left alone."""
    while do_run_batch(UUID(run_id)):
        pass


@transaction.atomic
def do_run_batch(run_id: UUID) -> bool:
    """The next goods of a run, whether there may be more. Two workers take turns."""
    run = (
        ListingRun.objects.select_related("shop", "supplier")
        .select_for_update(no_key=True, of=("self",))
        .get(id=run_id)
    )
    if run.state not in {"waiting", "running"}:
        return False
    goods = _goods(run.supplier, run.wanted).order_by("id")
    if run.after is not None:
        goods = goods.filter(id__gt=run.after)
    batch = list(goods.values_list("id", flat=True)[: supply.BATCH])
    try:
        supply.check_supplier(run.supplier, run.shop)
        with transaction.atomic():
            outcome = supply.Outcome()
            price = PriceRule.of(run.price) if run.price is not None else None
            words = Renames.of(run.renames)
            supply.do_list_batch(run.actor_id, run.supplier, run.shop, batch, price, outcome, words)
    except Problem as problem:
        run.state, run.problem, run.ended_at = "failed", words_of(problem), wall()
        run.save()
        return False
    run.created += len(outcome.created)
    run.changed += len(outcome.changed)
    run.unchanged += len(outcome.unchanged)
    run.done += len(batch)
    run.total = max(run.total, run.done)
    run.state, run.touched_at = "running", wall()
    if batch:
        run.after = batch[-1]
    if len(batch) < supply.BATCH:
        _end(run)
    run.save()
    return run.state == "running"


def _end(run: ListingRun) -> None:
    waiting = Product.objects.filter(
        shop=run.supplier, review_state="in_review", on_shelf=True, origin__isnull=True
    )
    if run.wanted is not None:
        waiting = waiting.filter(id__in=run.wanted)
    run.in_review = waiting.count()
    run.missing = max(len(run.wanted) - run.done - run.in_review, 0) if run.wanted else 0
    # What left the shelf meanwhile is not on its way any more.
    run.total = run.done
    run.state, run.ended_at = "done", wall()


def _goods(supplier: Shop, wanted: Sequence[str] | None) -> "QuerySet[Product, Any]":
    goods = supply.supplier_goods(supplier.id)
    return goods if wanted is None else goods.filter(id__in=wanted)


@transaction.atomic
def do_go_on() -> int:
    """Have runs gone on with that were cut short; how many."""
    at = wall()
    lost = ListingRun.objects.select_for_update(no_key=True, skip_locked=True).filter(
        state__in=["waiting", "running"], touched_at__lte=at - SILENCE
    )
    runs = list(lost.order_by("id")[:50])
    for run in runs:
        run.touched_at = at
        run.save(update_fields=["touched_at"])
        jobs.defer(JOB, run_id=str(run.id))
    return len(runs)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A word of a supplier, and the shop's own that it most likely means; empty: none is near."""

    theirs: str
    ours: str


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What a shop may want to rename before it lists a supplier's goods, and its own words."""

    categories: list[Suggestion]
    options: list[Suggestion]
    known_categories: list[str]


def suggestions_for(supplier: Shop, shop: Shop) -> Suggestions:
    """The supplier's categories and options that the shop does not use, with what was chosen last
    or is most alike."""
    last = ListingRun.objects.filter(shop=shop, supplier=supplier).exclude(renames={})
    chosen = Renames.of(last.order_by("-begun_at").values_list("renames", flat=True).first() or {})
    mine = Product.objects.filter(shop=shop, origin__isnull=True)
    known = {one for one in mine.values_list("category", flat=True).distinct() if one}
    known |= {rule.category for rule in installed_rules().categories}
    options = _options(mine)
    theirs = supply.supplier_goods(supplier.id)
    categories = set(theirs.order_by().values_list("category", flat=True).distinct())
    return Suggestions(
        categories=[
            Suggestion(one, chosen.categories.get(one) or suggest(one, sorted(known)))
            for one in sorted(categories - known - {""})[:MOST_WORDS]
        ],
        options=[
            Suggestion(one, chosen.options.get(one) or suggest(one, sorted(options)))
            for one in sorted(_options(theirs) - options)[:MOST_WORDS]
        ],
        known_categories=sorted(known),
    )


def _options(products: "QuerySet[Product, Any]") -> set[str]:
    rows = products.order_by().values_list("option_names", flat=True).distinct()[:2_000]
    return {name for names in rows for name in names}


def runs_of(shop_id: UUID) -> "QuerySet[ListingRun, Any]":
    """A shop's runs, the newest first."""
    return (
        ListingRun.objects.filter(shop_id=shop_id)
        .select_related("supplier")
        .order_by("-begun_at", "-id")
    )


def access_run(account: Account, run_id: UUID) -> ListingRun:
    """A run, for the members of its shop; ``run_not_found`` otherwise."""
    run = ListingRun.objects.select_related("shop", "supplier").filter(id=run_id).first()
    if run is None:
        raise Problem("run_not_found", 404, _("There is no such run in your shops."))
    access_shop(account, run.shop_id, "view")
    return run
