"""Statements agree with the ledger, page by page, and say only what their reader may know."""

import csv
import io
from datetime import timedelta

import pytest
from tests.callers import Caller
from tests.factories import make_account, make_operator, make_shop
from tests.settlement.worlds import (
    Market,
    make_market,
    on_books,
    pass_days,
    refund,
    set_clock,
    work,
)

from yellowcart.core.clock import now
from yellowcart.ledger.rules import Kind
from yellowcart.settlement import exporting, queries
from yellowcart.settlement.exporting import safe_text
from yellowcart.shops.models import ShopMember

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.filterwarnings("ignore:StreamingHttpResponse must consume"),
]
#: Before any deposit rule.
QUIET = "2025-03-03T10:00:00+08:00"


@pytest.fixture
def market() -> Market:
    set_clock(QUIET)
    return make_market()


@pytest.fixture
def busy(market: Market) -> Market:
    """Three sales, one clawed back in part, and one on its way."""
    first = market.settle(10_000, commission_bps=2_000, borne={"merchant": 100, "platform": 50})
    market.settle(20_000)
    market.settle(30_000)
    refund(first, 985, reason="=HYPERLINK(1)")
    work()
    market.sell(5_000)
    work()
    return market


def whole(party: str, **options: object) -> queries.Statement:
    return queries.statement(
        party, "CNY", now() - timedelta(days=60), now() + timedelta(days=1), **options
    )


def test_it_says_what_the_ledger_says(busy: Market):
    for party in (busy.shop, busy.host, "platform"):
        found = whole(party)
        owned = -sum(
            on_books(party, kind)
            for kind in (Kind.PAYABLE, Kind.RECEIVABLE, Kind.REVENUE, Kind.EXPENSE)
        )
        assert (found.opening_minor, found.closing_minor) == (0, owned)
        assert sum(line.amount_minor for line in found.lines) == owned
        assert found.lines[-1].balance_minor == owned
        assert sum(found.totals.values()) == owned


def test_a_line_shows_how_the_sale_was_parted(busy: Market):
    line = whole(busy.shop).lines[0]
    assert line.kind == "settled"
    assert line.share is not None
    assert line.share.parts == {"goods": 10_000, "discount": -100, "commission": -1_980}
    assert line.share.fee_rule == "kuaishou.2019-07-20.promoted"
    assert line.share.fee_summary is not None
    assert line.share.due_at is not None
    clawed = whole(busy.shop).lines[-1]
    assert (clawed.kind, clawed.reason) == ("clawback", "=HYPERLINK(1)")


def test_pages_join_without_a_gap(busy: Market):
    lines, cursor = [], ""
    while True:
        page = whole(busy.shop, cursor=cursor, limit=1)
        lines += page.lines
        if page.next_cursor is None:
            break
        cursor = page.next_cursor
    assert lines == whole(busy.shop).lines
    assert len(lines) == 4


def test_periods_join_too(busy: Market):
    middle = now() - timedelta(days=10)
    before = queries.statement(busy.shop, "CNY", now() - timedelta(days=60), middle)
    after = queries.statement(busy.shop, "CNY", middle, now() + timedelta(days=1))
    assert before.closing_minor == after.opening_minor != 0
    assert len(before.lines) + len(after.lines) == 4


@pytest.mark.parametrize("hours", [0, 1, 23, 24, 25, 61, 24 * 30])
def test_totals_by_kind_are_those_of_the_lines_wherever_a_period_is_cut(busy: Market, hours: int):
    until = now() + timedelta(minutes=1)
    found = queries.statement(busy.shop, "CNY", until - timedelta(hours=hours), until)
    wanted: dict[str, int] = {}
    for line in found.lines:
        wanted[line.kind] = wanted.get(line.kind, 0) + line.amount_minor
    assert found.totals == wanted
    assert found.closing_minor - found.opening_minor == sum(wanted.values())


def test_what_is_to_come_says_when_and_why(busy: Market):
    [line] = queries.upcoming(busy.shop, "CNY").lines
    assert (line.state, line.net_minor) == ("received", 4_750)
    assert line.due_at is not None
    found = queries.overview(busy.shop, "CNY")
    assert (found.held_minor, found.next_due_at) == (5_000, line.due_at)
    assert queries.upcoming(busy.shop, "CNY", cursor="", limit=1).next_cursor is None
    busy.sell(6_000)
    work()
    first = queries.upcoming(busy.shop, "CNY", limit=1)
    assert first.next_cursor is not None
    second = queries.upcoming(busy.shop, "CNY", cursor=first.next_cursor, limit=1)
    assert [one.net_minor for one in first.lines + second.lines] == [4_750, 5_700]


