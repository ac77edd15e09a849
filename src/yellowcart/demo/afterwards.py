"""A few orders on every stretch of their way, so that each page of the trade shows something.

The orders themselves are invented like the rest of the past; what became of them afterwards was
done by the verbs that everybody uses, so that their money is on the books.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from yellowcart.aftersales import actions as aftersales
from yellowcart.aftersales.rules import Asked
from yellowcart.aftersales.states import Kind
from yellowcart.catalog.models import Sku
from yellowcart.core import clock
from yellowcart.core.ids import new_id
from yellowcart.inventory.actions import Wanted, do_reserve
from yellowcart.orders import paying, receiving, shipping
from yellowcart.orders.models import Order, OrderLine
from yellowcart.payments.models import SandboxCharge
from yellowcart.payments.providers import provider_named, sandbox
from yellowcart.payments.queries import taken
from yellowcart.people.models import Account
from yellowcart.settlement.bills import follow_orders
from yellowcart.settlement.settling import do_settle_due

ADDRESS = {
    "name": "小明",
    "phone": "13800001234",
    "region": "浙江省杭州市",
    "address": "龙井路 1 号",
}
COMMISSION_BPS = 1_200


@contextmanager
def days_ago(days: float) -> Iterator[None]:
    """It is so many days earlier; nothing else runs while the demo is filled."""
    line = clock.timeline()
    clock.set_timeline(clock.starting_at(clock.now() - timedelta(days=days)))
    try:
        yield
    finally:
        clock.set_timeline(line)


@dataclass(frozen=True)
class Afterwards:
    """Sells and follows orders of one seller's goods."""

    seller: Account
    creator: Account
    skus: Sequence[Sku]

    def write(self, ming: Account, emma: Account) -> None:
        """Leave something to do and something to look at for everybody."""
        self._partly_sent(ming)
        with days_ago(3):
            self._paid(emma, 1)
        self._settled(ming, emma)
        self._received(emma, days=3)
        self._disputed(ming, emma)

    def _partly_sent(self, buyer: Account) -> None:
        with days_ago(1):
            order = self._paid(buyer, 2, self.skus[1])
        with days_ago(0.2):
            self._ship(order, {1: 1})

    def _settled(self, ming: Account, emma: Account) -> None:
        done = [self._received(buyer, days=9 + n) for n, buyer in enumerate((ming, emma, ming))]
        with days_ago(1.5):
            follow_orders([(order.shop_id, order.id) for order in done])
            do_settle_due(clock.now())
        with days_ago(1):
            case_id = self._ask(done[0], ming, Kind.REFUND_ONLY, "拉链有点卡，还能用。", part=4)
        with days_ago(0.5):
            aftersales.do_agree(actor=self.seller, case_id=case_id, words="抱歉，补偿一部分。")

    def _disputed(self, ming: Account, emma: Account) -> None:
        waiting, refused = self._received(ming, days=2), self._received(emma, days=4)
        with days_ago(0.3):
            self._ask(waiting, ming, Kind.REFUND_ONLY, "收到时外包装破了，里面有划痕。", part=3)
        with days_ago(2):
            case_id = self._ask(refused, emma, Kind.RETURN_REFUND, "The colour is another one.")
        with days_ago(1.2):
            aftersales.do_refuse(actor=self.seller, case_id=case_id, words="颜色与详情页一致。")
        with days_ago(0.9):
            aftersales.do_ask_platform(actor=emma, case_id=case_id, words="It is not: mine is red.")

    def _ask(self, order: Order, buyer: Account, kind: Kind, words: str, *, part: int = 1) -> UUID:
        line = OrderLine.objects.get(shop_id=order.shop_id, order_id=order.id, line_no=1)
        case = aftersales.do_open(
            actor=buyer,
            order_id=order.id,
            kind=kind,
            reason="damaged" if kind == Kind.REFUND_ONLY else "not_as_described",
            lines={1: Asked(1, line.paid_minor // line.quantity // part)},
            words=words,
        )
        case_id: UUID = case.id
        return case_id

    def _received(self, buyer: Account, days: int) -> Order:
        """An order that is done for so many days."""
        with days_ago(days + 3):
            order = self._paid(buyer, 1)
        with days_ago(days + 2):
            self._ship(order, None)
        with days_ago(days):
            return receiving.do_confirm_receipt(actor=buyer, order_id=order.id)

    def _ship(self, order: Order, pieces: dict[int, int] | None) -> None:
        shipping.do_ship(
            actor=self.seller,
            shop_id=order.shop_id,
            order_id=order.id,
            carrier="顺丰速运",
            tracking_no=f"SF{order.id.int % 10**12:012}",
            pieces=pieces,
        )

    def _paid(self, buyer: Account, quantity: int, more: Sku | None = None) -> Order:
        """An order that is paid with the sandbox."""
        wanted = [(self.skus[0], quantity), *([(more, 1)] if more else [])]
        order = self._place(buyer, wanted)
        payment, _page = paying.do_start_payment(
            actor=buyer, order_id=order.id, provider=sandbox.CODE, ship_to=ADDRESS
        )
        SandboxCharge.objects.filter(payment_id=payment.id).update(
            state="approved", answered_at=clock.now()
        )
        told = provider_named(sandbox.CODE).query(taken(payment))
        if told is not None:
            paying.do_record_payment(sandbox.CODE, told)
        return order

    def _place(self, buyer: Account, wanted: Sequence[tuple[Sku, int]]) -> Order:
        first, at, order_id = wanted[0][0], clock.now(), new_id()
        goods = sum(sku.price_minor * quantity for sku, quantity in wanted)
        until = at + timedelta(minutes=15)
        order = Order.objects.create(
            shop_id=first.shop_id,
            id=order_id,
            checkout_id=order_id,
            buyer_id=buyer.id,
            surface="shop_page",
            container_id=first.shop_id,
            creator_id=self.creator.id,
            source=first.product.source,
            integration=first.product.integration,
            goods_minor=goods,
            amount_minor=goods,
            currency=first.product.currency,
            idempotency_key=f"afterwards-{order_id}",
            request_hash="",
            placed_at=at,
            expires_at=until,
        )
        OrderLine.objects.bulk_create(
            OrderLine(
                shop_id=order.shop_id,
                order_id=order.id,
                line_no=number,
                listing_id=first.shop_id,
                product_id=sku.product_id,
                sku_id=sku.id,
                title=" · ".join([sku.product.title, *sku.options]),
                quantity=quantity,
                unit_price_minor=sku.price_minor,
                commission_bps=COMMISSION_BPS,
            )
            for number, (sku, quantity) in enumerate(wanted, 1)
        )
        do_reserve(
            [
                Wanted(
                    order.shop_id,
                    order.id,
                    number,
                    sku.stock_shop_id,
                    sku.stock_sku_id,
                    quantity,
                )
                for number, (sku, quantity) in enumerate(wanted, 1)
            ],
            until,
        )
        return order
