"""The promises of the night, each checked against what visitors saw. Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from yellowcart.demo.story.people import Watcher
from yellowcart.demo.story.record import Record

BARRED = {"youzan", "mokuai"}
STAGES = {"announced", "7d", "1d", "1h", "cutover"}
OPEN_SURFACES = {"short_video", "profile", "shop_page"}


@dataclass(frozen=True)
class Kept:
    """One promise, whether it was kept, and the figures that say so."""

    promise: str
    kept: bool
    figures: dict[str, Any]


def check(record: Record, watchers: Sequence[Watcher]) -> list[Kept]:
    """Every promise of the night."""
    return [promise(record, watchers) for promise in PROMISES]


def rehearsal_was_right(record: Record, _watchers: Sequence[Watcher]) -> Kept:
    """What the rehearsal said would be hit is what was hit."""
    said = record.rehearsal.get("listings", -1)
    hit = {one.listing for one in record.before("show") if one.source in BARRED and one.done}
    return Kept(
        "The rehearsal named every listing that the rule then hit",
        said == len(hit) > 0,
        {"rehearsed": said, "hit": len(hit)},
    )


def nothing_barred_leaked(record: Record, _watchers: Sequence[Watcher]) -> Kept:
    """After the instant nothing barred was shown, followed, sold or mounted in a live room."""
    tried = [
        one
        for one in record.after("show", "click", "buy", "mount")
        if one.surface == "live_room" and one.source in BARRED
    ]
    leaked = [one for one in tried if one.done]
    kinds = {what: sum(one.what == what for one in tried) for what in ("show", "click", "mount")}
    return Kept(
        "Nothing barred was mounted, shown or clicked in a live room after the instant",
        not leaked and all(kinds.values()),
        {"tried": kinds, "leaked": len(leaked)},
    )


def refusals_name_the_rule(record: Record, _watchers: Sequence[Watcher]) -> Kept:
    """Each refusal says which rule refused."""
    refused = [
        one
        for one in record.after("click", "mount")
        if one.surface == "live_room" and one.source in BARRED and not one.done
    ]
    unnamed = [one for one in refused if one.code != "barred_by_policy" or not one.rule]
    return Kept(
        "Every refusal named its rule",
        bool(refused) and not unnamed,
        {"refusals": len(refused), "unnamed": len(unnamed)},
    )


def it_was_open_before(record: Record, _watchers: Sequence[Watcher]) -> Kept:
    """Until the instant the same links were on offer in the rooms."""
    before = [one for one in record.before("show", "click") if one.source in BARRED]
    shut = [one for one in before if not one.done]
    return Kept(
        "Until the instant the same links were shown and followed",
        bool(before) and not shut,
        {"offers_and_clicks": len(before), "refused": len(shut)},
    )


def it_stayed_open_elsewhere(record: Record, _watchers: Sequence[Watcher]) -> Kept:
    """Profile, shop page and short video went on; so did other links in the rooms."""
    elsewhere = [
        one
        for one in record.after("click")
        if one.surface in OPEN_SURFACES or one.source not in BARRED
    ]
    shut = [one for one in elsewhere if not one.done]
    surfaces = sorted({one.surface for one in elsewhere if one.source in BARRED})
    return Kept(
        "The same links went on selling on profile, shop page and short video",
        set(surfaces) == OPEN_SURFACES and not shut,
        {"clicks": len(elsewhere), "refused": len(shut), "surfaces": surfaces},
    )


def one_frame_each(record: Record, watchers: Sequence[Watcher]) -> Kept:
    """Every connected viewer was told, in one frame a room, once."""
    told, late = 0, []
    for watcher in watchers:
        events = watcher.events("cart.barred")
        after = [seen for seen, _event in events if seen.at >= record.instant]
        if len(events) == len(after) == 1:
            told += 1
            late.append((after[0].at - record.instant).total_seconds())
    late.sort()
    return Kept(
        "Every connected viewer saw the cut, in one frame",
        told == len(watchers) > 0,
        {
            "viewers": len(watchers),
            "told_once": told,
            "platform_seconds_median": round(late[len(late) // 2], 3) if late else None,
            "platform_seconds_last": round(late[-1], 3) if late else None,
        },
    )


def nobody_missed_anything(_record: Record, watchers: Sequence[Watcher]) -> Kept:
    """The numbers of each room arrived without a gap or a repeat, lost connections included."""
    broken = sum(
        any(later != earlier + 1 for earlier, later in pairwise(watcher.sequence()))
        for watcher in watchers
    )
    returned = sum(watcher.dropped for watcher in watchers)
    return Kept(
        "Viewers stayed connected and missed no event, those who lost the line included",
        broken == 0 and returned > 0 and all(watcher.breaks == 0 for watcher in watchers),
        {
            "events": sum(len(watcher.sequence()) for watcher in watchers),
            "viewers_with_gaps": broken,
            "came_back": returned,
            "cut_off_by_the_server": sum(watcher.breaks for watcher in watchers),
        },
    )


def native_goods_sold_on(record: Record, _watchers: Sequence[Watcher]) -> Kept:
    """Orders were placed before and after the instant, and none failed for another reason."""
    before = sum(one.done for one in record.before("buy"))
    after = sum(one.done for one in record.after("buy"))
    odd = {code: count for code, count in record.refused.items() if code != "sold_out"}
    return Kept(
        "Native goods sold on throughout",
        before > 0 and after > 0 and not odd and not record.unexpected,
        {
            "orders_before": before,
            "orders_after": after,
            "refused": record.refused,
            "unexpected": record.unexpected[:5],
        },
    )


def orders_and_stock_balance(record: Record, _watchers: Sequence[Watcher]) -> Kept:
    """Every answered order exists once; a retry is the same order; stock adds up."""
    lost = [order for order in record.orders if order not in record.orders_found]
    wrong = [row for row in record.stock if not row["balances"]]
    return Kept(
        "No order was lost or doubled, and stock balances",
        bool(record.orders)
        and not lost
        and not record.retries_that_differed
        and record.retried > 0
        and bool(record.stock)
        and not wrong,
        {
            "orders": len(record.orders),
            "lost": len(lost),
            "retried": record.retried,
            "retries_that_differed": len(record.retries_that_differed),
            "stock_rows": len(record.stock),
            "stock_rows_wrong": wrong[:3],
        },
    )


def everyone_was_told(record: Record, _watchers: Sequence[Watcher]) -> Kept:
    """Merchants, creators and the sources' own operators had all five notices."""
    missing = {
        name: sorted(STAGES - {notice["stage"] for notice in notices})
        for name, notices in record.notices.items()
    }
    lacking = {name: stages for name, stages in missing.items() if stages}
    return Kept(
        "Every affected party had its notices, stage by stage",
        bool(record.notices) and not lacking,
        {
            "parties": len(record.notices),
            "notices": sum(map(len, record.notices.values())),
            "missing": lacking,
        },
    )


