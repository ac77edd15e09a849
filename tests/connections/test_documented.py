"""The table of what each source can do says what is declared, and what is really called."""

import re
from pathlib import Path

import pytest

import yellowcart.connections
from tests.sources.test_connectors import METHODS
from yellowcart.connections.rules import Learns, learns
from yellowcart.sources.connector import Can
from yellowcart.sources.registry import CONNECTORS

DOCS = Path(__file__).resolve().parents[2] / "docs" / "connections.md"
COLUMNS = {
    "authorise": Can.AUTHORISE,
    "fetch an item": Can.FETCH_ITEM,
    "list the catalogue": Can.LIST_CATALOGUE,
    "follow stock": Can.FOLLOW_STOCK,
    "change stock": Can.CHANGE_STOCK,
    "copy to a channel": Can.COPY_TO_CHANNEL,
    "take an order": Can.TAKE_ORDER,
    "send fewer": Can.REDUCE_ORDER,
    "refund": Can.REFUND_ORDER,
    "report conversions": Can.REPORT_CONVERSIONS,
    "receive webhooks": Can.RECEIVE_WEBHOOKS,
    "convert a link": Can.CONVERT_LINK,
}
LEARNS = {Learns.BY_ORDER: "by the order", Learns.BY_CHANGE: "by a change", Learns.NOT: "no"}


def table() -> dict[str, dict[str, str]]:
    """The cells of the table by source and column."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in DOCS.read_text(encoding="utf-8").splitlines()
        if line.startswith("|")
    ]
    head = rows[0]
    found = {}
    for row in rows[2 : 2 + len(CONNECTORS)]:
        for source in re.findall(r"`(\w+)`", row[0]):
            found[source] = dict(zip(head, row, strict=True))
    return found


def word_of(can: Can, declared: frozenset[Can]) -> str:
    if can not in declared:
        return "no"
    # A store that takes orders is told of none of its sales besides.
    is_called = can is not Can.CHANGE_STOCK or learns(declared) is Learns.BY_CHANGE
    return "yes" if is_called else "built"


def test_the_table_names_every_source_and_every_capability() -> None:
    found = table()
    assert set(found) == set(CONNECTORS)
    assert set(COLUMNS.values()) == set(Can)
    for cells in found.values():
        assert set(cells) == {"source", *COLUMNS, "learns of our sales"}


@pytest.mark.parametrize("source", sorted(CONNECTORS))
def test_the_table_says_what_a_connector_can_and_what_is_called(source: str) -> None:
    cells, declared = table()[source], CONNECTORS[source].can
    assert {name: cells[name] for name in COLUMNS} == {
        name: word_of(can, declared) for name, can in COLUMNS.items()
    }
    sold_here = Can.LIST_CATALOGUE in declared
    expected = LEARNS[learns(declared)] if sold_here else "–"
    assert cells["learns of our sales"] == expected


def test_what_is_said_to_be_called_is() -> None:
    """Methods are called by name through the guard, or on the connector before there is one."""
    folder = Path(yellowcart.connections.__file__).parent
    code = "\n".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    called = {
        can
        for can, names in METHODS.items()
        if all(f'"{name}"' in code or f"connector.{name}(" in code for name in names)
    }
    assert called == set(Can)
