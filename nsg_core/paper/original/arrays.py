"""Reading `.npy` files that hold pickled arrays, without trusting the pickle.

A pickle is a program. The original saves a network's weights as an object array, whose
`.npy` is a pickle, and NumPy would run whatever stands there. Here three walls stand:
the program's instructions are read before any is carried out, and only those are
allowed that build plain data; the only names it may use are those of NumPy arrays,
which lead to inert records here, never to NumPy; and arrays are made of the records'
bytes only when type, shape and length fit together.
"""

import ast
import io
import math
import pickle
import pickletools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from nsg_core.errors import FileError

WANTED = "weights as NumPy arrays, as the original code saves them"
_FIX = "Copy the file again from where it was trained."
_DANGER = "Such a file could run commands when loaded, so it was not."

_LONGEST_HEAD = 10_000
"""Bytes; one of ours has about a hundred."""

_NUMBERS = {"f2", "f4", "f8", "i4", "i8"}
"""Types of arrays that weights come in."""

# Instructions that make numbers, texts, bytes, tuples, lists and the like; those that
# call something (GLOBAL, REDUCE, BUILD) find only what `_NAMES` leads to.
_INSTRUCTIONS = """
    PROTO FRAME STOP MARK POP POP_MARK GLOBAL STACK_GLOBAL REDUCE BUILD
    NONE NEWTRUE NEWFALSE INT BININT BININT1 BININT2 LONG LONG1
    STRING BINSTRING SHORT_BINSTRING UNICODE BINUNICODE SHORT_BINUNICODE
    BINBYTES SHORT_BINBYTES BINBYTES8 TUPLE TUPLE1 TUPLE2 TUPLE3
    EMPTY_TUPLE EMPTY_LIST LIST APPEND APPENDS
    GET BINGET LONG_BINGET PUT BINPUT LONG_BINPUT MEMOIZE
"""
_PLAIN = frozenset(_INSTRUCTIONS.split())


class _Refused(Exception):
    """What was found in a pickle that has no place there."""


class _Dtype:
    """A NumPy type as the pickle describes it."""

    def __init__(self, code: object, *_: object):
        self.code = str(code)
        self.order = "|"

    def __setstate__(self, state: object) -> None:
        if not isinstance(state, tuple) or len(state) < 2:
            raise _Refused("a broken array type")
        self.order = str(state[1])


class _Array:
    """A NumPy array as the pickle describes it."""

    state: tuple[Any, ...] = ()

    def __setstate__(self, state: object) -> None:
        if not isinstance(state, tuple) or len(state) != 5:
            raise _Refused("a broken array")
        self.state = state


class _NdarrayName:
    """Stands for `numpy.ndarray` where the pickle names it; calling it does nothing."""


def _reconstruct(kind: object, *_: object) -> _Array:
    if kind is not _NdarrayName:
        raise _Refused("an array of a strange kind")
    return _Array()


def _encode(text: object, encoding: object) -> bytes:
    """How old pickles write bytes."""
    if not isinstance(text, str) or encoding != "latin1":
        raise _Refused("bytes in a strange encoding")
    return text.encode("latin1")


_NAMES: dict[tuple[str, str], Callable[..., object]] = {
    ("numpy.core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy._core.multiarray", "_reconstruct"): _reconstruct,
    ("numpy", "ndarray"): _NdarrayName,
    ("numpy", "dtype"): _Dtype,
    ("_codecs", "encode"): _encode,
}


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        try:
            return _NAMES[module, name]
        except KeyError:
            raise _Refused(f"the name {module}.{name}") from None

    def persistent_load(self, pid: Any) -> Any:
        raise _Refused("a reference to something outside the file")


