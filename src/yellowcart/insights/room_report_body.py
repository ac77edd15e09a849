"""A room's report as data: the JSON body and its tables as CSV."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from yellowcart.core.instants import iso
from yellowcart.insights.report import csv_of, decimal
from yellowcart.insights.room_figures import RoomSums
from yellowcart.insights.room_report import Moment, Report
from yellowcart.insights.room_rules import Money, gpm_minor, uv_value_minor
from yellowcart.insights.room_sellers import orders_of, part_body
from yellowcart.insights.room_view import counts_body, minute_body, sums_body
from yellowcart.insights.rules import Definition

#: What only the whole room has.
_WHOLE: Final = (
    "online",
    "online_peak",
    "viewers",
    "entries",
    "messages",
    "likes",
    "gifts",
    "coins",
)


class Part(StrEnum):
    """The tables of a report that a spreadsheet can have."""

    SUMMARY = "summary"
    LISTINGS = "listings"
    MOMENTS = "moments"
    MINUTES = "minutes"
    SOURCES = "sources"
    HOSTS = "hosts"
    SHARES = "shares"
    CARRIERS = "carriers"
    ORDERS = "orders"


def seconds_in(report: Report, at: datetime) -> int:
    """How far into the show an instant is."""
    return int((at - report.started_at).total_seconds())


def body(report: Report) -> dict[str, Any]:
    """Everything the report says; instants in UTC, amounts in minor units. What only the whole
    room has (who came, what was asked, who shared it, the rooms before) is left out of a
    merchant's part. The single orders are in their table alone (:func:`csv_text`)."""
    sums = sums_body(report.counts)
    if report.shop_id is not None:
        for name in _WHOLE:
            del sums[name]
        sums["funnel"] = sums["funnel"][1:]
        for row in sums["gmv"]:
            for each in Definition:
                del row[each.value]["gpm_minor"], row[each.value]["uv_value_minor"]
    return {
        "room_id": str(report.room.id),
        "title": report.room.title,
        "state": report.room.state,
        "started_at": iso(report.started_at),
        "ended_at": iso(report.room.ended_at) if report.room.ended_at else None,
        "shop_id": str(report.shop_id) if report.shop_id else None,
        **sums,
        "stay_seconds": report.stay_seconds,
        "buyers": {
            "new": report.buyers.new,
            "returning": report.buyers.returning,
            "new_minor": report.buyers.new_minor,
            "returning_minor": report.buyers.returning_minor,
        },
        "refunds": {
            "orders": report.refunds.orders,
            "minor": report.refunds.minor,
            "paid_orders": report.refunds.paid_orders,
        },
        "listings": _listings(report),
        "sources": _sources(report),
        "hosts": _hosts(report),
        "shares": _shares(report),
        "carriers": _carriers(report),
        "moments": [moment_body(report, one) for one in report.moments],
        "marks": [
            {
                "kind": one.kind,
                "at": iso(one.at),
                "seconds_in": seconds_in(report, one.at),
                "listing_id": str(one.listing_id) if one.listing_id else None,
                "word": one.word,
            }
            for one in report.marks
        ],
        "questions": [{"text": one.text, "count": one.count} for one in report.questions],
        "before": [room_body(report, sums) | _named(room) for room, sums in report.before],
        "minutes": [minute_body(one) for one in report.minutes],
    }


def _named(room: Any) -> dict[str, Any]:
    return {"room_id": str(room.id), "title": room.title, "started_at": iso(room.started_at)}


def room_body(report: Report, room: RoomSums) -> dict[str, Any]:
    """A room in one line, in the currency of the report."""
    found = next((one for one in room.sold if one.currency == report.counts.currency), None)
    sums: dict[str, Any] = {}
    for each in Definition:
        money = found.by(each) if found else Money()
        sums[each.value] = {
            "gmv_minor": money.minor,
            "orders": money.orders,
            "gpm_minor": gpm_minor(money.minor, room.entries),
            "uv_value_minor": uv_value_minor(money.minor, room.viewers),
        }
    return {
        "viewers": room.viewers,
        "entries": room.entries,
        "online_peak": room.online_peak,
        **sums,
    }


