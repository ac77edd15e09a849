"""A report as data: the JSON body and the CSV of what was picked."""

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision

from yellowcart.core.instants import iso
from yellowcart.insights import queries
from yellowcart.insights.picks import Picks
from yellowcart.insights.rules import (
    PERIODS,
    Change,
    Clicks,
    Comparison,
    Dimension,
    Figures,
    Key,
    Window,
)
from yellowcart.insights.words import MEANINGS

FIGURE_COLUMNS = ("currency", "gmv_minor", "gmv", "sales", "buyers", "average_minor")
CHANGE_COLUMNS = (
    "currency",
    "before_minor",
    "after_minor",
    "change_bps",
    "before_sales",
    "after_sales",
)


def body(picks: Picks) -> dict[str, Any]:
    """Everything a report says, ready for JSON; instants in UTC, amounts in minor units."""
    sales = queries.sales(picks.window, picks.definition, by=picks.by, scope=picks.scope)
    clicks = queries.click_rates(picks.window, by=picks.by, scope=picks.scope)
    comparison = compared(picks)
    return {
        "definition": picks.definition.value,
        "meaning": str(MEANINGS[picks.definition]),
        **_window(picks.window),
        "zone": str(queries.platform_zone()),
        "by": [one.value for one in picks.by],
        "totals": [figures_row(one) for one in sales.totals()],
        "rows": [figures_row(one) for one in sales.figures()],
        "clicks": [_clicks(one) for one in clicks],
        "outside_window": [
            {"currency": one.currency, "amount_minor": one.gmv_minor, "sales": one.sales}
            for one in queries.outside_window(picks.window, picks.scope)
        ],
        "around": _comparison(comparison, picks.cut_name) if comparison else None,
    }


def compared(picks: Picks, by: Sequence[Dimension] | None = None) -> Comparison | None:
    """Before and after the picked cut, cut by what was picked but time; None without a cut."""
    if picks.cut is None:
        return None
    dimensions = [one for one in by or picks.by if one not in PERIODS]
    return queries.around_cut(
        picks.cut,
        picks.definition,
        by=dimensions or [Dimension.LOOP],
        length=picks.within,
        scope=picks.scope,
    )


def csv_text(picks: Picks) -> str:
    """The rows as CSV: the comparison's where a cut is picked, else those of the window."""
    comparison = compared(picks)
    if comparison is not None:
        by = [one for one in picks.by if one not in PERIODS] or [Dimension.LOOP]
        sides = _sides(comparison)
        return csv_of(
            [*by, *CHANGE_COLUMNS, *sides],
            ({**_change(one), **sides} for one in comparison.changes),
        )
    figures = queries.gmv(picks.window, picks.definition, by=picks.by, scope=picks.scope)
    window = {"definition": picks.definition.value, **_window(picks.window)}
    return csv_of(
        [*picks.by, *FIGURE_COLUMNS, *window], ({**figures_row(one), **window} for one in figures)
    )


def decimal(minor: int, currency: str) -> str:
    """Minor units as a plain decimal number: ``12.50``."""
    return str(Decimal(minor).scaleb(-get_currency_precision(currency)))


def csv_of(columns: Sequence[str], rows: Iterable[dict[str, Any]]) -> str:
    """Rows under their columns' names; what a row lacks is empty."""
    out = io.StringIO()
    writer = csv.DictWriter(out, columns)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _key(key: Key) -> dict[str, str]:
    return {dimension.value: value for dimension, value in key.items()}


def _window(window: Window) -> dict[str, str]:
    return {"from": iso(window.start), "until": iso(window.until)}


def figures_row(one: Figures) -> dict[str, Any]:
    """One row as JSON: its key, currency and figures."""
    return {
        **_key(one.key),
        "currency": one.currency,
        "gmv_minor": one.gmv_minor,
        "gmv": decimal(one.gmv_minor, one.currency),
        "sales": one.sales,
        "buyers": one.buyers,
        "average_minor": one.average_minor,
    }


def _clicks(one: Clicks) -> dict[str, Any]:
    return {
        **_key(one.key),
        "clicks": one.clicks,
        "converted": one.converted,
        "rate_bps": one.rate_bps,
    }


def _change(one: Change) -> dict[str, Any]:
    return {
        **_key(one.key),
        "currency": one.currency,
        "before_minor": one.before_minor,
        "after_minor": one.after_minor,
        "change_bps": one.change_bps,
        "before_sales": one.before_sales,
        "after_sales": one.after_sales,
    }


def _sides(comparison: Comparison) -> dict[str, str]:
    return {
        "definition": comparison.definition.value,
        "before_from": iso(comparison.before.start),
        "cut": iso(comparison.cut),
        "after_until": iso(comparison.after.until),
    }


def _comparison(comparison: Comparison, rule: str) -> dict[str, Any]:
    return {
        "rule": rule or None,
        "cut": iso(comparison.cut),
        "before": _window(comparison.before),
        "after": _window(comparison.after),
        "rows": [_change(one) for one in comparison.changes],
        "closed_share": [
            {
                "currency": one.currency,
                "before_bps": one.before_bps,
                "after_bps": one.after_bps,
            }
            for one in comparison.shares
        ],
    }
