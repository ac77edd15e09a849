from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="RuleOut")


@_attrs_define
class RuleOut:
    """One period of one revision of a rule; a selector of null means any.

    Attributes:
        key (str):
        revision (int):
        kind (str):
        platform (None | str):
        sources (list[str] | None):
        integrations (list[str] | None):
        surfaces (list[str] | None):
        shops (list[str] | None):
        shop_types (list[str] | None):
        creators (list[str] | None):
        outcome (str):
        fee_bps (int | None):
        announced_at (str):
        written_at (str):
        effective_from (str):
        effective_until (None | str):
        reason (str):
        remedy (None | str):
        notice (None | str):
        supersedes (list[str]):
        withdrawn (bool):
        grade (None | str):
        evidence (None | str):
    """

    key: str
    revision: int
    kind: str
    platform: str | None
    sources: list[str] | None
    integrations: list[str] | None
    surfaces: list[str] | None
    shops: list[str] | None
    shop_types: list[str] | None
    creators: list[str] | None
    outcome: str
    fee_bps: int | None
    announced_at: str
    written_at: str
    effective_from: str
    effective_until: str | None
    reason: str
    remedy: str | None
    notice: str | None
    supersedes: list[str]
    withdrawn: bool
    grade: str | None
    evidence: str | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        key = self.key

        revision = self.revision

        kind = self.kind

        platform: str | None
        platform = self.platform

        sources: list[str] | None
        if isinstance(self.sources, list):
            sources = self.sources

        else:
            sources = self.sources

        integrations: list[str] | None
        if isinstance(self.integrations, list):
            integrations = self.integrations

        else:
            integrations = self.integrations

        surfaces: list[str] | None
        if isinstance(self.surfaces, list):
            surfaces = self.surfaces

        else:
            surfaces = self.surfaces

        shops: list[str] | None
        if isinstance(self.shops, list):
            shops = self.shops

        else:
            shops = self.shops

        shop_types: list[str] | None
        if isinstance(self.shop_types, list):
            shop_types = self.shop_types

        else:
            shop_types = self.shop_types

        creators: list[str] | None
        if isinstance(self.creators, list):
            creators = self.creators

        else:
            creators = self.creators

        outcome = self.outcome

        fee_bps: int | None
        fee_bps = self.fee_bps

        announced_at = self.announced_at

        written_at = self.written_at

        effective_from = self.effective_from

        effective_until: str | None
        effective_until = self.effective_until

        reason = self.reason

        remedy: str | None
        remedy = self.remedy

        notice: str | None
        notice = self.notice

        supersedes = self.supersedes

        withdrawn = self.withdrawn

        grade: str | None
        grade = self.grade

        evidence: str | None
        evidence = self.evidence

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "key": key,
                "revision": revision,
                "kind": kind,
                "platform": platform,
                "sources": sources,
                "integrations": integrations,
                "surfaces": surfaces,
                "shops": shops,
                "shop_types": shop_types,
                "creators": creators,
                "outcome": outcome,
                "fee_bps": fee_bps,
                "announced_at": announced_at,
                "written_at": written_at,
                "effective_from": effective_from,
                "effective_until": effective_until,
                "reason": reason,
                "remedy": remedy,
                "notice": notice,
                "supersedes": supersedes,
                "withdrawn": withdrawn,
                "grade": grade,
                "evidence": evidence,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        key = d.pop("key")

        revision = d.pop("revision")

        kind = d.pop("kind")

        def _parse_platform(data: object) -> str | None:
            if data is None:
                return data
            return cast("None | str", data)

        platform = _parse_platform(d.pop("platform"))

        def _parse_sources(data: object) -> list[str] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                sources_type_0 = cast("list[str]", data)

                return sources_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("list[str] | None", data)

        sources = _parse_sources(d.pop("sources"))

        def _parse_integrations(data: object) -> list[str] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                integrations_type_0 = cast("list[str]", data)

                return integrations_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("list[str] | None", data)

        integrations = _parse_integrations(d.pop("integrations"))

        def _parse_surfaces(data: object) -> list[str] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                surfaces_type_0 = cast("list[str]", data)

                return surfaces_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("list[str] | None", data)

        surfaces = _parse_surfaces(d.pop("surfaces"))

        def _parse_shops(data: object) -> list[str] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                shops_type_0 = cast("list[str]", data)

                return shops_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("list[str] | None", data)

        shops = _parse_shops(d.pop("shops"))

        def _parse_shop_types(data: object) -> list[str] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                shop_types_type_0 = cast("list[str]", data)

                return shop_types_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("list[str] | None", data)

        shop_types = _parse_shop_types(d.pop("shop_types"))

        def _parse_creators(data: object) -> list[str] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                creators_type_0 = cast("list[str]", data)

                return creators_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("list[str] | None", data)

        creators = _parse_creators(d.pop("creators"))

        outcome = d.pop("outcome")

        def _parse_fee_bps(data: object) -> int | None:
            if data is None:
                return data
            return cast("int | None", data)

        fee_bps = _parse_fee_bps(d.pop("fee_bps"))

        announced_at = d.pop("announced_at")

        written_at = d.pop("written_at")

        effective_from = d.pop("effective_from")

        def _parse_effective_until(data: object) -> str | None:
            if data is None:
                return data
            return cast("None | str", data)

        effective_until = _parse_effective_until(d.pop("effective_until"))

        reason = d.pop("reason")

        def _parse_remedy(data: object) -> str | None:
            if data is None:
                return data
            return cast("None | str", data)

        remedy = _parse_remedy(d.pop("remedy"))

        def _parse_notice(data: object) -> str | None:
            if data is None:
                return data
            return cast("None | str", data)

        notice = _parse_notice(d.pop("notice"))

        supersedes = cast("list[str]", d.pop("supersedes"))

        withdrawn = d.pop("withdrawn")

        def _parse_grade(data: object) -> str | None:
            if data is None:
                return data
            return cast("None | str", data)

        grade = _parse_grade(d.pop("grade"))

        def _parse_evidence(data: object) -> str | None:
            if data is None:
                return data
            return cast("None | str", data)

        evidence = _parse_evidence(d.pop("evidence"))

        rule_out = cls(
            key=key,
            revision=revision,
            kind=kind,
            platform=platform,
            sources=sources,
            integrations=integrations,
            surfaces=surfaces,
            shops=shops,
            shop_types=shop_types,
            creators=creators,
            outcome=outcome,
            fee_bps=fee_bps,
            announced_at=announced_at,
            written_at=written_at,
            effective_from=effective_from,
            effective_until=effective_until,
            reason=reason,
            remedy=remedy,
            notice=notice,
            supersedes=supersedes,
            withdrawn=withdrawn,
            grade=grade,
            evidence=evidence,
        )

        rule_out.additional_properties = d
        return rule_out

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
