"""`make check`: every package that the program runs on has a licence that lets a public office use it."""

from __future__ import annotations

import re
import sys
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path

LOCK = Path(__file__).parent.parent / "requirements" / "run.txt"

# Where a package offers several licences, one of these is enough; AGPL, GPL and SSPL alone are not.
ALLOWED = re.compile(
    r"\b(MIT|BSD|0BSD|Apache|ISC|MPL|Mozilla Public|PSF|Python Software Foundation|PostgreSQL|Unlicense|Zlib|HPND"
    r"|LGPL|Lesser General Public|Artistic|CC0|Public Domain|EPL|WTFPL)\b",
    re.IGNORECASE,
)
SAID_ELSEWHERE = {
    "dkimpy": "BSD-like (its LICENSE file)",
    "ply": "BSD",
}
"""Packages whose metadata names no licence, with what their own files say."""


def names() -> list[str]:
    return sorted(set(re.findall(r"^([A-Za-z0-9._-]+)==", LOCK.read_text(encoding="utf-8"), re.MULTILINE)))


def licence(package: Distribution) -> str:
    meta = package.metadata
    classifiers = [value for value in meta.get_all("Classifier") or () if value.startswith("License ::")]
    stated = (meta.get("License-Expression"), *classifiers, (meta.get("License") or "")[:300])
    return " / ".join(filter(None, stated))


def main() -> int:
    wrong = []
    for name in names():
        try:
            said = licence(distribution(name))
        except PackageNotFoundError:
            continue  # for another system or Python
        said = said or SAID_ELSEWHERE.get(name, "")
        if not ALLOWED.search(said):
            wrong.append(f"{name}: {said or 'no licence named'}")
    for line in wrong:
        sys.stderr.write(f"licence: {line}\n")
    sys.stdout.write(f"{len(names())} packages, {len(wrong)} with a licence that is not allowed\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
