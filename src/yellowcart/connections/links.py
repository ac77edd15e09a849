"""Links of jump-outs, made anew by their source for an account so that their sales pay.

Which products lack one is found by looking, and what is due stands in ``listings.PayingLink``: the
account's lane asks, renews, and tries again. No buyer waits for it: until there is a link, and
whenever none is good, the pasted one is used.
"""

from collections import Counter
from datetime import datetime, timedelta
from typing import Final, NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, OuterRef, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yellowcart.catalog.models import Product
from yellowcart.connections import queries
from yellowcart.connections.calls import BreakerOpenError, ask
from yellowcart.connections.models import Connection
from yellowcart.connections.rules import next_try, renew_link_at
from yellowcart.connections.waking import wake
from yellowcart.core import outbox
from yellowcart.core.clock import wall
from yellowcart.core.problems import Problem, words_of
from yellowcart.listings import paying
from yellowcart.listings.models import PayingLink
from yellowcart.listings.paying import Made, Wanted
from yellowcart.people.models import Account
from yellowcart.shops.queries import is_operator
from yellowcart.sources.connector import Can, Connector, Converted, SourceError
from yellowcart.sources.connectors.calling import AskedToWaitError
from yellowcart.sources.registry import CONNECTORS

#: Products taken up for an account at one look.
BATCH: Final = 500
#: What the source pays for no sale of, or says no to, is asked about again so much later.
LOOK_AGAIN: Final = timedelta(days=1)
#: An account of these is one, whether it works at this moment or not.
_THERE: Final = ("active", "paused", "needs_reauthorising")


# Whose account


def converts(connector: Connector | None) -> bool:
    """Whether links of the source can be made to pay at all."""
    return connector is not None and Can.CONVERT_LINK in connector.can


def is_account(row: Connection) -> bool:
    """Whether a connection has what links are made with."""
    connector = CONNECTORS.get(row.source)
    if connector is None or not converts(connector):
        return False
    return all(row.settings_shown.get(name) for name in connector.needed_to_convert)


def earner_of(row: Connection) -> UUID | None:
    """The shop that earns what sales through an account pay; null: the platform does."""
    return None if row.for_platform else row.shop_id


def account_for(shop_id: UUID, source: str) -> Connection | None:
    """The account that links of a shop's goods are made for: its own, the one connected first,
    else the platform's. Never another shop's."""
    there = Connection.objects.filter(source=source, state__in=_THERE)
    own = there.filter(shop_id=shop_id, for_platform=False).order_by("created_at", "id")
    everybodys = there.filter(for_platform=True)
    return next((row for row in (*own, *everybodys) if is_account(row)), None)


def _goods_of(account: Connection) -> QuerySet[Product]:
    """The products whose links are made for an account."""
    goods = Product.objects.filter(integration="link", source=account.source)
    goods = goods.exclude(review_state="rejected")
    if not account.for_platform:
        first = account_for(account.shop_id, account.source)
        is_it = first is not None and first.id == account.id
        return goods.filter(shop_id=account.shop_id) if is_it else goods.none()
    others = Connection.objects.filter(source=account.source, state__in=_THERE, for_platform=False)
    return goods.exclude(shop_id__in={row.shop_id for row in others if is_account(row)})


# What lacks a link


def text_of(product: Product) -> str:
    """What the source is asked about: the code that was pasted with its link, the link, the id."""
    if product.share_code:
        title = product.title.translate({ord("【"): "", ord("】"): ""})
        return f"【{title}】{product.external_url} ￥{product.share_code}￥"[:2_500]
    return product.external_url or product.external_id


def take_up() -> int:
    """Have links made for whatever lacks one; how many were noted."""
    codes = [code for code, one in CONNECTORS.items() if converts(one)]
    accounts = Connection.objects.filter(state="active", source__in=codes).order_by("id")
    return sum(do_take_up(row) for row in accounts if is_account(row))


