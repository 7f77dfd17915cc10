"""The sheets of the directory's workbook, and how their columns are headed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from deadlines.directory import AgencyKind, Role
from deadlines.directory_text import name_key


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    name: str
    columns: Mapping[str, str]
    """Heading by field, in the order in which they are written."""
    required: tuple[str, ...]


AGENCIES = Sheet(
    name="Cơ quan",
    columns={
        "code": "Mã",
        "name": "Tên",
        "kind": "Loại",
        "province": "Mã tỉnh",
        "short_names": "Tên tắt",
        "aliases": "Tên khác",
        "superior": "Cấp trên",
        "valid_from": "Từ ngày",
        "valid_to": "Đến hết ngày",
        "successors": "Cơ quan kế thừa",
        "channels": "Kênh",
        "working_hours": "Giờ làm việc",
    },
    required=("code", "name", "kind"),
)
CONTACTS = Sheet(
    name="Đầu mối",
    columns={
        "agency": "Mã cơ quan",
        "role": "Vai trò",
        "name": "Họ và tên",
        "position": "Chức vụ",
        "email": "Thư điện tử",
        "phone": "Điện thoại",
        "zalo_uid": "Mã Zalo",
    },
    required=("agency",),
)
GROUPS = Sheet(
    name="Nhóm",
    columns={
        "code": "Mã",
        "names": "Các tên",
        "province": "Mã tỉnh",
        "kinds": "Loại cơ quan",
        "members": "Thành viên",
        "includes": "Gồm nhóm",
        "exceptions": "Trừ",
    },
    required=("code", "names"),
)
PROVINCES = Sheet(
    name="Tỉnh",
    columns={"code": "Mã", "name": "Tên", "aliases": "Tên khác"},
    required=("code", "name"),
)

ROLE_LABELS = {Role.FOCAL: "đầu mối", Role.LEADERSHIP: "lãnh đạo", Role.CLERK: "văn thư"}
ROLES = {name_key(label): role.value for role, label in ROLE_LABELS.items()} | {
    name_key(role.value): role.value for role in Role
}
KIND_OF = {name_key(kind.value): kind.value for kind in AgencyKind}
LISTS = frozenset(
    {
        "short_names", "aliases", "successors", "channels", "working_hours", "names", "members", "includes",
        "exceptions",
    }
)  # fmt: skip
