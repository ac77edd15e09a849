from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.settlement_line_out import SettlementLineOut
    from ..models.statement_out_totals import StatementOutTotals


T = TypeVar("T", bound="StatementOut")


@_attrs_define
class StatementOut:
    """A page of a statement. The balances are those of the whole period.

    Attributes:
        party (str):
        currency (str):
        start (datetime.datetime):
        until (datetime.datetime):
        opening (int):
        closing (int):
        totals (StatementOutTotals):
        items (list[SettlementLineOut]):
        next_cursor (None | str):
    """

    party: str
    currency: str
    start: datetime.datetime
    until: datetime.datetime
    opening: int
    closing: int
    totals: StatementOutTotals
    items: list[SettlementLineOut]
    next_cursor: str | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        party = self.party

        currency = self.currency

        start = self.start.isoformat()

        until = self.until.isoformat()

        opening = self.opening

        closing = self.closing

        totals = self.totals.to_dict()

        items = []
        for items_item_data in self.items:
            items_item = items_item_data.to_dict()
            items.append(items_item)

        next_cursor: str | None
        next_cursor = self.next_cursor

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "party": party,
                "currency": currency,
                "start": start,
                "until": until,
                "opening": opening,
                "closing": closing,
                "totals": totals,
                "items": items,
                "next_cursor": next_cursor,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.settlement_line_out import SettlementLineOut
        from ..models.statement_out_totals import StatementOutTotals

        d = dict(src_dict)
        party = d.pop("party")

        currency = d.pop("currency")

        start = datetime.datetime.fromisoformat(d.pop("start"))

        until = datetime.datetime.fromisoformat(d.pop("until"))

        opening = d.pop("opening")

        closing = d.pop("closing")

        totals = StatementOutTotals.from_dict(d.pop("totals"))

        items = []
        _items = d.pop("items")
        for items_item_data in _items:
            items_item = SettlementLineOut.from_dict(items_item_data)

            items.append(items_item)

        def _parse_next_cursor(data: object) -> str | None:
            if data is None:
                return data
            return cast("None | str", data)

        next_cursor = _parse_next_cursor(d.pop("next_cursor"))

        statement_out = cls(
            party=party,
            currency=currency,
            start=start,
            until=until,
            opening=opening,
            closing=closing,
            totals=totals,
            items=items,
            next_cursor=next_cursor,
        )

        statement_out.additional_properties = d
        return statement_out

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
