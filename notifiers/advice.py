"""What an admin should do about a message that did not go out: one Vietnamese sentence for every failure.

Said where somebody has just tried a channel (`dondoc check --send-test`, the desk's test button), so it speaks of
trying again by hand; what the outbox does by itself is in `notifiers.zalo.codes` and `notifiers.smtp_replies`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from notifiers.channel import MAIL, ZALO
from notifiers.errors import NotSent, Refused, Scope, Unavailable, Unconfirmed
from notifiers.zalo.codes import Trouble, remedy, trouble

_OWN: Mapping[str, str] = MappingProxyType(
    {
        "dondoc:tls": "Kiểm tra chứng thư của máy chủ thư (tên máy, hạn dùng, tùy chọn ca= trong địa chỉ kênh); "
        "không tắt mã hóa",
        "dondoc:auth": "Hỏi đơn vị quản trị máy chủ thư cách đăng nhập; nếu máy chủ không đòi đăng nhập thì bỏ tên "
        "và mật khẩu trong địa chỉ kênh",
        "dondoc:size": "Xin nâng dung lượng thư tối đa của máy chủ thư",
        "dondoc:smtputf8": "Dùng địa chỉ không dấu, hoặc máy chủ thư có SMTPUTF8",
        "dondoc:disk": "Kiểm tra quyền ghi và dung lượng còn trống của thư mục chờ",
        "dondoc:private": "Nếu đó đúng là máy chủ của đơn vị, đặt allow_private = true cho kênh này "
        "trong channels.toml",
        "dondoc:url": "Kiểm tra địa chỉ kênh trong channels.toml theo tài liệu của Apprise",
    }
)
_ZALO: Mapping[str, str] = MappingProxyType(
    {
        "-237": "Mở lại nhóm trên trang quản trị OA, hoặc lập nhóm mới và sửa group:MÃ trong danh bạ",
        "-403": "Kiểm tra mã nhóm (group:MÃ) và mời OA vào nhóm",
        "400": "Kiểm tra mã cuộc trò chuyện (chat:MÃ)",
        "401": "Kiểm tra DONDOC_ZALO_BOT_TOKEN; cần thì lấy lại token của bot",
        "403": "Mời người nhận nhắn cho bot một tin trước; dondoc zalo bot listen cho biết mã cuộc trò chuyện",
        "404": "Kiểm tra DONDOC_ZALO_BOT_TOKEN và bot_base trong zalo.toml",
        "no-token": "Chạy dondoc zalo consent, hoặc dondoc zalo token nếu đã lấy cặp token ở API Explorer",
    }
)
_TROUBLES: Mapping[Trouble, str] = MappingProxyType(
    {
        Trouble.RETRY: "Chờ một phút rồi gửi thử lại",
        Trouble.BUSY: "Kiểm tra đường mạng và tường lửa ra máy chủ Zalo, rồi gửi thử lại sau ít phút",
        Trouble.NIGHT: "Gửi thử lại sau 06 giờ sáng, hoặc đổi giờ tại mục [quiet] của zalo.toml",
        Trouble.RECIPIENT: "Kiểm tra số điện thoại hoặc mã người nhận; người nhận cần có Zalo và không chặn OA. "
        "Khi nhắc việc thật, hệ thống gửi qua thư điện tử cho người này",
        Trouble.WINDOW: "Mời người nhận nhắn cho OA một tin rồi gửi thử lại. "
        "Khi nhắc việc thật, hệ thống gửi qua thư điện tử cho người này",
    }
)
_KEY = "Dịch vụ không nhận mã bí mật trong địa chỉ kênh: tạo mã mới ở dịch vụ rồi sửa biến môi trường của kênh"
_APPRISE: Mapping[str, str] = MappingProxyType(
    {
        "401": _KEY,
        "403": _KEY,
        "404": "Dịch vụ không có phòng hoặc webhook này: chép lại địa chỉ từ dịch vụ",
        "429": "Dịch vụ đang hạn chế số tin: chờ ít phút rồi gửi thử lại, hoặc giảm per_minute của kênh",
        "": "Kiểm tra tên máy trong địa chỉ kênh, chứng thư và đường mạng tới dịch vụ, rồi gửi thử lại",
    }
)
_SIGN_IN = frozenset({"530", "534", "535", "538"})


def advice(failure: NotSent, scheme: str, codes: Mapping[str, str] = MappingProxyType({})) -> str:
    """`scheme` is the channel's; `codes` are the codes of Zalo that the admin has moved to another trouble."""
    own = _OWN.get(failure.code or "")
    if own:
        return own + "."
    if scheme in ZALO:
        return _of_zalo(failure.code or "", codes)
    if scheme in MAIL:
        return _of_mail(failure) + "."
    return _APPRISE.get(failure.code or "", _APPRISE[""]) + "."


def _of_zalo(code: str, codes: Mapping[str, str]) -> str:
    said = _ZALO.get(code) or _TROUBLES.get(trouble(code, codes))
    return said + "." if said else remedy(code, codes).advice


def _of_mail(failure: NotSent) -> str:
    basic = (failure.code or "").partition(" ")[0]
    match failure:
        case Unconfirmed():
            return "Xem hộp thư nhận trước khi gửi thử lại: thư có thể đã đến"
        case Refused(code="dondoc:address", scope=Scope.RECIPIENT):
            return "Kiểm tra lại địa chỉ nhận; mỗi lần gửi thử chỉ một địa chỉ"
        case Refused(code="dondoc:address"):
            return "Sửa office.email (địa chỉ gửi) hoặc office.reply_to (địa chỉ nhận trả lời) trong dondoc.toml"
        case _ if basic in _SIGN_IN:
            return (
                "Kiểm tra tên và mật khẩu trong DONDOC_SMTP_URL (ký tự đặc biệt viết dạng %XX) "
                "và dùng smtp+starttls:// hoặc smtps:// nếu máy chủ đòi mã hóa"
            )
        case Unavailable(code=None, scope=Scope.CHANNEL):
            return "Kiểm tra tên máy, cổng và tường lửa tới máy chủ thư, rồi gửi thử lại"
        case NotSent(scope=Scope.CHANNEL):
            return (
                "Liên hệ đơn vị quản trị máy chủ thư: cho phép máy này gửi từ địa chỉ office.email "
                "và chuyển tiếp ra ngoài"
            )
        case Refused(scope=Scope.RECIPIENT):
            return "Hỏi lại đơn vị nhận về địa chỉ này rồi sửa danh bạ"
        case Unavailable():
            return "Chờ ít phút rồi gửi thử lại"
        case _:
            return "Gửi câu trả lời trên cho đơn vị quản trị máy chủ thư"
