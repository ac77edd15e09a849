"""Handing in a catalogue: progress, report, refusals to download."""

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from tests.orders.worlds import make_world
from tests.web_merchant.conftest import World

from yellowcart.catalog.models import Product
from yellowcart.core.clock import now
from yellowcart.core.models import AuditEntry
from yellowcart.inventory import importing, runs
from yellowcart.inventory.models import ImportRun
from yellowcart.inventory.runs import do_run_import, resume_due

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


def step(run: ImportRun) -> ImportRun:
    do_run_import(str(run.id))
    run.refresh_from_db()
    return run


def let_in(client, world: World, run: ImportRun) -> ImportRun:
    assert client.post(world.url(f"import/{run.id}/go/")).status_code == 302
    return step(run)


def test_a_file_is_taken_in_and_its_preview_watched(world: World, sign_in, run: ImportRun):
    client = sign_in(world.owner)
    url = world.url(f"import/{run.id}/")
    assert (run.state, run.goal, run.file_name) == ("waiting", "preview", "tea.csv")
    assert "Waiting for the worker" in client.get(url).content.decode()
    ImportRun.objects.filter(id=run.id).update(state="running", phase="comparing", done=1, total=2)
    part = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "1 of 2 products compared" in part
    assert "hx-get" in part
    assert "<html" not in part


def test_nothing_is_written_before_somebody_has_looked(world: World, sign_in, run: ImportRun):
    client = sign_in(world.owner)
    assert step(run).state == "ready"
    assert not Product.objects.filter(title="Oolong").exists()
    page = client.get(world.url(f"import/{run.id}/"))
    assert [(one["title"], one["kind"]) for one in page.context["changes"]] == [
        ("Oolong", "created")
    ]
    assert [one["line"] for one in page.context["refusals"]] == [4]
    assert "Import now" in page.content.decode()
    let_in(client, world, run)
    assert Product.objects.get(title="Oolong").skus.count() == 2
    assert bytes(run.content) == b""


def test_the_preview_names_what_is_old_and_new(world: World, sign_in, run: ImportRun):
    client = sign_in(world.owner)
    let_in(client, world, step(run))
    upload(client, world, SHOPIFY.replace("12.50,7", "13.00,9").replace("Oolong,<", "Wulong,<"))
    again = step(ImportRun.objects.exclude(id=run.id).get())
    page = client.get(world.url(f"import/{again.id}/?show=changed"))
    (change,) = page.context["changes"].object_list
    assert {tuple(field) for field in change["fields"]} == {
        ("title", "", "Oolong", "Wulong"),
        ("price_minor", "50 g", 1250, 1300),
        ("stock", "50 g", 7, 9),
    }
    assert Product.objects.filter(title="Wulong").count() == 0
    client.post(world.url(f"import/{again.id}/drop/"))
    again.refresh_from_db()
    assert (again.state, bytes(again.content)) == ("dropped", b"")
    assert client.post(world.url(f"import/{again.id}/go/"), follow=True).status_code == 200
    again.refresh_from_db()
    assert again.state == "dropped"


def corrections(client, world: World, run: ImportRun) -> list[dict[str, str]]:
    file = client.get(world.url(f"import/{run.id}/corrections.csv"))
    return list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig"))))


def test_refused_rows_come_back_with_reasons_and_are_taken_over_alone(world, sign_in):
    client = sign_in(world.owner)
    upload(client, world, SHOPIFY.replace("100 g,22.00", "100 g,a lot"))
    run = let_in(client, world, step(ImportRun.objects.get()))
    report = client.get(world.url(f"import/{run.id}/")).context["report"]
    assert (report["products_created"], report["rows_refused"]) == (1, 2)
    rows = corrections(client, world, run)
    assert [row["Line before"] for row in rows] == ["2", "3", "4"]
    assert [bool(row["Reason for refusal"]) for row in rows] == [False, True, True]
    chinese = sign_in(world.owner, "zh-hans").get(world.url(f"import/{run.id}/corrections.csv"))
    assert "拒绝原因" in chinese.content.decode()
    rows[1]["Variant Price"], rows[2]["Variant Price"] = "22", "3"
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    upload(client, world, out.getvalue())
    again = let_in(client, world, step(ImportRun.objects.exclude(id=run.id).get()))
    report = again.report["en"]
    assert (report["products_created"], report["products_changed"]) == (1, 1)
    assert report["rows_refused"] == 0
    assert Product.objects.get(title="Oolong").skus.filter(active=True).count() == 2


def test_a_corrected_file_without_the_other_rows_takes_no_variant_off(world, sign_in, run):
    client = sign_in(world.owner)
    let_in(client, world, step(run))
    upload(client, world, "Reason for refusal," + "\nx,".join(SHOPIFY.split("\n")[:2]) + "\n")
    again = let_in(client, world, step(ImportRun.objects.exclude(id=run.id).get()))
    assert again.report["en"]["variants_retired"] == 0


FOREIGN = "Artikel,Preis,Bild\nSencha 50 g,12.50,https://img.example/1.jpg\n"


def test_columns_nobody_knows_are_named_once_and_known_from_then_on(world: World, sign_in):
    client = sign_in(world.owner)
    upload(client, world, FOREIGN)
    run = step(ImportRun.objects.get())
    assert run.state == "mapping"
    page = client.get(world.url(f"import/{run.id}/"))
    assert [one["chosen"] for one in page.context["columns"]] == ["title", "price", "images"]
    url = world.url(f"import/{run.id}/columns/")
    bad = {"column-0": "title", "column-1": "", "column-2": "price_minor"}
    client.post(url, bad)
    run.refresh_from_db()
    assert run.state == "mapping"
    client.post(url, {"column-0": "title", "column-1": "price", "column-2": ""})
    let_in(client, world, step(run))
    product = Product.objects.get(title="Sencha 50 g")
    assert (product.images, product.skus.get().price_minor) == ([], 1250)
    upload(client, world, FOREIGN.replace("12.50", "14"))
    again = step(ImportRun.objects.exclude(id=run.id).get())
    assert (again.state, again.mapping) == ("ready", ["title", "price", ""])
    let_in(client, world, again)
    assert product.skus.get().price_minor == 1400


