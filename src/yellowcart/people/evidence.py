"""How decisions are kept in a permit's history and sent to clients: plain JSON."""

from typing import Any

from yellowcart.core.instants import iso
from yellowcart.core.texts import Text
from yellowcart.people.conditions import Pilot
from yellowcart.people.facts import Number
from yellowcart.people.rules import PermitRule, Result


def number(value: Number | None) -> float | int | None:
    """A JSON number; scores and hours may have a fraction."""
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)


def conditions_to_json(results: tuple[Result, ...]) -> list[dict[str, Any]]:
    """Every condition with its figures, and its words in both languages."""
    return [
        {
            "name": result.name,
            "label": result.label._asdict(),
            "wanted": number(result.wanted),
            "have": number(result.have),
            "missing": number(result.missing),
            "met": result.met,
            "waived": result.waived,
            "ready_at": iso(result.ready_at) if result.ready_at else None,
            "words": result.words._asdict(),
        }
        for result in results
    ]


def limits_to_json(pilot: Pilot | None, rule: PermitRule | None) -> dict[str, Any]:
    """A pilot's weekly limits and the zone of its weeks; empty where it is none."""
    if pilot is None or rule is None:
        return {}
    return {
        "selling_lives_per_week": pilot.selling_lives_per_week,
        "shoppable_videos_per_week": pilot.shoppable_videos_per_week,
        "zone": rule.zone.key,
    }


def text_from_json(value: dict[str, str]) -> Text:
    """A sentence in both languages, or an operator's own words in whichever they wrote."""
    reason = value.get("reason", "")
    return Text(value.get("en", reason), value.get("zh", reason))