def the_way_back_worked(record: Record, _watchers: Sequence[Watcher]) -> Kept:
    """Mokuai's goods returned natively and sold from the supplier's own stock."""
    told = record.converted
    drop = told.get("supplier_free_before", 0) - told.get("supplier_free_after", 0)
    return Kept(
        "Mokuai's goods came back with a click, as native goods on shared stock",
        0 < told.get("barred", 0) == told.get("back") == told.get("sold") == drop,
        {**told, "supplier_stock_dropped_by": drop},
    )


def late_sales_are_counted_once(record: Record, _watchers: Sequence[Watcher]) -> Kept:
    """Conversions told twice count once; a revoked one stays revoked, whatever comes late."""
    first, again, revoked, stale = (*record.conversions, {}, {}, {}, {})[:4]
    return Kept(
        "Sales elsewhere were counted once, and a revoked one stayed revoked",
        first.get("created", 0) > 0
        and first.get("unmatched") == 0
        and again.get("created") == 0
        and again.get("changed") == 0
        and revoked.get("changed") == 1
        and stale.get("changed") == 0,
        {"told": record.conversions},
    )


def the_figures_show_it(record: Record, _watchers: Sequence[Watcher]) -> Kept:
    """The morning's report has a window on each side of the cut, with its definition."""
    around = record.insights.get("around") or {}
    return Kept(
        "The operator reads the closed loop before and after, with its definition",
        bool(around) and record.insights.get("definition") == "placed",
        {"around": around},
    )


Promise = Callable[[Record, Sequence[Watcher]], Kept]
PROMISES: tuple[Promise, ...] = (
    rehearsal_was_right,
    everyone_was_told,
    it_was_open_before,
    nothing_barred_leaked,
    refusals_name_the_rule,
    one_frame_each,
    nobody_missed_anything,
    it_stayed_open_elsewhere,
    native_goods_sold_on,
    orders_and_stock_balance,
    the_way_back_worked,
    late_sales_are_counted_once,
    the_figures_show_it,
)
