"""Both languages say everything."""

from pathlib import Path

import pytest

from yellowcart.core import messages


@pytest.mark.parametrize("path", messages.catalogs(), ids=lambda path: path.parts[-5])
def test_nothing_lacks_its_chinese(path: Path) -> None:
    assert [message.id for message in messages.missing(path)] == []


def test_every_sentence_is_in_its_folders_catalogue() -> None:
    from babel.messages.pofile import read_po

    translated: set[object] = set()
    for path in messages.catalogs():
        with path.open("rb") as file:
            translated |= {message.id for message in read_po(file) if message.id}
    wanted = {message.id for message in messages.extract_folder(messages.PACKAGE) if message.id}
    assert sorted(map(str, wanted - translated)) == []


def test_a_sentence_has_one_chinese() -> None:
    """All folders' catalogues become one: where two differ, pages show either in both places."""
    from babel.messages.pofile import read_po

    found: dict[tuple[object, object], set[object]] = {}
    for path in messages.catalogs():
        with path.open("rb") as file:
            for message in read_po(file, locale=messages.LOCALE):
                if message.id:
                    key = (message.context, str(message.id))
                    found.setdefault(key, set()).add(str(message.string))
    assert {key: said for key, said in found.items() if len(said) > 1} == {}
