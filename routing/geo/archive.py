"""Array archives whose bytes depend on nothing but their content.

The files are ordinary ``.npz`` archives. `numpy.savez` stamps them with the hour of writing; here
the stamp, the order of members and the host system are fixed, so that a rebuilt file is equal to
the one it replaces unless its data changed.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[np.generic]]

_OLDEST_STAMP = (1980, 1, 1, 0, 0, 0)
_UNIX = 3


def pack(arrays: Arrays) -> bytes:
    """Return the ``.npz`` archive of `arrays`, its members in order of name."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name in sorted(arrays):
            info = zipfile.ZipInfo(f"{name}.npy", _OLDEST_STAMP)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = _UNIX
            archive.writestr(info, _npy(arrays[name]), compresslevel=9)
    return out.getvalue()


def unpack(content: bytes) -> dict[str, NDArray[np.generic]]:
    """Return the arrays of an archive made by `pack`; refuses pickled objects."""
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        return {name: archive[name] for name in archive.files}


def read_packaged(name: str) -> dict[str, NDArray[np.generic]]:
    """Return the arrays of the archive called `name` that ships with this package."""
    return unpack(files("routing.geo").joinpath("data", name).read_bytes())


def _npy(array: NDArray[np.generic]) -> bytes:
    out = io.BytesIO()
    np.lib.format.write_array(out, np.ascontiguousarray(array), version=(1, 0), allow_pickle=False)
    return out.getvalue()
