"""The shell every page stands in."""

import pytest
from django.template import Context, Template
from django.test import Client, override_settings
from django.utils import translation

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
    assert "<s" not in _render("{% price 2000 'CNY' 1000 %}", "zh-hans")


def test_a_title_never_becomes_markup() -> None:
    shown = _render("{% cover url title 1 %}", "en", url='"><script>', title="<b>")
    assert "<script>" not in shown
    assert "<b>" not in shown


@pytest.mark.parametrize("seed", ["0190f5c2-7c3e-7000-8000-000000000001", "安溪"])
def test_the_ground_of_a_cover_is_one_of_the_drawn_ones(seed: str) -> None:
    assert 0 <= yc.art_ground(seed) < yc.ART_GROUNDS
