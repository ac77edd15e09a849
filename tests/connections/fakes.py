"""A store elsewhere as tests need it: in memory, obedient, or as bad as a test wants it."""

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, ClassVar

from yellowcart.core.clock import wall
from yellowcart.core.fetching import FetchError
from yellowcart.sources.connector import (
    Can,
    Connector,
    Delivery,
    Grant,
    Happening,
    Level,
    Page,
    Parcel,
    Progress,
    Setting,
    SourceError,
    Store,
    SupplyChange,
    SupplyOrder,
)
from yellowcart.sources.files.drafts import Item, ProductDraft, SkuDraft

PAGE = 3
SECRET = "hook-secret-1234"


def draft(key: str, *, stock: int | None = 5, price: int = 1_000, **fields: Any) -> ProductDraft:
    """A product with two variants, ``<key>-a`` and ``<key>-b``."""
    skus = fields.pop("skus", None) or tuple(
        SkuDraft(key=f"{key}-{letter}", line=0, price_minor=price, options=(letter,), stock=stock)
        for letter in "ab"
    )
    return ProductDraft(
        key=key,
        line=0,
        title=fields.pop("title", f"Tea {key}"),
        skus=skus,
        option_names=("Size",),
        **fields,
    )


@dataclass
class Shelf:
    """What the store has and knows, and how it behaves."""

    drafts: dict[str, ProductDraft] = field(default_factory=dict)
    levels: list[Level] = field(default_factory=list)
    orders: dict[str, Progress] = field(default_factory=dict)
    placed: list[SupplyOrder] = field(default_factory=list)
    changes: list[tuple[str, str, SupplyChange]] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    before: Callable[[str], None] = lambda _name: None
    renewals: int = 0

    def fill(self, count: int) -> None:
        """So many products."""
        self.drafts = {f"p{n:04}": draft(f"p{n:04}") for n in range(count)}


class FakeConnector(Connector):
    """Speaks to a :class:`Shelf`."""

    source: ClassVar[str] = "faked"
    name = "Faked store"
    can = frozenset(
        {
            Can.LIST_CATALOGUE,
            Can.FETCH_ITEM,
            Can.FOLLOW_STOCK,
            Can.TAKE_ORDER,
            Can.RECEIVE_WEBHOOKS,
        }
    )
    settings = (
        Setting("url", "Address", kind="url"),
        Setting("token", "Token", kind="secret"),
        Setting("note", "Note", required=False),
    )

    def __init__(self) -> None:
        self.shelf = Shelf()

    def _call(self, name: str) -> Shelf:
        self.shelf.calls.append(name)
        self.shelf.before(name)
        return self.shelf

    def check(self, store: Store) -> str:
        self._call("check")
        if store.settings["token"].startswith("wrong"):
            raise SourceError("faked", "who are you?", code="401")
        return "Tea Hall"

    def item(self, store: Store, key: str) -> Item | None:
        return self._call("item").drafts.get(key)

    def catalogue(self, store: Store, cursor: str = "") -> Page[Item]:
        shelf = self._call("catalogue")
        keys = sorted(shelf.drafts)
        start = int(cursor or 0)
        rows = [shelf.drafts[key] for key in keys[start : start + PAGE]]
        more = str(start + PAGE) if start + PAGE < len(keys) else ""
        return Page(rows, more, len(keys))

    def levels(self, store: Store, since: datetime | None, cursor: str = "") -> Page[Level]:
        shelf = self._call("levels")
        rows, shelf.levels = shelf.levels, []
        return Page(rows)

    def place(self, store: Store, order: SupplyOrder) -> Progress:
        shelf = self._call("place")
        known = shelf.orders.get(f"ext-{order.reference}")
        if known is None:
            shelf.placed.append(order)
            known = Progress(f"ext-{order.reference}", "taken")
            shelf.orders[known.external_id] = known
        return known

    def find(self, store: Store, order: SupplyOrder) -> Progress | None:
        return self._call("find").orders.get(f"ext-{order.reference}")

    def progress(self, store: Store, external_id: str) -> Progress:
        return self._call("progress").orders[external_id]

    def cancel(self, store: Store, external_id: str, reason: str) -> Progress:
        shelf = self._call("cancel")
        if shelf.orders[external_id].state == "taken":
            shelf.orders[external_id] = Progress(external_id, "cancelled", reason=reason)
        return shelf.orders[external_id]

    def reduce(self, store: Store, external_id: str, change: SupplyChange) -> Progress:
        self._call("reduce").changes.append(("reduce", external_id, change))
        return self.shelf.orders[external_id]

    def refund(self, store: Store, external_id: str, change: SupplyChange) -> Progress:
        self._call("refund").changes.append(("refund", external_id, change))
        return self.shelf.orders[external_id]

    def sends(self, number: int = 0, pieces: Mapping[str, int] | None = None) -> Progress:
        """The store sends its order, or some pieces of it."""
        order = self.shelf.placed[-1]
        key = f"ext-{order.reference}"
        parcels = [*self.shelf.orders[key].parcels, Parcel("SF", f"SF{number}", pieces)]
        state = "part_sent" if pieces else "sent"
        self.shelf.orders[key] = Progress(key, state, parcels)
        return self.shelf.orders[key]

    def read_webhook(
        self, store: Store, headers: Mapping[str, str], body: bytes, now: float
    ) -> Delivery | None:
        if not hmac.compare_digest(headers.get("x-sign", ""), sign(body)):
            return None
        told = json.loads(body)
        happenings = []
        for one in told["happenings"]:
            level = one.pop("level", None)
            if level:
                at = datetime.fromisoformat(level.pop("at")) if "at" in level else None
                one["level"] = Level(**level, at=at)
            happenings.append(Happening(**one))
        return Delivery(told["id"], happenings, b"ok", "text/plain")


