"""The shell every page stands in."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpResponse
from django.template import Context, Template
from django.test import Client, RequestFactory, override_settings
from django.urls import reverse
from django.utils import translation
from tests.factories import make_account

from yellowcart.core.problems import Problem
from yellowcart.people.models import Account, RoleGrant
from yellowcart.sources.known import KNOWN
from yellowcart.web.base.middleware import ProblemPages
from yellowcart.web.base.templatetags import yc


@pytest.mark.django_db
def test_the_design_sheet_is_not_for_production(client: Client) -> None:
    assert client.get("/design/").status_code == 404


@pytest.mark.django_db
@pytest.mark.parametrize(("language", "word"), [("zh-hans", "登录"), ("en", "Sign in")])
def test_the_shell_speaks_both_languages(client: Client, language: str, word: str) -> None:
    with override_settings(DEMO=True):
        page = client.get("/design/", headers={"Accept-Language": language}).content.decode()
    assert word in page
    assert 'href="#main"' in page


def _render(source: str, language: str, **context: object) -> str:
    with translation.override(language):
        return Template("{% load yc %}" + source).render(Context(context))


def test_a_price_strikes_the_former_one_through_only_when_it_was_higher() -> None:
    dearer = _render("{% price 1000 'CNY' 2000 %}", "zh-hans")
    assert '<s class="price__was">¥20.00</s>' in dearer
    assert "<s " not in _render("{% price 2000 'CNY' 1000 %}", "zh-hans")


def test_a_title_never_becomes_markup() -> None:
    shown = _render("{% cover url title 1 %}", "en", url='"><script>', title="<b>")
    assert "<script>" not in shown
    assert "<b>" not in shown


@pytest.mark.parametrize("seed", ["0190f5c2-7c3e-7000-8000-000000000001", "安溪"])
def test_the_ground_of_a_cover_is_one_of_the_drawn_ones(seed: str) -> None:
    assert 0 <= yc.art_ground(seed) < yc.ART_GROUNDS


@pytest.fixture
def demo_person(db: None) -> Account:
    return Account.objects.create_user(
        "mei", "mei@demo.example", "a-long-password", display_name="Mei", handle="mei"
    )


@pytest.mark.parametrize("page", ["account_login", "account_signup", "account_reset_password"])
@pytest.mark.django_db
def test_the_sign_in_pages_wear_our_clothes(client: Client, page: str) -> None:
    shown = client.get(reverse(page)).content.decode()
    assert "entrance__form" in shown
    assert 'class="field"' in shown


def test_the_demos_people_sign_in_with_one_tap(client: Client, demo_person: Account) -> None:
    with override_settings(DEMO=True):
        assert "@mei" in client.get("/accounts/login/").content.decode()
        answer = client.post(
            "/demo/sign-in/", {"account": str(demo_person.pk), "next": "//evil.example/"}
        )
    assert answer.headers["Location"] == "/"
    assert client.session["_auth_user_id"] == str(demo_person.pk)


def test_outside_the_demo_nobody_signs_in_without_a_password(
    client: Client, demo_person: Account
) -> None:
    assert "@mei" not in client.get("/accounts/login/").content.decode()
    assert client.post("/demo/sign-in/", {"account": str(demo_person.pk)}).status_code == 404


def test_the_demos_tap_opens_no_other_account(client: Client, db: None) -> None:
    real = Account.objects.create_user("li", "li@example.com", "pw", display_name="Li", handle="li")
    with override_settings(DEMO=True):
        for chosen in (str(real.pk), "not-an-id", ""):
            assert client.post("/demo/sign-in/", {"account": chosen}).status_code == 404


def test_the_consoles_of_ones_roles_are_in_the_menu(client: Client, demo_person: Account) -> None:
    RoleGrant.objects.create(account=demo_person, role="operator")
    client.force_login(demo_person)
    context = client.get("/accounts/password/change/").context
    found = [console["url"] for console in context["consoles"]]
    assert "/creator/" not in found
    assert all(url.startswith("/operator/") for url in found)


@pytest.mark.parametrize(("status", "location"), [(403, ""), (401, "/accounts/login/?next=/x")])
def test_a_refusal_becomes_a_page(rf: RequestFactory, db: None, status: int, location: str) -> None:
    request = rf.get("/x")
    request.user = AnonymousUser()
    problem = Problem("not_yours", status, "Ask the owner.")
    answer = ProblemPages(lambda _request: HttpResponse()).process_exception(request, problem)
    assert answer is not None
    if location:
        assert answer.headers["Location"] == location
    else:
        assert answer.status_code == status
        assert "Ask the owner." in answer.content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize(("address", "guarded"), [("/", True), ("/admin/login/", False)])
def test_pages_run_no_script_but_ours(client: Client, address: str, guarded: bool) -> None:
    policy = client.get(address).headers.get("Content-Security-Policy", "")
    assert ("script-src 'self'" in policy) is guarded


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("language", "word"), [("en", "There is nothing here"), ("zh-hans", "这里什么也没有")]
)
def test_a_wrong_address_gets_a_page_of_ours(client: Client, language: str, word: str) -> None:
    answer = client.get("/nowhere/", headers={"Accept-Language": language})
    assert answer.status_code == 404
    assert word in answer.content.decode()


@pytest.mark.parametrize("source", [one.code for one in KNOWN])
def test_pages_name_every_known_source(source: str) -> None:
    with translation.override("en"):
        assert yc.source_name(source) != source


@pytest.mark.django_db
def test_an_address_that_is_not_there_says_so_as_a_page(client: Client) -> None:
    answer = client.get("/nothing/here/", headers={"Accept-Language": "en"})
    assert answer.status_code == 404
    assert answer.content.decode().count("<h1") == 1


@pytest.mark.django_db
def test_a_password_that_is_too_short_is_refused_in_the_readers_language(client: Client) -> None:
    typed = {"username": "anna", "password1": "abc", "password2": "abc"}
    answer = client.post("/accounts/signup/", typed, headers={"Accept-Language": "zh-hans"})
    page = answer.content.decode()
    assert "密码太短，至少需要 8 个字符。" in page
    assert 'value="anna"' in page


@pytest.mark.parametrize(
    ("referer", "way_back"),
    [
        ("http://testserver/shops/?q=1", 'href="/shops/?q=1"'),
        ("http://elsewhere.example/shops/", 'href="/"'),
        ("http://testserver/operator/", 'href="/"'),
        ("", 'href="/"'),
    ],
)
@pytest.mark.django_db
def test_a_refusal_leads_back_to_the_page_before(referer: str, way_back: str) -> None:
    client = Client(headers={"Accept-Language": "en", "Referer": referer})
    client.force_login(make_account())
    answer = client.get("/operator/")
    assert answer.status_code == 403
    assert f'class="btn btn--primary" {way_back}' in answer.content.decode()
