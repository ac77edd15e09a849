from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="PayingLinkOut")


@_attrs_define
class PayingLinkOut:
    """What became of a product's link, in ``words`` and as a ``state``.

    ``made``: buyers leave through ``url``, good until ``valid_until``, and sales pay ``account``,
    the shop's ``own`` or the ``platform``'s; ``code`` is a share code that pays as well.
    ``waiting`` to be made; ``later``: tried in vain, again at ``next_try_at``; ``resting``: the
    account does not work now; ``outside`` the alliance; ``refused`` by the source in ``problem``'s
    words; ``unreadable``: ``hint`` says what to paste instead; ``unconnected``: there is no
    account. ``leads``: whether buyers are led anywhere by now.

        Attributes:
            product_id (UUID):
            state (str):
            words (str):
            hint (str):
            account (str):
            leads (bool):
            url (str):
            code (str):
            valid_until (datetime.datetime | None):
            next_try_at (datetime.datetime | None):
            problem (str):
    """

    product_id: UUID
    state: str
    words: str
    hint: str
    account: str
    leads: bool
    url: str
    code: str
    valid_until: datetime.datetime | None
    next_try_at: datetime.datetime | None
    problem: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        product_id = str(self.product_id)

        state = self.state

        words = self.words

        hint = self.hint

        account = self.account

        leads = self.leads

        url = self.url

        code = self.code

        valid_until: str | None
        if isinstance(self.valid_until, datetime.datetime):
            valid_until = self.valid_until.isoformat()
        else:
            valid_until = self.valid_until

        next_try_at: str | None
        if isinstance(self.next_try_at, datetime.datetime):
            next_try_at = self.next_try_at.isoformat()
        else:
            next_try_at = self.next_try_at

        problem = self.problem

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "product_id": product_id,
                "state": state,
                "words": words,
                "hint": hint,
                "account": account,
                "leads": leads,
                "url": url,
                "code": code,
                "valid_until": valid_until,
                "next_try_at": next_try_at,
                "problem": problem,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        product_id = UUID(d.pop("product_id"))

        state = d.pop("state")

        words = d.pop("words")

        hint = d.pop("hint")

        account = d.pop("account")

        leads = d.pop("leads")

        url = d.pop("url")

        code = d.pop("code")

        def _parse_valid_until(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                valid_until_type_0 = datetime.datetime.fromisoformat(data)

                return valid_until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.datetime | None", data)

        valid_until = _parse_valid_until(d.pop("valid_until"))

        def _parse_next_try_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                next_try_at_type_0 = datetime.datetime.fromisoformat(data)

                return next_try_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("datetime.datetime | None", data)

        next_try_at = _parse_next_try_at(d.pop("next_try_at"))

        problem = d.pop("problem")

        paying_link_out = cls(
            product_id=product_id,
            state=state,
            words=words,
            hint=hint,
            account=account,
            leads=leads,
            url=url,
            code=code,
            valid_until=valid_until,
            next_try_at=next_try_at,
            problem=problem,
        )

        paying_link_out.additional_properties = d
        return paying_link_out

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
