"""The words around agencies' names, as data: abbreviations, titles of office, qualifiers, connectors.

Everything here is written as printed in full; `directory_text` brings it to the form that is compared.
"""

from __future__ import annotations

ABBREVIATIONS = {
    "UBND": "ủy ban nhân dân",
    "HĐND": "hội đồng nhân dân",
    "UBMTTQ": "ủy ban mặt trận tổ quốc",
    "UBMTTQVN": "ủy ban mặt trận tổ quốc Việt Nam",
    "UBMT": "ủy ban mặt trận",
    "MTTQ": "mặt trận tổ quốc",
    "MTTQVN": "mặt trận tổ quốc Việt Nam",
    "TQVN": "tổ quốc Việt Nam",
    "ĐBQH": "đại biểu quốc hội",
    "BHXH": "bảo hiểm xã hội",
    "KBNN": "kho bạc nhà nước",
    "NHNN": "ngân hàng nhà nước",
    "QLTT": "quản lý thị trường",
    "QLDA": "quản lý dự án",
    "BQL": "ban quản lý",
    "QL": "quản lý",
    "BQLDA": "ban quản lý dự án",
    "ĐTXD": "đầu tư xây dựng",
    "KCN": "khu công nghiệp",
    "KKT": "khu kinh tế",
    "KCX": "khu chế xuất",
    "LHPN": "liên hiệp phụ nữ",
    "LĐLĐ": "liên đoàn lao động",
    "CCB": "cựu chiến binh",
    "TNCS": "thanh niên cộng sản",
    "BĐBP": "bộ đội biên phòng",
    "CHQS": "chỉ huy quân sự",
    "CSGT": "cảnh sát giao thông",
    "ATGT": "an toàn giao thông",
    "ATTP": "an toàn thực phẩm",
    "VSATTP": "vệ sinh an toàn thực phẩm",
    "TAND": "tòa án nhân dân",
    "VKSND": "viện kiểm sát nhân dân",
    "THADS": "thi hành án dân sự",
    "PTTH": "phát thanh truyền hình",
    "PTNT": "phát triển nông thôn",
    "LĐTBXH": "lao động thương binh xã hội",
    "VHTTDL": "văn hóa thể thao du lịch",
    "GDĐT": "giáo dục đào tạo",
    "TNMT": "tài nguyên môi trường",
    "NNMT": "nông nghiệp môi trường",
    "KHCN": "khoa học công nghệ",
    "KHĐT": "kế hoạch đầu tư",
    "TTTT": "thông tin truyền thông",
    "VHTT": "văn hóa thể thao",
    "NNPTNT": "nông nghiệp phát triển nông thôn",
    "GTVT": "giao thông vận tải",
    "CTXH": "chính trị xã hội",
    "VP": "văn phòng",
    "TX": "thị xã",
    "TP": "thành phố",
    "TW": "trung ương",
    "TƯ": "trung ương",
}
"""Written out in names and in cells alike. A list of letters counts however it is joined: GD&ĐT, GD-ĐT, GDĐT."""

JOINERS = ("và", "các", "những", "mọi")
"""Words that a name may have or lack: "Ban Quản lý (các) khu công nghiệp"."""

TITLES = (
    "giám đốc", "phó giám đốc", "thủ trưởng", "chủ tịch", "phó chủ tịch", "chánh", "phó chánh", "trưởng",
    "trưởng ban", "phó trưởng ban", "cục trưởng", "chi cục trưởng", "viện trưởng", "chỉ huy trưởng", "bí thư",
    "bí thư thứ nhất", "tổng biên tập", "tổng giám đốc", "hiệu trưởng", "người đứng đầu", "lãnh đạo",
    "đồng chí", "đ/c", "ông", "bà", "đề nghị", "yêu cầu", "giao", "cơ quan chủ trì", "đơn vị chủ trì",
    "cơ quan thường trực", "đơn vị thường trực", "cơ quan tham mưu", "đơn vị tham mưu", "cơ quan thực hiện",
    "đơn vị thực hiện", "chủ trì", "bộ trưởng", "cấp trưởng", "chánh án", "tất cả", "toàn thể", "toàn bộ",
)  # fmt: skip
"""What may stand before a name and adds no agency."""

CONNECTORS = (
    "cùng", "cùng với", "với", "hoặc", "phối hợp", "phối hợp với", "phối hợp cùng", "chủ trì phối hợp",
    "chủ trì phối hợp với", "phối hợp chặt chẽ với", "đồng thời", "đồng chủ trì", "cùng chủ trì",
    "cơ quan phối hợp", "đơn vị phối hợp", "cơ quan đơn vị phối hợp", "có sự phối hợp của", "kết hợp với",
)  # fmt: skip

