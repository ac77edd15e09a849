"""Reads one permit pack's tables; strict, see :mod:`yellowcart.people.packs`."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal
from itertools import pairwise
from typing import Any, Final, NamedTuple

from yellowcart.core.money import parse_minor
from yellowcart.core.texts import Text
from yellowcart.core.tomlfile import TomlFile
from yellowcart.core.tomlreader import GRADES, TableReader, did_you_mean
from yellowcart.people.conditions import Condition, PermitName, Pilot, Waiver
from yellowcart.people.facts import FACTS, Fact, Number, Way
from yellowcart.people.rules import PermitRule
from yellowcart.policy.words import SHOP_TYPES

FORMAT: Final = 1
_PACK_KEYS: Final = ("format", "platform", "name", "zone", "rule")
_RULE_KEYS: Final = (
    "key",
    "revision",
    "permit",
    "summary",
    "shop_types",
    "regions",
    "effective_from",
    "effective_until",
    "require",
    "waive",
    "pilot",
    "in_force",
    "grade",
    "evidence",
)
_PILOT_KEYS: Final = ("days", "selling_lives_per_week", "shoppable_videos_per_week")
#: Facts that may stand in for conditions: plain yes-or-no ones.
_WAIVERS: Final = tuple(
    fact.name for fact in FACTS.values() if fact.way == Way.IS and not fact.is_named
)
_DAYS_MOST: Final = 3_650


class PermitPack(NamedTuple):
    """A read pack; ``rules`` includes the claims that are not in force."""

    file: str
    platform: str
    name: Text
    rules: tuple[PermitRule, ...]


def rule_label(key: str) -> str:
    """What problems call a rule."""
    return f"rule {key!r}"


class PackReader(TableReader):
    """Reads a pack."""

    def __init__(self, file: TomlFile) -> None:
        super().__init__(file)
        self.zone_read = self.zone(file.data)

    def pack(self) -> PermitPack:
        data = self.file.data
        self.unknown_keys(data, _PACK_KEYS)
        if data.get("format") != FORMAT:
            self.wrong("format", f"write format = {FORMAT}", f"请写 format = {FORMAT}")
        platform = self.slug(data, "platform") or ""
        name = self.text(data, "name", required=False) or Text(platform, platform)
        tables = data.get("rule")
        if not isinstance(tables, list) or not tables:
            self.wrong("rule", "a pack has at least one [[rule]]", "规则包至少要有一条 [[rule]]")
            tables = []
        rules = []
        for place, table in enumerate(tables):
            key = str(table.get("key", f"#{place + 1}"))
            with self.inside("rule", place, label=rule_label(key)):
                rules.append(self.rule(table, platform))
        return PermitPack(self.file.name, platform, name, self.succeed(rules))

    def rule(self, table: dict[str, Any], platform: str) -> PermitRule:
        """One rule; where something is wrong, a placeholder beside the noted problem."""
        self.unknown_keys(table, _RULE_KEYS)
        begins, ends = self.interval(table)
        permit = self.choice(table, "permit", [each.value for each in PermitName])
        conditions = tuple(self.conditions(table.get("require")))
        return PermitRule(
            key=self.slug(table, "key") or "",
            revision=self.whole(table, "revision", least=1, default=1) or 1,
            permit=PermitName(permit or "go_live"),
            summary=self.text(table, "summary") or Text("", ""),
            shop_types=self.selector(table, "shop_types", SHOP_TYPES),
            regions=self.selector(table, "regions"),
            effective_from=begins,
            effective_until=ends,
            conditions=conditions,
            waivers=tuple(self.waivers(table.get("waive", {}), conditions)),
            pilot=self.pilot(table, conditions),
            in_force=self.flag({"in_force": True, **table}, "in_force"),
            grade=self.choice(table, "grade", GRADES) if "grade" in table else None,
            evidence=self.string(table, "evidence"),
            platform=platform,
            zone=self.zone_read,
        )

    def succeed(self, rules: list[PermitRule]) -> tuple[PermitRule, ...]:
        """End each revision of a key where the next begins."""
        ended = list(rules)
        by_key: dict[str, list[int]] = {}
        for place, rule in enumerate(rules):
            if rule.in_force:
                by_key.setdefault(rule.key, []).append(place)
        for places in by_key.values():
            in_order = sorted(places, key=lambda place: rules[place].revision)
            for earlier, later in pairwise(in_order):
                self.follow(ended, earlier, later)
        return tuple(ended)

    def follow(self, rules: list[PermitRule], earlier: int, later: int) -> None:
        """Let one revision take over from the one before."""
        old, new = rules[earlier], rules[later]
        with self.inside("rule", later, label=rule_label(new.key)):
            if old.revision == new.revision:
                self.wrong(
                    "revision",
                    f"revision {new.revision} is there already; write {new.revision + 1}",
                    f"第{new.revision}版已存在，请写 {new.revision + 1}",
                )
            elif new.effective_from <= old.effective_from:
                self.wrong(
                    "effective_from",
                    f"begins before revision {old.revision}; a later revision begins later",
                    f"早于第{old.revision}版的开始时间；后一版必须更晚开始",
                )
        if old.effective_until is None or old.effective_until > new.effective_from:
            rules[earlier] = replace(old, effective_until=new.effective_from)

    def conditions(self, table: Any) -> Iterator[Condition]:
        """``[rule.require]``: one bound a line."""
        if not isinstance(table, dict) or not table:
            self.wrong(
                "require",
                "write what is needed below [rule.require], such as followers = { at_least = 6 }",
                "请在 [rule.require] 下写明条件，例如 followers = { at_least = 6 }",
            )
            return
        for name, value in table.items():
            fact = FACTS.get(name)
            if fact is None:
                hint = did_you_mean(name, FACTS)
                self.wrong(
                    f"require.{name}",
                    f"is no known fact; {hint.en}",
                    f"不是可用的条件；{hint.zh}",
                )
            elif not fact.is_named:
                yield from self.condition(fact, "", value)
            elif isinstance(value, dict):
                for inner, bound in value.items():
                    yield from self.condition(fact, inner, bound)
            else:
                self.wrong(
                    f"require.{name}",
                    f"say which, such as {name}.{_example_name(fact)} = …",
                    f"请写明是哪一项，例如 {name}.{_example_name(fact)} = …",
                )

    def condition(self, fact: Fact, name: str, value: Any) -> Iterator[Condition]:
        """One line of ``[rule.require]``."""
        where = f"require.{fact.name}.{name}" if name else f"require.{fact.name}"
        if fact.way == Way.IS:
            if not isinstance(value, bool) or not (value or fact.is_named):
                example = "true" if not fact.is_named else "true / false"
                self.wrong(where, f"write {example}", f"请写 {example}")
                return
            yield Condition(fact=fact.name, name=name, bound=int(value))
            return
        lower = "pilot_at_least"
        known = [fact.way.value]
        known += [lower] if fact.way == Way.AT_LEAST else []
        known += ["within_days"] if fact.has_window else []
        if not isinstance(value, dict) or fact.way not in value or set(value) - set(known):
            example = f"{{ {fact.way} = {_example(fact)} }}"
            self.wrong(
                where,
                f"write {example}; possible keys: {', '.join(known)}",
                f"请写成 {example}；可用的键：{'、'.join(known)}",
            )
            return
        bound, currency = self.bound(where, fact, value[fact.way])
        pilot_bound = None
        if lower in value:
            pilot_bound, _currency = self.bound(where, fact, value[lower])
            if bound is not None and pilot_bound is not None and pilot_bound >= bound:
                self.wrong(
                    where,
                    f"{lower} must be below {fact.way}",
                    f"{lower} 必须低于 {fact.way}",
                )
        within = value.get("within_days")
        if within is not None and (type(within) is not int or not 1 <= within <= _DAYS_MOST):
            self.wrong(
                where,
                f"within_days: a whole number 1 … {_DAYS_MOST}",
                "within_days：请写正整数",
            )
            return
        if bound is not None:
            yield Condition(
                fact=fact.name,
                name=name,
                bound=bound,
                pilot_bound=pilot_bound,
                within_days=within,
                currency=currency,
            )

    def bound(self, where: str, fact: Fact, value: Any) -> tuple[Number | None, str]:
        """A bound and, for money, its currency."""
        if fact.is_money:
            amount, _space, currency = str(value).strip().partition(" ")
            try:
                if len(currency) == 3 and currency.isupper():
                    minor = parse_minor(amount, currency)
                    if minor >= 0:
                        return minor, currency
            except ValueError:
                pass  # told below, like every other text that is no amount
        elif fact.is_decimal and type(value) in {int, float} and value >= 0:
            return Decimal(str(value)), ""
        elif type(value) is int and value >= 0:
            return value, ""
        self.wrong(
            where,
            f"{value!r}: write a bound such as {_example(fact)}",
            f"{value!r}：请写成 {_example(fact)} 这样的界限",
        )
        return None, ""

    def waivers(self, table: Any, conditions: Sequence[Condition]) -> Iterator[Waiver]:
        """``[rule.waive]``: ``own_shop = ["followers"]``."""
        if not isinstance(table, dict):
            example = 'own_shop = ["followers"]'
            self.wrong("waive", f"write {example}", f"请写成 {example}")
            return
        required = [condition.key for condition in conditions]
        for having, waived in table.items():
            if having not in _WAIVERS:
                hint = did_you_mean(having, _WAIVERS)
                self.wrong(f"waive.{having}", f"can't waive; {hint.en}", f"不能用于免除；{hint.zh}")
                continue
            if not isinstance(waived, list) or not waived or set(waived) - set(required):
                listed = ", ".join(required)
                self.wrong(
                    f"waive.{having}",
                    f"write a list of conditions of this rule: {listed}",
                    f"请列出本规则中的条件：{listed}",
                )
                continue
            yield Waiver(having, frozenset(waived))

    def pilot(self, table: dict[str, Any], conditions: Sequence[Condition]) -> Pilot | None:
        """``[rule.pilot]``, which needs a condition with a lower bound, and the other way round."""
        has_lower = any(condition.pilot_bound is not None for condition in conditions)
        terms = table.get("pilot")
        if terms is None:
            if has_lower:
                self.wrong(
                    "pilot",
                    "is missing; pilot_at_least needs a [rule.pilot] with days = …",
                    "缺少此项；使用 pilot_at_least 时须有 [rule.pilot] 并写明 days = …",
                )
            return None
        if not isinstance(terms, dict) or not has_lower:
            self.wrong(
                "pilot",
                "a pilot is a table with days = …, and some condition says pilot_at_least",
                "试运营期须写成含 days = … 的表，并且至少有一个条件写明 pilot_at_least",
            )
            return None
        for name in set(terms) - set(_PILOT_KEYS):
            hint = did_you_mean(name, _PILOT_KEYS)
            self.wrong(f"pilot.{name}", f"is not a key; {hint.en}", f"不是可用的键；{hint.zh}")
        inner = {f"pilot.{name}": value for name, value in terms.items()}
        days = self.whole(inner, "pilot.days", least=1, most=_DAYS_MOST)
        if "days" not in terms:
            self.missing("pilot.days")
        return Pilot(
            days=days or 1,
            selling_lives_per_week=self.whole(inner, "pilot.selling_lives_per_week", least=0),
            shoppable_videos_per_week=self.whole(inner, "pilot.shoppable_videos_per_week", least=0),
        )


def _example(fact: Fact) -> str:
    if fact.is_money:
        return '"500 CNY"'
    return "4.5" if fact.is_decimal else "10"


def _example_name(fact: Fact) -> str:
    return "shop" if fact.name == "scores" else "official_account"