def test_an_import_cut_short_goes_on_where_it_was(world: World, run: ImportRun, monkeypatch):
    rows = "".join(f"p{n},P{n},,,,,1.00,1,TRUE\n" for n in range(7))
    header = SHOPIFY.split("\n", maxsplit=1)[0]
    ImportRun.objects.filter(id=run.id).update(
        content=f"{header}\n{rows}bad,Bad,,,,,x,1,TRUE\n".encode(), goal="import"
    )
    monkeypatch.setattr(importing, "BATCH", 3)
    real, calls = importing.apply_drafts, []

    def dies(*args):
        calls.append(len(args[1]))
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*args)

    monkeypatch.setattr(importing, "apply_drafts", dies)
    with pytest.raises(KeyboardInterrupt):
        do_run_import(str(run.id))
    run.refresh_from_db()
    assert (run.state, run.progress["drafts"]) == ("running", 3)
    resume_due()
    run.refresh_from_db()
    assert calls == [3, 3, 3, 1]
    report = run.report["en"]
    assert (run.state, report["products_created"], report["products_unchanged"]) == ("done", 7, 0)
    assert report["rows_refused"] == 1
    assert Product.objects.filter(title__startswith="P").count() >= 7


def test_a_file_that_stops_the_worker_again_and_again_is_given_up(world, run, monkeypatch):
    def dies(*_args, **_named):
        raise KeyboardInterrupt

    monkeypatch.setattr(runs, "plan_import", dies)
    for _time in range(runs.MOST_TRIES):
        with pytest.raises(KeyboardInterrupt):
            do_run_import(str(run.id))
    assert step(run).state == "failed"


def test_doing_it_again_changes_nothing(world: World, sign_in, run: ImportRun):
    client = sign_in(world.owner)
    let_in(client, world, step(run))
    do_run_import(str(run.id))
    upload(client, world)
    again = step(ImportRun.objects.exclude(id=run.id).get())
    page = client.get(world.url(f"import/{again.id}/")).content.decode()
    assert "there is nothing to import" in page
    assert again.report["en"]["products_unchanged"] == 1


def test_what_is_no_catalogue_fails_in_words(world: World, sign_in):
    client = sign_in(world.owner)
    upload(client, world, "PK\x03\x04 nothing of the kind")
    run = step(ImportRun.objects.get())
    assert run.state == "failed"
    page = client.get(world.url(f"import/{run.id}/")).content.decode()
    assert "This workbook can" in page


def test_an_empty_or_missing_file_is_said_beside_it(world: World, sign_in):
    client = sign_in(world.owner)
    assert upload(client, world, "").context["form"].errors["file"]
    reply = client.post(world.url("import/"), {"wanted": "auto"})
    assert reply.status_code == 422
    assert reply.context["form"].errors["file"]
    assert not ImportRun.objects.exists()


def test_imports_are_the_managers_business(world: World, sign_in, run: ImportRun):
    step(run)
    for other in (world.staff, world.buyer, world.operator):
        client = sign_in(other)
        assert upload(client, world).status_code == 403
        for verb in ("go", "drop", "columns"):
            assert client.post(world.url(f"import/{run.id}/{verb}/")).status_code == 403
    assert ImportRun.objects.count() == 1
    other = world.other_owner.shop_memberships.get().shop
    path = f"/merchant/shop/{other.handle}/import/{run.id}/"
    client = sign_in(world.other_owner)
    assert client.get(path).status_code == 404
    assert client.get(f"{path}corrections.csv").status_code == 404
    assert client.post(f"{path}go/").status_code == 404
    run.refresh_from_db()
    assert run.state == "ready"


def test_who_lost_the_right_meanwhile_imports_nothing(world: World, run: ImportRun):
    world.owner.shop_memberships.all().delete()
    do_run_import(str(run.id))
    run.refresh_from_db()
    assert run.state == "failed"
    assert not Product.objects.filter(title="Oolong").exists()


@pytest.mark.parametrize("what", ["products", "stock", "listings", "orders"])
@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_a_shops_tables_are_taken_out_by_its_people(world: World, sign_in, what: str, kind: str):
    url = world.url(f"export/{what}.{kind}")
    file = sign_in(world.staff).get(url)
    assert file.status_code == 200
    assert file.content.startswith(b"PK" if kind == "xlsx" else b"\xef\xbb\xbf")
    assert AuditEntry.objects.get(verb="shop.export").actor_id == world.staff.id
    assert sign_in(world.buyer).get(url).status_code == 403
    assert sign_in(world.other_owner).get(url).status_code == 403
    assert sign_in(None).get(url).status_code == 302
    assert sign_in(world.staff).get(world.url(f"export/{what}.pdf")).status_code == 404


def test_addresses_leave_only_with_those_who_ship(world: World, sign_in):
    sold = make_world()
    sold.order(
        state="paid",
        paid_at=now(),
        ship_to={"name": "Li", "phone": "13800000000", "address": "=1 Lane"},
    )
    url = f"/merchant/shop/{sold.shop.handle}/export/orders.csv"
    owners = sign_in(sold.owner).get(url).content.decode()
    assert "13800000000" in owners
    assert "'=1 Lane" in owners
    operators = sign_in(world.operator).get(url).content.decode()
    assert str(sold.sku.id) in operators
    assert "13800000000" not in operators
