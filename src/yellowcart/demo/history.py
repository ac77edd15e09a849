"""Thirty days that never happened, so that the demo's figures and plots have something to say.

Written straight into the tables, because no verb ever made it: past rooms, what sold in them, who
jumped out and what came of it. Nothing was sold where the rules of that day forbade it.
"""

import random
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.conf import settings

from yellowcart.catalog.models import Product, Sku
from yellowcart.core.clock import now
from yellowcart.core.ids import new_id
from yellowcart.demo import audience
from yellowcart.listings.models import Click, Listing
from yellowcart.live.models import Room
from yellowcart.orders.models import Conversion, Order, OrderLine, Shipment, ShipmentLine
from yellowcart.people.models import Account
from yellowcart.policy import queries as policy
from yellowcart.policy.rules import Facts, Outcome

DAYS = 30
#: How long a past show ran, and how long ago the latest invented sale was at least.
SHOW, SETTLED = timedelta(hours=2, minutes=40), timedelta(minutes=15)
#: Orders here and clicks away on an ordinary day.
ORDERS_A_DAY = 46
CLICKS_A_DAY = 130
#: Of a hundred clicks so many become a sale on the other side, and of those so many are revoked.
CONVERTED_PERCENT = 22
REVOKED_PERCENT = 7
#: Where goods sell, per hundred, outside the rules' say.
SURFACE_WEIGHTS = {"live_room": 68, "short_video": 16, "shop_page": 9, "profile": 7}
COMMISSION_PERCENT = 12
KEPT_STATUSES = ["paid", "received", "settled"]
STATE_WEIGHTS = {"completed": 78, "shipped": 8, "closed": 14}


@dataclass
class Places:
    """Where things were offered: past rooms by day and creator, and the standing containers."""

    creators: list[Account]
    videos: dict[UUID, UUID]
    rooms: dict[tuple[int, UUID], Room] = field(default_factory=dict)
    listings: dict[tuple[str, UUID, UUID], Listing] = field(default_factory=dict)

    def container(self, surface: str, day: int, creator: Account, product: Product) -> UUID:
        """The container of a sale on a surface that day."""
        if surface == "live_room":
            return self.rooms[day, creator.id].id
        if surface == "short_video":
            return self.videos[creator.id]
        return creator.id if surface == "profile" else product.shop_id

    def listing(
        self, surface: str, container: UUID, product: Product, creator: Account, at: datetime
    ) -> Listing:
        """The listing, taken down since, through which it went."""
        key = (surface, container, product.id)
        if key not in self.listings:
            self.listings[key] = Listing(
                shop=product.shop,
                product=product,
                surface=surface,
                container_id=container,
                creator_id=creator.id,
                source=product.source,
                integration=product.integration,
                shop_type=product.shop.type,
                state="unmounted",
                mounted_at=at - timedelta(minutes=30),
                unmounted_at=at + timedelta(hours=3),
            )
        return self.listings[key]


