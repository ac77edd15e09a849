from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.askable_out import AskableOut
    from ..models.asking_out_reasons import AskingOutReasons
    from ..models.case_out import CaseOut


T = TypeVar("T", bound="AskingOut")


@_attrs_define
class AskingOut:
    """What may be asked about an order now, and its cases, the latest first.

    Attributes:
        order_id (UUID):
        currency (str):
        is_instant (bool):
        claim_until (datetime.datetime | None):
        lines (list[AskableOut]):
        cases (list[CaseOut]):
        reasons (AskingOutReasons):
    """

    order_id: UUID
    currency: str
    is_instant: bool
    claim_until: datetime.datetime | None
    lines: list[AskableOut]
    cases: list[CaseOut]
    reasons: AskingOutReasons
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        order_id = str(self.order_id)

        currency = self.currency

        is_instant = self.is_instant

        claim_until: str | None
        if isinstance(self.claim_until, datetime.datetime):
            claim_until = self.claim_until.isoformat()
        else:
            claim_until = self.claim_until

        lines = []
        for lines_item_data in self.lines:
            lines_item = lines_item_data.to_dict()
            lines.append(lines_item)

        cases = []
        for cases_item_data in self.cases:
            cases_item = cases_item_data.to_dict()
            cases.append(cases_item)

        reasons = self.reasons.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "order_id": order_id,
                "currency": currency,
                "is_instant": is_instant,
                "claim_until": claim_until,
                "lines": lines,
                "cases": cases,
                "reasons": reasons,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.askable_out import AskableOut
        from ..models.asking_out_reasons import AskingOutReasons
        from ..models.case_out import CaseOut

        d = dict(src_dict)
        order_id = UUID(d.pop("order_id"))

        currency = d.pop("currency")

        is_instant = d.pop("is_instant")

        def _parse_claim_until(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                claim_until_type_0 = datetime.datetime.fromisoformat(data)

                return claim_until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.datetime | None", data)

        claim_until = _parse_claim_until(d.pop("claim_until"))

        lines = []
        _lines = d.pop("lines")
        for lines_item_data in _lines:
            lines_item = AskableOut.from_dict(lines_item_data)

            lines.append(lines_item)

        cases = []
        _cases = d.pop("cases")
        for cases_item_data in _cases:
            cases_item = CaseOut.from_dict(cases_item_data)

            cases.append(cases_item)

        reasons = AskingOutReasons.from_dict(d.pop("reasons"))

        asking_out = cls(
            order_id=order_id,
            currency=currency,
            is_instant=is_instant,
            claim_until=claim_until,
            lines=lines,
            cases=cases,
            reasons=reasons,
        )

        asking_out.additional_properties = d
        return asking_out

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
