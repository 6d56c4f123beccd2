"""Plates that belong to no vehicle, drawn, on grounds of the colours of cars; for benchmarks and tests."""

import numpy as np
from _faces import Box
from PIL import Image, ImageDraw, ImageFont

COLOURS = {
    "blue": ((20, 60, 160), (255, 255, 255)),
    "green": ((110, 200, 130), (10, 10, 10)),
    "yellow": ((240, 190, 20), (10, 10, 10)),
    "white": ((245, 245, 245), (10, 10, 10)),
}
"""Of plates of small cars, new-energy ones, lorries, and the police: ground and signs."""

LONG, HIGH = 440, 140
"""Millimetres (GA 36), drawn as pixels before it is made small."""

SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"


def plate(rng: np.random.Generator, colour: str) -> Image.Image:
    """One plate, RGBA: a sign of a few strokes that is no province, and six letters and digits."""
    below, ink = COLOURS[colour]
    picture = Image.new("RGBA", (LONG, HIGH), (*below, 255))
    draw = ImageDraw.Draw(picture)
    draw.rectangle((6, 6, LONG - 7, HIGH - 7), outline=ink, width=4)
    for _ in range(7):
        x, y = 22 + int(rng.integers(0, 45)), 25 + int(rng.integers(0, 80))
        draw.line((x, y, x + int(rng.integers(-20, 25)), y + int(rng.integers(0, 20))), fill=ink, width=9)
    for place, sign in enumerate(rng.choice(list(SIGNS), 6)):
        draw.text((80 + 58 * place, 18), sign, fill=ink, font=ImageFont.load_default(size=95))
    return picture


def put_plate(picture: Image.Image, rng: np.random.Generator, colour: str, wide: int) -> Box:
    """Put a plate of that width, a little turned, on a flat ground at a random place of the picture."""
    high = round(wide * HIGH / LONG)
    turned = plate(rng, colour).rotate(rng.uniform(-8, 8), Image.Resampling.BICUBIC, expand=True)
    small = turned.resize((wide, round(high * 1.15)), Image.Resampling.LANCZOS)
    x = int(rng.integers(wide // 2, picture.width - 3 * wide // 2))
    y = int(rng.integers(high, picture.height - 2 * high))
    car = tuple(int(each) for each in rng.integers(0, 255, 3))
    ImageDraw.Draw(picture).rectangle((x - wide // 2, y - high, x + wide * 3 // 2, y + 2 * high), fill=car)
    picture.paste(small, (x, y), small)
    return Box(x, y, wide, high)
