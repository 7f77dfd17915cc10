"""Invented plans, a new one each month, with every kind of deadline."""

from __future__ import annotations

from datetime import date, timedelta

LEADS = (
    "Sở Y tế",
    "Sở Tài chính",
    "Sở Xây dựng",
    "Sở Nội vụ",
    "Sở Nông nghiệp và Môi trường",
    "Sở Giáo dục và Đào tạo",
    "Công an tỉnh",
    "UBND các xã, phường",
)
WORK = ("Rà soát hồ sơ", "Lập danh mục", "Kiểm tra thực địa", "Tập huấn cán bộ", "Tổng hợp số liệu")
THINGS = ("trạm bơm", "nhà văn hóa", "đường liên xã", "chợ dân sinh", "điểm sạt lở", "thư viện xã")


def plan(number: int, issued: date, rows: int) -> str:
    """The text of a plan that was issued on `issued`."""
    lines = [
        f"Phú Châu, ngày {issued.day:02} tháng {issued.month} năm {issued.year}",
        f"Số: {number}/KH-UBND",
        "KẾ HOẠCH",
        f"Công tác tháng {issued.month} năm {issued.year} trên địa bàn tỉnh Phú Châu",
        "Phụ lục",
        "STT\tNHIỆM VỤ\tCƠ QUAN CHỦ TRÌ\tCƠ QUAN PHỐI HỢP\tTHỜI GIAN THỰC HIỆN",
    ]
    for row in range(1, rows + 1):
        what = f"{WORK[row % len(WORK)]} {THINGS[(row + number) % len(THINGS)]} đợt {number}.{row}"
        lines.append(f"{row}\t{what}\t{LEADS[(row + number) % len(LEADS)]}\t\t{_deadline(row, issued)}")
    return "\n\n".join(lines[:-rows]) + "\n" + "\n".join(lines[-rows:]) + "\n"


def _deadline(row: int, issued: date) -> str:
    on = issued + timedelta(days=20 + 7 * (row % 12))
    match row % 10:
        case 0:
            return "Hằng tháng"
        case 1:
            return "Sau khi Bộ Tài chính ban hành Thông tư"
        case 2:
            return f"Quý {(on.month - 1) // 3 + 1}/{on.year}"
        case 3:
            return f"Tháng {on.month}/{on.year}"
        case _:
            return f"Trước ngày {on:%d/%m/%Y}"
