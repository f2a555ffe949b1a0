"""Files that are written whole or not at all, and JSON that is read strictly.

Whatever happens, a kill and a full disk included, a reader sees the old file or the new
one, never half of one: the bytes go to a temporary name in the same folder, which is
renamed once they are on the disk.
"""

import errno
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import cast

from nsg_core.errors import FileError, NsgError

_REASONS = {
    errno.ENOSPC: "the disk is full. Free some space or choose another disk",
    errno.EDQUOT: "your disk quota is used up. Free some space or choose another disk",
    errno.EROFS: "the disk is read-only. Choose another folder",
    errno.EACCES: "writing there is not permitted. Choose another folder or change "
    "its permissions",
    errno.EPERM: "writing there is not permitted. Choose another folder or change its "
    "permissions",
    errno.ENOTDIR: "a part of that path is a file, not a folder. Choose another folder",
    errno.EEXIST: "there is a file where a folder is needed. Choose another folder",
    errno.EISDIR: "there is a folder of that name. Choose another name",
    errno.ENAMETOOLONG: "the name is too long. Choose a shorter one",
}


def cannot_write(path: Path, error: OSError) -> NsgError:
    """What a user should read when the system refuses to write a file."""
    reason = _REASONS.get(error.errno or 0, error.strerror or str(error))
    return NsgError(f"cannot write {path}: {reason}.")


def make_folder(path: Path) -> Path:
    """A folder that exists, with its parents; NsgError where that cannot be."""
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(path, error) from None
    return path


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A temporary name to write to, which becomes `path` when the block ends well."""
    # A link stays a link: the file that it leads to is replaced.
    target = Path(os.path.realpath(path))
    make_folder(target.parent)
    # It ends in .tmp so that nobody who lists pictures by their ending meets it.
    temporary = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}.tmp")
    try:
        yield temporary
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        os.replace(temporary, target)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        # On a disk that is read-only even this fails, and would hide the reason.
        with suppress(OSError):
            temporary.unlink(missing_ok=True)


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file whole or not at all."""
    with whole_file(path) as temporary:
        temporary.write_bytes(data)


def write_json(path: Path, data: object) -> None:
    """Write JSON whole or not at all; numbers must be finite."""
    write_bytes(path, f"{_pretty(data)}\n".encode())


def read_json(path: Path) -> object:
    """The content of a JSON file; FileError names the line where it is broken.

    NaN, Infinity and an object with the same key twice are refused.
    """
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except OSError as error:
        found = "no such file" if error.errno == errno.ENOENT else error.strerror
        raise FileError(path, "a JSON file", str(found)) from None
    except UnicodeDecodeError:
        raise FileError(path, "JSON text in UTF-8", "other bytes") from None
    try:
        return json.loads(
            text, parse_constant=_no_constant, object_pairs_hook=_no_twins
        )
    except json.JSONDecodeError as error:
        found = f"a mistake at column {error.colno} ({error.msg})"
        fix = "Mend that line, or take a copy from before the file was edited or cut."
        raise FileError(path, "JSON", found, fix, error.lineno) from None
    except (ValueError, RecursionError) as error:
        raise FileError(path, "JSON", str(error)) from None


def _pretty(data: object, indent: str = "") -> str:
    """JSON for people: what fits into a line stays on one."""
    line = json.dumps(data, ensure_ascii=False, allow_nan=False)
    if len(indent) + len(line) <= 88:
        return line
    deeper = f"{indent}  "
    if isinstance(data, dict):
        items = [
            f"{json.dumps(str(key), ensure_ascii=False)}: {_pretty(value, deeper)}"
            for key, value in cast(dict[object, object], data).items()
        ]
    elif isinstance(data, list | tuple):
        items = [_pretty(value, deeper) for value in cast(list[object], data)]
    else:
        return line
    opening, closing = "{}" if isinstance(data, dict) else "[]"
    body = ",\n".join(f"{deeper}{item}" for item in items)
    return f"{opening}\n{body}\n{indent}{closing}"


def _no_constant(name: str) -> object:
    raise ValueError(f"the number {name}, which JSON does not have")


def _no_twins(pairs: list[tuple[str, object]]) -> dict[str, object]:
    unique = dict(pairs)
    if len(unique) != len(pairs):
        names = [key for key, _ in pairs]
        twin = next(key for key in names if names.count(key) > 1)
        raise ValueError(f"the key {twin!r} twice in one object")
    return unique


def path_to_text(target: Path, folder: Path) -> str:
    """A path as a file in a folder names it: relative, if the two can move together."""
    target = Path(os.path.abspath(target))
    # With no more in common than the root, a relative path would only break when the
    # file is moved, and Windows has none between two drives.
    common = target.parts[:2] == folder.parts[:2] and len(folder.parts) > 1
    return Path(os.path.relpath(target, folder) if common else target).as_posix()


def path_from_text(text: str, folder: Path) -> Path:
    """The path that a file in a folder names."""
    return Path(os.path.normpath(folder / os.path.expanduser(text)))
