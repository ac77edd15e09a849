"""Which of the shop's words a supplier's most likely means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yellowcart.catalog.fitting import Renames, suggest


@pytest.mark.parametrize(
    ("theirs", "known", "meant"),
    [
        ("Color", ["尺码", "颜色"], "颜色"),
        ("颜色分类", ["Size", "Colour"], "Colour"),
        ("Food > Teas", ["Home", "Grocery > Tea"], "Grocery > Tea"),
        ("Beauty > Lips", ["Beauty > Lip care", "Beauty > Lips"], "Beauty > Lips"),
        ("Garden gnomes", ["Tea", "Shoes"], ""),
        ("", ["Tea"], ""),
        ("Tea", [], ""),
    ],
)
def test_the_nearest_is_suggested(theirs, known, meant):
    assert suggest(theirs, known) == meant


@given(st.text(), st.lists(st.text()))
def test_only_known_words_are_suggested(theirs, known):
    assert suggest(theirs, known) in {"", *known}


@given(st.lists(st.text(), unique=True), st.dictionaries(st.text(), st.text()))
def test_options_stay_apart(theirs, renamed):
    ours = Renames(options=renamed).option_names(theirs)
    assert len(set(ours)) == len(theirs)


def test_what_is_kept_is_the_same():
    renames = Renames({"a": "b"}, {"Color": "颜色"})
    assert Renames.of(renames.kept()) == renames
    assert Renames.of({}) == Renames()
