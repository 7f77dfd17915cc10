"""Who is told to do something: the subject of a sentence, or the heading that it stands under."""

from __future__ import annotations

import re

from plans.spelling import squeeze

_AGENCY = (
    r"(?:[Cc]ác\s+(?:Sở|sở|trung tâm|bệnh viện|trạm|trường|phòng|cơ sở (?:y tế|khám|giáo dục))"
    r"|Sở\s+\w+|sở|Phòng\s+[A-ZĐ]\w*|Trạm\s+[Yy]\s+tế"
    r"|(?:[Cc]ác\s+)?(?:UBND|HĐND|(?:Ủy|Uỷ|ủy|uỷ)\s+ban|Công an|Văn phòng"
    r"|Bộ Chỉ huy|Bộ đội|Thanh tra\s+(?:tỉnh|thành phố|Sở|sở)|Bảo hiểm xã hội|[Bb]an(?!\s+hành)|Chi cục|Cục|Kho bạc"
    r"|Thuế\s+(?:tỉnh|thành phố|cơ sở|[A-ZĐ]\w*)|Ngân hàng|Trung tâm|Báo(?!\s+cáo)|Đài|Cổng\s+[Tt]hông tin"
    r"|Hội(?!\s+(?:nghị|thảo|nhập|họp|đồng thẩm))|Liên đoàn|Tỉnh đoàn|Bệnh viện|Trường(?!\s+hợp)|Tòa án"
    r"|Viện(?!\s+phí)|Giám đốc|Thủ trưởng|Chủ tịch|Chánh\s|Người đứng đầu|[Cc]ơ quan"
    r"|[Đđ]ơn vị|[Đđ]ịa phương|Đảng ủy|[Đđ]ồng chí"
    r"|doanh nghiệp|[Tt]ổ chức chính trị|chi bộ|cấp ủy|[Cc]hủ đầu tư))"
)
_VERB = (
    r"(?:chủ trì|phối hợp|có (?:trách nhiệm|nhiệm vụ)|xây dựng|chỉ đạo|tập trung|theo|căn cứ|rà soát"
    r"|báo cáo|tham mưu|phát (?:sóng|bản|hành|động|triển)|lắp|trồng|mua"
    r"|lập(?=\s+(?:kế|dự|danh|hồ|quy|báo|phương|đề|biểu|sổ|đoàn))|đăng|vận hành|tiếp nhận|số hóa|kết nối"
    r"|tổ chức(?!\s+(?:chính trị|xã hội|đoàn thể|đảng|có liên|liên quan))|triển khai|thực hiện|đẩy mạnh|tăng cường"
    r"|hướng dẫn|chủ động|khẩn trương|ban hành|hoàn thành|gửi|tổng hợp|định kỳ|trước|tiếp tục|phải|cần|đưa|bố trí"
    r"|quán triệt|nghiên cứu|cụ thể hóa|trình|kiểm tra|theo dõi|đôn đốc|cập nhật|đăng ký|hằng năm|hàng năm|hằng quý"
    r"|hàng quý|chịu trách nhiệm|nghiêm túc|ưu tiên|bảo đảm|đảm bảo|phê duyệt|thẩm định|cân đối|vận động"
    r"|tuyên truyền|công bố|công khai|xác định|đề xuất|(?<!ban )quản lý|phân công|đánh giá|(?:sơ|tổng) kết"
    r"|thành lập|kiện toàn|chuẩn bị|thống kê|điều tra|khảo sát|phấn đấu|kịp thời|thường xuyên"
    r"|trên cơ sở|trong|nộp|cung cấp"
    r"|là(?=\s+(?:cơ quan|đơn vị|đầu mối|thành viên|thường trực))|làm(?=\s+(?:đầu mối|thường trực|chủ đầu tư))"
    r"|giúp|mở|bảo quản|giới thiệu"
    r"|chậm nhất|sửa chữa|nâng cấp|bàn giao|xử lý|giải quyết|áp dụng|duy trì|hỗ trợ|huy động|khắc phục)"
)
_MARKER = re.compile(
    r"^\W{0,3}(?:(?:\d{1,3}(?:\.\d{1,3})*|[IVXLC]{1,6}|[a-zđêô]{1,2}|[A-ZĐ])\s?[.)\-–]\s*|[-–—+•*]\s*)"
)
_TOLD = (
    r"(?:(?:UBND|(?:Ủy|Uỷ) ban nhân dân)\s+(?:tỉnh|thành phố)\s+)?"
    r"(?:[Yy]êu cầu|[Gg]iao(?: nhiệm vụ)?(?: cho)?|[Đđ]ề nghị|[Pp]hân công)\s+"
)
_DIRECT = re.compile(rf"^(?:{_TOLD})?(?P<who>{_AGENCY}\b[^.;:()]{{0,300}}?)\s*,?\s+(?={_VERB}\b)")
_LATER = re.compile(rf"(?:[,:]\s+|\b{_TOLD})(?P<who>{_AGENCY}\b[^.;:()]{{0,300}}?)\s*,?\s+(?={_VERB}\b)")
_ADVERBIAL = re.compile(
    r"^(?:Trên cơ sở|Căn cứ|Trong|Để|Định kỳ|Hằng|Hàng|Trước|Từ|Đến|Sau|Ngay|Khi|Năm"
    r"|Chậm nhất|Theo|Quý|Tháng|Giai đoạn|Thời gian|Hoàn thành|Xong|Ngày)\b"
)
_NAMED = re.compile(rf"^(?:{_TOLD})?(?P<who>{_AGENCY}\b[^.;:]{{0,250}}?)\s*:")
_ALONE = re.compile(rf"^(?:{_TOLD})?(?P<who>{_AGENCY}\b[^.;:()]{{0,250}}?)(?:\s*\([^()]{{0,80}}\))?\W*$")
_WITH = re.compile(
    rf"[Pp]hối hợp(?:\s+chặt chẽ)?\s+(?:với|cùng)\s+(?P<who>{_AGENCY}\b[^.;:()]{{0,250}}?)\s*,?\s*"
    rf"(?=\b{_VERB}\b|[.;(]|$)"
)
_LEADS = re.compile(
    r"\s*(?:(?:chủ trì)?,?\s*(?:phối hợp)|(?:chịu|có) trách nhiệm|có nhiệm vụ|thực hiện(?:\s+(?:các|một số))?"
    r"(?:\s+(?:nhiệm vụ|nội dung))?(?:\s+sau(?:\s+đây)?)?)$"
)
_STEP = re.compile(r"^(?:Bước|Đợt|Giai đoạn)\s+(?:\d{1,2}|[IVX]{1,4})\s*(?:\([^()]{1,60}\))?\s*[:.\-–]\s*")
"""The name of a step before what it says ("Bước 2: Từ ngày …: Sở Y tế …")."""


