"""Our copies as viewers get them: the right size, asked for again when it changed, or none."""

from uuid import UUID

import pytest
from tests.rooms import Server, make_goods, make_room, mount

from yellowcart.catalog.models import Product
from yellowcart.core.clock import wall
from yellowcart.core.ids import new_id
from yellowcart.edge.pictures import Shelf
from yellowcart.pictures.models import Address, Picture
from yellowcart.pictures.rules import id_of, place_of


def kept(url: str, mark: str) -> None:
    """As if an address showed this."""
    picture, _new = Picture.objects.get_or_create(
        digest=mark * 64,
        defaults={"width": 9, "height": 9, "large": mark.encode() * 20, "small": mark.encode()},
    )
    Address.objects.update_or_create(
        id=id_of(url),
        defaults={
            "url": url,
            "host": "cdn.example",
            "shop_id": UUID(int=1),
            "state": "kept",
            "picture": picture,
            "wanted_at": wall(),
        },
    )


def test_a_copy_is_handed_out_in_both_sizes(server: Server) -> None:
    url = f"https://cdn.example/{new_id()}.jpg"
    kept(url, "a")
    small, large = (server.get(place_of(url, size)) for size in ("small", "large"))
    assert (small.content, large.content) == (b"a", b"a" * 20)
    assert small.headers["content-type"] == "image/webp"
    assert small.headers["x-content-type-options"] == "nosniff"
    assert "max-age" in small.headers["cache-control"]
    again = server.get(place_of(url), headers={"if-none-match": small.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_what_is_not_there_is_not_there(server: Server) -> None:
    url = f"https://cdn.example/{new_id()}.jpg"
    assert server.get(place_of(url)).status_code == 404
    kept(url, "b")
    assert server.get(place_of(url)).status_code == 200
    assert server.get(place_of(url, "huge")).status_code == 404
    assert server.get("/pictures/nonsense/small.webp").status_code == 404


def test_a_room_names_our_copy_and_never_the_source(server: Server) -> None:
    room, product = make_room(), make_goods()
    Product.objects.filter(id=product.id).update(images=["https://cdn.example/x.jpg"])
    mount(room, product)
    body = server.get(f"/api/v1/rooms/{room.id}").text
    assert "cdn.example" not in body
    assert place_of("https://cdn.example/x.jpg") in body


def test_a_shelf_keeps_what_was_wanted_last(monkeypatch: pytest.MonkeyPatch) -> None:
    shelf = Shelf(most_bytes=10)
    keys = [(UUID(int=n), "small") for n in range(3)]
    shelf.put(keys[0], "a", b"xxxx")
    shelf.put(keys[1], "b", b"yyyy")
    assert shelf.get(keys[0]) is not None
    shelf.put(keys[2], "c", b"zzzz")
    assert shelf.get(keys[1]) is None
    assert shelf.get(keys[0]) is not None
    monkeypatch.setattr("yellowcart.edge.pictures.KEPT_SECONDS", 0.0)
    shelf.put(keys[0], "a", b"xxxx")
    assert shelf.get(keys[0]) is None
