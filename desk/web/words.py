"""The words of docs/wording.md, by the names that the code uses."""

from __future__ import annotations

from datetime import date

from deadlines.grammar.sentences import sentence
from deadlines.policy import Course
from desk.web.stage_words import WEEKDAYS as WEEKDAYS
from desk.web.stage_words import stage as stage
from desk.web.stage_words import step as step
from flows.steps.numbers import number

STATUSES = {
    "done_on_time": "Đúng hạn",
    "done_late": "Xong, quá hạn",
    "reported": "Chờ xác nhận",
    "late": "Quá hạn",
    "open": "Trong hạn",
    "waiting": "Chờ văn bản",
    "undated": "Chưa có hạn",
    "withdrawn": "Thôi theo dõi",
}

KINDS = {
    "fixed": "Ngày hạn cụ thể",
    "range": "Trong giai đoạn",
    "open_start": "Từ một thời điểm",
    "recurring": "Định kỳ",
    "conditional": "Chờ văn bản",
    "ongoing": "Thường xuyên",
    "unspecified": "Chưa có thời hạn",
    "unread": "Chưa đọc được",
    "ambiguous": "Có nhiều cách hiểu",
}

COURSES = {
    Course.DUE: "Hạn hoàn thành",
    Course.OPENING: "Bắt đầu thực hiện",
    Course.CHECK: "Kiểm điểm hằng năm",
    Course.REPORT: "Kỳ báo cáo",
    Course.TENTATIVE: "Hạn dự kiến",
    Course.WAITING: "Chờ văn bản",
}

MESSAGES = {
    "ready": "Chờ gửi",
    "sending": "Đang gửi",
    "sent": "Đã gửi",
    "refused": "Bị từ chối",
    "unconfirmed": "Chưa rõ đã nhận hay chưa",
    "withdrawn": "Đã rút",
    "lapsed": "Không còn cần gửi",
}

REMINDERS = {"planned": "Sẽ gửi", "told": "Đã gửi", "withdrawn": "Đã rút", "lapsed": "Không còn cần gửi"}

CHANNELS = {"email": "thư điện tử", "zalo": "Zalo"}
"""Channels that come with the program or stand in its guides; others go by the name that the admin gave."""


def channel(name: str) -> str:
    """What people call a channel."""
    return CHANNELS.get(name, name)


PLACES = {
    "line": "dòng",
    "page": "trang",
    "table": "bảng",
    "row": "hàng",
    "sheet": "trang tính",
    "annex": "Phụ lục",
}

ACTIONS = {
    "archive": "Đưa vào lưu trữ",
    "answer.acknowledged": "Cơ quan xác nhận đã nhận",
    "answer.progress": "Cơ quan báo cáo tiến độ",
    "answer.done": "Cơ quan báo cáo hoàn thành",
    "answer.extension": "Cơ quan đề nghị gia hạn",
    "answer.confirmed": "Xác nhận phản hồi",
    "answer.returned": "Trả lại phản hồi",
    "contact.bounced": "Địa chỉ không nhận được thư",
    "contact.code": "Tạo mã liên kết Zalo",
    "contact.linked": "Liên kết Zalo",
    "deadline.correct": "Sửa cách hiểu thời hạn",
    "deadline.reread": "Đọc lại thời hạn theo văn bản",
    "event.add": "Ghi nhận văn bản",
    "event.correct": "Sửa ngày ban hành văn bản",
    "event.release": "Tính hạn nhiệm vụ chờ văn bản",
    "event.withdraw": "Rút văn bản ghi nhầm",
    "links.revoke": "Thu hồi liên kết của cơ quan",
    "denied": "Không được phép",
    "login": "Đăng nhập",
    "login.failed": "Đăng nhập không thành công",
    "login.locked": "Khóa tài khoản vì nhập sai nhiều lần",
    "login.oidc": "Đăng nhập bằng hệ thống đăng nhập chung",
    "login.unlocked": "Mở khóa tài khoản",
    "message.cancel": "Hủy gửi",
    "message.delivered": "Ghi nhận đã báo bằng cách khác",
    "message.resend": "Gửi lại",
    "name.learn": "Ghi nhớ tên cơ quan",
    "oidc.ask": "Đề nghị liên kết tài khoản dùng chung",
    "oidc.decline": "Xóa đề nghị liên kết tài khoản",
    "oidc.failed": "Đăng nhập bằng hệ thống chung không thành công",
    "oidc.link": "Liên kết tài khoản dùng chung",
    "oidc.unlink": "Gỡ liên kết tài khoản dùng chung",
    "person.erase": "Xóa dữ liệu cá nhân",
    "person.export": "Trích xuất dữ liệu cá nhân",
    "plan.import": "Nhập kế hoạch",
    "proposal.reopened": "Mở lại đề nghị của cơ quan",
    "review.correct": "Sửa khi xem lại",
    "task.assign": "Giao cơ quan chủ trì",
    "task.done": "Ghi nhận hoàn thành",
    "task.extend": "Gia hạn",
    "token.api": "Tạo mã truy cập",
    "token.calendar": "Tạo địa chỉ lịch",
    "token.revoke": "Thu hồi mã truy cập",
    "session.ended": "Kết thúc phiên đăng nhập",
    "user.add": "Thêm người dùng",
    "user.change": "Sửa người dùng",
    "user.password": "Đổi mật khẩu",
    "user.totp": "Bật xác thực hai bước",
    "user.no_totp": "Tắt xác thực hai bước",
}


