"""The three-way merge of an import, as laws."""

from hypothesis import given
from hypothesis import strategies as st

from yellowcart.catalog.merging import marks, merge

_values = st.sampled_from(["a", "b", "c", "", None, 1, ["x"], ["x", "y"]])
_fields = st.fixed_dictionaries(dict.fromkeys(("title", "price", "tags"), _values))


def after(ours, merged):
    return {**ours, **merged.changes}


@given(_fields, _fields)
def test_a_file_that_did_not_change_changes_nothing(last, ours):
    merged = merge(marks(last), last, ours)
    assert (merged.changes, merged.kept) == ({}, [])


@given(_fields, _fields)
def test_without_edits_the_file_wins_whole(last, file):
    merged = merge(marks(last), file, last)
    assert after(last, merged) == file
    assert merged.kept == []


@given(_fields, _fields, _fields)
def test_every_edit_survives_and_every_conflict_is_named(last, file, ours):
    merged = merge(marks(last), file, ours)
    result = after(ours, merged)
    for name in file:
        if ours[name] != last[name]:
            assert result[name] == ours[name]
        conflict = len({str(one[name]) for one in (last, file, ours)}) == 3
        assert (name in merged.kept) == conflict


@given(_fields, _fields)
def test_what_was_never_imported_takes_the_files_word(file, ours):
    assert after(ours, merge({}, file, ours)) == file