class Past:
    """Invents the days before now, the same ones every time."""

    def __init__(
        self, native: list[Sku], links: list[Product], buyers: list[Account], places: Places
    ) -> None:
        self._random = random.Random(116)  # noqa: S311  the same past every time
        self._native, self._links, self._buyers, self._places = native, links, buyers, places
        self._table = policy.table()
        # What is invented is over, so that nothing of it lies in the future.
        self._latest = now() - SETTLED
        self.orders: list[Order] = []
        self.lines: list[OrderLine] = []
        self.parcels: list[Shipment] = []
        self.clicks: list[Click] = []
        self.conversions: list[Conversion] = []

    def write(self) -> None:
        """Invent and store :data:`DAYS` days, and of today what is over."""
        today = (
            now()
            .astimezone(ZoneInfo(settings.TIME_ZONE))
            .replace(hour=0, minute=0, second=0, microsecond=0)
        )
        for day in range(DAYS + 1):
            self._day(day, today - timedelta(days=day))
        Room.objects.bulk_create(self._places.rooms.values())
        Listing.objects.bulk_create(self._places.listings.values())
        Order.objects.bulk_create(self.orders, batch_size=1000)
        OrderLine.objects.bulk_create(self.lines, batch_size=1000)
        Shipment.objects.bulk_create(self.parcels, batch_size=1000)
        self._fill_parcels()
        Click.objects.bulk_create(self.clicks, batch_size=1000)
        Conversion.objects.bulk_create(self.conversions, batch_size=1000)
        lately = [room for (day, _host), room in self._places.rooms.items() if day < audience.DAYS]
        audience.Audience(self._buyers).write(
            lately, self._places.listings.values(), self.orders, self.lines
        )

    def _day(self, day: int, begins: datetime) -> None:
        for creator in self._places.creators:
            opens = begins + timedelta(hours=19, minutes=30)
            if opens + SHOW > self._latest:
                continue
            self._places.rooms[day, creator.id] = Room(
                creator=creator,
                title=f"{creator.display_name} · 晚间直播",
                cover_url="/static/demo/cover-night.svg",
                state="ended",
                scheduled_at=opens,
                started_at=opens,
                ended_at=opens + SHOW,
            )
        busy = (1.25 if begins.weekday() >= 4 else 1.0) * (1 + (DAYS - day) / 120)
        for _ in range(round(ORDERS_A_DAY * busy * self._random.uniform(0.85, 1.15))):
            self._order(day, begins)
        for _ in range(round(CLICKS_A_DAY * busy * self._random.uniform(0.85, 1.15))):
            self._click(day, begins)

    def _instant(self, begins: datetime, surface: str | None) -> datetime:
        opens, ends = (19.6, 22.1) if surface == "live_room" else (8, 23.9)
        return begins + timedelta(hours=self._random.uniform(opens, ends))

    def _surface(self, product: Product, creator: Account, day: int, at: datetime) -> str | None:
        weights = dict(SURFACE_WEIGHTS)
        if (day, creator.id) not in self._places.rooms:
            del weights["live_room"]
        facts = {
            "source": product.source,
            "integration": product.integration,
            "shop": str(product.shop_id),
            "shop_type": product.shop.type,
            "creator": str(creator.id),
        }
        for surface in list(weights):
            verdict = self._table.verdict(Facts(surface=surface, **facts), at)
            if verdict.outcome != Outcome.ALLOW:
                del weights[surface]
        if not weights:
            return None
        return self._random.choices(list(weights), list(weights.values()))[0]

    def _order(self, day: int, begins: datetime) -> None:
        sku = self._random.choice(self._native)
        creator = self._random.choice(self._places.creators)
        surface = self._surface(sku.product, creator, day, begins)
        at = self._instant(begins, surface)
        if surface is None or at > self._latest:
            return
        container = self._places.container(surface, day, creator, sku.product)
        listing = self._places.listing(surface, container, sku.product, creator, at)
        quantity = self._random.choices([1, 2, 3], [82, 14, 4])[0]
        state = self._random.choices(list(STATE_WEIGHTS), list(STATE_WEIGHTS.values()))[0]
        if state == "completed" and now() - at < timedelta(days=4):
            state = "shipped"
        amount = quantity * sku.price_minor
        pays_after = timedelta(seconds=self._random.randint(20, 500))
        paid_at = at + pays_after if state != "closed" else None
        shipped_at = min(paid_at + timedelta(hours=20), now()) if paid_at else None
        order_id = new_id()
        order = Order(
            shop_id=sku.shop_id,
            id=order_id,
            checkout_id=order_id,
            buyer_id=self._random.choice(self._buyers).id,
            surface=surface,
            container_id=container,
            creator_id=creator.id,
            source=sku.product.source,
            integration=sku.product.integration,
            state=state,
            goods_minor=amount,
            amount_minor=amount,
            paid_minor=amount if paid_at else 0,
            currency=sku.product.currency,
            idempotency_key=f"past-{len(self.orders)}",
            request_hash="",
            placed_at=at,
            expires_at=at + timedelta(minutes=15),
            paid_at=paid_at,
            shipped_at=shipped_at,
            receipt_at=shipped_at + timedelta(days=10) if shipped_at else None,
            completed_at=paid_at + timedelta(days=4) if paid_at and state == "completed" else None,
            closed_at=at + timedelta(minutes=15) if state == "closed" else None,
            close_reason="expired" if state == "closed" else "",
        )
        self.orders.append(order)
        self._fill_order(order, sku, quantity, listing)

    def _fill_order(self, order: Order, sku: Sku, quantity: int, listing: Listing) -> None:
        self.lines.append(
            OrderLine(
                shop_id=order.shop_id,
                order_id=order.id,
                line_no=1,
                listing_id=listing.id,
                product_id=sku.product_id,
                sku_id=sku.id,
                title=" · ".join([sku.product.title, *sku.options]),
                quantity=quantity,
                unit_price_minor=sku.price_minor,
                shipped_quantity=quantity if order.shipped_at else 0,
                commission_bps=COMMISSION_PERCENT * 100,
            )
        )
        if order.shipped_at is not None:
            self.parcels.append(
                Shipment(
                    shop_id=order.shop_id,
                    order_id=order.id,
                    carrier="顺丰速运",
                    tracking_no=f"SF{len(self.parcels):012}",
                    shipped_at=order.shipped_at,
                    signed_at=order.completed_at,
                )
            )

    def _fill_parcels(self) -> None:
        sent = {parcel.order_id: parcel.id for parcel in self.parcels}
        ShipmentLine.objects.bulk_create(
            (
                ShipmentLine(
                    shop_id=line.shop_id,
                    shipment_id=sent[line.order_id],
                    line_no=line.line_no,
                    order_id=line.order_id,
                    quantity=line.quantity,
                )
                for line in self.lines
                if line.order_id in sent
            ),
            batch_size=1000,
        )

    def _click(self, day: int, begins: datetime) -> None:
        product = self._random.choice(self._links)
        creator = self._random.choice(self._places.creators)
        surface = self._surface(product, creator, day, begins)
        at = self._instant(begins, surface)
        if surface is None or at > self._latest:
            return
        container = self._places.container(surface, day, creator, product)
        listing = self._places.listing(surface, container, product, creator, at)
        click = Click(
            id=new_id(),
            listing=listing,
            shop_id=product.shop_id,
            product_id=product.id,
            source=product.source,
            surface=surface,
            container_id=container,
            creator_id=creator.id,
            viewer_id=self._random.choice(self._buyers).id,
            at=at,
        )
        self.clicks.append(click)
        if self._random.randrange(100) < CONVERTED_PERCENT:
            self._conversion(click, product)

    def _conversion(self, click: Click, product: Product) -> None:
        price = product.skus.all()[0].price_minor
        ordered = click.at + timedelta(minutes=self._random.randint(1, 240))
        told = min(ordered + timedelta(hours=self._random.randint(1, 30)), now())
        revoked = self._random.randrange(100) < REVOKED_PERCENT
        self.conversions.append(
            Conversion(
                source=click.source,
                external_order_id=f"{click.source[:2].upper()}{len(self.conversions):08d}",
                click_id=click.id,
                creator_id=click.creator_id,
                credited="told",
                shop_id=click.shop_id,
                listing_id=click.listing_id,
                surface=click.surface,
                container_id=click.container_id,
                status="closed" if revoked else self._random.choice(KEPT_STATUSES),
                amount_minor=price,
                commission_minor=price * COMMISSION_PERCENT // 100,
                currency=product.currency,
                ordered_at=ordered,
                source_updated_at=told,
                first_told_at=told,
                last_told_at=told,
            )
        )
