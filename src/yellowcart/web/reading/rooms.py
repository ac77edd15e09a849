"""A room's report as a page: the same for its creator, operators and merchants, who see the parts
that are theirs. The page includes ``reading/room.html`` and loads uPlot and ``reading/room.js``.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from yellowcart.core.money import display_minor
from yellowcart.insights.board import percent
from yellowcart.insights.room_report import Report
from yellowcart.insights.room_report_body import Part, body
from yellowcart.insights.rules import Definition, Dimension, ratio_bps
from yellowcart.insights.words import DEFINITIONS, MEANINGS, Names
from yellowcart.listings.models import Listing
from yellowcart.live.models import Room
from yellowcart.orders.carriers import EXPLANATION, LIVE_REPLAY, LIVE_ROOM

#: How many moments are called the best.
BEST = 3
ROOMS_A_PAGE = 24
#: Goods that are shown at once, those that sold most.
GOODS_SHOWN = 8

_STEPS = {
    "entered": gettext_lazy("Entered"),
    "seen": gettext_lazy("Saw goods"),
    "opened": gettext_lazy("Opened goods"),
    "orders": gettext_lazy("Ordered"),
    "paid": gettext_lazy("Paid for"),
}
_CARRIERS = {
    LIVE_ROOM: gettext_lazy("The show"),
    LIVE_REPLAY: gettext_lazy("The whole replay"),
    EXPLANATION: gettext_lazy("Single explanations"),
}


def context(request: HttpRequest, report: Report, shop: str = "") -> dict[str, Any]:
    """Everything ``reading/room.html`` shows; ``shop`` goes into the links to files."""
    definition = _definition(request)
    said = body(report)
    page = _Page(said, definition, request.LANGUAGE_CODE)
    return {
        "room": report.room,
        "report": said,
        "whole": report.shop_id is None,
        "lasted": report.until - report.started_at,
        "zone": settings.TIME_ZONE,
        "definition": {
            "value": definition.value,
            "label": DEFINITIONS[definition],
            "meaning": MEANINGS[definition],
        },
        "definitions": [(one.value, DEFINITIONS[one], one is definition) for one in Definition],
        "funnel": page.funnel(),
        "gmv": page.gmv(),
        "goods": _parted(page.goods(), lambda place, _one: place < GOODS_SHOWN),
        "moments": _parted(page.moments(), lambda _place, one: bool(one["pieces"])),
        "sources": page.sources(),
        "hosts": page.parts("hosts"),
        "shares": page.parts("shares"),
        "carriers": page.parts("carriers"),
        "buyers": page.buyers(),
        "before": page.before(),
        "files": _files(report, shop),
        "plot": page.plot(report),
    }


def _parted(
    rows: list[dict[str, Any]], is_shown: Callable[[int, dict[str, Any]], bool]
) -> dict[str, list[dict[str, Any]]]:
    """Rows that are shown at once, and the rest behind a click."""
    best = [one for place, one in enumerate(rows) if is_shown(place, one)]
    return {"best": best, "rest": [one for one in rows if one not in best]}


def listed(request: HttpRequest, shop_id: UUID | None = None) -> dict[str, Any]:
    """A page of the rooms that were live, of all or those that offered a shop's goods."""
    rooms = Room.objects.filter(started_at__isnull=False, practice=False)
    if shop_id is not None:
        offered = Listing.objects.filter(
            surface="live_room", container_id=OuterRef("id"), shop_id=shop_id
        )
        rooms = rooms.filter(Exists(offered))
    rooms = rooms.select_related("creator").order_by("-started_at", "id")
    return {"page": Paginator(rooms, ROOMS_A_PAGE).get_page(request.GET.get("page"))}


def _definition(request: HttpRequest) -> Definition:
    try:
        return Definition(request.GET.get("definition", Definition.PAID))
    except ValueError:
        return Definition.PAID


def _files(report: Report, shop: str) -> list[tuple[str, str]]:
    names = {
        Part.SUMMARY: _("Summary"),
        Part.LISTINGS: _("Goods"),
        Part.MOMENTS: _("Moments"),
        Part.MINUTES: _("Minute by minute"),
        Part.SOURCES: _("Sources"),
        Part.HOSTS: _("Hosts"),
        Part.SHARES: _("Share codes"),
        Part.CARRIERS: _("Show and replay"),
        Part.ORDERS: _("Orders"),
    }
    base = reverse("api:room_report_csv", args=[report.room.id])
    more = {"shop": shop} if shop else {}
    return [
        (name, f"{base}?{urlencode({'part': part.value, **more})}") for part, name in names.items()
    ]