@transaction.atomic
def do_take_up(account: Connection) -> int:
    """Note what lacks a link of an account, and what a fresh code was pasted for."""
    connector = CONNECTORS[account.source]
    goods = _goods_of(account)
    lacking = goods.exclude(paying.known(account.id, OuterRef("id"), None))
    wanted = []
    for product in lacking.order_by("created_at", "id")[:BATCH]:
        text = text_of(product)
        can = connector.takes_link(text)
        wanted.append(Wanted(product.id, None, text, product.share_code, can))
    if connector.carries_id:
        wanted += [
            Wanted(link.product_id, creator_id, link.text, link.pasted)
            for link, creator_id in paying.creators_without(account.id, BATCH)
        ]
    count = paying.do_want(account.source, account.id, earner_of(account), wanted)
    stuck = paying.in_use(account.id).exclude(state__in=["made", "waiting"])
    stuck = stuck.exclude(product__share_code=F("pasted")).filter(product__in=goods)
    for link in stuck.select_related("product").order_by("id")[:BATCH]:
        text = text_of(link.product)
        can = connector.takes_link(text)
        paying.do_ask_anew(link.id, text, link.product.share_code, can)
        count += 1
    if count:
        wake(account.id)
    return count


# What the lane does


def due(account: Connection) -> datetime | None:
    """When the next link is to be made or renewed."""
    return paying.due_of(account.id).values_list("due_at", flat=True).first()


def step(account: Connection) -> None:
    """Have one link made."""
    link = paying.due_of(account.id).select_related("product").first()
    if link is None:
        return
    if not _is_still_wanted(account, link):
        paying.do_end(account.id, link.id)
        return
    connector = CONNECTORS[account.source]
    told = str(link.id) if connector.carries_id else ""
    try:
        found: Converted | None = ask(account, "convert", link.text, told)
    except BreakerOpenError:
        raise
    except AskedToWaitError as error:
        again = wall() + timedelta(seconds=max(error.seconds, 1))
        paying.do_note_failure(link.id, words_of(error), again, link.attempts)
        return
    except Problem as error:
        _failed(link, error)
        return
    if found is None:
        paying.do_note_failure(link.id, {}, wall() + LOOK_AGAIN, 0, "outside")
    elif not paying.leads_to(found.url, connector.link_hosts):
        _failed(link, _elsewhere(account.source), is_final=True)
    else:
        paying.do_keep(link.id, _made(link, found))


def _is_still_wanted(account: Connection, link: PayingLink) -> bool:
    first = account_for(link.product.shop_id, account.source)
    if first is None or first.id != account.id or link.product.review_state == "rejected":
        return False
    return link.creator_id is None or paying.is_offered_by(link.product_id, link.creator_id)


def _failed(link: PayingLink, error: Problem, *, is_final: bool = False) -> None:
    attempts = link.attempts + 1
    if isinstance(error, SourceError):
        is_final = not error.again and not error.reauthorise
    again = None if is_final else next_try(attempts, wall())
    state = "refused" if is_final else "waiting"
    paying.do_note_failure(link.id, words_of(error), again or wall() + LOOK_AGAIN, attempts, state)


def _elsewhere(source: str) -> Problem:
    return Problem(
        "link_elsewhere",
        502,
        _("%(source)s gave a link that leads elsewhere, which is not used."),
        params={"source": source},
    )


def _made(link: PayingLink, found: Converted) -> Made:
    renew = renew_link_at(found.valid_until, wall())
    return Made(
        found.url, found.code, found.external_id, found.valid_until, found.again or link.text, renew
    )


# What people see and do

WORDS: Final[dict[str, Promise]] = {
    "made": _("The link was converted: a sale through it earns commission."),
    "waiting": _(
        "The link will be converted in a moment, so that a sale through it earns commission."
    ),
    "later": _("The link could not be converted yet; the source is asked again."),
    "resting": _("The connected account does not work now, so the link is not converted."),
    "outside": _(
        "This product is not in the source's alliance, so a sale through it earns nothing. It is "
        "looked at again every day."
    ),
    "refused": _("The source did not convert the link, so a sale through it earns nothing."),
    "unreadable": _("What was pasted can't be converted, so a sale through it earns nothing."),
    "unconnected": _(
        "No account of this source is connected, so a sale through it earns nothing. The shop's "
        "owner can connect one, or the platform can."
    ),
}