def read_arrays(path: Path) -> list[np.ndarray]:
    """The arrays of a weights file: one, or the items of an object array.

    Raises FileError where the file is missing, cut short, or holds anything but arrays.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise FileError(path, WANTED, "no such file") from None
    except OSError as error:
        raise FileError(path, WANTED, str(error.strerror)) from None
    try:
        shape, fortran, kind, start = _head(data)
    except (ValueError, TypeError, KeyError, SyntaxError, RecursionError) as error:
        found = f"no complete .npy head ({str(error).splitlines()[0]})"
        raise FileError(path, WANTED, found, _FIX) from None
    if kind.lstrip("|") == "O":
        arrays = _pickled(path, data[start:])
        if shape != (len(arrays),):
            found = f"{len(arrays)} arrays where its head says {shape}"
            raise FileError(path, WANTED, found, _FIX)
        return arrays
    try:
        if kind[1:] not in _NUMBERS:
            raise _Refused(f"an array of type {kind}")
        return [_array(shape, np.dtype(kind), fortran, data[start:])]
    except _Refused as refused:
        raise FileError(path, WANTED, str(refused), _FIX) from None


def _head(data: bytes) -> tuple[tuple[int, ...], bool, str, int]:
    """Shape, order, type and place of the data from an `.npy` head.

    Not by NumPy, whose reader tries to mend a broken head and fails in many ways.
    """
    if data[:6] != b"\x93NUMPY" or len(data) < 12:
        raise ValueError("it does not begin as one")
    width = 2 if data[6] == 1 else 4
    start = 8 + width + int.from_bytes(data[8 : 8 + width], "little")
    if start > min(len(data), _LONGEST_HEAD):
        raise ValueError("it is cut short")
    head = ast.literal_eval(data[8 + width : start].decode("latin1").strip())
    shape, fortran, kind = head["shape"], head["fortran_order"], head["descr"]
    if not isinstance(shape, tuple) or not isinstance(kind, str):
        raise ValueError("its shape or type is of another kind")
    return shape, bool(fortran), kind, start


def _pickled(path: Path, body: bytes) -> list[np.ndarray]:
    try:
        _inspect(body)
        record = _Unpickler(io.BytesIO(body)).load()
        return _items(record)
    except _Refused as refused:
        raise FileError(path, WANTED, str(refused), _DANGER) from None
    except (EOFError, pickle.UnpicklingError, ValueError, TypeError) as error:
        # A truncated pickle ends in one of these, and so does one with missing parts.
        found = f"a file that is cut short or broken ({error})"
        raise FileError(path, WANTED, found, _FIX) from None
    except (AttributeError, IndexError, KeyError, OverflowError, MemoryError) as error:
        found = f"a broken file ({type(error).__name__})"
        raise FileError(path, WANTED, found, _FIX) from None


def _inspect(body: bytes) -> None:
    """Refuse a pickle with an instruction or a name that arrays do not need."""
    for opcode, argument, _ in pickletools.genops(body):
        if opcode.name not in _PLAIN:
            raise _Refused(f"the pickle instruction {opcode.name}")
        if opcode.name == "GLOBAL":
            module, _, name = str(argument).partition(" ")
            if (module, name) not in _NAMES:
                raise _Refused(f"the name {module}.{name}")
        # A place in the memo is memory to be had; no file needs more than its bytes.
        if "PUT" in opcode.name and not 0 <= int(argument or 0) <= len(body):
            raise _Refused(f"a memo place {argument}")


def _items(record: object) -> list[np.ndarray]:
    """The arrays in the record of a one-dimensional object array."""
    if not isinstance(record, _Array) or not record.state:
        raise _Refused(f"a {type(record).__name__} instead of an array")
    _, shape, dtype, _, items = record.state
    is_objects = isinstance(dtype, _Dtype) and dtype.code.lstrip("|") in ("O", "O8")
    if not is_objects or not isinstance(items, list) or shape != (len(items),):
        raise _Refused("an array that is not a list of arrays")
    return [_record_array(item) for item in items]


def _record_array(item: object) -> np.ndarray:
    if not isinstance(item, _Array) or not item.state:
        raise _Refused(f"a {type(item).__name__} among the arrays")
    _, shape, dtype, fortran, data = item.state
    if not isinstance(dtype, _Dtype) or dtype.code not in _NUMBERS:
        raise _Refused("an array that holds no numbers")
    if not isinstance(data, bytes) or not isinstance(shape, tuple):
        raise _Refused("an array without its bytes")
    order = ">" if dtype.order == ">" else "<"
    return _array(shape, np.dtype(order + dtype.code), bool(fortran), data)


def _array(
    shape: tuple[Any, ...], dtype: np.dtype, fortran: bool, data: bytes
) -> np.ndarray:
    """An array of its own memory, native byte order; the bytes must be exactly its."""
    if not all(isinstance(n, int) and n >= 0 for n in shape):
        raise _Refused(f"an array of shape {shape}")
    size = math.prod(shape) * dtype.itemsize
    if len(data) != size:
        raise _Refused(f"{len(data)} bytes for an array of {size}")
    flat = np.frombuffer(data, dtype).astype(dtype.newbyteorder("="))
    return flat.reshape(shape, order="F" if fortran else "C")
