"""Money is taken out within limits, once, and comes back where it did not arrive."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from tests.factories import make_account
from tests.settlement.worlds import (
    Market,
    make_market,
    on_books,
    pass_days,
    prove,
    refund,
    set_clock,
    shares,
    work,
)

from yellowcart.core.clock import now
from yellowcart.core.problems import Problem
from yellowcart.ledger.rules import Kind
from yellowcart.settlement import deposits, payouts, termpacks, withdrawals
from yellowcart.settlement.models import Position, Withdrawal
from yellowcart.settlement.payouts import Paid

#: Before any deposit rule.
QUIET = "2025-03-03T10:00:00+08:00"


@pytest.fixture
def market() -> Market:
    set_clock(QUIET)
    return make_market()


def ask(market: Market, amount: int, key: str = "k", **fields: object) -> Withdrawal:
    values = {"actor": market.world.owner, "party": market.shop, "currency": "CNY", **fields}
    return withdrawals.do_request(amount_minor=amount, idempotency_key=key, **values)


def code_of(market: Market, amount: int, key: str = "other", **fields: object) -> str:
    with pytest.raises(Problem) as refused:
        ask(market, amount, key, **fields)
    return refused.value.code


def send() -> None:
    """The worker's duty, and the job it leaves."""
    withdrawals.send_duty()
    for row in Withdrawal.objects.filter(state="sent"):
        withdrawals.send_payout(str(row.id))


