"""The port to a source: what a connector can do, and the words it does it in.

A connector is one file that reads like its source's documentation: it knows the source's signing,
tokens, pages, money units and limits, and turns them into the few values below. It keeps nothing
and decides nothing; ``connections`` keeps the shop's settings and grant, calls it and writes what
comes back. A connector implements the methods of the capabilities it declares, no others.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Generic, Literal, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from yellowcart.core.problems import Problem
from yellowcart.sources.connectors.calling import Caller
from yellowcart.sources.files.drafts import Item

T = TypeVar("T")


class Can(StrEnum):
    """What a connector may be able to do; its methods are named beside each."""

    AUTHORISE = "authorise"  # authorise_url, redeem
    FETCH_ITEM = "fetch_item"  # item
    LIST_CATALOGUE = "list_catalogue"  # catalogue
    FOLLOW_STOCK = "follow_stock"  # levels
    CHANGE_STOCK = "change_stock"  # stock_of, change_stock
    COPY_TO_CHANNEL = "copy_to_channel"  # copy_to_channel
    TAKE_ORDER = "take_order"  # place, find, progress, cancel
    REDUCE_ORDER = "reduce_order"  # reduce
    REFUND_ORDER = "refund_order"  # refund
    REPORT_CONVERSIONS = "report_conversions"  # conversions
    RECEIVE_WEBHOOKS = "receive_webhooks"  # read_webhook
    CONVERT_LINK = "convert_link"  # takes_link, convert


@dataclass(frozen=True, slots=True)
class Setting:
    """One thing to type in to connect a store. A ``secret`` is sealed and never shown again."""

    name: str
    label: str | Promise
    help: str | Promise = ""
    kind: Literal["text", "url", "secret"] = "text"
    required: bool = True


@dataclass(frozen=True, slots=True)
class Grant:
    """Tokens the source gave. ``extra`` are what else must go along, such as a shop cipher.

    Renewed by :meth:`Connector.renew` before ``expires_at``; ``None``: it does not expire.
    """

    access_token: str
    refresh_token: str = ""
    expires_at: datetime | None = None
    refresh_expires_at: datetime | None = None
    extra: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Store:
    """One connected store as a connector sees it: settings by name, the grant, how to call."""

    settings: Mapping[str, str] = field(repr=False)
    caller: Caller
    grant: Grant | None = field(default=None, repr=False)
    currency: str = "CNY"

    def with_grant(self, grant: Grant) -> "Store":
        """The same store with other tokens."""
        return replace(self, grant=grant)


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of a list, and where it goes on; an empty ``cursor`` is the end."""

    rows: Sequence[T]
    cursor: str = ""
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Level:
    """What a source says of one variant: pieces to sell, and perhaps its price in minor units.

    ``sku_key`` is the key its draft had; ``at`` is the instant the source says it for, so that
    a late word does not undo a later one.
    """

    product_key: str
    sku_key: str
    available: int
    price_minor: int | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SupplyLine:
    """Pieces of one variant that the supplier is to send. Money in minor units."""

    line_no: int
    product_key: str
    sku_key: str
    title: str
    quantity: int
    unit_minor: int


