"""Tables out and back in on the command line: exports, dry runs, rows to correct."""

import csv
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from tests.factories import make_product, make_shop, make_sku
from yellowcart.catalog.models import Product
from yellowcart.cli import app
from yellowcart.core import startup
from yellowcart.core.models import AuditEntry

pytestmark = pytest.mark.django_db

FOREIGN = "Handle,Title,Variant Price\ntea,Tea,12.50\nbad,Bad,a lot\n"


@pytest.fixture
def command(monkeypatch):
    monkeypatch.setattr(startup, "boot", lambda: None)
    monkeypatch.setenv("LC_ALL", "en_US.UTF-8")

    def call(*arguments: object) -> Result:
        return CliRunner().invoke(app, list(map(str, arguments)))

    return call


@pytest.fixture
def shop():
    found = make_shop(handle="teahouse")
    make_sku(make_product(found, title="Green tea"))
    return found


@pytest.mark.parametrize("what", ["products", "stock", "listings", "orders"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_every_table_is_written_and_audited(command, shop, tmp_path: Path, what: str, kind: str):
    file = tmp_path / f"{what}.{kind}"
    done = command("export", what, file, "--shop", "teahouse")
    assert done.exit_code == 0, done.output
    assert file.read_bytes().startswith(b"PK" if kind == "xlsx" else b"\xef\xbb\xbf")
    assert AuditEntry.objects.get(verb="shop.export").target == f"shop:{shop.id}"


def test_what_was_exported_comes_back_unchanged(command, shop, tmp_path: Path):
    file = tmp_path / "goods.xlsx"
    command("export", "products", file, "--shop", "teahouse")
    done = command("import", "products", file, "--shop", "teahouse", "--json")
    assert '"products_unchanged": 1' in done.output
    assert '"products_changed": 0' in done.output


def test_a_dry_run_writes_nothing_and_the_rows_to_correct_are_kept(command, shop, tmp_path: Path):
    file, errors = tmp_path / "tea.csv", tmp_path / "errors.csv"
    file.write_text(FOREIGN)
    done = command(
        *("import", "products", file, "--shop", "teahouse", "--dry-run", "--errors", errors)
    )
    assert done.exit_code == 0, done.output
    assert "1 products would be created" in done.output
    assert list(Product.objects.values_list("title", flat=True)) == ["Green tea"]
    rows = list(csv.DictReader(errors.open(encoding="utf-8-sig")))
    assert [row["Handle"] for row in rows] == ["bad"]
    assert rows[0]["Reason for refusal"]


@pytest.mark.parametrize("name", ["goods.pdf", "goods"])
def test_only_known_kinds_and_shops_are_exported(command, shop, tmp_path: Path, name: str):
    file = tmp_path / name
    assert command("export", "products", file, "--shop", "teahouse").exit_code == 2
    assert command("export", "products", tmp_path / "a.csv", "--shop", "nobody").exit_code == 2
    assert not file.exists()