class TestOverHttp:
    """The JSON API and the file."""

    def test_a_member_reads_the_shops_statement(self, busy: Market):
        status, body = Caller(busy.world.owner)(
            "GET", f"/settlement/statement?party=shop:{busy.world.shop.handle}&limit=2"
        )
        assert status == 200
        assert body["closing"] == -on_books(busy.shop, Kind.PAYABLE)
        assert len(body["items"]) == 2
        assert body["items"][0]["share"]["parts"]["goods"] == 10_000
        assert body["next_cursor"]
        status, body = Caller(busy.world.owner)(
            "GET", f"/settlement/overview?party=shop:{busy.world.shop.handle}"
        )
        assert (status, body["held"]) == (200, 5_000)
        status, body = Caller(busy.world.owner)("GET", f"/settlement/upcoming?party={busy.shop}")
        assert (status, len(body["items"])) == (200, 1)

    def test_a_creator_reads_its_own(self, busy: Market):
        status, body = Caller(busy.creator)("GET", "/settlement/statement")
        assert (status, body["party"]) == (200, busy.host)
        assert body["items"][0]["share"]["parts"]["commission"] == 1_980

    def test_an_operator_reads_everybodys(self, busy: Market):
        operator = Caller(make_operator())
        for party in ("platform", busy.shop, busy.host):
            assert operator("GET", f"/settlement/statement?party={party}")[0] == 200

    READS = ("overview", "statement", "statement.csv", "upcoming", "withdrawals", "contracts")

    @pytest.mark.parametrize("path", READS)
    def test_others_are_refused(self, market: Market, path: str):
        rival = make_account()
        make_shop(rival)
        staff = make_account()
        ShopMember.objects.create(shop=market.world.shop, account=staff, role="staff")
        for account in (rival, staff, market.world.buyer, market.creator):
            status, body = Caller(account)("GET", f"/settlement/{path}?party={market.shop}")
            assert (status, body["code"]) == (403, "shop_forbidden")
        for party in (market.host, f"mcn:{market.creator.id}", "platform"):
            status, body = Caller(rival)("GET", f"/settlement/{path}?party={party}")
            assert (status, body["code"]) == (403, "forbidden")
        assert Caller()("GET", f"/settlement/{path}?party={market.shop}")[0] == 401
        assert Caller(rival)("GET", f"/settlement/{path}?party=nobody:1")[0] == 422

    def test_only_owners_move_money_and_only_operators_write_terms(self, busy: Market):
        manager = make_account()
        ShopMember.objects.create(shop=busy.world.shop, account=manager, role="manager")
        money = {"party": busy.shop, "amount": 100, "idempotency_key": "k"}
        outside = {**money, "provider": "bank", "reference": "1"}
        terms = {
            "payer": busy.host,
            "payee": f"mcn:{manager.id}",
            "kind": "mcn",
            "base": "commission",
            "rate_bps": 1_000,
            "effective_from": "2025-01-01T00:00:00Z",
        }
        for account in (manager, busy.world.buyer, busy.creator):
            caller = Caller(account)
            assert caller("POST", "/settlement/withdrawals", money)[0] == 403
            assert caller("POST", "/settlement/deposit", money)[0] == 403
            assert caller("POST", "/settlement/deposit/return", money)[0] == 403
            assert caller("POST", "/settlement/deposit/from-outside", outside)[0] == 403
            assert caller("POST", "/settlement/contracts", terms)[0] == 403
        owner, operator = Caller(busy.world.owner), Caller(make_operator())
        assert operator("POST", "/settlement/withdrawals", money)[0] == 403
        status, made = owner("POST", "/settlement/withdrawals", money)
        assert (status, made["state"]) == (201, "requested")
        assert owner("POST", "/settlement/deposit", money)[1]["lying"] == 100
        ended = f"/settlement/withdrawals/{made['withdrawal_id']}/outcome"
        words = {"is_paid": True, "words": "1"}
        assert owner("GET", "/settlement/withdrawals/to-pay")[0] == 403
        assert operator("GET", "/settlement/withdrawals/to-pay") == (200, [])
        assert owner("POST", ended, words)[0] == 403
        assert operator("POST", ended, words)[1]["state"] == "done"
        assert operator("POST", "/settlement/deposit/from-outside", outside)[1]["lying"] == 200
        status, written = operator("POST", "/settlement/contracts", terms)
        assert (status, written["revision"]) == (201, 1)
        again = {**terms, "contract_id": written["contract_id"], "withdrawn": True}
        assert operator("POST", "/settlement/contracts", again)[1]["revision"] == 2
        [told] = Caller(manager)("GET", f"/settlement/contracts?party=mcn:{manager.id}")[1]
        assert (told["revision"], told["withdrawn"]) == (2, True)
        listed = owner("GET", f"/settlement/withdrawals?party={busy.shop}")[1]
        assert [one["amount"] for one in listed["items"]] == [100]

    @pytest.mark.parametrize(
        ("change", "code"),
        [
            ({"payee": "shop:x"}, "contract_bad"),
            ({"base": "goods"}, "contract_bad"),
            ({"effective_until": "2024-01-01T00:00:00Z"}, "contract_bad"),
            ({"contract_id": "01a216f3-e31f-7000-9284-19e01f4b4bae"}, "contract_not_found"),
            ({"effective_from": "2025-01-01T00:00:00"}, "invalid_request"),
        ],
    )
    def test_terms_that_make_no_sense_are_refused(self, market: Market, change: dict, code: str):
        terms = {
            "payer": market.host,
            "payee": f"mcn:{market.operator.id}",
            "kind": "mcn",
            "base": "commission",
            "rate_bps": 1_000,
            "effective_from": "2025-01-01T00:00:00Z",
        }
        _status, body = Caller(market.operator)("POST", "/settlement/contracts", terms | change)
        assert body["code"] == code

    def test_more_than_all_can_not_be_promised(self, market: Market):
        def write(payee: str, rate: int) -> int:
            terms = {
                "payer": market.host,
                "payee": payee,
                "kind": payee.partition(":")[0],
                "base": "commission",
                "rate_bps": rate,
                "effective_from": "2025-01-01T00:00:00Z",
            }
            return Caller(market.operator)("POST", "/settlement/contracts", terms)[0]

        assert write(f"mcn:{market.operator.id}", 6_000) == 201
        assert write(f"service:{market.operator.id}", 4_001) == 409
        assert write(f"service:{market.operator.id}", 4_000) == 201

    # The test's client reads the asynchronous file synchronously, which Django remarks on.
    def read_file(self, caller: Caller, query: str) -> list[list[str]]:
        reply = caller.client.get(f"/api/v1/settlement/statement.csv?{query}")
        assert reply.status_code == 200
        assert reply.streaming
        text = b"".join(reply).decode()
        return list(csv.reader(io.StringIO(text)))

    def test_the_file_adds_up_and_holds_no_formula(self, busy: Market, monkeypatch):
        monkeypatch.setattr(exporting, "CHUNK", 1)
        rows = self.read_file(Caller(busy.world.owner), f"party={busy.shop}")
        heading, opening, *lines, closing = rows
        assert {len(row) for row in rows} == {len(heading)}
        amount, balance = heading.index("Amount"), heading.index("Balance")
        assert opening[balance] == "0.00"
        cents = sum(round(float(row[amount]) * 100) for row in lines)
        assert cents == round(float(closing[balance]) * 100) == -on_books(busy.shop, Kind.PAYABLE)
        assert lines[-1][balance] == closing[balance]
        cells = [cell for row in lines for cell in row]
        assert "'=HYPERLINK(1)" in cells
        assert not [
            cell
            for cell in cells
            if cell.startswith(("=", "+", "@")) or (cell[:1] == "-" and not cell[1:2].isdigit())
        ]

    def test_the_file_is_in_the_readers_language(self, busy: Market):
        rows = self.read_file(Caller(busy.world.owner, "zh-hans"), f"party={busy.shop}")
        assert "金额" in rows[0]
        assert rows[2][1] == "已结算"

    def test_a_period_that_is_none_is_refused(self, market: Market):
        caller = Caller(market.world.owner)
        for query in ("from=yesterday", "from=2025-03-02&to=2025-03-01"):
            status, body = caller("GET", f"/settlement/statement?party={market.shop}&{query}")
            assert (status, body["code"]) == (422, "period_bad")
        status, body = caller("GET", f"/settlement/statement?party={market.shop}&cursor=x")
        assert (status, body["code"]) == (422, "cursor_unknown")

    def test_a_blocked_account_reads_nothing(self, market: Market):
        market.creator.blocked_at = now()
        market.creator.save()
        assert Caller(market.creator)("GET", "/settlement/overview")[0] == 403


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM", "\tx", "|cmd", "%x"])
def test_no_text_is_taken_for_a_formula(text: str):
    assert safe_text(text) == f"'{text}"
    assert safe_text("tea") == "tea"


def test_a_day_later_the_sums_still_agree(busy: Market):
    pass_days(40)
    work()
    found = whole(busy.shop)
    assert found.closing_minor == -on_books(busy.shop, Kind.PAYABLE)
