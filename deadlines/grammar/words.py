"""The vocabulary of official sentences: who acts, what they do, which documents they issue."""

from __future__ import annotations

from deadlines.grammar.pattern import define, define_all_but, define_one_of

ORGANISATIONS = (
    "chính phủ", "thủ tướng", "phó thủ tướng", "quốc hội", "ủy ban", "ubtvqh", "ubnd", "hđnd", "hội đồng",
    "bộ",
    "liên bộ", "ban", "trung ương", "tỉnh ủy", "thành ủy", "đảng ủy", "huyện ủy", "sở", "cục", "tổng cục",
    "chi cục",
    "công an", "quân khu", "cấp có thẩm quyền", "cấp thẩm quyền", "cấp trên", "cơ quan", "văn phòng",
    "chủ tịch",
    "thường trực", "thường vụ", "bảo hiểm xã hội", "bhxh", "viện", "ngân hàng", "mặt trận", "ủy viên",
    "trung tâm",
    "bệnh viện", "phòng", "đơn vị", "đảng", "nhà nước", "tỉnh", "thành phố", "các bộ", "các sở",
    "các cơ quan",
    "các đơn vị", "các địa phương", "kho bạc", "thanh tra", "tòa án", "viện kiểm sát", "chủ đầu tư", "hội",
    "tập đoàn", "trường", "đại học", "tổ công tác", "hội nghị", "thuế", "hải quan", "thống kê", "vpcp",
    "btc",
)  # fmt: skip
DOCUMENTS = (
    "nghị định", "nghị quyết", "quyết định", "thông tư", "luật", "bộ luật", "pháp lệnh", "lệnh", "đề án",
    "kế hoạch",
    "chương trình", "hướng dẫn", "văn bản", "quy định", "chỉ thị", "công văn", "chiến lược", "quy hoạch",
    "lộ trình",
    "kết luận", "chủ trương", "ý kiến", "thông báo", "dự án", "quy chế", "quy chuẩn", "tiêu chuẩn",
    "tiêu chí",
    "phương án", "danh mục", "dự toán", "báo cáo", "đề cương", "khung", "bộ tiêu chí", "định mức",
    "đơn giá",
    "kịch bản", "hồ sơ", "tờ trình", "dự thảo", "đề tài", "hợp đồng", "kết quả", "giấy phép", "chính sách",
    "cơ chế",
)  # fmt: skip
ISSUING = (
    "phê duyệt", "ban hành", "thông qua", "công bố", "có hiệu lực", "có hiệu lực thi hành", "ký ban hành",
    "ký",
    "cho ý kiến", "chấp thuận", "thẩm định", "giao", "phân bổ", "bố trí", "cho phép", "đồng ý",
    "thống nhất",
    "công nhận", "quyết định", "hướng dẫn", "triển khai", "sửa đổi", "bổ sung", "hoàn thành", "hoàn thiện",
    "duyệt",
    "kết luận", "giao kế hoạch", "giao dự toán", "phân bổ kinh phí", "cấp kinh phí", "trình", "tổ chức",
    "nghiệm thu",
    "bàn giao", "xây dựng", "nâng cấp", "ban hành mới", "sắp xếp", "bố trí kinh phí", "sáp nhập",
    "kết thúc", "hợp nhất", "hỗ trợ",
    "cấp phép",
)  # fmt: skip
VERBS = (
    "hoàn thành", "hoàn thiện", "hoàn tất", "xây dựng", "trình", "ban hành", "báo cáo", "tham mưu",
    "tổng hợp", "gửi",
    "phê duyệt", "thẩm định", "tổ chức", "triển khai", "thực hiện", "rà soát", "đề xuất", "phối hợp",
    "cung cấp",
    "công bố", "nộp", "đăng ký", "lập", "khởi công", "khánh thành", "nghiệm thu", "bàn giao", "quyết toán",
    "đưa",
    "kiểm tra", "đánh giá", "sơ kết", "tổng kết", "chủ trì", "tiếp tục", "cập nhật", "thông qua", "đạt",
    "tham gia",
    "chỉ đạo", "phát động", "giao", "bố trí", "phân bổ", "kiện toàn", "thành lập", "giải ngân", "vận hành",
    "cấp",
    "lấy ý kiến", "tiếp thu", "khảo sát", "thống kê", "bồi dưỡng", "tập huấn", "đào tạo", "tuyên truyền",
    "tăng cường",
    "đẩy mạnh", "duy trì", "nâng cấp", "đầu tư", "mua sắm", "lựa chọn", "ký", "họp", "khai giảng",
    "sửa đổi", "bổ sung",
    "chuẩn bị", "đôn đốc", "theo dõi", "giám sát", "quán triệt", "phổ biến", "cử", "công khai", "chuyển",
    "in", "cụ thể",
    "thí điểm", "nghiên cứu", "hướng dẫn", "kết nối", "tích hợp", "số hóa", "hỗ trợ", "kiểm kê",
    "điều tra", "phát hành", "nhân rộng", "mở rộng", "ra mắt", "khai thác",
)  # fmt: skip

