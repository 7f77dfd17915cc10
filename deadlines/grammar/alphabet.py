"""One character for each word that a rule names, so that a rule becomes a regular expression over words.

Every literal word of the rules has an exact character and one for its form without diacritics. Texts with
all their diacritics never show the second; texts typed or scanned without them do, and then every rule
that names the word accepts it ("quy" stands for "quý").
"""

from __future__ import annotations

from itertools import chain

from deadlines.text import bare, tone_variants

WORD, OTHER, DOCUMENT = "w", "z", "D"
ONE, QUARTER_NUMBER, MONTH_NUMBER, DAY_NUMBER, SMALL_NUMBER, YEAR, LARGE_NUMBER = (
    "o",
    "a",
    "b",
    "c",
    "n",
    "Y",
    "x",
)
NUMBERS = "oabcnYx"
DASHES = "-–—−‐‑‒―~"
SAME_WORD = {"hàng": "hằng", "quí": "quý", "kì": "kỳ", "uỷ": "ủy", "mồng": "mùng", "q": "quý"}
LOOKALIKES = {
    "l": "i",
    "ll": "ii",
    "li": "ii",
    "il": "ii",
    "lll": "iii",
    "iil": "iii",
    "lv": "iv",
    "iy": "iv",
}
"""What scanners make of Roman numerals; read only with lower confidence."""
PUNCTUATION = {
    **dict.fromkeys(DASHES, "-"),
    **dict.fromkeys("“”„‟\"'‘’«»", '"'),
    **dict.fromkeys("•●▪◦*·", "+"),
    "…": ".",
    "；": ";",
    "，": ",",
    "／": "/",
    "⁄": "/",
    "[": "(",
    "]": ")",
}
_SMALL, _MANY = range(0x80, 0x100), range(0xE000, 0xF900)
"""Signs below U+0100 make classes that compile far faster, so the words of most classes get them."""
_OFTEN = (
    'quý tháng năm ngày tuần hằng mỗi khi nếu không chưa trừ ngoại hoặc hay , ; . : - ( ) + / " % & !'
    " trước sau từ đến tới trong vào hết cuối đầu giữa nay và của cho"
)


class Alphabet:
    """Gives each literal its characters as the rules are compiled, and looks words up for the lexer."""

    def __init__(self) -> None:
        self._exact: dict[str, str] = {}
        self._bare: dict[str, str] = {}
        self.words: dict[str, str] = {}
        self.loose: dict[str, str] = {}
        self._signs = map(chr, chain(_SMALL, _MANY))
        self._add_numbers()
        for word in _OFTEN.split():
            self.literal(word)

    def _add_numbers(self) -> None:
        for number in range(1, 1000):
            sign = SMALL_NUMBER
            if number <= 31:
                sign = DAY_NUMBER if number > 12 else MONTH_NUMBER if number > 4 else QUARTER_NUMBER
                sign = ONE if number == 1 else sign
            for form in {str(number), f"{number:02d}"}:
                self.words[form] = sign
        self.words["00"] = self.words["0"] = LARGE_NUMBER
        for year in range(1945, 2101):
            self.words[str(year)] = YEAR

    def literal(self, word: str) -> str:
        """The characters that stand for a word of a rule, ready for a character class."""
        word = SAME_WORD.get(word, word)
        if word not in self._exact:
            self._exact[word] = next(self._signs)
            plain = bare(word)
            if plain not in self._bare:
                self._bare[plain] = next(self._signs)
            self.loose[plain] = self._bare[plain]
            self._teach(word)
        return self._exact[word] + self._bare[bare(word)]

    def _teach(self, word: str) -> None:
        sign = self._exact[word]
        for variant in tone_variants(word):
            self.words[variant] = sign
        for other, same in SAME_WORD.items():
            if same == word and other not in self.words:
                for variant in tone_variants(other):
                    self.words[variant] = sign
                self.loose.setdefault(bare(other), self._bare[bare(word)])
        for printed, same in PUNCTUATION.items():
            if same == word:
                self.words[printed] = sign
        for printed, same in LOOKALIKES.items():
            if same == word:
                self.loose.setdefault(printed, self._bare[word])


ALPHABET = Alphabet()