def action(name: str) -> str:
    """An entry of the audit log in words; one without words keeps its name."""
    return ACTIONS.get(name, name)


OUTCOMES = {
    "started": "đang gửi",
    "sent": "đã gửi",
    "refused": "bị từ chối",
    "unavailable": "chưa gửi được, sẽ gửi lại",
    "unconfirmed": "chưa rõ đã đến hay chưa",
    "abandoned": "tiến trình gửi dừng đột ngột",
}

ANSWERS = {
    "acknowledged": "Xác nhận đã nhận",
    "progress": "Báo cáo tiến độ",
    "done": "Báo cáo hoàn thành",
    "extension": "Đề nghị gia hạn",
}

ANSWER_STATES = {"received": "Chờ xác nhận", "confirmed": "Đã xác nhận", "returned": "Trả lại"}

ROLES = {"viewer": "Người xem", "operator": "Cán bộ theo dõi", "admin": "Quản trị viên"}

FIELDS = {
    "name": "Tên đầy đủ",
    "kind": "Loại cơ quan",
    "short_names": "Tên viết tắt",
    "aliases": "Tên gọi khác",
    "superior": "Cơ quan cấp trên",
    "valid_from": "Hoạt động từ ngày",
    "valid_to": "Ngày cuối cùng hoạt động",
    "successors": "Cơ quan kế thừa",
    "contacts": "Đầu mối liên hệ",
    "channels": "Kênh nhận",
    "working_hours": "Giờ làm việc riêng",
    "names": "Tên gọi",
    "kinds": "Loại cơ quan thuộc nhóm",
    "members": "Cơ quan thuộc nhóm",
    "includes": "Gồm cả nhóm khác",
    "exceptions": "Trừ ra",
}

NEW, GONE = "Thêm vào danh bạ", "Bỏ khỏi danh bạ"


def field_of(name: str, old: str) -> str:
    """What of an agency or group changes; the whole of it where there is no name of a field."""
    if name:
        return FIELDS.get(name, name)
    return NEW if old == "—" else GONE


PRINTED = {
    "number": "Số thứ tự",
    "section": "Mục",
    "title": "Nhiệm vụ",
    "lead_text": "Chủ trì theo văn bản",
    "coordinating_text": "Phối hợp theo văn bản",
    "product": "Kết quả, sản phẩm",
    "deadline_text": "Thời hạn theo văn bản",
    "conditions": "Điều kiện",
    "parent": "Nhiệm vụ cấp trên",
    "table": "Bảng",
}

TRACKS = {
    "due": "Hạn hoàn thành",
    "opening": "Bắt đầu thực hiện",
    "check": "Kiểm điểm hằng năm",
    "report": "Kỳ báo cáo",
}

