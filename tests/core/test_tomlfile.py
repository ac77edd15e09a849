"""The outline finds the line of every key, whatever the values look like."""

import pytest

from yellowcart.core.tomlfile import TomlError, parse_toml, read_toml

TEXT = '''# a comment = 1
title = "[not] a = table"
list = [
  "a = 1",  # ] still open
  "b",
]
"quoted key" = 1
a.b = 2

[[rule]]
key = "first"
words = """
key = "inside a string"
[[rule]]
"""
after = 1

  [rule.reason]
  en = 'it''s'

[[rule]]
key = "second"
literal = \'\'\'
] = [
\'\'\'
inline = { en = "x = [", zh = "}" }
last = "a \\" # ["

[table.below]
x = 1
'''.replace("'it''s'", "'its'")


def test_every_key_stands_on_its_line():
    file = parse_toml(TEXT, "pack.toml")
    rows = TEXT.split("\n")

    def row(*path):
        return rows[file.line_of(*path) - 1].strip()

    assert row("title").startswith("title")
    assert row("list").startswith("list")
    assert row("quoted key").startswith('"quoted key"')
    assert row("a", "b").startswith("a.b")
    assert row("rule", 0, "key") == 'key = "first"'
    assert row("rule", 0, "after") == "after = 1"
    assert row("rule", 0, "reason", "en").startswith("en")
    assert row("rule", 1, "key") == 'key = "second"'
    assert row("rule", 1, "last").startswith("last")
    assert row("rule", 1, "inline", "en").startswith("inline")
    assert row("table", "below", "x") == "x = 1"


def test_what_is_absent_points_at_what_is_around_it():
    file = parse_toml(TEXT, "pack.toml")
    assert file.line_of("rule", 1, "ghost") == file.line_of("rule", 1)
    assert file.line_of("ghost") == 1


def test_every_key_of_the_data_was_found():
    file = parse_toml(TEXT, "pack.toml")

    def keys(value, path=()):
        if isinstance(value, dict):
            for name, below in value.items():
                if path[-1:] != ("inline",):
                    yield (*path, name)
                    yield from keys(below, (*path, name))
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for place, below in enumerate(value):
                yield from keys(below, (*path, place))

    missing = [path for path in keys(file.data) if path not in file.lines]
    assert missing in ([], [("rule",)], [("rule",), ("table",)])


def test_not_toml_names_the_line():
    with pytest.raises(TomlError) as raised:
        parse_toml('a = 1\nb = \nc = "x"\n', "x.toml")
    assert raised.value.line == 2


def test_an_unfinished_file_names_its_end():
    with pytest.raises(TomlError) as raised:
        parse_toml("a = 1\nb = [1,\n", "x.toml")
    assert raised.value.line >= 2


def test_not_utf8(tmp_path):
    path = tmp_path / "x.toml"
    path.write_bytes("a = '中'".encode("gb18030"))
    with pytest.raises(TomlError, match="UTF-8"):
        read_toml(path)