class _Page:
    """The parts of one page: they share the report's figures, a definition and a language."""

    def __init__(self, said: dict[str, Any], definition: Definition, language: str) -> None:
        self._said = said
        self._definition = definition
        self._field = f"{definition.value}_minor"
        self._language = language
        self._names = Names()

    def _money(self, minor: int, currency: str = "") -> str:
        return display_minor(minor, currency or self._said["currency"] or "CNY", self._language)

    def funnel(self) -> list[dict[str, str]]:
        """The steps with how many of the step before went on."""
        steps = []
        for one in self._said["funnel"]:
            rate = percent(one["rate_bps"])
            if one["step"] == "seen":
                each = (one["rate_bps"] or 0) / 10_000
                rate = _("%(count)s a viewer") % {"count": f"{each:.1f}"}
            if one["step"] == "entered":
                entries = self._said["entries"]
                rate = ngettext("%(count)s entry", "%(count)s entries", entries) % {
                    "count": entries
                }
            if one["rate_bps"] is None and one["step"] != "entered":
                rate = ""
            name = str(_STEPS[one["step"]])
            steps.append({"name": name, "count": f"{one['count']:,}", "rate": rate})
        return steps

    def gmv(self) -> list[dict[str, Any]]:
        """Each currency, each definition, with what is derived from it."""
        return [
            {
                "currency": row["currency"],
                "definition": DEFINITIONS[one],
                "meaning": MEANINGS[one],
                "orders": row[one.value]["orders"],
                "buyers": row[one.value]["buyers"],
                **{
                    name: self._money(row[one.value][f"{name}_minor"], row["currency"])
                    for name in ("gmv", "per_buyer", "gpm", "uv_value")
                    if f"{name}_minor" in row[one.value]
                },
            }
            for row in self._said["gmv"]
            for one in Definition
        ]

    def goods(self) -> list[dict[str, Any]]:
        """Listings by what they sold."""
        whole = sum(one[self._field] for one in self._said["listings"])
        rows = sorted(self._said["listings"], key=lambda one: -int(one[self._field]))
        return [
            {
                **one,
                "source": self._names.of(Dimension.SOURCE, one["source"]),
                "gmv": self._money(one[self._field], one["currency"]),
                "share": percent(ratio_bps(one[self._field], whole)),
                "click_rate": percent(ratio_bps(one["opened"], one["seen"])),
            }
            for one in rows
        ]

    def moments(self) -> list[dict[str, Any]]:
        """Stretches as they came; the best are those that sold most, with anything at all."""
        found = self._said["moments"]
        best = sorted((one[self._field] for one in found if one[self._field]), reverse=True)[:BEST]
        return [
            {
                **one,
                "at": clock_words(one["seconds_in"]),
                "lasted": clock_words(one["seconds"]),
                "gmv": self._money(one[self._field]),
                "replay": self._replay(one["clip"]),
                "best": bool(best) and one[self._field] >= best[-1],
            }
            for one in found
        ]

    def _replay(self, clip: str | None) -> str:
        """Where the moment can be watched again; empty where it can't."""
        if clip is None:
            return ""
        return f"{reverse('viewer:replay', args=[self._said['room_id']])}?clip={clip}"

    def sources(self) -> list[dict[str, Any]]:
        """What left, and what is known of it by now."""
        return [
            {
                **one,
                "source": self._names.of(Dimension.SOURCE, one["source"]),
                "gmv": self._money(one["gmv_minor"], one["currency"]) if one["currency"] else "–",
                "rate": percent(ratio_bps(one["sales"], one["clicks"])),
            }
            for one in self._said["sources"]
        ]

    def parts(self, name: str) -> list[dict[str, Any]]:
        """Hosts, share codes or carriers with what they sold."""
        return [
            {
                **one,
                "gmv": self._money(one[self._field], one["currency"]),
                "carrier": _CARRIERS.get(one.get("carrier_type", 0), ""),
            }
            for one in self._said[name]
        ]

    def buyers(self) -> dict[str, Any]:
        """New and returning buyers, and refunds, in words."""
        said = self._said
        buyers, refunds = said["buyers"], said["refunds"]
        return {
            "new": buyers["new"],
            "returning": buyers["returning"],
            "new_gmv": self._money(buyers["new_minor"]),
            "returning_gmv": self._money(buyers["returning_minor"]),
            "returning_share": percent(
                ratio_bps(buyers["returning"], buyers["new"] + buyers["returning"])
            ),
            "refunded": self._money(refunds["minor"]),
            "refund_orders": ngettext("%(count)s order", "%(count)s orders", refunds["orders"])
            % {"count": refunds["orders"]},
            "refund_share": percent(ratio_bps(refunds["orders"], refunds["paid_orders"])),
        }

    def before(self) -> list[dict[str, Any]]:
        """This room and the creator's last ones, newest first."""
        said, field = self._said, self._definition.value
        if not said["before"]:
            return []
        gmv = next((one for one in said["gmv"]), None)
        empty = {"gmv_minor": 0, "orders": 0, "gpm_minor": 0, "uv_value_minor": 0}
        rows = [{**said, field: gmv[field] if gmv else empty}, *said["before"]]
        return [
            {
                "this": place == 0,
                "room_id": row["room_id"],
                "title": row["title"],
                "started_at": row["started_at"],
                "viewers": row["viewers"],
                "peak": row["online_peak"],
                "orders": row[field]["orders"],
                "gmv": self._money(row[field]["gmv_minor"]),
                "gpm": self._money(row[field]["gpm_minor"]),
                "uv_value": self._money(row[field]["uv_value_minor"]),
            }
            for place, row in enumerate(rows)
        ]

    def plot(self, report: Report) -> dict[str, Any]:
        """What ``room.js`` draws."""
        return {
            "currency": self._said["currency"] or "CNY",
            "zone": settings.TIME_ZONE,
            "label": str(DEFINITIONS[self._definition]),
            "times": [int(one.minute.timestamp()) for one in report.minutes],
            "gmv": [getattr(one, self._field) for one in report.minutes],
            "online": [one.online for one in report.minutes],
            "pins": [
                {"at": int(one.stretch.start.timestamp()), "title": one.title}
                for one in report.moments
            ],
            "marks": [{"at": int(one.at.timestamp()), "kind": one.kind} for one in report.marks],
        }


def clock_words(seconds: int) -> str:
    """A place in a video, or a length: ``1:02:03`` or ``2:03``."""
    sign, left = ("−", -seconds) if seconds < 0 else ("", seconds)
    hours, minutes, rest = left // 3_600, left % 3_600 // 60, left % 60
    return f"{sign}{hours}:{minutes:02}:{rest:02}" if hours else f"{sign}{minutes}:{rest:02}"
