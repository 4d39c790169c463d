"""Arrays in NumPy's own files. `write FOLDER` saves some and prints what they hold; `read FILE...` prints what NumPy
finds in files: one JSON object a line, with the elements in C order as whole numbers or floats."""

import json
import sys
from pathlib import Path

import numpy as np

TYPES = ["bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "float32", "float64"]


def tell(name, array):
    elements = [str(int(value)) if array.dtype.kind in "biu" else float(value) for value in array.flatten(order="C")]
    print(json.dumps({"file": name, "dtype": array.dtype.newbyteorder("=").name, "shape": array.shape, "data": elements}))


def save(folder, name, array, version=None):
    with open(folder / name, "wb") as file:
        np.lib.format.write_array(file, array, version=version, allow_pickle=True)


def write(folder):
    for dtype in TYPES:
        for order in "<>":
            for layout in "CF":
                array = np.arange(24).reshape(2, 3, 4).astype(np.dtype(dtype).newbyteorder(order))
                name = f"{dtype}-{'little' if order == '<' else 'big'}-{layout}.npy"
                save(folder, name, np.asarray(array, order=layout))
                tell(name, array)
    for version in [(1, 0), (2, 0), (3, 0)]:
        array = np.array([0.5, -2.25, 1e300])
        name = f"version-{version[0]}.npy"
        save(folder, name, array, version)
        tell(name, array)
    for name, array in {"scalar.npy": np.array(7), "empty.npy": np.zeros((0, 3), np.float32)}.items():
        save(folder, name, array)
        tell(name, array)
    save(folder, "objects.npy", np.array([{"a": 1}], dtype=object))
    save(folder, "half.npy", np.array([0.5], dtype=np.float16))
    save(folder, "record.npy", np.array([(1, 2.0)], dtype=[("a", "<i4"), ("b", "<f8")]))


def read(files):
    for file in files:
        tell(Path(file).name, np.load(file, allow_pickle=False))


if __name__ == "__main__":
    command, *rest = sys.argv[1:]
    write(Path(rest[0])) if command == "write" else read(rest)
