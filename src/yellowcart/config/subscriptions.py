"""Who hears what happened: the one place where folders are tied to each other's events."""

from yellowcart.catalog import copies
from yellowcart.catalog.service import use_limits
from yellowcart.connections import events as supply_events
from yellowcart.connections import lane as _store_jobs  # noqa: F401  the worker finds jobs by name
from yellowcart.connections import sold_here as stores
from yellowcart.connections import supplying
from yellowcart.connections.pictures import StoresGate
from yellowcart.core.outbox import subscribe
from yellowcart.demo import film as _demo_jobs  # noqa: F401  the worker finds jobs by name
from yellowcart.developers import delivering as webhooks
from yellowcart.developers import telling
from yellowcart.developers.oauth import read_token
from yellowcart.gifts import telling as gifts
from yellowcart.gifts import topups
from yellowcart.gifts.checking import check_coins
from yellowcart.insights import days_kept, room_facts, room_kept
from yellowcart.inventory import runs as _import_jobs  # noqa: F401  the worker finds jobs by name
from yellowcart.ledger.checking import also_check
from yellowcart.live import arrivals, bullets, numbering
from yellowcart.media import following
from yellowcart.media import jobs as _media_jobs  # noqa: F401  the worker finds jobs by name
from yellowcart.notices import disputes as dispute_notices
from yellowcart.notices import permits as permit_notices
from yellowcart.notices import prizes as prize_notices
from yellowcart.notices import shows as show_notices
from yellowcart.notices import supplies as supply_notices
from yellowcart.notices import webhooks as webhook_notices
from yellowcart.orders import waitlist
from yellowcart.orders.events import DISPUTE_STEPPED
from yellowcart.orders.paying import do_record_payment
from yellowcart.orders.timerpacks import promise_limits
from yellowcart.payments import jobs as _payment_jobs  # noqa: F401  the worker finds jobs by name
from yellowcart.payments.incoming import COINS, use_recorder
from yellowcart.people import figures
from yellowcart.people.tokens import use_tokens
from yellowcart.pictures.gates import use_gate
from yellowcart.policy.subjects import ShopSubject, use_shops
from yellowcart.promotions.events import on_spent
from yellowcart.settlement import duties as settlement
from yellowcart.settlement import withdrawals as _payout_jobs  # noqa: F401  the worker finds jobs by name
from yellowcart.settlement.checking import check_settlement
from yellowcart.shops import queries as shops
from yellowcart.videos import queries as videos


def connect() -> None:
    """Register every subscriber with the outbox."""
    use_shops(_shop_as_rules_see_it)
    use_tokens(read_token)
    use_limits(promise_limits)
    use_gate(StoresGate())
    use_recorder(do_record_payment)
    use_recorder(topups.do_record, [COINS])
    figures.provide(shops.permit_figures)
    figures.provide(videos.permit_figures)
    also_check(check_settlement)
    also_check(check_coins)
    subscribe("people.followed", arrivals.on_followed)
    # The stage is cleared first, so that the room hears of it as it is then.
    subscribe("room.room.state", following.on_room_state)
    subscribe("room.", numbering.on_room_events)
    subscribe("room.chat", room_facts.on_chat)
    subscribe("gifts.sent", gifts.on_sent)
    subscribe("gifts.packet", gifts.on_packets)
    subscribe("gifts.bag", gifts.on_bags)
    subscribe("orders.", room_kept.on_orders)
    subscribe("orders.placed", days_kept.on_orders)
    subscribe("orders.paid", days_kept.on_orders)
    subscribe("orders.placed", numbering.on_orders_placed)
    subscribe("orders.placed", bullets.on_orders_placed)
    subscribe("orders.paid", bullets.on_orders_paid)
    subscribe("promotions.coupon_spent", on_spent)
    subscribe("orders.closed", numbering.on_orders_closed)
    subscribe("orders.paid", settlement.on_order_events)
    subscribe("orders.completed", settlement.on_order_events)
    subscribe("orders.closed", settlement.on_order_events)
    subscribe("orders.late", settlement.on_order_events)
    subscribe("orders.money_back", settlement.on_order_events)
    subscribe("payments.refund_asked", settlement.on_order_events)
    subscribe("aftersales.", settlement.on_order_events)
    subscribe("orders.converted", settlement.on_conversions)
    subscribe("orders.paid", supplying.on_paid)
    subscribe("orders.closed", supplying.on_less_wanted)
    subscribe("orders.money_back", supplying.on_less_wanted)
    for topic in ("orders.placed", "orders.paid", "orders.closed", "orders.money_back"):
        subscribe(topic, stores.on_orders)
    # Those who wait come first, so that rooms hear what is left for everybody else.
    subscribe("inventory.stock_changed", waitlist.on_stock_changed)
    subscribe("inventory.stock_changed", numbering.on_stock_changed)
    subscribe("catalog.shelf", numbering.on_goods_changed)
    subscribe("catalog.product_changed", numbering.on_goods_changed)
    subscribe("shops.state_changed", copies.on_shop_state)
    subscribe("", telling.on_events)
    subscribe("shops.state_changed", numbering.on_goods_changed)
    _tell_people()


def _tell_people() -> None:
    """Who is told of what in a notice."""
    subscribe("people.permit_changed", permit_notices.on_permit_changed)
    subscribe("gifts.won", prize_notices.on_won)
    subscribe("gifts.lapsed", prize_notices.on_lapsed)
    subscribe("gifts.drawn", prize_notices.on_drawn)
    subscribe("live.postponed", show_notices.on_postponed)
    subscribe("room.room.state", show_notices.on_room_state)
    subscribe(DISPUTE_STEPPED, dispute_notices.on_stepped)
    subscribe(supply_events.SETTLE_BY_HAND, supply_notices.on_settle_by_hand)
    subscribe(supply_events.SUPPLY_RETURNED, supply_notices.on_returned)
    subscribe(webhooks.DISABLED, webhook_notices.on_webhook_disabled)


def _shop_as_rules_see_it(word: str) -> ShopSubject | None:
    shop = shops.find_shop(word)
    return ShopSubject(str(shop.id), shop.type) if shop else None
