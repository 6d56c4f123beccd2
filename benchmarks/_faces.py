"""Faces that belong to nobody, drawn from ellipses and shades, on busy grounds; for benchmarks and tests.

No picture of a person is used anywhere: a head is an ellipse with hair, ears, a neck, brows, eyes, a nose, a
mouth and light from one side, every measure of it drawn at random within what heads have.
"""

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageChops, ImageDraw, ImageFilter

LARGE = 256
"""Pixels of the height of a face as it is drawn, before it is made small."""

SKINS = ((255, 224, 196), (241, 194, 150), (224, 172, 125), (198, 134, 85), (141, 85, 50), (90, 56, 37))
HAIRS = ((20, 16, 14), (50, 34, 24), (92, 60, 34), (150, 120, 70), (190, 190, 185))


@dataclass(frozen=True)
class Box:
    """Where a face was put, in pixels."""

    x: int
    y: int
    w: int
    h: int


def face(rng: np.random.Generator) -> Image.Image:
    """One head with shoulders, RGBA; the face itself, chin to hair, is LARGE high and in the middle."""
    size = 2 * LARGE
    picture = Image.new("RGBA", (size, size))
    draw = ImageDraw.Draw(picture)
    skin = _shade(SKINS[rng.integers(len(SKINS))], rng.uniform(0.85, 1.1))
    hair = HAIRS[rng.integers(len(HAIRS))]
    mid, top = size // 2, size // 2 - LARGE // 2
    wide = int(LARGE * rng.uniform(0.66, 0.8))
    _body(draw, rng, mid, top, wide, skin)
    _oval(draw, mid, top + LARGE * 0.42, wide * 1.18, LARGE * rng.uniform(1.02, 1.2), hair)
    for side in (-1, 1):
        _oval(draw, mid + side * wide * 0.5, top + LARGE * 0.52, wide * 0.14, LARGE * 0.2, _shade(skin, 0.9))
    _oval(draw, mid, top + LARGE * 0.52, wide, LARGE * 0.98, skin)
    draw.pieslice((mid - wide * 0.52, top - 4, mid + wide * 0.52, top + LARGE * 0.5), 180, 360, fill=hair)
    _oval(draw, mid, top + LARGE * 0.45, wide * 0.9, LARGE * rng.uniform(0.42, 0.5), skin)
    turn = rng.uniform(-0.12, 0.12) * wide
    _features(draw, rng, mid + turn, top, wide, skin, hair)
    lit = _lit(picture, rng)
    return lit.rotate(rng.uniform(-15, 15), Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(1.5))


def _body(
    draw: ImageDraw.ImageDraw, rng: np.random.Generator, mid: int, top: int, wide: int, skin: tuple[int, ...]
) -> None:
    cloth = tuple(int(each) for each in rng.integers(20, 235, 3))
    draw.rectangle(
        (mid - wide * 0.25, top + LARGE * 0.8, mid + wide * 0.25, top + LARGE * 1.2), fill=_shade(skin, 0.75)
    )
    _oval(draw, mid, top + LARGE * 1.55, wide * 2.3, LARGE * 0.9, cloth)


def _features(
    draw: ImageDraw.ImageDraw,
    rng: np.random.Generator,
    mid: float,
    top: int,
    wide: int,
    skin: tuple[int, ...],
    hair: tuple[int, ...],
) -> None:
    eyes, apart = top + LARGE * rng.uniform(0.44, 0.48), wide * rng.uniform(0.21, 0.25)
    for side in (-1, 1):
        at = mid + side * apart
        _oval(draw, at, eyes, wide * 0.26, LARGE * 0.13, _shade(skin, 0.82))
        _oval(draw, at, eyes, wide * 0.19, LARGE * rng.uniform(0.05, 0.08), (240, 236, 230))
        _oval(draw, at, eyes, wide * 0.09, LARGE * 0.065, (35, 22, 16))
        draw.arc(
            (at - wide * 0.12, eyes - LARGE * 0.055, at + wide * 0.12, eyes + LARGE * 0.05),
            190,
            350,
            fill=(30, 20, 15),
            width=4,
        )
        draw.line(
            (at - wide * 0.12, eyes - LARGE * 0.09, at + wide * 0.11, eyes - LARGE * 0.1), fill=hair, width=8
        )
    nose = top + LARGE * 0.64
    draw.polygon(
        ((mid - wide * 0.03, eyes), (mid + wide * 0.09, nose), (mid - wide * 0.08, nose)),
        fill=_shade(skin, 0.9),
    )
    for side in (-1, 1):
        _oval(draw, mid + side * wide * 0.05, nose, wide * 0.05, LARGE * 0.025, _shade(skin, 0.5))
    _oval(draw, mid, nose - LARGE * 0.02, wide * 0.08, LARGE * 0.05, _shade(skin, 1.08))
    mouth = top + LARGE * rng.uniform(0.77, 0.81)
    _oval(draw, mid, mouth, wide * rng.uniform(0.3, 0.42), LARGE * rng.uniform(0.045, 0.1), _lips(skin))
    draw.line((mid - wide * 0.16, mouth, mid + wide * 0.16, mouth), fill=_shade(skin, 0.35), width=4)
    if rng.random() < 0.25:
        for side in (-1, 1):
            at = mid + side * apart
            draw.ellipse(
                (at - wide * 0.18, eyes - LARGE * 0.09, at + wide * 0.18, eyes + LARGE * 0.1),
                outline=(25, 25, 28),
                width=6,
            )


