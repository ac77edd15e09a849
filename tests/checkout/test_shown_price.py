"""What a cart shows is what the lane asks, for guests, buyers and fans, at every instant."""

from datetime import timedelta
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st
from tests.checkout.worlds import NOON, offer, snapshot, wish_for

from yellowcart.checkout.rules import admit
from yellowcart.checkout.values import Refused, Special
from yellowcart.listings.prices import SkuRow, SpecialRow, sku_item, unit_price

SECONDS = st.integers(-5, 5).map(lambda n: timedelta(seconds=n))
SPECIALS = st.lists(
    st.builds(
        SpecialRow,
        id=st.uuids(),
        price=st.integers(1, 120),
        fans_only=st.booleans(),
        starts_at=SECONDS.map(lambda after: NOON + after),
        ends_at=st.none() | SECONDS.map(lambda after: NOON + after),
        left=st.none() | st.integers(0, 2),
    ),
    max_size=4,
    unique_by=lambda special: special.id,
)


def asked(specials: list[SpecialRow], *, fan: bool) -> int:
    """What the lane wants for one piece, learned from its refusal of a price nobody was shown."""
    creator, buyer = uuid4(), uuid4()
    one = offer(creator_id=creator, has_special=True)
    in_force = tuple(
        Special(one.shop_id, row.id, row.price, row.fans_only, row.left)
        for row in specials
        if row.starts_at <= NOON and (row.ends_at is None or row.ends_at > NOON)
    )
    fans: frozenset[tuple[UUID, UUID]] = frozenset({(buyer, creator)} if fan else ())
    state = snapshot(one, specials={(one.listing_id, one.sku_id): in_force}, fans=fans)
    (decision,) = admit([wish_for(one, buyer=buyer, unit_price_minor=10**9)], state)
    assert isinstance(decision, Refused)
    return decision.unit_price_minor


def shelf(specials: list[SpecialRow]) -> SkuRow:
    return SkuRow(
        sku_id=uuid4(),
        options=[],
        price=100,
        compare_at=None,
        sale_price=None,
        sale_from=None,
        sale_until=None,
        available=5,
        specials=specials,
    )


@given(SPECIALS)
def test_the_shown_price_is_the_lanes(specials: list[SpecialRow]) -> None:
    sku = shelf(specials)
    assert unit_price(sku, NOON) == asked(specials, fan=False)
    assert unit_price(sku, NOON, fan=True) == asked(specials, fan=True)


@given(SPECIALS)
def test_a_page_that_keeps_its_changes_shows_what_a_fresh_one_would(
    specials: list[SpecialRow],
) -> None:
    sku, before = shelf(specials), NOON - timedelta(seconds=6)
    kept = sku_item(sku, "CNY", before, "en")
    due = [change for change in kept["changes"] if change["at"] <= NOON.isoformat()[:19] + "Z"]
    fresh = sku_item(sku, "CNY", NOON, "en")
    for name in ("unit_price", "fans_price", "specials"):
        assert (due[-1] if due else kept)[name] == fresh[name]