class TellingConnector(FakeConnector):
    """One that takes no orders, is told of what was sold elsewhere, and makes copies for hosts."""

    source = "told"
    can = (FakeConnector.can - {Can.TAKE_ORDER}) | {Can.CHANGE_STOCK, Can.COPY_TO_CHANNEL}

    def __init__(self) -> None:
        super().__init__()
        self.stock: dict[str, int] = {}
        self.moved: list[tuple[str, int]] = []
        self.references: set[str] = set()
        self.copies: list[tuple[str, list[str]]] = []

    def fills(self, *keys: str, stock: int = 5) -> None:
        """Products whose two variants lie there so many times each."""
        for key in keys:
            self.shelf.drafts[key] = draft(key, stock=stock)
            self.stock |= {f"{key}-a": stock, f"{key}-b": stock}

    def stock_of(self, store: Store, product_key: str, sku_key: str) -> int | None:
        self._call("stock_of")
        return self.stock.get(sku_key)

    def change_stock(
        self, store: Store, product_key: str, sku_key: str, change: int, reference: str
    ) -> None:
        self._call("change_stock")
        if self.knows_references and reference in self.references:
            return
        self.references.add(reference)
        self.stock[sku_key] += change
        self.moved.append((sku_key, change))

    def copy_to_channel(self, store: Store, product_key: str, hosts: Sequence[str]) -> str:
        self._call("copy_to_channel")
        self.copies.append((product_key, list(hosts)))
        return f"channel-{len(self.copies)}"


class ConsentConnector(FakeConnector):
    """One that wants a person's consent, and whose tokens end."""

    source = "consenting"
    can = FakeConnector.can | {Can.AUTHORISE}
    life = timedelta(hours=4)

    def authorise_url(self, store: Store, redirect_uri: str, state: str) -> str:
        return f"https://store.example/yes?state={state}&back={redirect_uri}"

    def redeem(self, store: Store, code: str, redirect_uri: str) -> Grant:
        self._call("redeem")
        if code != "good":
            raise SourceError("consenting", "no such code")
        return Grant("token-0", "refresh-0", wall() + self.life)

    def renew(self, store: Store) -> Grant:
        shelf = self._call("renew")
        shelf.renewals += 1
        return Grant(f"token-{shelf.renewals}", f"refresh-{shelf.renewals}", wall() + self.life)


def sign(body: bytes) -> str:
    """The store's signature of a body."""
    return hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()


def unreachable(_name: str) -> None:
    """The store does not answer."""
    raise FetchError("too_slow", "store.example")
