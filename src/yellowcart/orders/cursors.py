"""Cursors of lists in order of an instant and an id."""

import base64
import binascii
from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from yellowcart.core.problems import Problem

Place = tuple[datetime, UUID]


def write_cursor(at: datetime, row_id: UUID) -> str:
    """The place of the last row of a page, for whoever asks for the next."""
    return base64.urlsafe_b64encode(f"{at.isoformat()}|{row_id}".encode()).decode().rstrip("=")


def read_cursor(cursor: str) -> Place:
    """The place that :func:`write_cursor` wrote; ``cursor_unknown`` for anything else."""
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        at, _bar, row_id = text.partition("|")
        return datetime.fromisoformat(at), UUID(row_id)
    except (ValueError, binascii.Error) as error:
        raise Problem(
            "cursor_unknown", 422, _("This cursor is not one of ours; start without one.")
        ) from error


def after(column: str, place: Place, *, descending: bool = False) -> Q:
    """The rows that come after a place, in a form that an index on column and id can seek."""
    at, row_id = place
    way = "lt" if descending else "gt"
    return Q(**{f"{column}__{way}e": at}) & (
        Q(**{f"{column}__{way}": at}) | Q(**{column: at, f"id__{way}": row_id})
    )