QUALIFIERS = (
    "liên quan", "có liên quan", "theo chức năng nhiệm vụ", "theo chức năng",
    "theo chức năng nhiệm vụ được giao", "theo chức năng nhiệm vụ của ngành", "theo nhiệm vụ",
    "theo nhiệm vụ được giao", "theo thẩm quyền", "theo phân công", "theo phân cấp", "theo lĩnh vực",
    "theo lĩnh vực phụ trách", "theo lĩnh vực được phân công", "theo quy định", "theo chức năng thẩm quyền",
    "căn cứ chức năng nhiệm vụ", "chủ trì", "là cơ quan chủ trì", "là đơn vị chủ trì",
    "là cơ quan thường trực", "chủ trì thực hiện", "chủ trì tham mưu", "tham mưu", "thực hiện",
    "phối hợp thực hiện", "được giao", "nêu trên", "nói trên", "chịu trách nhiệm", "theo dõi", "tổng hợp",
    "làm đầu mối", "đầu mối",
)  # fmt: skip
"""What may stand behind a name; kept with the match."""

GROUP_QUALIFIERS = (
    "liên quan khác", "có liên quan khác", "khác", "trên địa bàn", "trên địa bàn tỉnh",
    "trên địa bàn thành phố", "trong tỉnh", "của tỉnh", "thuộc tỉnh", "cấp tỉnh", "tỉnh", "toàn tỉnh",
    "của thành phố", "thuộc thành phố", "thành phố", "cấp thành phố", "toàn thành phố",
    "thuộc ủy ban nhân dân thành phố", "thuộc ủy ban nhân dân tỉnh", "trực thuộc ủy ban nhân dân tỉnh",
    "thuộc ủy ban nhân dân cấp tỉnh",
)  # fmt: skip
"""What may stand behind a group's name: behind an agency's, "thành phố" would name another one."""

RELATED = "liên quan"
"""The qualifier that closes a whole enumeration: "các sở, ngành, địa phương liên quan"."""

COORDINATION = "phối hợp"
LEADING = "chủ trì"
EXCEPTION = "trừ"

HEADS = (
    "sở", "ban", "hội", "bộ", "chi cục", "xã", "phường", "thị trấn", "đặc khu", "huyện", "thị xã", "thành phố",
    "ủy ban nhân dân xã", "ủy ban nhân dân phường", "ủy ban nhân dân thị trấn", "ủy ban nhân dân đặc khu",
    "ủy ban nhân dân huyện", "ủy ban nhân dân thị xã", "ủy ban nhân dân thành phố",
)  # fmt: skip
"""First words that a list prints once: "Sở Kế hoạch và Đầu tư, Tài chính", "UBND các xã A, B, C"."""

ORGANISATIONS = (
    "sở", "ban", "bộ", "ngành", "cục", "chi", "tổng", "vụ", "viện", "văn", "phòng", "thanh", "ủy", "hội", "đoàn",
    "liên", "mặt", "công", "quân", "trung", "trường", "bệnh", "báo", "đài", "cổng", "kho", "ngân", "quỹ", "tòa",
    "thuế", "bảo", "tập", "doanh", "xã", "phường", "đặc", "thị", "huyện", "thành", "tỉnh", "đảng", "đơn", "cơ",
    "tổ", "chính", "thường", "đồn", "hải", "bưu", "điện", "nhà", "khối", "học", "trạm", "cá", "người", "câu",
)  # fmt: skip
"""First syllables of what can be named on its own behind "và"; "Sở Du lịch và Thương mại" is one name."""

HEADERS = {
    "sở": ("sở",), "ban": ("ban",), "ngành": ("sở",), "xã": ("ủy ban nhân dân xã", "xã"),
    "phường": ("ủy ban nhân dân phường", "phường"), "đặc khu": ("ủy ban nhân dân đặc khu", "đặc khu"),
    "thị trấn": ("ủy ban nhân dân thị trấn",), "đoàn thể": ("hội",), "trung ương": ("bộ",),
    "huyện": ("ủy ban nhân dân huyện", "ủy ban nhân dân thị xã", "ủy ban nhân dân thành phố"),
}  # fmt: skip
"""Which heads a group's kind stands for before a colon: "Các sở: Y tế, Tài chính"."""
