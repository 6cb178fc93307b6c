"""Pictures of pages as small files: a palette of 256 colours is plenty for a page, and a tenth of the bytes."""

import base64
import struct
import zlib
from typing import Final

from playwright.async_api import FloatRect, Page

# The browser reads its own picture: the commonest colours are the palette, each other becomes the one nearest to it.
_INDEXED: Final = """async (taken) => {
  const bytes = Uint8Array.from(atob(taken), (letter) => letter.charCodeAt(0));
  const picture = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const context = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
  context.drawImage(picture, 0, 0);
  const { data } = context.getImageData(0, 0, picture.width, picture.height);
  const colours = new Uint32Array(data.buffer);
  const counts = new Map();
  colours.forEach((colour) => counts.set(colour, (counts.get(colour) ?? 0) + 1));
  const palette = [...counts].sort((one, other) => other[1] - one[1]).slice(0, 256).map(([colour]) => colour);
  const parts = (colour) => [colour & 255, (colour >> 8) & 255, (colour >> 16) & 255];
  const far = (one, other) => parts(one).reduce((sum, part, i) => sum + (part - parts(other)[i]) ** 2, 0);
  const nearer = (colour) => (best, at, i) => far(colour, at) < far(colour, palette[best]) ? i : best;
  const index = new Map([...counts.keys()].map((colour) => [colour, palette.reduce(nearer(colour), 0)]));
  const letters = [];
  colours.forEach((colour) => letters.push(String.fromCharCode(index.get(colour))));
  return { width: picture.width, height: picture.height, palette: palette.map(parts), pixels: btoa(letters.join("")) };
}"""


async def picture_of(page: Page, *, tallest: int) -> bytes:
    """The whole page, or as much of it from its top, as a PNG with a palette."""
    width, height = await page.evaluate("[window.innerWidth, document.documentElement.scrollHeight]")
    clip = FloatRect(x=0, y=0, width=width, height=min(height, tallest))
    taken = await page.screenshot(full_page=True, clip=clip)
    indexed = await page.evaluate(_INDEXED, base64.b64encode(taken).decode())
    width, height = indexed["width"], indexed["height"]
    pixels = base64.b64decode(indexed["pixels"])
    rows = b"".join(b"\0" + pixels[start : start + width] for start in range(0, len(pixels), width))
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", bytes(part for colour in indexed["palette"] for part in colour)),
            _chunk(b"IDAT", zlib.compress(rows, 9)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
