"""The pages and lists of a filled installation, and who opens them.

Where a list goes on, its later pages are asked for too: from the middle and near the end of what
there is, by the cursors that the pages themselves would give out.
"""

import base64
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import cycle
from typing import Any
from uuid import UUID

import psycopg

Connection = psycopg.Connection[tuple[Any, ...]]
#: Different orders, cases and the like that one page is opened with.
SOME = 40
MERCHANT_SHELVES = ("", "to_ship", "overdue", "to_pay", "on_the_way", "completed", "closed")
BUYER_SHELVES = ("", "to_pay", "to_ship", "to_receive", "done")
STATES = ("awaiting_payment", "paid", "shipped", "signed", "completed", "closed")


class Who(StrEnum):
    """Who signs in, by user name; see ``filling.sql``."""

    BUSY_BUYER = "person1"
    BUYER = "person100"
    OPERATOR = "person3"
    BIG_MERCHANT = "person4"
    MERCHANT = "person5"
    CREATOR = "person11"


@dataclass(frozen=True, slots=True)
class Page:
    """One page or list as one person sees it; its addresses are asked for in turn."""

    name: str
    who: Who
    addresses: Sequence[str]
    first_bytes: bool = False

    def paths(self) -> Iterator[str]:
        """Its addresses, again and again."""
        return cycle(self.addresses)


def all_pages(conn: Connection) -> list[Page]:
    """Every page of everybody; none of a list in which somebody has nothing."""
    pages = [
        *_buyer(conn, Who.BUSY_BUYER, "busy buyer"),
        *_buyer(conn, Who.BUYER, "buyer"),
        *_merchant(conn, Who.BIG_MERCHANT, "big shop"),
        *_merchant(conn, Who.MERCHANT, "shop"),
        *_creator(conn),
        *_operator(conn),
    ]
    return [page for page in pages if page.addresses]


def _buyer(conn: Connection, who: Who, name: str) -> Iterator[Page]:
    buyer = _account(conn, who)
    later = _places(conn, "orders_order", "placed_at", "buyer_id = %s", buyer)
    for shelf in BUYER_SHELVES:
        yield Page(f"{name}: orders {shelf or 'all'}", who, [f"/orders/?state={shelf}"])
    yield Page(f"{name}: orders, later", who, [f"/orders/?after={one}" for one in later])
    for state in ("", *STATES):
        path = f"/api/v1/orders?state={state}"
        yield Page(f"{name}: API orders {state or 'all'}", who, [path])
    yield Page(f"{name}: API orders, later", who, [f"/api/v1/orders?cursor={c}" for c in later])
    mine = _ids(conn, "orders_order", "buyer_id = %s", buyer)
    yield Page(f"{name}: order", who, [f"/orders/{one}/" for one in mine])
    yield Page(f"{name}: order's state", who, [f"/orders/{one}/state/" for one in mine])
    yield Page(f"{name}: API order", who, [f"/api/v1/orders/{one}" for one in mine])
    yield Page(
        f"{name}: API what may be asked of an order",
        who,
        [f"/api/v1/aftersales/of-order/{one}" for one in mine],
    )
    yield Page(f"{name}: API cases", who, ["/api/v1/aftersales"])
    yield Page(f"{name}: API wait-list", who, ["/api/v1/orders/waitlist"])
    cases = _ids(conn, "aftersales_case", "buyer_id = %s", buyer)
    if cases:
        yield Page(f"{name}: case", who, [f"/cases/{one}/" for one in cases])
    shops = [row[0] for row in conn.execute("SELECT handle FROM shops_shop LIMIT 20").fetchall()]
    goods = _ids(conn, "catalog_product", "review_state = 'approved'")
    live = _ids(conn, "live_room", "state = 'live'")
    for page in ("", "videos/", "shops/", "shops/shop1/", "@person11/"):
        yield Page(f"{name}: {page.strip('/') or 'home'}", who, [f"/{page}"])
    yield Page(f"{name}: a shop", who, [f"/shops/{one}/" for one in shops])
    yield Page(f"{name}: a product", who, [f"/products/{one}/" for one in goods])
    yield Page(f"{name}: a room", who, [f"/rooms/{one}/" for one in live])


