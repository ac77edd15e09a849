from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.agree_in_return_to_type_0 import AgreeInReturnToType0


T = TypeVar("T", bound="AgreeIn")


@_attrs_define
class AgreeIn:
    """Agreement; ``return_to`` (``name``, ``phone``, ``address``, …) is where goods go back to.

    Attributes:
        words (str | Unset):  Default: ''.
        return_to (AgreeInReturnToType0 | None | Unset):
    """

    words: str | Unset = ""
    return_to: AgreeInReturnToType0 | Unset | None = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.agree_in_return_to_type_0 import AgreeInReturnToType0

        words = self.words

        return_to: dict[str, Any] | Unset | None
        if isinstance(self.return_to, Unset):
            return_to = UNSET
        elif isinstance(self.return_to, AgreeInReturnToType0):
            return_to = self.return_to.to_dict()
        else:
            return_to = self.return_to

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if words is not UNSET:
            field_dict["words"] = words
        if return_to is not UNSET:
            field_dict["return_to"] = return_to

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.agree_in_return_to_type_0 import AgreeInReturnToType0

        d = dict(src_dict)
        words = d.pop("words", UNSET)

        def _parse_return_to(data: object) -> AgreeInReturnToType0 | Unset | None:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                return_to_type_0 = AgreeInReturnToType0.from_dict(data)

                return return_to_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("AgreeInReturnToType0 | None | Unset", data)

        return_to = _parse_return_to(d.pop("return_to", UNSET))

        agree_in = cls(
            words=words,
            return_to=return_to,
        )

        agree_in.additional_properties = d
        return agree_in

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
