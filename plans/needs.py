"""Signal that another program has to go first."""

from __future__ import annotations


class NeedsHelp(Exception):  # noqa: N818  no error: LibreOffice or tesseract has to go first
    """The child cannot read this by itself; `kind` is the format, "scan", or "scan:" and some pages' numbers."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(kind)