def moment_body(report: Report, one: Moment) -> dict[str, Any]:
    """A stretch with what it sold. ``recording`` and ``recording_ms`` say where it is shown,
    ``clip`` which explanation of the replay begins there."""
    stretch, bought = one.stretch, one.bought
    return {
        "listing_id": str(stretch.listing_id),
        "title": one.title,
        "from": iso(stretch.start),
        "until": iso(stretch.until),
        "seconds_in": seconds_in(report, stretch.start),
        "seconds": int((stretch.until - stretch.start).total_seconds()),
        "orders": bought.orders,
        "pieces": bought.pieces,
        "placed_minor": bought.placed_minor,
        "paid_minor": bought.paid_minor,
        "net_minor": bought.net_minor,
        "all_orders": bought.all_orders,
        "all_placed_minor": bought.all_placed_minor,
        "recording": str(one.recording[0]) if one.recording else None,
        "recording_ms": one.recording[1] if one.recording else None,
        "clip": str(one.clip) if one.clip else None,
    }


def _listings(report: Report) -> list[dict[str, Any]]:
    return [
        {
            "listing_id": str(one.listing_id),
            "title": one.title,
            "shop": one.shop_name,
            "source": one.source,
            "integration": one.integration,
            **counts_body(one.counts, report.counts.currency),
        }
        for one in report.goods
    ]


def _sources(report: Report) -> list[dict[str, Any]]:
    return [
        {
            "source": one.source,
            "clicks": one.clicks,
            "people": one.people,
            "currency": one.currency,
            "sales": one.sales,
            "gmv_minor": one.minor,
            "revoked": one.revoked,
            "told_at": iso(one.told_at) if one.told_at else None,
        }
        for one in report.away
    ]


def _hosts(report: Report) -> list[dict[str, Any]]:
    """Who hosted when what was sold, by the host noted in each order."""
    return [
        {"host_id": one.key, "name": one.name, **part_body(one)} for one in report.sellers.hosts
    ]


def _shares(report: Report) -> list[dict[str, Any]]:
    """Whose share codes the buyers came through."""
    if report.shop_id is not None:
        return []
    return [{"code": one.key, "by": one.name, **part_body(one)} for one in report.sellers.shares]


def _carriers(report: Report) -> list[dict[str, Any]]:
    """The show (2), its whole replay (7) and single explanations (100010), until now."""
    return [{"carrier_type": int(one.key), **part_body(one)} for one in report.sellers.carriers]


def _summary(report: Report) -> list[dict[str, Any]]:
    """One line a figure; money with its definition and currency."""
    whole = body(report)
    rows: list[dict[str, Any]] = [
        {"figure": name, "value": whole[name]}
        for name in (*_WHOLE[1:], "stay_seconds", "jumps")
        if whole.get(name) is not None
    ]
    rows += [{"figure": f"funnel_{one['step']}", "value": one["count"]} for one in whole["funnel"]]
    rows += [
        {
            "figure": name,
            "definition": each.value,
            "currency": row["currency"],
            "value": decimal(value, row["currency"]) if name.endswith("_minor") else value,
        }
        for row in whole["gmv"]
        for each in Definition
        for name, value in row[each.value].items()
    ]
    rows += [
        {"figure": f"{group}_{name}", "currency": whole["currency"], "value": value}
        for group in ("buyers", "refunds")
        for name, value in whole[group].items()
    ]
    for row in rows:
        row["figure"] = row["figure"].removesuffix("_minor")
    return rows


_PARTS: Final[Mapping[Part, Callable[[Report], Sequence[dict[str, Any]]]]] = {
    Part.SUMMARY: _summary,
    Part.LISTINGS: _listings,
    Part.SOURCES: _sources,
    Part.MOMENTS: lambda report: [moment_body(report, one) for one in report.moments],
    Part.MINUTES: lambda report: [minute_body(one) for one in report.minutes],
    Part.HOSTS: _hosts,
    Part.SHARES: _shares,
    Part.CARRIERS: _carriers,
    Part.ORDERS: lambda report: list(orders_of(report.room, report.shop_id)),
}
_SUMMARY_COLUMNS: Final = ("figure", "definition", "currency", "value")


def csv_text(report: Report, part: Part) -> str:
    """One table of the report as CSV."""
    rows = _PARTS[part](report)
    columns = _SUMMARY_COLUMNS if part is Part.SUMMARY else tuple(rows[0]) if rows else ()
    return csv_of(columns, rows)