_DATE_WORDS = "quý tháng năm ngày tuần hằng mỗi khi nếu"
_NEVER = "không chưa trừ ngoại hoặc hay"
define("AT", "( trước | sau | từ | đến | tới | trong | vào | hết | cuối | đầu | giữa )")
define(
    "SEASON",
    """( ( trước | sau | kể từ | trong | vào | tới | đến | hết | qua )* ( nhân | vào | trong )? dịp
    ( tết | lễ | quốc khánh | kỷ niệm | trung thu | nghỉ | hè | đại hội | bầu cử | khai giảng )
    | ( trước | sau | kể từ | trong | vào | tới | đến | hết | qua )
    ( tết | mùa | vụ | đại hội | kỳ | bầu cử | lễ | quốc khánh | khai giảng | trung thu | hè ) )""",
)
"""Times of a year that have no day of their own: a year printed after them is theirs, not the deadline."""
define(
    "STOP",
    """( SEASON | định kỳ | thường xuyên | kể từ | đột xuất | liên tục | giai đoạn <P>
    | AT+ ( <oabcnYPpQqRrEU> | tháng | năm | quý | ngày | tuần | khi | nay | LP ) )""",
)
define_all_but("WX", f'{_DATE_WORDS} {_NEVER} , ; . : - ( ) + / " % & !', "oabcnYxzPpQqRrEUD")
define_all_but("WCX", f"{_DATE_WORDS} {_NEVER} ; . : ( ) + % &", "oabcnYxzPpQqRrEU")
define("W", "( !STOP WX )")
define("WC", "( !STOP WCX )")
define("NUMBERED", "( số <oabcnx> )")
define("CF", '( WC | ; | NUMBERED | LP WC+ RP | LP ( sửa đổi | bổ sung | thay thế | mới | , )+ | " )')
"""A word of a passage about a document or those who issue it."""


_PREPOSITIONS = ("theo",)
"""Words that begin an act ("theo dõi") and much else ("theo định kỳ"): never paired."""


def _any(name: str, phrases: tuple[str, ...]) -> None:
    """A pattern for the phrases. Two-word ones are taken by first and second words, whatever the pairing: that
    keeps the expressions small, and no official word is made of the first half of one and the second of another.
    """
    by_length: dict[int, list[list[str]]] = {}
    for phrase in phrases:
        by_length.setdefault(len(phrase.split()), []).append(phrase.split())
    ambiguous = [words for words in by_length.get(2, []) if words[0] in _PREPOSITIONS]
    choices = [" ".join(words) for words in [*by_length.pop(4, []), *by_length.pop(3, []), *ambiguous]]
    pairs = [words for words in by_length.get(2, []) if words not in ambiguous]
    singles = by_length.get(1, [])
    for part, words in (
        ("1", [w[0] for w in pairs]),
        ("2", [w[1] for w in pairs]),
        ("S", [w[0] for w in singles]),
    ):
        define_one_of(f"{name}{part}", words)
    define(name, f"( {' | '.join([*choices, f'{name}1 {name}2', f'{name}S'])} )")


_any("ORGNAME", ORGANISATIONS)
_any("DOCNAME", DOCUMENTS)
_any("ISSUING", ISSUING)
_any("DOING", VERBS)
define(
    "VERBLIKE",
    """( ( bộ | sở | phòng | ban | cục | chi cục | ủy ban | trung tâm | hội đồng | viện
    | tổ ) ( W W ( , )? )?? ( và )?
    ( xây dựng | tổ chức | chỉ đạo | kiểm tra | thống kê | kế hoạch và đầu tư | và đào tạo | và đầu tư
    | thẩm định | giám sát | đầu tư ) )""",
)
"""Names of bodies that hold a word for an act ("Sở Xây dựng")."""
define("ORG", "( các | những | lãnh đạo | đồng chí )? ( VERBLIKE | ORGNAME )")
define("DOC", "( các | những | bộ | dự thảo | toàn bộ )? DOCNAME")
define("ISSUE1", "( đã | sẽ | chính thức | xem xét )? ISSUING")
define("ISSUE", "ISSUE1 ( ( , | và | ; | / | hoặc ) ISSUE1 )*")
define("VERB", "( phải | cần | để | đã | sẽ | chủ động | tích cực | kịp thời | khẩn trương )* DOING")
define("ACT", "VERB W*?")
define("ACTC", "VERB WC*?")
define("ACTOR", "ORG ( VERBLIKE | WC )*?")
