"""What the database can do wrong; every message is one Vietnamese line for the operator."""

from __future__ import annotations


class StoreError(Exception):
    """The database is missing, damaged, locked, full or unreachable; nothing was half-written."""
