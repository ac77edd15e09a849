"""What may not be written: each check returns the conflicts it found, in words.

Refusing here is what lets a verdict be a plain maximum: no two rules of equal rank ever speak of
the same facts at the same instant.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from yellowcart.core.instants import iso
from yellowcart.core.texts import Text
from yellowcart.policy.rules import Rule, in_force, louder, overlap_in_time


class Conflict(NamedTuple):
    """A rule that can't be written, which selector or date is to blame, and what to do."""

    rule: Rule
    other: Rule | None
    field: str
    message: Text


def check_conflicts(new: Sequence[Rule], existing: Sequence[Rule] = ()) -> list[Conflict]:
    """Everything that forbids writing ``new`` beside ``existing``; empty where nothing does."""
    return [
        *_reversed_intervals(new),
        *_backward_revisions(new, existing),
        *_overlapping_periods(new, existing),
        *_unknown_predecessors(new, existing),
        *_ties(new, existing),
    ]


def _reversed_intervals(new: Iterable[Rule]) -> list[Conflict]:
    found = []
    for rule in new:
        if rule.effective_until is not None and rule.effective_until <= rule.effective_from:
            message = Text(
                en=f"effective_until {iso(rule.effective_until)} is not after effective_from "
                f"{iso(rule.effective_from)}; swap them, or leave effective_until out where no "
                "end is known",
                zh=f"effective_until {iso(rule.effective_until)} 不晚于 effective_from "
                f"{iso(rule.effective_from)}；请对调两者，没有已知的结束时间则不写 effective_until",
            )
            found.append(Conflict(rule, None, "effective_until", message))
        if rule.known_since < rule.announced_at:
            message = Text(
                en="written_at is before announced_at; a rule is known once it is announced, so "
                f"write {iso(rule.announced_at)} or later",
                zh=f"written_at 早于 announced_at；规则公布后才为人所知，请写 "
                f"{iso(rule.announced_at)} 或更晚",
            )
            found.append(Conflict(rule, None, "written_at", message))
    return found


def _backward_revisions(new: Iterable[Rule], existing: Iterable[Rule]) -> list[Conflict]:
    """A later revision must also have been written later, or ``as_of`` would lie."""
    revisions: dict[str, list[Rule]] = defaultdict(list)
    for rule in existing:
        revisions[rule.key].append(rule)
    found = []
    for rule in new:
        for other in revisions[rule.key]:
            if rule.revision > other.revision and rule.known_since < other.known_since:
                message = Text(
                    en=f"revision {rule.revision} was written before revision {other.revision}; "
                    f"give it a written_at of {iso(other.known_since)} or later",
                    zh=f"第 {rule.revision} 版写于第 {other.revision} 版之前；请把 written_at "
                    f"写成 {iso(other.known_since)} 或更晚",
                )
                found.append(Conflict(rule, other, "written_at", message))
                break
        revisions[rule.key].append(rule)
    return found


def _overlapping_periods(new: Iterable[Rule], existing: Iterable[Rule]) -> list[Conflict]:
    """Periods of one revision of one key must not overlap."""
    periods: dict[tuple[str, int], list[Rule]] = defaultdict(list)
    for rule in existing:
        periods[rule.key, rule.revision].append(rule)
    found = []
    for rule in new:
        siblings = periods[rule.key, rule.revision]
        other = next((each for each in siblings if overlap_in_time(rule, each)), None)
        if other is not None:
            held = f"[{iso(other.effective_from)}, {_end(other)})"
            message = Text(
                en=f"overlaps another period of {rule.key!r} in the same revision, {held}; end "
                f"one where the other begins, or write it as revision {rule.revision + 1} if it "
                "corrects the other",
                zh=f"与 {rule.key!r} 同一版本的另一时段 {held} 重叠；请让一段在另一段开始时结束，"
                f"若是更正则写成第 {rule.revision + 1} 版（revision = {rule.revision + 1}）",
            )
            found.append(Conflict(rule, other, "effective_from", message))
        siblings.append(rule)
    return found


def _unknown_predecessors(new: Sequence[Rule], existing: Sequence[Rule]) -> list[Conflict]:
    keys = {rule.key for rule in (*existing, *new)}
    found = []
    for rule in new:
        for named in rule.supersedes:
            if named in keys and named != rule.key:
                continue
            message = Text(
                en=f"supersedes {named!r}, which is not the key of another rule here; a "
                "correction of the same rule needs only a higher revision",
                zh=f"supersedes 写的 {named!r} 不是这里另一条规则的 key；更正同一条规则只需提高 "
                "revision",
            )
            found.append(Conflict(rule, None, "supersedes", message))
    return found


def _ties(new: Sequence[Rule], existing: Sequence[Rule]) -> list[Conflict]:
    """Equal specificity, announced at once, and able to meet: nothing says which decides."""
    fresh = {(rule.key, rule.revision) for rule in new}
    peers: dict[object, list[Rule]] = defaultdict(list)
    for rule in in_force((*existing, *new)):
        peers[louder(rule)].append(rule)
    found = []
    for group in peers.values():
        for index, rule in enumerate(group):
            if (rule.key, rule.revision) not in fresh:
                continue
            rivals = (
                other
                for place, other in enumerate(group)
                if other.key != rule.key
                and (place < index or (other.key, other.revision) not in fresh)
                and rule.could_meet(other)
            )
            found += [_tie(rule, other) for other in rivals]
    return found


def _tie(rule: Rule, other: Rule) -> Conflict:
    message = Text(
        en=f"ties with {other.key!r} (revision {other.revision}): both name the same selectors, "
        f"were announced at {iso(rule.announced_at)} and would decide the same offers; make one "
        "narrower, end one where the other begins, or let one say "
        f"supersedes = [{other.key!r}]",
        zh=f"与 {other.key!r}（第 {other.revision} 版）并列：两者限定的条件相同，都公布于 "
        f"{iso(rule.announced_at)}，会裁定同样的挂载；请缩小其中一条的范围，让一条在另一条开始时"
        f"结束，或写明 supersedes = [{other.key!r}]",
    )
    return Conflict(rule, other, "announced_at", message)


def _end(rule: Rule) -> str:
    return iso(rule.effective_until) if rule.effective_until else "…"
