"""One address asked for its picture: what is taken, in which shape, and every lie that is not."""

import io
from typing import Any
from uuid import UUID

import pytest
from PIL import Image

from tests.pictures.gallery import Gallery, animated, bomb, drawn
from yellowcart.core.fetching import FetchError
from yellowcart.core.problems import in_languages
from yellowcart.pictures import decoder as opener
from yellowcart.pictures import fetching, rules
from yellowcart.pictures.decoding import Decoder, UnfitError
from yellowcart.pictures.fetching import Brought, Wanted, bring

TOO_LONG = opener.LONGEST_SIDE + 1


def wanted(url: str, **had: Any) -> Wanted:
    return Wanted(rules.id_of(url), url, rules.host_of(url), UUID(int=1), 0, **had)


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data))


def near(pixel: Any, colour: tuple[int, int, int]) -> bool:
    return all(abs(one - two) < 12 for one, two in zip(pixel[:3], colour, strict=True))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF"])
def test_a_picture_is_told_by_its_bytes_and_comes_in_two_sizes(
    hung: Gallery, decoder: Decoder, kind: str
) -> None:
    url = hung.hang("/page.html", drawn("teal", (2_000, 1_000), kind))
    hung.headers["/page.html"] = {"Content-Type": "text/html"}
    came = bring(wanted(url), decoder)
    assert came.outcome == "kept"
    assert came.shown is not None
    assert (came.shown.width, came.shown.height) == (1_280, 640)
    large, small = opened(came.shown.large), opened(came.shown.small)
    assert (large.format, large.size, small.size) == ("WEBP", (1_280, 640), (400, 200))
    assert near(large.convert("RGB").getpixel((9, 9)), (0, 128, 128))


def test_a_small_picture_is_not_blown_up(hung: Gallery, decoder: Decoder) -> None:
    came = bring(wanted(hung.hang("/a", drawn(size=(60, 40)))), decoder)
    assert came.shown is not None
    assert opened(came.shown.large).size == opened(came.shown.small).size == (60, 40)


def test_of_what_moves_the_first_frame_is_shown(hung: Gallery, decoder: Decoder) -> None:
    for kind in ("GIF", "WEBP", "PNG"):
        came = bring(wanted(hung.hang(f"/{kind}", animated(kind))), decoder)
        assert came.shown is not None
        picture = opened(came.shown.large)
        assert getattr(picture, "n_frames", 1) == 1
        assert near(picture.convert("RGB").getpixel((5, 5)), (255, 0, 0))


def test_what_a_camera_wrote_is_obeyed_and_left_out(hung: Gallery, decoder: Decoder) -> None:
    notes = Image.Exif()
    notes[0x0112] = 6  # to be turned by a quarter
    notes[0x010E] = "12 Garden Street"
    came = bring(wanted(hung.hang("/a", drawn(size=(80, 40), kind="JPEG", exif=notes))), decoder)
    assert came.shown is not None
    assert opened(came.shown.large).size == (40, 80)
    assert b"Garden" not in came.shown.large


def test_what_shows_through_goes_on_doing_so(hung: Gallery, decoder: Decoder) -> None:
    came = bring(wanted(hung.hang("/a", drawn((255, 0, 0, 0)))), decoder)
    assert came.shown is not None
    assert opened(came.shown.small).convert("RGBA").getpixel((3, 3))[3] == 0


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"<!doctype html><title>Not found</title>", "unknown"),
        (b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', "unknown"),
        (b"", "unknown"),
        (b"BM" + b"\0" * 400, "unknown"),
        (drawn(size=(800, 800), kind="JPEG")[:3_000], "broken"),
        (drawn((9, 8, 7), (300, 300))[:-40], "broken"),
        (bomb(), "too_many_pixels"),
    ],
    ids=["page", "svg", "nothing", "other kind", "half a jpeg", "cut png", "bomb"],
)
def test_what_is_no_sound_picture_is_refused(
    hung: Gallery, decoder: Decoder, data: bytes, why: str
) -> None:
    url = hung.hang("/a.jpg", data)
    hung.headers["/a.jpg"] = {"Content-Type": "image/jpeg"}
    came = bring(wanted(url), decoder)
    assert (came.outcome, came.shown) == ("refused", None)
    assert came.words == in_languages(fetching._UNFIT[why])
    assert came.words["zh-hans"] != came.words["en"]


