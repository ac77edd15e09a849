"""How far pictures of goods are, as JSON."""

from typing import Final
from uuid import UUID

from django.utils.translation import get_language
from ninja import Schema

from yellowcart.catalog import picturing

#: Failures that one answer tells; a page of them has no more use than to begin with.
MOST: Final = 100


class FailedOut(Schema):
    """A picture that could not be had, and why."""

    product_id: UUID
    url: str
    why: str


class PicturesOut(Schema):
    """How many pictures goods name, each address once: ``kept`` are those of which we have a copy,
    ``failed`` those that could not be had, ``waiting`` the rest. ``failures`` are the first that
    failed, by product, the newest first."""

    total: int
    kept: int
    failed: int
    waiting: int
    failures: list[FailedOut]


def pictures_out(products: picturing.Products) -> PicturesOut:
    """How far the pictures of these products are, in the reader's language."""
    progress = picturing.progress_of(products)
    language = "zh-hans" if (get_language() or "").startswith("zh") else "en"
    return PicturesOut(
        total=progress.total,
        kept=progress.kept,
        failed=progress.failed,
        waiting=progress.waiting,
        failures=[
            FailedOut(
                product_id=one.product_id,
                url=one.address.url,
                why=one.address.problem.get(language, ""),
            )
            for one in picturing.failures_of(products)[:MOST]
        ],
    )
