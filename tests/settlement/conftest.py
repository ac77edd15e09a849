"""Terms of settlement that tests know."""

from pathlib import Path

import pytest

TERMS = """\
format = 1

[[cycle]]
key = "mine.receipt"
platform = "any"
basis = "receipt"
days = 7
dispute_days = 7
effective_from = "2019-01-01T00:00:00Z"
summary = { en = "7 days.", zh = "7天。" }

[[cycle]]
key = "mine.source"
platform = "any"
basis = "source"
days = 0
dispute_days = 0
effective_from = "2019-01-01T00:00:00Z"
summary = { en = "When the source settles.", zh = "以货源结算为准。" }

[[source_fee]]
key = "mine.source-fee"
platform = "any"
sources = ["taobao", "jd"]
base = "amount"
rate_bps = 500
effective_from = "2019-01-01T00:00:00Z"
summary = { en = "5 % of the amount.", zh = "成交额的5%。" }

[[source_fee]]
key = "mine.youzan-fee"
platform = "any"
sources = ["youzan"]
base = "commission"
rate_bps = 1000
effective_from = "2019-01-01T00:00:00Z"
summary = { en = "10 % of the commission.", zh = "佣金的10%。" }

[[tax]]
key = "mine.sales-tax"
platform = "tiktok-us"
on = "price"
currency = "USD"
rate_bps = 959
effective_from = "2019-01-01T00:00:00Z"
summary = { en = "Sales tax.", zh = "销售税。" }
"""


@pytest.fixture
def own_terms(tmp_path: Path, settings) -> None:
    path = tmp_path / "terms.toml"
    path.write_text(TERMS, encoding="utf-8")
    settings.SETTLEMENT_TERMS = str(path)