def test_many_pixels_are_refused_before_they_are_unpacked(decoder: Decoder) -> None:
    wide = drawn(size=(TOO_LONG, 1), kind="PNG")
    with pytest.raises(UnfitError) as caught:
        decoder.make(wide)
    assert caught.value.why == "too_many_pixels"


def test_a_decoder_that_dies_of_a_picture_serves_the_next(decoder: Decoder) -> None:
    assert decoder.make(drawn()).width == 60
    process = decoder._process
    assert process is not None
    process.kill()
    process.wait()
    with pytest.raises(UnfitError):
        decoder.make(drawn())
    assert decoder.make(drawn()).width == 60


def test_what_has_no_end_is_cut_off(
    hung: Gallery, decoder: Decoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "LARGEST_BYTES", 100_000)
    came = bring(wanted(f"{hung.url}/endless"), decoder)
    assert (came.outcome, came.words) == (
        "refused",
        fetching.words_of(FetchError("too_large", "127.0.0.1")),
    )


def test_what_drips_is_left_for_later(
    hung: Gallery, decoder: Decoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "MOST_SECONDS", 0.2)
    came = bring(wanted(f"{hung.url}/drips"), decoder)
    assert came.outcome == "failed"


@pytest.mark.parametrize(
    "elsewhere", ["http://127.0.0.1:1/a", "https://10.0.0.1/a", "https://localhost/a"]
)
def test_a_redirect_into_the_house_is_refused(
    hung: Gallery, decoder: Decoder, elsewhere: str
) -> None:
    url = hung.hang("/a", b"")
    hung.status["/a"], hung.headers["/a"] = 302, {"Location": elsewhere}
    came = bring(wanted(url), decoder)
    assert came.outcome == "refused"
    assert "127.0.0.1" in came.words["en"] or "10.0.0.1" in came.words["en"] or "::1" in str(came)


def test_a_few_redirects_are_followed_and_no_more(hung: Gallery, decoder: Decoder) -> None:
    for n in range(6):
        hung.hang(f"/{n}", b"")
        hung.status[f"/{n}"], hung.headers[f"/{n}"] = 302, {"Location": f"/{n + 1}"}
    hung.hang("/3", drawn())
    del hung.status["/3"], hung.headers["/3"]
    assert bring(wanted(f"{hung.url}/0"), decoder).outcome == "kept"
    hung.status["/3"], hung.headers["/3"] = 302, {"Location": "/4"}
    assert bring(wanted(f"{hung.url}/0"), decoder).outcome == "refused"


def test_old_addresses_without_tls_are_asked_with_it(
    decoder: Decoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = []

    def refuse(_method: str, url: str, **_how: Any) -> Any:
        asked.append(url)
        raise FetchError("unreachable", "1.1.1.1")

    monkeypatch.setattr(fetching, "fetch", refuse)
    for url in ("http://1.1.1.1/a.jpg", "https://1.1.1.1/a.jpg"):
        assert bring(wanted(url), decoder).outcome == "failed"
    assert asked == ["https://1.1.1.1/a.jpg"] * 2


@pytest.mark.parametrize(
    ("status", "headers", "outcome"),
    [
        (404, {}, "refused"),
        (403, {}, "refused"),
        (500, {}, "failed"),
        (429, {}, "failed"),
        (429, {"Retry-After": "7"}, "waited"),
        (503, {"Retry-After": "Thu, 26 Nov 2026 18:00:00 GMT"}, "waited"),
    ],
)
def test_answers_that_pass_are_told_from_those_that_stay(
    hung: Gallery, decoder: Decoder, status: int, headers: dict[str, str], outcome: str
) -> None:
    url = hung.hang("/a", drawn())
    hung.status["/a"], hung.headers["/a"] = status, headers
    came = bring(wanted(url), decoder)
    assert came.outcome == outcome
    assert str(status) in came.words["en"]
    assert came.wait_seconds == {"7": 7, None: 0}.get(headers.get("Retry-After"), 60)


def test_what_is_as_before_is_not_sent_again(hung: Gallery, decoder: Decoder) -> None:
    url = hung.hang("/a", drawn())
    first = bring(wanted(url), decoder)
    again = wanted(url, digest=first.digest, etag=first.etag)
    assert bring(again, decoder).outcome == "same"
    assert hung.sent["/a"] == 1
    unmarked = wanted(url, digest=first.digest)
    assert bring(unmarked, decoder).outcome == "same"
    hung.hang("/a", drawn("red"))
    assert _changed(bring(again, decoder), first)


def _changed(now: Brought, before: Brought) -> bool:
    return now.outcome == "kept" and now.digest != before.digest
