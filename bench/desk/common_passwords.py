"""Make the desk's list of common passwords from a list in the order of use, the most used first.

python -m bench.desk.common_passwords LIST > desk/web/common_passwords.txt
"""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path

from desk.web.common_passwords import LISTED, digest
from desk.web.passwords import SHORTEST


def digests(lines: Iterable[str]) -> list[str]:
    """Those of the first `LISTED` that the desk would take for their length, sorted."""
    kept: dict[str, None] = {}
    for line in lines:
        if len(line) >= SHORTEST:
            kept.setdefault(digest(line))
        if len(kept) == LISTED:
            break
    return sorted(kept)


if __name__ == "__main__":
    print(*digests(Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()), sep="\n")
