"""Phone numbers as Zalo wants them, and how personal identifiers are shown.

Phone numbers and Zalo user ids are personal data (Luật 91/2025/QH15): logs and screens see masks only.
"""

from __future__ import annotations

import base64
import re
from pathlib import Path

VIETNAMESE_MOBILE = r"84[35789]\d{8}"
_SEPARATORS = re.compile(r"[\s.\-()\u00a0\u2010-\u2015]+")
_IDENTIFIER = re.compile(r"[A-Za-z0-9_\-.:]{1,128}")
_LONG_DIGITS = re.compile(r"\d{7,}")


def normal_phone(text: str, pattern: str = VIETNAMESE_MOBILE) -> str | None:
    """`0912 345 678`, `+84 912…` and `0084…` as `84912345678`; None for what is no Vietnamese mobile number."""
    digits = _SEPARATORS.sub("", text).removeprefix("+")
    if not digits.isascii() or not digits.isdigit():
        return None
    if digits.startswith("00"):
        digits = digits[2:]
    elif digits.startswith("0"):
        digits = "84" + digits[1:]
    return digits if re.fullmatch(pattern, digits) else None


def normal_id(text: str) -> str | None:
    """A Zalo user, group or chat id; None where it is empty or holds what no id holds."""
    trimmed = text.strip()
    return trimmed if _IDENTIFIER.fullmatch(trimmed) else None


def masked(address: str) -> str:
    """`84912345678` as `84•••••678`; any other identifier keeps its last three characters only."""
    phone = normal_phone(address)
    if phone:
        return f"84•••••{phone[-3:]}"
    return "•••••" + address[-3:] if len(address) > 6 else "•••••"


def without_numbers(words: str, limit: int = 120) -> str:
    """Words of another machine made fit for a log: one line, no long digit runs, cut at `limit`."""
    flat = " ".join("".join(c if c.isprintable() else " " for c in words).split())
    return _LONG_DIGITS.sub(lambda found: "•••" + found.group()[-3:], flat)[:limit]


def encrypted(phone: str, key_file: str) -> str:
    """The number in base64 for the holder of the key (OAEP with SHA-256). Raises OSError, ValueError."""
    from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    key = load_pem_public_key(Path(key_file).read_bytes())
    if not isinstance(key, RSAPublicKey):
        raise ValueError("no RSA key")
    return base64.b64encode(key.encrypt(phone.encode(), OAEP(MGF1(SHA256()), SHA256(), None))).decode()