def _lips(skin: tuple[int, ...]) -> tuple[int, ...]:
    red, green, blue = skin[:3]
    return (int(red * 0.82), int(green * 0.55), int(blue * 0.55))


def _lit(picture: Image.Image, rng: np.random.Generator) -> Image.Image:
    """Light from one side, and the roundness of a head."""
    size = picture.width
    y, x = np.mgrid[0:size, 0:size] / size - 0.5
    angle = rng.uniform(0, 2 * np.pi)
    light = 1 + rng.uniform(0.2, 0.7) * (np.cos(angle) * x + np.sin(angle) * y) - 1.6 * (x**2 + y**2)
    grain = rng.normal(1, 0.02, (size, size))
    shade = Image.fromarray(np.clip(light * grain * 205, 0, 255).astype(np.uint8)).convert("RGB")
    colours = ImageChops.multiply(picture.convert("RGB"), shade)
    colours.putalpha(picture.getchannel("A"))
    return colours


def _oval(draw: ImageDraw.ImageDraw, x: float, y: float, w: float, h: float, fill: tuple[int, ...]) -> None:
    draw.ellipse((x - w / 2, y - h / 2, x + w / 2, y + h / 2), fill=fill)


def _shade(colour: tuple[int, ...], by: float) -> tuple[int, ...]:
    return tuple(min(255, int(each * by)) for each in colour)


def ground(rng: np.random.Generator, width: int, height: int) -> Image.Image:
    """A busy picture without a face: clouds of noise, walls with windows, poles, writing, ovals."""
    layers = np.zeros((height, width, 3))
    for cells in (4, 16, 64):
        small = rng.uniform(0, 255, (cells * height // width + 1, cells, 3)).astype(np.uint8)
        layers += np.asarray(Image.fromarray(small).resize((width, height), Image.Resampling.BICUBIC), float)
    picture = Image.fromarray(np.clip(layers / 3, 0, 255).astype(np.uint8))
    draw = ImageDraw.Draw(picture)
    for _ in range(width // 12):
        x, y = rng.integers(0, width), rng.integers(0, height)
        w, h = rng.integers(4, width // 6), rng.integers(4, height // 6)
        colour = tuple(int(each) for each in rng.integers(0, 255, 3))
        kind = rng.integers(4)
        if kind == 0:
            draw.rectangle((x, y, x + w, y + h), fill=colour)
        elif kind == 1:
            draw.ellipse((x, y, x + w // 2, y + h // 2), fill=colour, outline=_shade(colour, 0.5))
        elif kind == 2:
            draw.line((x, y, x + w, y + h), fill=colour, width=int(rng.integers(1, 8)))
        else:
            draw.text((x, y), "安全出口 EXIT 0123456789"[int(rng.integers(4)) :], fill=colour)
    return picture


def put(picture: Image.Image, head: Image.Image, x: int, y: int, height: int) -> Box:
    """Put a head so that its face is `height` pixels high with its left upper corner near (x, y)."""
    side = 2 * height
    small = head.resize((side, side), Image.Resampling.LANCZOS)
    picture.paste(small, (x - height // 2, y - height // 2), small)
    wide = int(height * 0.75)
    return Box(x + (height - wide) // 2, y, wide, height)
