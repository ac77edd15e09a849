"""What connectors share: a source's answers read as types and distrusted, amounts, addresses."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final, NamedTuple, TypeVar

import msgspec
from babel.numbers import get_currency_precision
from django.utils.translation import gettext_lazy as _

from yellowcart.core.fetching import Answer
from yellowcart.core.money import parse_minor
from yellowcart.sources.connector import SourceError
from yellowcart.sources.files.catalogue import MOST_SKUS
from yellowcart.sources.files.cells import DEAREST_MINOR, MOST_STOCK, web_address
from yellowcart.sources.files.drafts import Item, ProductDraft, Refusal, SkuDraft

T = TypeVar("T")

_LONGEST_WORDS: Final = 300
_REFUSED: Final = {401, 403}


def told(source: str, answer: Answer, kind: type[T]) -> T:
    """An answer of success as ``kind``; :class:`SourceError` where it is another or no such."""
    if not answer.fine:
        raise refusal(source, answer)
    return shaped(source, _json(source, answer), kind)


def shaped(source: str, value: Any, kind: type[T]) -> T:
    """Decoded JSON as ``kind``; what is not as documented must not reach a shop."""
    try:
        return msgspec.convert(value, kind, strict=False)
    except msgspec.ValidationError as error:
        raise SourceError(source, f"not as documented: {error}", code="malformed") from error


def refusal(source: str, answer: Answer) -> SourceError:
    """An answer of failure in the source's own words, as far as it has any."""
    code, words = "", f"HTTP {answer.status}"
    try:
        found = answer.json
    except ValueError:
        found = None
    if isinstance(found, Mapping):
        inner = found.get("error")
        body = inner if isinstance(inner, Mapping) else found
        words = str(body.get("message") or body.get("error_description") or inner or words)
        code = str(body.get("code") or body.get("type") or answer.status)
    return SourceError(
        source,
        words[:_LONGEST_WORDS],
        code=code[:60],
        again=answer.status >= 500,
        reauthorise=answer.status in _REFUSED,
    )


def _json(source: str, answer: Answer) -> Any:
    try:
        return answer.json
    except ValueError as error:
        raise SourceError(source, str(error), code="malformed", again=True) from error


def minor_of(amount: str | float | Decimal, currency: str) -> int:
    """Minor units of an amount in major ones, such as ``"19.90"``.

    ``ValueError`` where a fraction would be lost, or where it is no price.
    """
    minor = parse_minor(
        format(amount, "f") if isinstance(amount, Decimal) else str(amount), currency
    )
    if not 0 <= minor < DEAREST_MINOR:
        raise ValueError(f"{amount} is no price")
    return minor


def decimal_of(minor: int, currency: str) -> str:
    """An amount in major units as a decimal: ``1990`` CNY is ``19.90``, JPY ``1990``."""
    return format(Decimal(minor).scaleb(-get_currency_precision(currency)), "f")


def rescaled(amount: int, places: int, currency: str) -> int:
    """Minor units of an integer that counts with ``places`` decimals whatever the currency."""
    return minor_of(Decimal(amount).scaleb(-places), currency)


def checked(draft: ProductDraft) -> Item:
    """The draft within the limits that a file's has too, or why it can't be taken over."""
    why = _why_not(draft)
    if why is not None:
        return Refusal(draft.line, why, {"product": draft.title[:80] or draft.key[:80]})
    return replace(
        draft,
        title=draft.title[:300],
        vendor=draft.vendor[:200],
        category=draft.category[:300],
        tags=tuple(dict.fromkeys(draft.tags))[:250],
        images=tuple(dict.fromkeys(url for one in draft.images if (url := web_address(one))))[:60],
        option_names=tuple(name[:100] for name in draft.option_names),
        skus=tuple(_sku(sku) for sku in draft.skus),
    )


def _why_not(draft: ProductDraft) -> Any:
    if not draft.key or len(draft.key) > 200:
        return _("%(product)s has no id that could be kept; give it one of up to 200 characters.")
    if not draft.title.strip():
        return _("%(product)s has no name; write one at its source.")
    if not draft.skus:
        return _("%(product)s has no variant that can be sold.")
    if len(draft.skus) > MOST_SKUS:
        return _("%(product)s has more variants than a product can have here.")
    keys = {sku.key for sku in draft.skus}
    options = {sku.options for sku in draft.skus}
    if len(keys) < len(draft.skus) or len(options) < len(draft.skus):
        return _("%(product)s has the same variant twice; change its options at its source.")
    if any(not sku.key or len(sku.key) > 300 for sku in draft.skus):
        return _("%(product)s has a variant without an id that could be kept.")
    if any(len(sku.options) != len(draft.option_names) for sku in draft.skus):
        return _("%(product)s has a variant that does not say all its options.")
    if any(not 0 <= sku.price_minor < DEAREST_MINOR for sku in draft.skus):
        return _("%(product)s has a variant whose price is none.")
    return None


def _sku(sku: SkuDraft) -> SkuDraft:
    dearer = sku.compare_at_minor
    return replace(
        sku,
        options=tuple(value[:200] for value in sku.options),
        code=sku.code[:200],
        barcode=sku.barcode[:64],
        compare_at_minor=dearer if dearer and sku.price_minor < dearer < DEAREST_MINOR else None,
        image_url=web_address(sku.image_url),
        stock=None if sku.stock is None else pieces(sku.stock),
    )


def pieces(count: int) -> int:
    """Pieces to sell of what a source says: none where it has oversold."""
    return min(max(count, 0), MOST_STOCK)


class Address(NamedTuple):
    """Where a parcel goes, in the parts that sources ask for; ``country`` in two letters."""

    name: str
    phone: str
    province: str
    city: str
    street: str
    postcode: str
    note: str
    country: str


def address_of(ship_to: Mapping[str, Any], country: str) -> Address:
    """An order's address. ``region`` is province, city and district, widest first."""
    region = str(ship_to.get("region", ""))
    province, _space, rest = region.partition(" ")
    return Address(
        name=str(ship_to.get("name", "")),
        phone=str(ship_to.get("phone", "")),
        province=province,
        city=rest or province,
        street=str(ship_to.get("address", "")),
        postcode=str(ship_to.get("postcode", "")),
        note=str(ship_to.get("note", "")),
        country=(str(ship_to.get("country", "")) or country or "CN").upper()[:2],
    )
