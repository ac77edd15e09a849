"""Gives pieces back to the special prices that they were taken from."""

from collections.abc import Mapping
from uuid import UUID

from django.db import connection


def do_return_allocations(pieces: Mapping[tuple[UUID, UUID], int]) -> None:
    """Lower ``taken`` of special prices, by (shop, id); joins the caller's transaction.

    Whether the price still holds is its window's to say: given back is not made longer.
    """
    if not pieces:
        return
    keys = sorted(pieces)
    with connection.cursor() as cursor:
        # The rows are locked in key order first: an UPDATE alone takes them as the plan pleases.
        cursor.execute(
            "WITH due AS (SELECT p.shop_id, p.id, gone.pieces FROM listings_special_price AS p"
            " JOIN unnest(%s::uuid[], %s::uuid[], %s::int[]) AS gone(shop_id, id, pieces)"
            " USING (shop_id, id) ORDER BY p.shop_id, p.id FOR NO KEY UPDATE OF p)"
            " UPDATE listings_special_price AS p SET taken = p.taken - due.pieces FROM due"
            " WHERE p.shop_id = due.shop_id AND p.id = due.id",
            [[key[0] for key in keys], [key[1] for key in keys], [pieces[key] for key in keys]],
        )
