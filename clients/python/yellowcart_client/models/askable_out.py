from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="AskableOut")


@_attrs_define
class AskableOut:
    """What may be asked about one line of an order: pieces, and what they are worth.

    Attributes:
        line_no (int):
        title (str):
        unsent (int):
        unsent_amount (int):
        with_buyer (int):
        with_buyer_amount (int):
        return_rule (str):
        no_reason_until (datetime.datetime | None):
        protected_amount (int):
        open_case (None | UUID):
    """

    line_no: int
    title: str
    unsent: int
    unsent_amount: int
    with_buyer: int
    with_buyer_amount: int
    return_rule: str
    no_reason_until: datetime.datetime | None
    protected_amount: int
    open_case: UUID | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        line_no = self.line_no

        title = self.title

        unsent = self.unsent

        unsent_amount = self.unsent_amount

        with_buyer = self.with_buyer

        with_buyer_amount = self.with_buyer_amount

        return_rule = self.return_rule

        no_reason_until: str | None
        if isinstance(self.no_reason_until, datetime.datetime):
            no_reason_until = self.no_reason_until.isoformat()
        else:
            no_reason_until = self.no_reason_until

        protected_amount = self.protected_amount

        open_case: str | None
        if isinstance(self.open_case, UUID):
            open_case = str(self.open_case)
        else:
            open_case = self.open_case

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "line_no": line_no,
                "title": title,
                "unsent": unsent,
                "unsent_amount": unsent_amount,
                "with_buyer": with_buyer,
                "with_buyer_amount": with_buyer_amount,
                "return_rule": return_rule,
                "no_reason_until": no_reason_until,
                "protected_amount": protected_amount,
                "open_case": open_case,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        line_no = d.pop("line_no")

        title = d.pop("title")

        unsent = d.pop("unsent")

        unsent_amount = d.pop("unsent_amount")

        with_buyer = d.pop("with_buyer")

        with_buyer_amount = d.pop("with_buyer_amount")

        return_rule = d.pop("return_rule")

        def _parse_no_reason_until(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                no_reason_until_type_0 = datetime.datetime.fromisoformat(data)

                return no_reason_until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.datetime | None", data)

        no_reason_until = _parse_no_reason_until(d.pop("no_reason_until"))

        protected_amount = d.pop("protected_amount")

        def _parse_open_case(data: object) -> UUID | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                open_case_type_0 = UUID(data)

                return open_case_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("None | UUID", data)

        open_case = _parse_open_case(d.pop("open_case"))

        askable_out = cls(
            line_no=line_no,
            title=title,
            unsent=unsent,
            unsent_amount=unsent_amount,
            with_buyer=with_buyer,
            with_buyer_amount=with_buyer_amount,
            return_rule=return_rule,
            no_reason_until=no_reason_until,
            protected_amount=protected_amount,
            open_case=open_case,
        )

        askable_out.additional_properties = d
        return askable_out

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
