"""A gallery, and a worker's duty to look at it."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.pictures.gallery import Gallery, gallery
from yellowcart.pictures.decoding import Decoder
from yellowcart.pictures.duties import LookAfter


@pytest.fixture
def hung(settings: Any) -> Iterator[Gallery]:
    with gallery(settings) as shown:
        yield shown


@pytest.fixture(scope="module")
def decoder() -> Iterator[Decoder]:
    decoder = Decoder()
    yield decoder
    decoder.close()


@pytest.fixture
def duty() -> Iterator[LookAfter]:
    duty = LookAfter()
    yield duty
    duty.close()
