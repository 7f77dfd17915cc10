"""Invented words of tasks: enough of them that a search finds few or many."""

from __future__ import annotations

import random

VERBS = (
    "Rà soát", "Xây dựng", "Ban hành", "Tổ chức", "Kiểm tra", "Triển khai", "Tham mưu", "Hoàn thiện", "Số hóa",
    "Đánh giá", "Bố trí", "Tập huấn", "Công khai", "Lập",
)  # fmt: skip
THINGS = (
    "quy chế phối hợp", "cơ sở dữ liệu hộ tịch", "danh mục thủ tục hành chính", "kế hoạch sử dụng đất",
    "phương án phòng cháy", "đề án cấp nước nông thôn", "hệ thống camera giao thông", "hồ sơ lưu trữ lịch sử",
    "dự toán kinh phí", "trạm y tế lưu động", "lớp học kỹ năng số", "vùng trồng cây ăn quả", "chợ đầu mối",
    "tuyến đê bao", "bảng giá đất", "nhà văn hóa cộng đồng", "sàn giao dịch việc làm", "bến thủy nội địa",
    "trường mầm non công lập", "quỹ nhà ở xã hội", "đội hình thanh niên tình nguyện", "thiết chế thể thao",
    "điểm bưu điện văn hóa", "sổ tay nghiệp vụ", "khu xử lý chất thải",
)  # fmt: skip
ENDS = (
    "phục vụ chuyển đổi số", "trên địa bàn tỉnh", "giai đoạn mới", "theo hướng tinh gọn",
    "bảo đảm an toàn thông tin",
    "gắn với cải cách hành chính", "cho người dân và doanh nghiệp", "ở vùng sâu, vùng xa", "phù hợp quy hoạch",
    "bảo đảm tiến độ được giao", "nâng cao chất lượng phục vụ", "thích ứng biến đổi khí hậu",
)  # fmt: skip
PLACES = tuple(
    f"{kind} {first} {second}"
    for kind in ("xã", "phường")
    for first in ("Tân", "Long", "Hòa", "Bình", "Phước", "Thạnh", "Vĩnh")
    for second in ("Khê", "Điền", "Sơn", "Lộc", "Mỹ", "Hải", "Thới", "Quới")
)
DEADLINES = (
    ("Quý {quarter}/{year}", 40), ("Tháng {month}/{year}", 22), ("{year}", 14), ("Hằng năm", 6),
    ("Định kỳ 6 tháng", 3), ("Thường xuyên", 5), ("Sau khi Chính phủ ban hành Nghị định", 4), ("", 4),
    ("sau mùa vụ nếu thuận lợi", 2),
)  # fmt: skip
"""Printed deadlines and how common they are."""


def title_of(chance: random.Random) -> str:
    return " ".join(
        (chance.choice(VERBS), chance.choice(THINGS), chance.choice(ENDS), "tại", chance.choice(PLACES))
    )
