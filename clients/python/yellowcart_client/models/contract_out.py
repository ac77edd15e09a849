from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ContractOut")


@_attrs_define
class ContractOut:
    """Terms as they stand.

    Attributes:
        contract_id (UUID):
        revision (int):
        payer (str):
        payee (str):
        kind (str):
        base (str):
        rate_bps (int):
        effective_from (datetime.datetime):
        effective_until (datetime.datetime | None):
        withdrawn (bool):
        note (str):
    """

    contract_id: UUID
    revision: int
    payer: str
    payee: str
    kind: str
    base: str
    rate_bps: int
    effective_from: datetime.datetime
    effective_until: datetime.datetime | None
    withdrawn: bool
    note: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        contract_id = str(self.contract_id)

        revision = self.revision

        payer = self.payer

        payee = self.payee

        kind = self.kind

        base = self.base

        rate_bps = self.rate_bps

        effective_from = self.effective_from.isoformat()

        effective_until: str | None
        if isinstance(self.effective_until, datetime.datetime):
            effective_until = self.effective_until.isoformat()
        else:
            effective_until = self.effective_until

        withdrawn = self.withdrawn

        note = self.note

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "contract_id": contract_id,
                "revision": revision,
                "payer": payer,
                "payee": payee,
                "kind": kind,
                "base": base,
                "rate_bps": rate_bps,
                "effective_from": effective_from,
                "effective_until": effective_until,
                "withdrawn": withdrawn,
                "note": note,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        contract_id = UUID(d.pop("contract_id"))

        revision = d.pop("revision")

        payer = d.pop("payer")

        payee = d.pop("payee")

        kind = d.pop("kind")

        base = d.pop("base")

        rate_bps = d.pop("rate_bps")

        effective_from = datetime.datetime.fromisoformat(d.pop("effective_from"))

        def _parse_effective_until(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                effective_until_type_0 = datetime.datetime.fromisoformat(data)

                return effective_until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.datetime | None", data)

        effective_until = _parse_effective_until(d.pop("effective_until"))

        withdrawn = d.pop("withdrawn")

        note = d.pop("note")

        contract_out = cls(
            contract_id=contract_id,
            revision=revision,
            payer=payer,
            payee=payee,
            kind=kind,
            base=base,
            rate_bps=rate_bps,
            effective_from=effective_from,
            effective_until=effective_until,
            withdrawn=withdrawn,
            note=note,
        )

        contract_out.additional_properties = d
        return contract_out

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