@pytest.mark.django_db
class TestTakingOut:
    def test_it_is_sent_and_arrives(self, market: Market):
        market.settle()
        row = ask(market, 9_000)
        assert (on_books(market.shop, Kind.PAYABLE), on_books(market.shop, Kind.PAYOUT)) == (
            -500,
            -9_000,
        )
        send()
        row.refresh_from_db()
        assert (row.state, row.failure) == ("done", "")
        assert on_books(market.shop, Kind.PAYOUT) == 0
        assert on_books("provider:sandbox", Kind.CASH) == 1_000
        prove()

    def test_the_same_key_is_the_same_withdrawal(self, market: Market):
        market.settle()
        assert ask(market, 1_000).id == ask(market, 1_000).id
        assert on_books(market.shop, Kind.PAYOUT) == -1_000

    def test_what_did_not_arrive_is_there_again(self, market: Market, monkeypatch):
        class Refusing:
            def send(self, _payout: payouts.Payout) -> Paid:
                return Paid("failed", fault="no such account")

        monkeypatch.setitem(payouts.PROVIDERS, "sandbox", Refusing())
        market.settle()
        row = ask(market, 9_000)
        send()
        row.refresh_from_db()
        assert (row.state, row.failure) == ("failed", "no such account")
        assert on_books(market.shop, Kind.PAYABLE) == -9_500
        withdrawals.do_end(row.id, Paid("done"))
        assert on_books(market.shop, Kind.PAYABLE) == -9_500
        prove()

    def test_a_bank_that_has_yet_to_say_changes_nothing(self, market: Market):
        market.settle()
        row = ask(market, 9_000)
        assert withdrawals.do_end(row.id, Paid("sent")).state == "requested"
        assert on_books(market.shop, Kind.PAYOUT) == -9_000

    @pytest.mark.parametrize(
        ("hour", "sent_day"), [("15:59:59", "2025-03-03"), ("16:00:00", "2025-03-04")]
    )
    def test_before_the_hour_it_is_sent_the_same_day(
        self, market: Market, hour: str, sent_day: str
    ):
        market.settle()
        set_clock(f"2025-03-12T{hour}+08:00")
        row = ask(market, 1_000)
        wait = row.send_at - row.requested_at
        assert (wait.total_seconds() == 0) == (sent_day == "2025-03-03")
        send()
        row.refresh_from_db()
        assert (row.state == "done") == (sent_day == "2025-03-03")
        pass_days(0.5)
        send()
        row.refresh_from_db()
        assert row.state == "done"

    def test_a_refusal_names_its_limits_as_people_write_money(self, market: Market):
        market.settle(1_000_000)
        with pytest.raises(Problem) as refused:
            ask(market, 99)
        said = [refused.value.body(language)["detail"] for language in ("en", "zh-hans")]
        assert said[0] == "One withdrawal is at least CN¥1.00 and at most CN¥50,000.00."
        assert said[1] == "单笔提现最少 ¥1.00、最多 ¥50,000.00。"

    def test_limits_are_kept(self, market: Market):
        market.settle(1_000_000)
        assert code_of(market, 99) == "withdrawal_amount"
        assert code_of(market, 5_000_001) == "withdrawal_amount"
        assert code_of(market, 1_000_000) == "not_enough"
        assert code_of(market, 1_000, currency="EUR") == "withdrawal_closed"
        for number in range(3):
            ask(market, 1_000, str(number))
        assert code_of(market, 1_000) == "withdrawal_day_limit"
        pass_days(1)
        assert ask(market, 1_000, "next day").state == "requested"

    def test_only_the_owner_takes_a_shops_money_out(self, market: Market):
        market.settle()
        assert code_of(market, 1_000, actor=make_account()) == "shop_forbidden"
        assert code_of(market, 1_000, actor=market.operator) == "shop_forbidden"
        assert code_of(market, 1_000, party=market.host) == "forbidden"

    def test_a_creator_takes_its_own_commission_out(self, market: Market):
        market.settle(100_000, commission_bps=2_000)
        ask(market, 10_000, actor=market.creator, party="me")
        assert on_books(market.host, Kind.PAYABLE) == 0

    def test_in_production_an_operator_pays_by_hand(self, market: Market, settings):
        market.settle()
        settings.PRODUCTION = True
        row = ask(market, 1_000)
        send()
        row.refresh_from_db()
        assert (row.provider, row.state) == ("manual", "requested")
        with pytest.raises(Problem):
            withdrawals.do_end_by_hand(
                actor=market.world.owner, withdrawal_id=row.id, is_paid=True, words="1"
            )
        done = withdrawals.do_end_by_hand(
            actor=market.operator, withdrawal_id=row.id, is_paid=True, words="ICBC 1"
        )
        assert (done.state, done.provider_ref) == ("done", "ICBC 1")
        with pytest.raises(Problem, match="ended already"):
            withdrawals.do_end_by_hand(
                actor=market.operator, withdrawal_id=row.id, is_paid=False, words="no"
            )
        prove()

    def test_what_was_taken_out_is_owed_and_netted_against_the_next_payable(self, market: Market):
        order = market.settle()
        ask(market, 9_500)
        refund(order, 10_000)
        work()
        assert on_books(market.shop, Kind.PAYABLE) == 0
        assert on_books(market.shop, Kind.RECEIVABLE) == 9_500
        assert Position.objects.get(party=market.shop).owed_minor == 9_500
        market.settle(4_000)
        assert on_books(market.shop, Kind.RECEIVABLE) == 9_500 - 3_800
        assert on_books(market.shop, Kind.PAYABLE) == 0
        market.settle(10_000)
        assert on_books(market.shop, Kind.RECEIVABLE) == 0
        assert on_books(market.shop, Kind.PAYABLE) == -3_800
        prove()


@pytest.mark.django_db(transaction=True)
def test_rivals_never_take_the_same_money(market: Market):
    market.settle(1_000)  # 950 to take

    def rival(n: int) -> str:
        try:
            ask(market, 400, f"rival {n}")
        except Problem as refused:
            return refused.code
        finally:
            connection.close()
        return "taken"

    with ThreadPoolExecutor(6) as rivals:
        said = sorted(rivals.map(rival, range(6)))
    assert said == ["not_enough"] * 4 + ["taken"] * 2
    assert on_books(market.shop, Kind.PAYABLE) == -150
    prove()


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_and_a_clawback_at_once_part_the_money_between_them(market: Market):
    order = market.settle(1_000)
    refund(order, 1_000)

    def claw() -> str:
        try:
            work()
        finally:
            connection.close()
        return "clawed"

    def take() -> str:
        try:
            ask(market, 950)
        except Problem as refused:
            return refused.code
        finally:
            connection.close()
        return "taken"

    with ThreadPoolExecutor(2) as rivals:
        clawed, taken = rivals.submit(claw), rivals.submit(take)
        assert clawed.result() == "clawed"
        outcome = taken.result()
    work()
    owed = on_books(market.shop, Kind.RECEIVABLE)
    assert (outcome, owed) in {("taken", 950), ("not_enough", 0)}
    assert on_books(market.shop, Kind.PAYABLE) == 0
    prove()


