r"""The credentials file: what `setup` writes, and what every command reads beside its environment.

It has one ``NAME=value`` a line, with the names of the environment, and is good as the env-file of
a container too: so a key's line breaks are written as ``\n``. Only its owner may read it. What is
set in the environment itself counts more.
"""

from __future__ import annotations

import os
import re
import stat
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from app.domain.errors import MainstayError
from app.environment import VARIABLES
from app.settings import SettingsFault

FILE_BYTES_MAX: Final = 256 * 1024
"""A key and a dozen of short lines; a much larger file is another one."""

FOR_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO

HEADER: Final = "# Written by `python -m app setup`. Whoever reads it can act as this server.\n"

_LINE: Final = re.compile(r"([A-Z_]+)=(.*)")


def path_of(environment: Mapping[str, str]) -> Path:
    """Give the path of the file, whether or not it is there."""
    return Path(environment.get("CREDENTIALS_FILE", "").strip() or VARIABLES["CREDENTIALS_FILE"])


def merged(environment: Mapping[str, str]) -> Mapping[str, str]:
    """Give the environment, with what the file says of variables that are not set in it.

    Raises ``SettingsFault`` for a file that others can read, or that is none.
    """
    given = {name: value for name, value in environment.items() if value.strip()}
    return {**read(path_of(environment)), **given}


def read(path: Path) -> dict[str, str]:
    """Read the file; one that is not there says nothing."""
    return _parsed(path, _text(path))


def keep(path: Path, values: Mapping[str, str]) -> None:
    """Put values into the file, whole or not at all; what else stands in it stays as it is."""
    text = _text(path) or HEADER
    _parsed(path, text)
    kept = [line for line in text.splitlines() if line.partition("=")[0].strip() not in values]
    kept += [f"{name}={_written(value)}" for name, value in values.items()]
    try:
        _replace(path, "\n".join(kept) + "\n")
    except OSError as error:
        raise MainstayError(
            f"{path} cannot be written ({error.strerror}): name another file in CREDENTIALS_FILE."
        ) from None


def lines(values: Mapping[str, str]) -> str:
    """Write values as the file would have them."""
    return "".join(f"{name}={_written(value)}\n" for name, value in values.items())


def _written(value: str) -> str:
    return value.strip().replace("\n", "\\n")


def _text(path: Path) -> str:
    try:
        with path.open("rb") as file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & FOR_OTHERS:
                raise SettingsFault(
                    (f"{path} can be read by others on this machine: run `chmod 600 {path}`.",)
                )
            content = file.read(FILE_BYTES_MAX + 1)
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise SettingsFault(
            (f"{path} cannot be read ({error.strerror}): check its path and its owner.",)
        ) from None
    if len(content) > FILE_BYTES_MAX:
        raise SettingsFault((f"{path} is too large to be a credentials file: check its path.",))
    return content.decode(errors="replace")


def _parsed(path: Path, text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    faults = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        match = _LINE.fullmatch(line.strip())
        if match is None or match[1] not in VARIABLES:
            # The line itself may hold a secret: only its number is told.
            faults.append(
                f"{path} has a line {number} that sets nothing known: write NAME=value with a name "
                "of docs/settings.md."
            )
        else:
            found[match[1]] = match[2].strip()
    if faults:
        raise SettingsFault(tuple(faults))
    return found


def _replace(path: Path, text: str) -> None:
    """Write a new file beside the old one and put it in its place; nobody else ever reads it."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600
    try:
        with os.fdopen(handle, "w") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