URGENCIES = {
    "escalated": "Báo cáo lãnh đạo",
    "overdue": "Quá hạn",
    "today": "Đến hạn hôm nay",
    "soon": "Sắp đến hạn",
    "opening": "Bắt đầu thực hiện",
    "changed": "Thời hạn có thay đổi",
    "report": "Đến kỳ báo cáo",
    "new": "Mới được giao",
    "question": "Chờ văn bản ban hành",
}

AUDIENCES = {
    "agency": "cơ quan",
    "leadership": "lãnh đạo cơ quan",
    "superior": "cấp trên",
    "operator": "văn phòng theo dõi",
}

TOLD = {
    "acknowledged": "Đã ghi nhận: cơ quan xác nhận đã nhận.",
    "progress": "Đã gửi báo cáo tiến độ.",
    "done": "Đã gửi báo cáo hoàn thành; nhiệm vụ chờ văn phòng xác nhận.",
    "extension": "Đã gửi đề nghị gia hạn; chờ văn phòng trả lời.",
    "again": "Nội dung này đã được ghi nhận từ trước.",
    "saved": "Đã lưu.",
    "ended": "Đã kết thúc phiên đăng nhập.",
    "confirmed": "Đã xác nhận.",
    "returned": "Đã trả lại.",
    "completed": "Đã ghi nhận hoàn thành.",
    "extended": "Đã gia hạn.",
    "assigned": "Đã giao cơ quan chủ trì.",
    "dated": "Đã đặt ngày hạn.",
    "reread": "Đã đọc lại thời hạn in trong kế hoạch.",
    "event": "Đã ghi nhận văn bản.",
    "undone": "Đã rút; các nhiệm vụ liên quan trở lại trạng thái chờ.",
    "corrected": "Đã sửa ngày ban hành; các thời hạn đổi theo.",
    "imported": "Đã nhập kế hoạch.",
    "known": "Kế hoạch này đã nhập từ trước, không có gì thay đổi.",
    "resent": "Đã đưa lại vào hàng chờ gửi.",
    "cancelled": "Đã hủy gửi.",
    "delivered": "Đã ghi nhận là đã báo bằng cách khác.",
    "revoked": "Đã thu hồi.",
    "links": "Đã thu hồi mọi liên kết đã gửi cho cơ quan này.",
    "user": "Đã lưu người dùng.",
    "password": "Đã đổi mật khẩu.",
    "totp": "Đã bật xác thực hai bước.",
    "no_totp": "Đã tắt xác thực hai bước.",
    "bye": "Đã đăng xuất.",
    "bye_oidc": "Đã đăng xuất khỏi bàn làm việc.",
    "linked": "Đã liên kết tài khoản.",
    "unlinked": "Đã gỡ liên kết; đề nghị trở lại danh sách chờ.",
    "forgotten": "Đã xóa đề nghị liên kết.",
    "unlocked": "Đã mở khóa tài khoản.",
    "taken_back": "Đã hoàn tác.",
    "edited": "Đã lưu; áp dụng ngay.",
    "edited_later": "Đã lưu; các nhiệm vụ đang mở theo thay đổi này trong lần chạy kế tiếp.",
    "unchanged": "Không có gì thay đổi.",
    "restored": "Đã khôi phục.",
    "proposed": "Đã gửi đề nghị; chờ văn phòng xem xét.",
    "accepted": "Đã chấp nhận đề nghị.",
    "declined": "Đã trả lại đề nghị.",
    "tested": "Đã gửi tin thử.",
    "key": "Đã thay khóa ký; liên kết cũ còn mở được trong thời gian chuyển tiếp.",
    "several": "Đã thực hiện với các nhiệm vụ được chọn.",
}


def left(due: date | None, today: date, late_from: date | None = None) -> str:
    """ "còn 5 ngày", "quá hạn 3 ngày": calendar days."""
    if due is None:
        return ""
    days = (due - today).days
    if days > 0:
        return f"còn {number(days)} ngày"
    if days == 0:
        return "đến hạn hôm nay"
    if late_from is not None and today >= late_from:
        return f"quá hạn {number(-days)} ngày"
    return f"đã qua {number(-days)} ngày"


def rule(name: str) -> str:
    """What a rule of reading does, in a sentence; one without a sentence keeps its name."""
    try:
        return sentence(name)
    except KeyError:
        return name
