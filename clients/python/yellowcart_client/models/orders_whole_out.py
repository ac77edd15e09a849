from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.orders_line_out import OrdersLineOut
    from ..models.orders_whole_out_ship_to import OrdersWholeOutShipTo
    from ..models.payment_out import PaymentOut
    from ..models.shipment_out import ShipmentOut
    from ..models.step_out import StepOut


T = TypeVar("T", bound="OrdersWholeOut")


@_attrs_define
class OrdersWholeOut:
    """An order with all that hangs on it; ``steps`` are what the caller can do now.

    ``shipment`` is the latest parcel, ``receipt_at`` the next look of the automatic receipt,
    ``late`` what the merchant owes the buyer for shipping late, ``open_cases`` how many
    after-sales cases are open.

        Attributes:
            order_id (UUID):
            shop_id (UUID):
            state (str):
            amount (int):
            currency (str):
            surface (str):
            container_id (UUID):
            host_id (None | UUID):
            share_code (str):
            carrier_type (int):
            placed_at (datetime.datetime):
            expires_at (datetime.datetime):
            paid_at (datetime.datetime | None):
            ship_by (datetime.datetime | None):
            shipped_at (datetime.datetime | None):
            signed_at (datetime.datetime | None):
            completed_at (datetime.datetime | None):
            closed_at (datetime.datetime | None):
            close_reason (str):
            refunded (int):
            lines (list[OrdersLineOut]):
            ship_to (OrdersWholeOutShipTo):
            history (list[StepOut]):
            payments (list[PaymentOut]):
            shipments (list[ShipmentOut]):
            shipment (None | ShipmentOut):
            receipt_at (datetime.datetime | None):
            extended_days (int):
            late (int):
            open_cases (int):
            steps (list[str]):
    """

    order_id: UUID
    shop_id: UUID
    state: str
    amount: int
    currency: str
    surface: str
    container_id: UUID
    host_id: UUID | None
    share_code: str
    carrier_type: int
    placed_at: datetime.datetime
    expires_at: datetime.datetime
    paid_at: datetime.datetime | None
    ship_by: datetime.datetime | None
    shipped_at: datetime.datetime | None
    signed_at: datetime.datetime | None
    completed_at: datetime.datetime | None
    closed_at: datetime.datetime | None
    close_reason: str
    refunded: int
    lines: list[OrdersLineOut]
    ship_to: OrdersWholeOutShipTo
    history: list[StepOut]
    payments: list[PaymentOut]
    shipments: list[ShipmentOut]
    shipment: ShipmentOut | None
    receipt_at: datetime.datetime | None
    extended_days: int
    late: int
    open_cases: int
    steps: list[str]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.shipment_out import ShipmentOut

        order_id = str(self.order_id)

        shop_id = str(self.shop_id)

        state = self.state

        amount = self.amount

        currency = self.currency

        surface = self.surface

        container_id = str(self.container_id)

        host_id: str | None
        if isinstance(self.host_id, UUID):
            host_id = str(self.host_id)
        else:
            host_id = self.host_id

        share_code = self.share_code

        carrier_type = self.carrier_type

        placed_at = self.placed_at.isoformat()

        expires_at = self.expires_at.isoformat()

        paid_at: str | None
        if isinstance(self.paid_at, datetime.datetime):
            paid_at = self.paid_at.isoformat()
        else:
            paid_at = self.paid_at

        ship_by: str | None
        if isinstance(self.ship_by, datetime.datetime):
            ship_by = self.ship_by.isoformat()
        else:
            ship_by = self.ship_by

        shipped_at: str | None
        if isinstance(self.shipped_at, datetime.datetime):
            shipped_at = self.shipped_at.isoformat()
        else:
            shipped_at = self.shipped_at

        signed_at: str | None
        if isinstance(self.signed_at, datetime.datetime):
            signed_at = self.signed_at.isoformat()
        else:
            signed_at = self.signed_at

        completed_at: str | None
        if isinstance(self.completed_at, datetime.datetime):
            completed_at = self.completed_at.isoformat()
        else:
            completed_at = self.completed_at

        closed_at: str | None
        if isinstance(self.closed_at, datetime.datetime):
            closed_at = self.closed_at.isoformat()
        else:
            closed_at = self.closed_at

        close_reason = self.close_reason

        refunded = self.refunded

        lines = []
        for lines_item_data in self.lines:
            lines_item = lines_item_data.to_dict()
            lines.append(lines_item)

        ship_to = self.ship_to.to_dict()

        history = []
        for history_item_data in self.history:
            history_item = history_item_data.to_dict()
            history.append(history_item)

        payments = []
        for payments_item_data in self.payments:
            payments_item = payments_item_data.to_dict()
            payments.append(payments_item)

        shipments = []
        for shipments_item_data in self.shipments:
            shipments_item = shipments_item_data.to_dict()
            shipments.append(shipments_item)

        shipment: dict[str, Any] | None
        if isinstance(self.shipment, ShipmentOut):
            shipment = self.shipment.to_dict()
        else:
            shipment = self.shipment

        receipt_at: str | None
        if isinstance(self.receipt_at, datetime.datetime):
            receipt_at = self.receipt_at.isoformat()
        else:
            receipt_at = self.receipt_at

        extended_days = self.extended_days

        late = self.late

        open_cases = self.open_cases

        steps = self.steps

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "order_id": order_id,
                "shop_id": shop_id,
                "state": state,
                "amount": amount,
                "currency": currency,
                "surface": surface,
                "container_id": container_id,
                "host_id": host_id,
                "share_code": share_code,
                "carrier_type": carrier_type,
                "placed_at": placed_at,
                "expires_at": expires_at,
                "paid_at": paid_at,
                "ship_by": ship_by,
                "shipped_at": shipped_at,
                "signed_at": signed_at,
                "completed_at": completed_at,
                "closed_at": closed_at,
                "close_reason": close_reason,
                "refunded": refunded,
                "lines": lines,
                "ship_to": ship_to,
                "history": history,
                "payments": payments,
                "shipments": shipments,
                "shipment": shipment,
                "receipt_at": receipt_at,
                "extended_days": extended_days,
                "late": late,
                "open_cases": open_cases,
                "steps": steps,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.orders_line_out import OrdersLineOut
        from ..models.orders_whole_out_ship_to import OrdersWholeOutShipTo
        from ..models.payment_out import PaymentOut
        from ..models.shipment_out import ShipmentOut
        from ..models.step_out import StepOut

        d = dict(src_dict)
        order_id = UUID(d.pop("order_id"))

        shop_id = UUID(d.pop("shop_id"))

        state = d.pop("state")

        amount = d.pop("amount")

        currency = d.pop("currency")

        surface = d.pop("surface")

        container_id = UUID(d.pop("container_id"))

        def _parse_host_id(data: object) -> UUID | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                host_id_type_0 = UUID(data)

                return host_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("None | UUID", data)

        host_id = _parse_host_id(d.pop("host_id"))

        share_code = d.pop("share_code")

        carrier_type = d.pop("carrier_type")

        placed_at = datetime.datetime.fromisoformat(d.pop("placed_at"))

        expires_at = datetime.datetime.fromisoformat(d.pop("expires_at"))

        def _parse_paid_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                paid_at_type_0 = datetime.datetime.fromisoformat(data)

                return paid_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.datetime | None", data)

        paid_at = _parse_paid_at(d.pop("paid_at"))

        def _parse_ship_by(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                ship_by_type_0 = datetime.datetime.fromisoformat(data)

                return ship_by_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.datetime | None", data)

        ship_by = _parse_ship_by(d.pop("ship_by"))

        def _parse_shipped_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                shipped_at_type_0 = datetime.datetime.fromisoformat(data)

                return shipped_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.datetime | None", data)

        shipped_at = _parse_shipped_at(d.pop("shipped_at"))

        def _parse_signed_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                signed_at_type_0 = datetime.datetime.fromisoformat(data)

                return signed_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.datetime | None", data)

        signed_at = _parse_signed_at(d.pop("signed_at"))

        def _parse_completed_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                completed_at_type_0 = datetime.datetime.fromisoformat(data)

                return completed_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.datetime | None", data)

        completed_at = _parse_completed_at(d.pop("completed_at"))

        def _parse_closed_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                closed_at_type_0 = datetime.datetime.fromisoformat(data)

                return closed_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.datetime | None", data)

        closed_at = _parse_closed_at(d.pop("closed_at"))

        close_reason = d.pop("close_reason")

        refunded = d.pop("refunded")

        lines = []
        _lines = d.pop("lines")
        for lines_item_data in _lines:
            lines_item = OrdersLineOut.from_dict(lines_item_data)

            lines.append(lines_item)

        ship_to = OrdersWholeOutShipTo.from_dict(d.pop("ship_to"))

        history = []
        _history = d.pop("history")
        for history_item_data in _history:
            history_item = StepOut.from_dict(history_item_data)

            history.append(history_item)

        payments = []
        _payments = d.pop("payments")
        for payments_item_data in _payments:
            payments_item = PaymentOut.from_dict(payments_item_data)

            payments.append(payments_item)

        shipments = []
        _shipments = d.pop("shipments")
        for shipments_item_data in _shipments:
            shipments_item = ShipmentOut.from_dict(shipments_item_data)

            shipments.append(shipments_item)

        def _parse_shipment(data: object) -> ShipmentOut | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                shipment_type_0 = ShipmentOut.from_dict(data)

                return shipment_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("None | ShipmentOut", data)

        shipment = _parse_shipment(d.pop("shipment"))

        def _parse_receipt_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                receipt_at_type_0 = datetime.datetime.fromisoformat(data)

                return receipt_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.datetime | None", data)

        receipt_at = _parse_receipt_at(d.pop("receipt_at"))

        extended_days = d.pop("extended_days")

        late = d.pop("late")

        open_cases = d.pop("open_cases")

        steps = cast("list[str]", d.pop("steps"))

        orders_whole_out = cls(
            order_id=order_id,
            shop_id=shop_id,
            state=state,
            amount=amount,
            currency=currency,
            surface=surface,
            container_id=container_id,
            host_id=host_id,
            share_code=share_code,
            carrier_type=carrier_type,
            placed_at=placed_at,
            expires_at=expires_at,
            paid_at=paid_at,
            ship_by=ship_by,
            shipped_at=shipped_at,
            signed_at=signed_at,
            completed_at=completed_at,
            closed_at=closed_at,
            close_reason=close_reason,
            refunded=refunded,
            lines=lines,
            ship_to=ship_to,
            history=history,
            payments=payments,
            shipments=shipments,
            shipment=shipment,
            receipt_at=receipt_at,
            extended_days=extended_days,
            late=late,
            open_cases=open_cases,
            steps=steps,
        )

        orders_whole_out.additional_properties = d
        return orders_whole_out

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