@dataclass(frozen=True, slots=True)
class SupplyOrder:
    """An order handed over. ``reference`` is ours: placing the same again must make no second."""

    reference: str
    currency: str
    lines: Sequence[SupplyLine]
    ship_to: Mapping[str, Any] = field(repr=False)
    placed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Parcel:
    """What the supplier sent; without ``pieces`` (by SKU key) everything that was left.

    ``key`` is the supplier's own id of the parcel, by which one whose number comes later, or never,
    is known again.
    """

    carrier: str
    tracking_no: str
    pieces: Mapping[str, int] | None = None
    key: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the other side is with an order we handed over.

    ``refunded_minor`` is the sum the supplier gave back so far.
    """

    external_id: str
    state: Literal["taken", "part_sent", "sent", "received", "cancelled"]
    parcels: Sequence[Parcel] = ()
    refunded_minor: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class ChangedLine:
    """Pieces of one line of an order handed over that were refunded here.

    ``quantity`` is how many this time, ``in_all`` how many so far, these included.
    """

    line_no: int
    product_key: str
    sku_key: str
    title: str
    quantity: int
    in_all: int
    unit_minor: int


@dataclass(frozen=True, slots=True)
class SupplyChange:
    """What was refunded here of an order that the supplier has.

    ``reference`` is ours: telling the same again must change nothing. ``refunded_minor`` is what
    the buyer has back for it, which is not what the supplier asked for the pieces.
    """

    reference: str
    currency: str
    lines: Sequence[ChangedLine]
    refunded_minor: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Conversion:
    """A sale on the other side, as ``orders.conversions.Sale`` takes it. Amounts in minor units.

    ``status`` is the alliance's: 12 paid, 14 received, 3 settled, 13 revoked. ``click_id`` is what
    a link of ours was made with; ``item_id`` the product, where a source tells no more of a sale
    than that it came by way of our links to it.
    """

    order_id: str
    status: Literal[12, 13, 14, 3]
    amount_minor: int
    ordered_at: datetime
    updated_at: datetime
    click_id: str = ""
    commission_minor: int = 0
    currency: str = "CNY"
    item_id: str = ""


@dataclass(frozen=True, slots=True)
class Happening:
    """One thing a webhook told. ``key`` is a product's key or an order's id at the source.

    A bare one is a hint to ask the source again; ``level``, ``progress`` and ``conversion`` carry
    the news where the message itself can be relied on.
    """

    kind: Literal["product", "product_gone", "stock", "order", "conversion", "access", "other"]
    key: str = ""
    level: Level | None = None
    progress: Progress | None = None
    conversion: Conversion | None = None


@dataclass(frozen=True, slots=True)
class Delivery:
    """A genuine webhook: its id, for taking it in once, what it tells, and what to answer."""

    message_id: str
    happenings: Sequence[Happening]
    answer: bytes = b""
    answer_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Converted:
    """A link or share code that the source turned into a tracked link of ours.

    ``again`` is what to have converted when it runs out, where what was pasted is over by then.
    """

    url: str
    external_id: str = ""
    title: str = ""
    code: str = ""
    valid_until: datetime | None = None
    again: str = ""


class SourceError(Problem):
    """The source refused, in its own words.

    ``again`` says whether the same call can succeed later; ``reauthorise`` that the grant is
    worth nothing any more and a person has to connect again.
    """

    def __init__(
        self,
        source: str,
        words: str,
        *,
        code: str = "",
        again: bool = False,
        reauthorise: bool = False,
    ) -> None:
        super().__init__(
            "source_refused",
            502,
            _("%(source)s answered: %(words)s"),
            params={"source": source, "words": f"{words} ({code})" if code else words},
        )
        self.again, self.reauthorise, self.source_code = again, reauthorise, code


class Connector:
    """What every connector is. All methods may raise :class:`SourceError` and ``FetchError``.

    Those of a capability that a connector does not declare are never called, and stay as here.
    """

    source: ClassVar[str]
    name: ClassVar[str | Promise]
    can: ClassVar[frozenset[Can]]
    settings: ClassVar[tuple[Setting, ...]]
    #: Calls a second that the source documents, 0 where it documents none; see ``Caller``.
    calls_a_second: ClassVar[float] = 0
    #: What of a grant's ``extra`` tells one store from another, where settings alone do not.
    identified_by: ClassVar[tuple[str, ...]] = ()
    #: Where the source's API is documented.
    documentation: ClassVar[str] = ""
    #: What a person does at the source about an order of which it can't be told by a call.
    by_hand: ClassVar[str | Promise] = _(
        "Tell the supplier by the number that the order has there, and agree on what it gives back."
    )

    def check(self, store: Store) -> str:
        """Ask the source who we are to it: the store's own name. The test of a new connection."""
        raise NotImplementedError

    def authorise_url(self, store: Store, redirect_uri: str, state: str) -> str:
        """Where a person goes to let us in."""
        raise NotImplementedError

    def redeem(self, store: Store, code: str, redirect_uri: str) -> Grant:
        """The grant for the code that came back."""
        raise NotImplementedError

    def renew(self, store: Store) -> Grant:
        """A grant in place of one that is about to expire."""
        raise NotImplementedError

    def item(self, store: Store, key: str) -> Item | None:
        """One product, ``None`` where the source has none of that key."""
        raise NotImplementedError

    def catalogue(self, store: Store, cursor: str = "") -> Page[Item]:
        """Products on sale, from a cursor on."""
        raise NotImplementedError

    def levels(self, store: Store, since: datetime | None, cursor: str = "") -> Page[Level]:
        """Stock and prices that changed since an instant, or all where it is ``None``."""
        raise NotImplementedError

    #: Seconds for which the source may still be at an order whose answer was lost: before that
    #: the order is not looked for, and not placed again.
    settles_seconds: ClassVar[int] = 0
    #: Whether the source itself does a change of stock with the same reference only once.
    knows_references: ClassVar[bool] = False

    def stock_of(self, store: Store, product_key: str, sku_key: str) -> int | None:
        """Pieces of one variant to sell as the source has them; ``None`` where it has no such."""
        raise NotImplementedError

    def change_stock(
        self, store: Store, product_key: str, sku_key: str, change: int, reference: str
    ) -> None:
        """Add ``change`` pieces (negative: take away) to what the source can sell of a variant.

        A change and not a count, so that what the source sells meanwhile stays subtracted. The
        same ``reference`` again changes nothing where :attr:`knows_references`; elsewhere each
        call counts, and the caller has to know whether one that failed had arrived.
        """
        raise NotImplementedError

    def copy_to_channel(self, store: Store, product_key: str, hosts: Sequence[str]) -> str:
        """A copy of a product at the source that sells from the product's own stock, for the
        hosts named, by their ids there, or for the shop's own rooms; the id of its channel.

        Called twice it makes two.
        """
        raise NotImplementedError

    def place(self, store: Store, order: SupplyOrder) -> Progress:
        """Hand an order over. The same ``reference`` again finds the order that it made."""
        raise NotImplementedError

    def find(self, store: Store, order: SupplyOrder) -> Progress | None:
        """How far the order is that this ``reference`` made; None where it made none."""
        raise NotImplementedError

    def progress(self, store: Store, external_id: str) -> Progress:
        """How far an order is."""
        raise NotImplementedError

    def cancel(self, store: Store, external_id: str, reason: str) -> Progress:
        """Ask that an order be not sent."""
        raise NotImplementedError

    def reduce(self, store: Store, external_id: str, change: SupplyChange) -> Progress:
        """Have fewer pieces sent. ``SourceError`` where they are on their way already."""
        raise NotImplementedError

    def refund(self, store: Store, external_id: str, change: SupplyChange) -> Progress:
        """Tell of money that the buyer has back for pieces that were sent, or for none, so that
        the supplier gives its part back. What it gives stands in the progress, now or later."""
        raise NotImplementedError

    def conversions(
        self, store: Store, since: datetime, until: datetime, cursor: str = ""
    ) -> Page[Conversion]:
        """Sales whose state changed in ``[since, until)``; no longer a window than
        :attr:`window_seconds`."""
        raise NotImplementedError

    #: The longest window ``conversions`` may be asked for.
    window_seconds: ClassVar[int] = 3 * 3600

    def read_webhook(
        self, store: Store, headers: Mapping[str, str], body: bytes, now: float
    ) -> Delivery | None:
        """What a callback tells; ``None`` where its signature is not the source's.

        ``headers`` by lower-case name, ``body`` raw, ``now`` in Unix seconds of the wall clock.
        """
        raise NotImplementedError

    #: Seconds after a message before which the source does not want to be asked about what it
    #: hints at, because what it answers lags behind.
    asked_after_seconds: ClassVar[int] = 0

    #: Settings that a store may lack but links can't be made without.
    needed_to_convert: ClassVar[tuple[str, ...]] = ()
    #: Domains under which its links lie; one that leads elsewhere is not used.
    link_hosts: ClassVar[tuple[str, ...]] = ()
    #: Whether a sale brings back the id that its link was made with.
    carries_id: ClassVar[bool] = True
    #: What a person pastes of a product so that it can be converted.
    converts: ClassVar[str | Promise] = ""

    def takes_link(self, text: str) -> bool:
        """Whether :meth:`convert` can be asked about a text; told without asking."""
        raise NotImplementedError

    def convert(self, store: Store, text: str, click_id: str) -> Converted | None:
        """A link, code or id as a link that pays us; ``None`` where the source pays for no such."""
        raise NotImplementedError


def every(page_of: Any, *arguments: Any) -> Iterator[Any]:
    """All rows of a paged method, page after page."""
    cursor = ""
    while True:
        page: Page[Any] = page_of(*arguments, cursor)
        yield from page.rows
        if not page.cursor or page.cursor == cursor:
            return
        cursor = page.cursor