def _merchant(conn: Connection, who: Who, name: str) -> Iterator[Page]:
    row = conn.execute(
        "SELECT shop.id, shop.handle FROM shops_shop AS shop JOIN shops_member AS member"
        " ON member.shop_id = shop.id WHERE member.account_id = %s",
        [_account(conn, who)],
    ).fetchone()
    assert row is not None
    shop, handle = row
    desk = f"/merchant/shop/{handle}"
    later = _places(conn, "orders_order", "placed_at", "shop_id = %s", shop)
    orders = _ids(conn, "orders_order", "shop_id = %s", shop)
    for shelf in MERCHANT_SHELVES:
        yield Page(f"{name}: orders {shelf or 'all'}", who, [f"{desk}/orders/?state={shelf}"])
    yield Page(f"{name}: orders, later", who, [f"{desk}/orders/?after={one}" for one in later])
    yield Page(f"{name}: order", who, [f"{desk}/orders/{one}/" for one in orders])
    for page in (
        *("", "to-do/", "listings/", "products/", "coupons/", "money/"),
        *("notices/", "import/", "settings/"),
    ):
        yield Page(f"{name}: {page.strip('/') or 'dashboard'}", who, [f"{desk}/{page}"])
    for window in ("7d", "30d"):
        path = f"{desk}/insights/?window={window}"
        yield Page(f"{name}: insights {window}", who, [path])
    for state in ("", *STATES):
        path = f"/api/v1/orders/of-shop/{handle}?state={state}"
        yield Page(f"{name}: API orders {state or 'all'}", who, [path])
    path = f"/api/v1/orders/of-shop/{handle}?cursor="
    yield Page(f"{name}: API orders, later", who, [f"{path}{one}" for one in later])
    for show in ("upcoming", "withdrawals"):
        yield Page(f"{name}: money, {show}", who, [f"{desk}/money/?show={show}"])
    path = f"/api/v1/orders/of-shop/{handle}/to-ship"
    yield Page(f"{name}: API to ship", who, [path])
    yield from _cases(conn, who, name, shop, handle)
    yield from _money(conn, who, name, f"shop:{shop}")
    yield Page(f"{name}: API GMV", who, [f"/api/v1/insights/gmv?shop={handle}&by=day"])


def _cases(conn: Connection, who: Who, name: str, shop: UUID, handle: str) -> Iterator[Page]:
    path = f"/api/v1/aftersales/of-shop/{handle}"
    later = _places(conn, "aftersales_case", "opened_at", "shop_id = %s", shop)
    yield Page(f"{name}: API cases", who, [path])
    yield Page(f"{name}: API cases, later", who, [f"{path}?cursor={one}" for one in later])
    yield Page(f"{name}: API cases to answer", who, [f"{path}?state=awaiting_seller"])
    yield Page(f"{name}: API what waits", who, [f"{path}/board"])
    cases = _ids(conn, "aftersales_case", "shop_id = %s", shop)
    desk = f"/merchant/shop/{handle}/cases"
    yield Page(f"{name}: cases", who, [f"{desk}/", f"{desk}/?state="])
    yield Page(f"{name}: cases, later", who, [f"{desk}/?state=&after={one}" for one in later])
    if cases:
        yield Page(f"{name}: case", who, [f"{desk}/{one}/" for one in cases])
        yield Page(f"{name}: API case", who, [f"/api/v1/aftersales/{one}" for one in cases])


def _money(conn: Connection, who: Who, name: str, party: str) -> Iterator[Page]:
    path = "/api/v1/settlement"
    later = _places(conn, "settlement_move", "at", "party = %s", party, recent=True)
    yield Page(f"{name}: API money now", who, [f"{path}/overview?party={party}"])
    yield Page(f"{name}: API statement", who, [f"{path}/statement?party={party}"])
    yield Page(
        f"{name}: API statement, later",
        who,
        [f"{path}/statement?party={party}&cursor={one}" for one in later],
    )
    yield Page(
        f"{name}: statement of 30 days as CSV, first bytes",
        who,
        [f"{path}/statement.csv?party={party}"],
        first_bytes=True,
    )
    yield Page(f"{name}: API to be settled", who, [f"{path}/upcoming?party={party}"])
    yield Page(f"{name}: API withdrawals", who, [f"{path}/withdrawals?party={party}"])


def _creator(conn: Connection) -> Iterator[Page]:
    who, name = Who.CREATOR, "creator"
    creator = _account(conn, who)
    rooms = _ids(conn, "live_room", "creator_id = %s", creator)
    for page in ("", "rooms/", "money/", "notices/"):
        yield Page(f"{name}: {page.strip('/') or 'home'}", who, [f"/creator/{page}"])
    for show in ("upcoming", "withdrawals"):
        yield Page(f"{name}: money, {show}", who, [f"/creator/money/?show={show}"])
    if rooms:
        yield Page(f"{name}: room", who, [f"/creator/rooms/{one}/" for one in rooms])
        yield Page(f"{name}: room's cart", who, [f"/creator/rooms/{one}/cart/" for one in rooms])
        path = "/creator/rooms/{}/figures/"
        yield Page(f"{name}: room's figures", who, [path.format(one) for one in rooms])
        path = "/api/v1/insights/rooms/{}"
        yield Page(f"{name}: API room's figures", who, [path.format(one) for one in rooms])
    yield from _money(conn, who, name, f"creator:{creator}")


