"""Binary goldens as text, so that a repository and its diffs hold nothing else: FILE becomes FILE.base64.

    python text_golden.py FILE...

`base64 -d FILE.base64` gives the same bytes again; so does `Fixtures.unpacked` of the Swift tests.
"""

import base64
import pathlib
import sys


def write_as_text(path: pathlib.Path) -> pathlib.Path:
    """Replaces a file by its text and returns where that is."""
    text = path.with_name(path.name + ".base64")
    text.write_bytes(base64.encodebytes(path.read_bytes()))
    path.unlink()
    return text


if __name__ == "__main__":
    for name in sys.argv[1:]:
        write_as_text(pathlib.Path(name))