def no_such_links() -> Problem:
    """A product is no link, or its source makes none that pay."""
    return Problem("link_unpaid", 409, _("This product is no link, or its source converts none."))


class Outlook(NamedTuple):
    """Whether sales through a product's link pay: a key of :data:`WORDS`, and by whose account.

    ``hint`` says what to paste instead; ``leads`` whether buyers are led anywhere by now.
    """

    state: str
    account: str
    leads: bool = True
    hint: str | Promise = ""
    link: PayingLink | None = None


def outlook_of(product: Product) -> Outlook | None:
    """What became of a product's link; None where its source makes none that pay."""
    connector = CONNECTORS.get(product.source)
    if product.integration != "link" or connector is None or not converts(connector):
        return None
    found = foreseen(product.shop_id, product.source, text_of(product))
    account = account_for(product.shop_id, product.source)
    rows = paying.links_of(product.id)
    link = rows.filter(connection_id=account.id).first() if account else None
    good = next((one for one in rows if _is_good(one)), None)
    leads = bool(product.external_url) or good is not None
    if found is None or account is None:
        return found and found._replace(leads=leads)
    if link is None:
        return found._replace(leads=leads)
    state = link.state
    if state == "waiting" or (state == "made" and not _is_good(link)):
        state = "later" if link.attempts else found.state
    return found._replace(state=state, leads=leads, link=link)


def _is_good(link: PayingLink) -> bool:
    return link.state == "made" and (link.valid_until is None or link.valid_until > wall())


def foreseen(shop_id: UUID, source: str, text: str) -> Outlook | None:
    """What would become of a text's link if a shop pasted it; None where the source makes none
    that pay."""
    connector = CONNECTORS.get(source)
    if connector is None or not converts(connector):
        return None
    hint = "" if connector.takes_link(text) else connector.converts
    account = account_for(shop_id, source)
    if account is None:
        return Outlook("unconnected", "", hint=hint)
    whose = "platform" if account.for_platform else "own"
    if hint:
        return Outlook("unreadable", whose, hint=hint)
    return Outlook("waiting" if account.state == "active" else "resting", whose)


def summed_up(account: Connection) -> dict[str, int]:
    """How many links an account has by state."""
    return dict(Counter(paying.in_use(account.id).values_list("state", flat=True)))


@transaction.atomic
def do_set_for_platform(*, actor: Account, connection_id: UUID, for_platform: bool) -> Connection:
    """Make an account the platform's own, or its shop's alone again. Operators only.

    Links of every shop without an account of its own are made for it, and what it tells of sales
    is the platform's commission. Problems: ``operator_only``, ``connection_not_found``,
    ``account_unfit``, ``account_taken``.
    """
    if not is_operator(actor):
        raise Problem("operator_only", 403, _("Only the platform's operators choose its accounts."))
    seen = queries.access_connection(actor, connection_id)
    row = Connection.objects.select_for_update(no_key=True).get(id=seen.id)
    if row.for_platform == for_platform:
        return row
    if for_platform and (row.state not in _THERE or not is_account(row)):
        raise Problem("account_unfit", 409, _("Links can't be converted with this connection."))
    row.for_platform = for_platform
    try:
        with transaction.atomic():
            row.save(update_fields=["for_platform"])
    except IntegrityError as error:
        raise Problem(
            "account_taken",
            409,
            _("The platform has an account of this source already. Let go of that one first."),
        ) from error
    paying.do_set_earner(row.id, row.shop_id, earner_of(row))
    outbox.audit(actor.id, "connection.platform", f"connection:{row.id}", for_platform=for_platform)
    return row
