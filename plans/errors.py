"""How reading a document can fail.

    ReadError         the file cannot be read as a plan; the message names the file, the reason and the cure
    └── Classified    the document bears a mark of secrecy and is refused; nothing of it is kept

Messages are one line of Vietnamese, made for the person who chose the file.
"""

from __future__ import annotations


class ReadError(Exception):
    """The file cannot be read. `reason` says what is wrong, `cure` what the person can do about it."""

    def __init__(self, reason: str, *, file: str = "", cure: str = "") -> None:
        self.reason = reason
        self.file = file
        self.cure = cure
        super().__init__(str(self))

    def __str__(self) -> str:
        named = f"{self.file}: {self.reason}" if self.file else self.reason
        return f"{named} {self.cure}" if self.cure else named

    def __reduce__(self) -> tuple[object, ...]:
        """Survives the way home from the child process that read the file."""
        return _rebuild, (type(self), self.reason, self.file, self.cure)

    def about(self, file: str) -> ReadError:
        """The same error, naming the file."""
        return _rebuild(type(self), self.reason, file, self.cure)


class Classified(ReadError):  # noqa: N818 - a finding, named as the house names its outcomes
    """The document is marked Mật, Tối mật or Tuyệt mật: neither its words nor its grade are kept."""

    def __init__(self, reason: str = "", *, file: str = "", cure: str = "") -> None:
        super().__init__(
            reason or "Văn bản có dấu chỉ độ mật nên không được đọc vào hệ thống.",
            file=file,
            cure=cure or "Xử lý văn bản này theo quy định về bảo vệ bí mật nhà nước.",
        )


def _rebuild(kind: type[ReadError], reason: str, file: str, cure: str) -> ReadError:
    return kind(reason, file=file, cure=cure)
