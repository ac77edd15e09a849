"""The example in the docs is what the books say."""

from pathlib import Path

import pytest
from tests.payments.sending import send_refunds
from tests.settlement.worlds import make_market, pass_days, prove, refund, set_clock, work

from yellowcart.core.clock import now
from yellowcart.ledger.models import Entry
from yellowcart.ledger.queries import lines_of
from yellowcart.orders.models import Order
from yellowcart.settlement import contracts, withdrawals
from yellowcart.settlement.contracts import TermsWritten
from yellowcart.settlement.models import Withdrawal
from yellowcart.settlement.rules import ContractBase, ContractKind

DOCS = Path(__file__).parents[2] / "docs" / "money.md"


def told_story() -> tuple[Order, dict[str, str]]:
    """One order from the payment to the bank; and who its parties are."""
    set_clock("2025-03-03T10:00:00+08:00")
    market = make_market()
    mcn = f"mcn:{market.operator.id}"
    contracts.do_write(
        actor=market.operator,
        written=TermsWritten(
            market.host, mcn, ContractKind.MCN, ContractBase.COMMISSION, 3_000, now()
        ),
    )
    borne = {"merchant": 100, "platform": 200, "creator": 300}
    order = market.settle(10_000, commission_bps=2_000, borne=borne)
    refund(order, 4_700)
    work()
    send_refunds()
    withdrawals.do_request(
        actor=market.world.owner,
        party=market.shop,
        currency="CNY",
        amount_minor=3_000,
        idempotency_key="docs",
    )
    withdrawals.send_duty()
    withdrawals.send_payout(str(Withdrawal.objects.get().id))
    pass_days(1)
    prove()
    names = {
        market.shop: "shop",
        market.host: "creator",
        mcn: "mcn",
        f"buyer:{order.buyer_id}": "buyer",
    }
    return order, names


def table(names: dict[str, str]) -> str:
    """The entries as the docs show them: debits first."""
    rows = ["| entry | party | account | debit | credit |", "|---|---|---|---|---|"]
    for entry in Entry.objects.order_by("at", "id"):
        kind = entry.reference.partition(":")[0]
        lines = sorted(lines_of(entry.reference), key=lambda line: -line.amount_minor)
        for number, line in enumerate(lines):
            debit = f"{line.amount_minor / 100:.2f}" if line.amount_minor > 0 else ""
            credit = f"{-line.amount_minor / 100:.2f}" if line.amount_minor < 0 else ""
            first = f"`{kind}`" if number == 0 else ""
            party = names.get(line.party, line.party)
            rows.append(f"| {first} | {party} | {line.kind} | {debit} | {credit} |")
    return "\n".join(rows)


@pytest.mark.django_db
def test_the_docs_show_what_the_books_say():
    _order, names = told_story()
    assert table(names) in DOCS.read_text(encoding="utf-8")
