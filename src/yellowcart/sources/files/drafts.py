"""What a catalogue file says, row by row, before anything is written."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class SkuDraft:
    """One variant as a file gives it. Money in minor units.

    ``key`` stays the same from export to export. ``stock=None`` means that the file says nothing
    of it; ``shares`` names the key of the variant whose stock this one draws on. ``id`` and
    ``marks`` are those of one of our own files.
    """

    key: str
    line: int
    price_minor: int
    options: tuple[str, ...] = ()
    code: str = ""
    barcode: str = ""
    compare_at_minor: int | None = None
    sale_price_minor: int | None = None
    sale_from: datetime | None = None
    sale_until: datetime | None = None
    weight_grams: int = 0
    image_url: str = ""
    stock: int | None = None
    shares: str = ""
    active: bool = True
    id: UUID | None = None
    marks: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class ProductDraft:
    """One product as a file gives it; ``key`` is its id at its source.

    ``complete`` is false where a variant's row was refused, so that what is missing here must
    not be taken for gone. ``description_html`` is as found: clean it before it is shown.

    ``said`` names the columns of products and SKUs that the file speaks of, all where it is
    ``None``. ``own`` says that the file is an export of this platform: it is an edit of the
    product, not its source's word; ``id`` names the product and ``marks`` what was exported.
    """

    key: str
    line: int
    title: str
    skus: tuple[SkuDraft, ...]
    description_html: str = ""
    vendor: str = ""
    category: str = ""
    tags: tuple[str, ...] = ()
    images: tuple[str, ...] = ()
    option_names: tuple[str, ...] = ()
    published: bool = True
    complete: bool = True
    id: UUID | None = None
    currency: str = ""
    said: frozenset[str] | None = None
    own: bool = False
    marks: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence about one row: where it stands (the header is line 1), and what to do."""

    line: int
    words: str | Promise
    params: dict[str, object] = field(default_factory=dict)

    @property
    def reason(self) -> str:
        """The sentence in the language now active."""
        text = str(self.words)
        return text % self.params if self.params else text


@dataclass(frozen=True, slots=True)
class Refusal(Remark):
    """A row that was not taken over; ``cells`` where it never became one of as many as the header
    has."""

    cells: tuple[str, ...] = ()


class Note(Remark):
    """A row that was taken over with a difference worth knowing."""


Item = ProductDraft | Refusal | Note