def _operator(conn: Connection) -> Iterator[Page]:
    who, name = Who.OPERATOR, "operator"
    for page in (
        *("", "appeals/", "reviews/", "permits/", "people/", "audit/"),
        *("policy/", "drafts/", "payments/", "orders/", "cases/", "money/", "books/"),
    ):
        yield Page(f"{name}: {page.strip('/') or 'home'}", who, [f"/operator/{page}"])
    yield Page(f"{name}: people found", who, ["/operator/people/?q=person12"])
    yield Page(f"{name}: audit, later", who, ["/operator/audit/?page=50"])
    for window in ("7d", "30d"):
        for definition in ("placed", "paid", "net"):
            path = f"/operator/insights/?window={window}&definition={definition}"
            yield Page(f"{name}: insights {window} {definition}", who, [path])
    gmv = "/api/v1/insights/gmv"
    yield Page(f"{name}: API GMV", who, [f"{gmv}?by=source,surface,loop"])
    yield Page(f"{name}: API GMV by day", who, [f"{gmv}?by=day,loop"])
    fullest = (
        "id = (SELECT container_id FROM orders_order WHERE surface = 'live_room'"
        " GROUP BY 1 ORDER BY count(*) DESC LIMIT 1)"
    )
    huge = _ids(conn, "live_room", fullest)
    yield Page(f"{name}: API biggest room's figures", who, [f"/api/v1/insights/rooms/{huge[0]}"])
    yield Page(f"{name}: biggest room's report", who, [f"/operator/insights/rooms/{huge[0]}/"])
    path = f"/api/v1/rooms/{huge[0]}"
    yield Page(f"{name}: API biggest room's report", who, [f"{path}/report"])
    yield Page(f"{name}: API biggest room's live figures", who, [f"{path}/figures"])
    for asked in (
        "shop=shop1",
        "buyer=person1",
        "shop=shop1&buyer=person1",
        "shop=shop1&state=paid",
    ):
        yield Page(f"{name}: orders found by {asked}", who, [f"/operator/orders/?{asked}"])
    yield Page(f"{name}: a shop's money", who, ["/operator/money/?party=shop1"])
    orders = _ids(conn, "orders_order", "true")
    yield Page(f"{name}: order", who, [f"/operator/orders/{one}/" for one in orders])
    yield Page(f"{name}: API order", who, [f"/api/v1/orders/{one}" for one in orders])
    cases = _ids(conn, "aftersales_case", "true")
    yield Page(f"{name}: API case", who, [f"/api/v1/aftersales/{one}" for one in cases])
    yield Page(f"{name}: case", who, [f"/operator/cases/{one}/" for one in cases])
    yield Page(f"{name}: API interventions", who, ["/api/v1/aftersales/interventions"])
    shop = "/api/v1/orders/of-shop/shop1"
    yield Page(f"{name}: API orders of the big shop", who, [shop])
    yield from _money(conn, who, name, "platform")


def _account(conn: Connection, who: Who) -> UUID:
    query = "SELECT id FROM people_account WHERE username = %s"
    row = conn.execute(query, [who.value]).fetchone()
    assert row is not None
    found: UUID = row[0]
    return found


def _ids(conn: Connection, table: str, where: str, *values: object) -> list[UUID]:
    # Names and conditions are this file's own.
    query = f"SELECT id FROM {table} WHERE {where} ORDER BY md5(id::text) LIMIT {SOME}"  # noqa: S608
    return [row[0] for row in conn.execute(query, values).fetchall()]


def _places(
    conn: Connection,
    table: str,
    column: str,
    where: str,
    value: object,
    *,
    recent: bool = False,
) -> list[str]:
    """Cursors behind a tenth, half and nine tenths of the rows; of the last 20 days' if recent."""
    since = f" AND {column} > now() - interval '20 days'" if recent else ""
    query = (
        f"SELECT {column}, id FROM (SELECT {column}, id, ntile(10) OVER (ORDER BY {column}, id)"  # noqa: S608
        f" AS tenth FROM {table} WHERE {where}{since}) AS row"
        f" WHERE tenth IN (2, 6, 10) ORDER BY {column}, id"
    )
    rows = conn.execute(query, [value]).fetchall()
    if not rows:
        return [""]
    return [_cursor(*rows[len(rows) * place // 3]) for place in (0, 1, 2)]


def _cursor(at: datetime, row_id: UUID) -> str:
    return base64.urlsafe_b64encode(f"{at.isoformat()}|{row_id}".encode()).decode().rstrip("=")
