"""Pictures opened in a process of its own: one after another on standard input, as they are shown
on standard output.

A decoder of strangers' bytes may be made to ask for all memory, or worse, so whoever opens them
must be able to do without the process that did. This one limits its own memory, imports nothing
of the house, and is started by :mod:`yellowcart.pictures.decoding`.

Both ways: frames of four bytes' length (big-endian). In: a picture. Out: MessagePack, either
``{"why": …}`` or ``{"width", "height", "large", "small"}``.
"""

import io
import resource
import sys
from contextlib import suppress
from typing import Any, BinaryIO

import msgspec
from PIL import Image, ImageCms, ImageOps

MOST_MEMORY = 1_200 * 2**20
#: Pixels of a picture as it comes, both sides multiplied; and the longest side.
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 20_000
#: The longest side of what we show.
LARGE = 1_280
SMALL = 400
FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
_SRGB = ImageCms.createProfile("sRGB")

_encode = msgspec.msgpack.Encoder().encode


def shown(data: bytes) -> dict[str, Any]:
    """A picture as we show it: its first frame, upright, in sRGB, without what else it carried.

    Or why not: ``unknown`` (no picture of ours), ``too_many_pixels``, ``broken``.
    """
    try:
        opened = Image.open(io.BytesIO(data), formats=FORMATS)
    except Image.DecompressionBombError:
        return {"why": "too_many_pixels"}
    except Exception:
        # Whatever a stranger's bytes make a decoder say, they are no picture.
        return {"why": "unknown"}
    width, height = opened.size
    if width * height > MOST_PIXELS or max(width, height) > LONGEST_SIDE:
        return {"why": "too_many_pixels"}
    try:
        # A JPEG is decoded at a fraction of its size where that is enough.
        opened.draft("RGB", (LARGE, LARGE))
        large = _fitted(_coloured(ImageOps.exif_transpose(opened)), LARGE)
        small = _fitted(large, SMALL)
        return {
            "width": large.width,
            "height": large.height,
            "large": _written(large),
            "small": _written(small),
        }
    except MemoryError:
        return {"why": "too_many_pixels"}
    except Exception:
        # Cut off, or made to look like a picture.
        return {"why": "broken"}


def _coloured(image: Image.Image) -> Image.Image:
    """RGB, or RGBA where something shows through, in sRGB."""
    profile = image.info.get("icc_profile")
    clear = "A" in image.getbands() or "transparency" in image.info
    plain = image.convert("RGBA" if clear else "RGB")
    if profile and image.mode in {"RGB", "RGBA"}:
        with suppress(ImageCms.PyCMSError, OSError):
            found = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            made = ImageCms.profileToProfile(plain, found, _SRGB, outputMode=plain.mode)
            return made or plain
    return plain


def _fitted(image: Image.Image, most: int) -> Image.Image:
    if max(image.size) <= most:
        return image
    small = image.copy()
    small.thumbnail((most, most), Image.Resampling.LANCZOS)
    return small


def _written(image: Image.Image) -> bytes:
    out = io.BytesIO()
    image.save(out, "WEBP", quality=80, method=4, exif=b"", icc_profile=b"")
    return out.getvalue()


def main() -> None:
    """Answer picture for picture, until there are no more."""
    # A tighter limit that is already there may not be raised; then it stands.
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    while (data := _frame(sys.stdin.buffer)) is not None:
        answer = _encode(shown(data))
        sys.stdout.buffer.write(len(answer).to_bytes(4, "big") + answer)
        sys.stdout.buffer.flush()


def _frame(source: BinaryIO) -> bytes | None:
    head = source.read(4)
    if len(head) < 4:
        return None
    return source.read(int.from_bytes(head, "big"))


if __name__ == "__main__":
    main()
