"""Comparing what a plan says of a document with a document: who issues it, its kind, what it is about."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum, auto
from functools import lru_cache
from itertools import pairwise

from deadlines.text import key

_ABBREVIATIONS = {
    "ubnd": "ủy ban nhân dân",
    "hđnd": "hội đồng nhân dân",
    "ttgcp": "thủ tướng chính phủ",
    "ttg": "thủ tướng chính phủ",
    "ubtvqh": "ủy ban thường vụ quốc hội",
    "byt": "bộ y tế",
}
_NUMBER = re.compile(
    r"\b\d{1,5}(?:\s*/\s*\d{4})?\s*/\s*[a-zđ]{1,8}\d{0,2}(?:\s*-\s*[a-zđ0-9]{1,12})*", re.IGNORECASE
)
_ANY_ACTOR = ("cấp có thẩm quyền", "cơ quan có thẩm quyền", "trung ương", "cấp trên", "nhà nước", "bộ ngành")
_KINDS = (
    "bộ luật",
    "luật",
    "pháp lệnh",
    "nghị quyết",
    "nghị định",
    "quyết định",
    "thông tư liên tịch",
    "thông tư",
    "chỉ thị",
    "công văn",
    "thông báo",
)
_CARRIED = (
    "đề án",
    "chương trình",
    "chiến lược",
    "kế hoạch",
    "quy hoạch",
    "dự án",
    "lộ trình",
    "quy chế",
    "danh mục",
)
"""What is issued inside another document, mostly a decision."""
_CARRIERS = ("quyết định", "nghị quyết", "chỉ thị", "công văn")
_STOP = (
    "tham mưu xây dựng triển khai thực hiện tổ chức ban hành phê duyệt quy định chi tiết hướng dẫn về của các"
    " và cho theo sau khi có tỉnh trên địa bàn một số điều năm giai đoạn"
)
"""Words that titles of all subjects have in common."""


class Fit(Enum):
    SAME = auto()
    LIKELY = auto()
    OPEN = auto()
    """The plan does not say."""
    NONE = auto()


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """One form for names: abbreviations written out, punctuation dropped, tone marks in one place."""
    words = [key(word) for word in re.findall(r"[^\W_]+", text.lower())]
    return " ".join(_PLAIN_ABBREVIATIONS.get(word, word) for word in words)


_PLAIN_ABBREVIATIONS = {key(short): key(full) for short, full in _ABBREVIATIONS.items()}
_PLAIN_ANY_ACTOR = tuple(plain(actor) for actor in _ANY_ACTOR)
_PLAIN_KINDS = tuple(plain(kind) for kind in _KINDS)
_PLAIN_CARRIED = tuple(plain(kind) for kind in _CARRIED)
_PLAIN_CARRIERS = tuple(plain(kind) for kind in _CARRIERS)
_GOVERNMENT = frozenset({plain("chính phủ"), plain("thủ tướng chính phủ"), plain("thủ tướng")})


def fit_of_actors(actors: Sequence[str], issuer: str, *, by_decision: bool) -> Fit:
    """Any one of the actors is enough. A scheme "of the Government" may be approved by the Prime Minister."""
    named = [plain(actor) for actor in actors]
    who = plain(issuer)
    if any(_same_name(actor, who) for actor in named):
        return Fit.SAME
    if not named or any(actor.startswith(_PLAIN_ANY_ACTOR) for actor in named):
        return Fit.OPEN
    if by_decision and who in _GOVERNMENT and any(actor in _GOVERNMENT for actor in named):
        return Fit.LIKELY
    return Fit.NONE


def _same_name(actor: str, who: str) -> bool:
    """The plan may leave out the province that the issuer's name gives, or the other way round."""
    if actor == who:
        return True
    shorter, longer = sorted((actor, who), key=len)
    return len(shorter.split()) > 2 and longer.startswith(shorter + " ")


def fit_of_instrument(awaited: str | None, instrument: str, subject: str) -> Fit:
    if awaited is None:
        return Fit.OPEN
    kind = kind_of(awaited)
    if kind is None:
        return Fit.OPEN
    issued = kind_of(instrument) or plain(instrument)
    if kind == issued:
        return Fit.SAME
    if kind in _PLAIN_CARRIED and issued in _PLAIN_CARRIERS and kind in plain(subject):
        return Fit.LIKELY
    return Fit.NONE


@lru_cache(maxsize=4096)
def kind_of(instrument: str) -> str | None:
    """The kind that words such as "Nghị định mới" begin with; None for "hướng dẫn" or "quy định"."""
    words = plain(instrument) + " "
    return next((kind for kind in (*_PLAIN_KINDS, *_PLAIN_CARRIED) if words.startswith(kind + " ")), None)


def number_key(number: str) -> str:
    return re.sub(r"\s+", "", number).casefold().replace("đ", "d")


def cited_numbers(text: str) -> dict[str, str]:
    """The numbers of documents that a text cites ("65/2017/NĐ-CP"): one form of each, and as printed."""
    return {number_key(found): found for found in _NUMBER.findall(text)}


def about(title: str, instrument: str | None) -> str:
    """The part of a title that names the awaited document; the whole title where none does."""
    words = plain(re.sub(r"\([^()]*sau khi[^()]*\)", " ", title, flags=re.IGNORECASE))
    kind = kind_of(instrument) if instrument else None
    if kind is None:
        return words
    at = f" {words} ".find(f" {kind} ")
    return words[at:] if at >= 0 else words


def names_document(title: str, instrument: str | None) -> bool:
    kind = kind_of(instrument) if instrument else None
    return kind is not None and f" {kind} " in f" {plain(title)} "


_PLAIN_STOP = frozenset(plain(_STOP).split())


@lru_cache(maxsize=8192)
def pairs(words: str) -> frozenset[tuple[str, str]]:
    """The pairs of neighbouring words that mean something; `words` come from `plain`."""
    return frozenset(pairwise(word for word in words.split() if word not in _PLAIN_STOP))


def shared(a: str, b: str) -> float:
    """How much of the shorter text's pairs of words the other has too, 0 to 1; both come from `plain`.

    Texts of fewer than four pairs prove less.
    """
    first, second = pairs(a), pairs(b)
    return len(first & second) / max(4, min(len(first), len(second)))
