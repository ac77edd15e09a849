from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.aftersales_whole_out_return_to import AftersalesWholeOutReturnTo
    from ..models.case_event_out import CaseEventOut
    from ..models.case_line_out import CaseLineOut
    from ..models.picture_out import PictureOut


T = TypeVar("T", bound="AftersalesWholeOut")


@_attrs_define
class AftersalesWholeOut:
    """A case with all that hangs on it; ``steps`` are what the caller can do now.

    ``at_fault`` pays for the way back of the goods: ``buyer``, ``seller``, or empty where they
    settle it themselves.

        Attributes:
            case_id (UUID):
            order_id (UUID):
            shop_id (UUID):
            kind (str):
            special (str):
            reason (str):
            state (str):
            amount (int):
            refunded (int):
            currency (str):
            opened_at (datetime.datetime):
            stepped_at (datetime.datetime):
            closed_at (datetime.datetime | None):
            deadline_at (datetime.datetime | None):
            deadline_verb (str):
            at_fault (str):
            words (str):
            is_intact (bool):
            return_to (AftersalesWholeOutReturnTo):
            return_carrier (str):
            return_tracking_no (str):
            replacement_carrier (str):
            replacement_tracking_no (str):
            restocked_at (datetime.datetime | None):
            may_restock (bool):
            lines (list[CaseLineOut]):
            history (list[CaseEventOut]):
            pictures (list[PictureOut]):
            steps (list[str]):
    """

    case_id: UUID
    order_id: UUID
    shop_id: UUID
    kind: str
    special: str
    reason: str
    state: str
    amount: int
    refunded: int
    currency: str
    opened_at: datetime.datetime
    stepped_at: datetime.datetime
    closed_at: datetime.datetime | None
    deadline_at: datetime.datetime | None
    deadline_verb: str
    at_fault: str
    words: str
    is_intact: bool
    return_to: AftersalesWholeOutReturnTo
    return_carrier: str
    return_tracking_no: str
    replacement_carrier: str
    replacement_tracking_no: str
    restocked_at: datetime.datetime | None
    may_restock: bool
    lines: list[CaseLineOut]
    history: list[CaseEventOut]
    pictures: list[PictureOut]
    steps: list[str]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        case_id = str(self.case_id)

        order_id = str(self.order_id)

        shop_id = str(self.shop_id)

        kind = self.kind

        special = self.special

        reason = self.reason

        state = self.state

        amount = self.amount

        refunded = self.refunded

        currency = self.currency

        opened_at = self.opened_at.isoformat()

        stepped_at = self.stepped_at.isoformat()

        closed_at: str | None
        if isinstance(self.closed_at, datetime.datetime):
            closed_at = self.closed_at.isoformat()
        else:
            closed_at = self.closed_at

        deadline_at: str | None
        if isinstance(self.deadline_at, datetime.datetime):
            deadline_at = self.deadline_at.isoformat()
        else:
            deadline_at = self.deadline_at

        deadline_verb = self.deadline_verb

        at_fault = self.at_fault

        words = self.words

        is_intact = self.is_intact

        return_to = self.return_to.to_dict()

        return_carrier = self.return_carrier

        return_tracking_no = self.return_tracking_no

        replacement_carrier = self.replacement_carrier

        replacement_tracking_no = self.replacement_tracking_no

        restocked_at: str | None
        if isinstance(self.restocked_at, datetime.datetime):
            restocked_at = self.restocked_at.isoformat()
        else:
            restocked_at = self.restocked_at

        may_restock = self.may_restock

        lines = []
        for lines_item_data in self.lines:
            lines_item = lines_item_data.to_dict()
            lines.append(lines_item)

        history = []
        for history_item_data in self.history:
            history_item = history_item_data.to_dict()
            history.append(history_item)

        pictures = []
        for pictures_item_data in self.pictures:
            pictures_item = pictures_item_data.to_dict()
            pictures.append(pictures_item)

        steps = self.steps

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "case_id": case_id,
                "order_id": order_id,
                "shop_id": shop_id,
                "kind": kind,
                "special": special,
                "reason": reason,
                "state": state,
                "amount": amount,
                "refunded": refunded,
                "currency": currency,
                "opened_at": opened_at,
                "stepped_at": stepped_at,
                "closed_at": closed_at,
                "deadline_at": deadline_at,
                "deadline_verb": deadline_verb,
                "at_fault": at_fault,
                "words": words,
                "is_intact": is_intact,
                "return_to": return_to,
                "return_carrier": return_carrier,
                "return_tracking_no": return_tracking_no,
                "replacement_carrier": replacement_carrier,
                "replacement_tracking_no": replacement_tracking_no,
                "restocked_at": restocked_at,
                "may_restock": may_restock,
                "lines": lines,
                "history": history,
                "pictures": pictures,
                "steps": steps,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.aftersales_whole_out_return_to import AftersalesWholeOutReturnTo
        from ..models.case_event_out import CaseEventOut
        from ..models.case_line_out import CaseLineOut
        from ..models.picture_out import PictureOut

        d = dict(src_dict)
        case_id = UUID(d.pop("case_id"))

        order_id = UUID(d.pop("order_id"))

        shop_id = UUID(d.pop("shop_id"))

        kind = d.pop("kind")

        special = d.pop("special")

        reason = d.pop("reason")

        state = d.pop("state")

        amount = d.pop("amount")

        refunded = d.pop("refunded")

        currency = d.pop("currency")

        opened_at = datetime.datetime.fromisoformat(d.pop("opened_at"))

        stepped_at = datetime.datetime.fromisoformat(d.pop("stepped_at"))

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

        def _parse_deadline_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                deadline_at_type_0 = datetime.datetime.fromisoformat(data)

                return deadline_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.datetime | None", data)

        deadline_at = _parse_deadline_at(d.pop("deadline_at"))

        deadline_verb = d.pop("deadline_verb")

        at_fault = d.pop("at_fault")

        words = d.pop("words")

        is_intact = d.pop("is_intact")

        return_to = AftersalesWholeOutReturnTo.from_dict(d.pop("return_to"))

        return_carrier = d.pop("return_carrier")

        return_tracking_no = d.pop("return_tracking_no")

        replacement_carrier = d.pop("replacement_carrier")

        replacement_tracking_no = d.pop("replacement_tracking_no")

        def _parse_restocked_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                restocked_at_type_0 = datetime.datetime.fromisoformat(data)

                return restocked_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.datetime | None", data)

        restocked_at = _parse_restocked_at(d.pop("restocked_at"))

        may_restock = d.pop("may_restock")

        lines = []
        _lines = d.pop("lines")
        for lines_item_data in _lines:
            lines_item = CaseLineOut.from_dict(lines_item_data)

            lines.append(lines_item)

        history = []
        _history = d.pop("history")
        for history_item_data in _history:
            history_item = CaseEventOut.from_dict(history_item_data)

            history.append(history_item)

        pictures = []
        _pictures = d.pop("pictures")
        for pictures_item_data in _pictures:
            pictures_item = PictureOut.from_dict(pictures_item_data)

            pictures.append(pictures_item)

        steps = cast("list[str]", d.pop("steps"))

        aftersales_whole_out = cls(
            case_id=case_id,
            order_id=order_id,
            shop_id=shop_id,
            kind=kind,
            special=special,
            reason=reason,
            state=state,
            amount=amount,
            refunded=refunded,
            currency=currency,
            opened_at=opened_at,
            stepped_at=stepped_at,
            closed_at=closed_at,
            deadline_at=deadline_at,
            deadline_verb=deadline_verb,
            at_fault=at_fault,
            words=words,
            is_intact=is_intact,
            return_to=return_to,
            return_carrier=return_carrier,
            return_tracking_no=return_tracking_no,
            replacement_carrier=replacement_carrier,
            replacement_tracking_no=replacement_tracking_no,
            restocked_at=restocked_at,
            may_restock=may_restock,
            lines=lines,
            history=history,
            pictures=pictures,
            steps=steps,
        )

        aftersales_whole_out.additional_properties = d
        return aftersales_whole_out

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
