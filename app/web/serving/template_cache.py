"""Keeps compiled templates on disk, so that a new process need not compile them again."""

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path

from jinja2 import FileSystemBytecodeCache
from jinja2.bccache import Bucket

ROOT = Path(__file__).parents[3]
PACKAGES = ("app", "workers", "forms", "processes")


class TemplateCache(FileSystemBytecodeCache):
    """Jinja's cache, for one state of the code, that no page fails over."""

    def get_source_checksum(self, source: str) -> str:
        """Of the template and the code: Jinja applies filters to constants while it compiles."""
        return super().get_source_checksum(code_state() + source)

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it, if the disk lets us."""
        with suppress(OSError):
            super().dump_bytecode(bucket)


def template_cache(folder: Path) -> TemplateCache | None:
    """A cache in this folder, which is made; None when it could not be ours alone.

    What stands in it is run, so nobody else may write there.
    """
    try:
        with suppress(FileExistsError):
            folder.mkdir(mode=0o700)
        found = folder.lstat()
    except OSError:
        return None
    is_own = stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid()
    if not is_own or stat.S_IMODE(found.st_mode) & 0o022:
        return None
    return TemplateCache(str(folder))


@cache
def code_state() -> str:
    """A checksum of our Python files' names, sizes and times: another after every upgrade."""
    files = sorted(file for name in PACKAGES for file in _python_files(ROOT / name))
    state = [(file, (found := os.stat(file)).st_size, found.st_mtime_ns) for file in files]  # noqa: PTH116
    return sha256(repr(state).encode()).hexdigest()


def _python_files(folder: Path) -> Iterator[str]:
    """By `os.walk`: a path object for each of a thousand takes three times as long."""
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if name != "__pycache__"]
        yield from (os.path.join(place, name) for name in names if name.endswith(".py"))  # noqa: PTH118
