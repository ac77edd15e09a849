"""Array parameters that hold thousands of values.

The driver quotes every element of a list by itself, with regular expressions; at thousands of
elements that costs more than the query. Where elements need no quoting, one literal does.
"""

from collections.abc import Iterable
from uuid import UUID


def uuid_array(ids: Iterable[UUID]) -> str:
    """A literal for ``%s::uuid[]``."""
    return "{" + ",".join(one.hex for one in ids) + "}"


def hex_array(ids: Iterable[bytes]) -> str:
    """A literal for ``%s::uuid[]``, of the 16 bytes of each."""
    return "{" + ",".join(one.hex() for one in ids) + "}"


def int_array(numbers: Iterable[int]) -> str:
    """A literal for ``%s::int[]`` or ``%s::bigint[]``."""
    return "{" + ",".join(map(str, numbers)) + "}"