def marker_and_text(text: str) -> tuple[str, str]:
    """The list mark that a paragraph begins with ("3.", "a)", "-") and the rest."""
    found = _MARKER.match(text)
    return (found.group(0).strip(), text[found.end() :].strip()) if found else ("", text)


def subject_of(text: str) -> str | None:
    """The agency that a sentence tells to do something, when it names one itself."""
    text = text[found.end() :] if (found := _STEP.match(text)) else text
    found = _DIRECT.match(text) or _NAMED.match(text)
    if found is None and (_ADVERBIAL.match(text) or re.search(_TOLD, text)):
        found = _LATER.search(text)
    return _trimmed(found["who"]) if found else None


def agency_heading(text: str) -> str | None:
    """The agency that a heading names alone ("a) Sở Y tế"), or that opens a paragraph ("1. Sở Y tế: …")."""
    _, rest = marker_and_text(text)
    if found := _NAMED.match(rest):
        return _trimmed(found["who"])
    if len(rest) <= 200 and (found := _ALONE.match(rest)) and not _DIRECT.match(rest):
        return _trimmed(found["who"])
    return None


def partners_of(text: str) -> str | None:
    """Whom the sentence tells to work with ("phối hợp với Sở Tài chính …")."""
    found = _WITH.search(text)
    return _trimmed(found["who"]) if found else None


def _trimmed(who: str) -> str:
    return squeeze(_LEADS.sub("", who)).strip(" ,;-–")
