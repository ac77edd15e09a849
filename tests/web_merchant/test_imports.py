"""Handing in a catalogue: progress, report, refusals to download."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.web_merchant.conftest import World

from yellowcart.catalog.models import Product
from yellowcart.inventory.models import ImportRun
from yellowcart.inventory.runs import do_run_import

SHOPIFY = (
    "Handle,Title,Body (HTML),Vendor,Option1 Name,Option1 Value,Variant Price,"
    "Variant Inventory Qty,Published\n"
    "oolong,Oolong,<p>Half-fermented</p>,Lin,Size,50 g,12.50,7,TRUE\n"
    "oolong,,,,,100 g,22.00,5,\n"
    "broken,Broken,,,Size,One,not money,1,TRUE\n"
)


def upload(client, world: World, content: str = SHOPIFY, **fields: str):
    file = SimpleUploadedFile("tea.csv", content.encode(), content_type="text/csv")
    return client.post(world.url("import/"), {"file": file, "wanted": "auto", **fields})


@pytest.fixture
def run(world: World, sign_in) -> ImportRun:
    upload(sign_in(world.owner), world)
    return ImportRun.objects.get()


def test_a_file_is_taken_in_and_its_import_watched(world: World, sign_in, run: ImportRun):
    client = sign_in(world.owner)
    url = world.url(f"import/{run.id}/")
    assert (run.state, run.file_name) == ("waiting", "tea.csv")
    assert "Waiting for the worker" in client.get(url).content.decode()
    ImportRun.objects.filter(id=run.id).update(state="running", phase="writing", done=1, total=2)
    part = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "1 of 2 products written" in part
    assert "hx-get" in part
    assert "<html" not in part


def test_the_report_says_what_was_done_and_what_was_refused(world, sign_in, run: ImportRun):
    do_run_import(str(run.id))
    assert Product.objects.get(title="Oolong").skus.count() == 2
    assert not Product.objects.filter(title="Broken").exists()
    client = sign_in(world.owner)
    reply = client.get(world.url(f"import/{run.id}/"))
    report = reply.context["report"]
    assert (report["products_created"], report["rows_refused"]) == (1, 1)
    assert [one["line"] for one in reply.context["refusals"]] == [4]
    assert "hx-get" not in reply.content.decode()
    file = client.get(world.url(f"import/{run.id}/refusals.csv"))
    rows = list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"))))
    assert rows[0] == ["Line", "Reason"]
    assert rows[1][0] == "4"
    assert rows[1][1] == report["refusals"][0]["reason"]
    chinese = sign_in(world.owner, "zh-hans").get(world.url(f"import/{run.id}/"))
    assert chinese.context["refusals"][0]["reason"] != rows[1][1]


def test_doing_it_again_changes_nothing(world: World, sign_in, run: ImportRun):
    do_run_import(str(run.id))
    do_run_import(str(run.id))
    run.refresh_from_db()
    assert bytes(run.content) == b""
    upload(sign_in(world.owner), world)
    again = ImportRun.objects.exclude(id=run.id).get()
    do_run_import(str(again.id))
    again.refresh_from_db()
    assert again.report["en"]["products_unchanged"] == 1
    assert again.report["en"]["products_created"] == 0


def test_what_is_no_catalogue_fails_in_words(world: World, sign_in):
    client = sign_in(world.owner)
    upload(client, world, "a,b\n1,2\n")
    run = ImportRun.objects.get()
    do_run_import(str(run.id))
    run.refresh_from_db()
    assert run.state == "failed"
    assert run.problem["en"] in client.get(world.url(f"import/{run.id}/")).content.decode()


def test_an_empty_or_missing_file_is_said_beside_it(world: World, sign_in):
    client = sign_in(world.owner)
    assert upload(client, world, "").context["form"].errors["file"]
    reply = client.post(world.url("import/"), {"wanted": "auto"})
    assert reply.status_code == 422
    assert reply.context["form"].errors["file"]
    assert not ImportRun.objects.exists()


def test_imports_are_the_managers_business(world: World, sign_in, run: ImportRun):
    assert upload(sign_in(world.staff), world).status_code == 403
    assert upload(sign_in(world.buyer), world).status_code == 403
    assert ImportRun.objects.count() == 1
    other = world.other_owner.shop_memberships.get().shop
    path = f"/merchant/shop/{other.handle}/import/{run.id}/"
    assert sign_in(world.other_owner).get(path).status_code == 404
    assert sign_in(world.other_owner).get(f"{path}refusals.csv").status_code == 404


def test_who_lost_the_right_meanwhile_imports_nothing(world: World, run: ImportRun):
    world.owner.shop_memberships.all().delete()
    do_run_import(str(run.id))
    run.refresh_from_db()
    assert run.state == "failed"
    assert not Product.objects.filter(title="Oolong").exists()