@pytest.mark.django_db
class TestDeposits:
    @pytest.fixture
    def market(self) -> Market:
        set_clock("2026-03-02T10:00:00+08:00")
        return make_market()

    def test_without_it_nothing_is_taken_out(self, market: Market):
        market.settle(200_000)
        assert code_of(market, 1_000) == "deposit_short"
        told = deposits.do_pay_in(
            actor=market.world.owner, party=market.shop, currency="CNY", amount_minor=100_000
        )
        assert (told.required_minor, told.lying_minor, told.missing_minor) == (100_000, 100_000, 0)
        market.world.shop.refresh_from_db()
        assert market.world.shop.deposit_minor == 100_000
        assert ask(market, 1_000).state == "requested"
        prove()

    def test_sales_of_a_month_raise_it(self, market: Market):
        market.world.shop.type = "personal"
        market.world.shop.save()
        found = deposits.deposit(market.shop, "CNY", now())
        assert found.required_minor == 50_000
        market.settle(4_999_999)
        assert deposits.deposit(market.shop, "CNY", now()).required_minor == 50_000
        market.settle(1)
        assert deposits.deposit(market.shop, "CNY", now()).required_minor == 300_000
        pass_days(31)
        assert deposits.deposit(market.shop, "CNY", now()).required_minor == 50_000

    def test_an_operator_records_one_from_outside_once(self, market: Market):
        for _again in range(2):
            told = deposits.do_record_paid_in(
                actor=market.operator,
                party=market.shop,
                currency="CNY",
                amount_minor=100_000,
                provider="bank",
                reference="7",
            )
        assert told.lying_minor == 100_000
        assert on_books("provider:bank", Kind.CASH) == 100_000
        with pytest.raises(Problem, match="operators"):
            deposits.do_record_paid_in(
                actor=market.world.owner,
                party=market.shop,
                currency="CNY",
                amount_minor=1,
                provider="bank",
                reference="8",
            )
        prove()

    def test_it_goes_back_when_the_shop_is_closed_and_settled(self, market: Market):
        market.settle(300_000)
        owner, party = market.world.owner, market.shop
        deposits.do_pay_in(actor=owner, party=party, currency="CNY", amount_minor=100_000)
        open_order = market.sell()
        work()

        def give_back() -> int:
            return deposits.do_return(actor=owner, party=party, currency="CNY")

        with pytest.raises(Problem, match="closed"):
            give_back()
        market.world.shop.state = "closed"
        market.world.shop.save()
        with pytest.raises(Problem, match="settled"):
            give_back()
        pass_days(7)
        work()
        assert open_order is not None
        assert give_back() == 100_000
        assert give_back() == 0
        assert on_books(party, Kind.DEPOSIT) == 0
        assert ask(market, 1_000).state == "requested"
        prove()

    def test_a_rule_may_hold_settlement_until_it_lies(self, market: Market, settings, tmp_path):
        text = termpacks._SHIPPED.read_text(encoding="utf-8")
        path = tmp_path / "terms.toml"
        wanted = "required_minor = 100000\n"
        assert wanted in text
        path.write_text(text.replace(wanted, wanted + "blocks_settlement = true\n"), "utf-8")
        settings.SETTLEMENT_TERMS = str(path)
        order = market.settle()
        assert (shares(order.id)["merchant"].state, shares(order.id)["merchant"].reason) == (
            "held",
            "deposit",
        )
        assert shares(order.id)["platform"].state == "completed"
        deposits.do_record_paid_in(
            actor=market.operator,
            party=market.shop,
            currency="CNY",
            amount_minor=100_000,
            provider="bank",
            reference="1",
        )
        work()
        assert shares(order.id)["merchant"].state == "completed"
        assert on_books(market.shop, Kind.HELD) == 0
        prove()
