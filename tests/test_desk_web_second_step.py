"""The picture of the second step's secret: what a camera reads is what stands beside it."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import pytest
import segno
from lxml import html as lxml_html

from desk.web.account import qr_code
from flows.steps.workplace import Workplace
from tests.desk_samples import browser, logged_in, with_samples

URI = "otpauth://totp/%C4%90%C3%B4n%20%C4%90%E1%BB%91c:lan?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=x"


def squares(svg: str) -> list[list[int]]:
    """The dark squares of a picture, row by row, as its line draws them; the border is part of it."""
    size = int(re.findall(r'viewBox="0 0 (\d+) \d+"', svg)[0])
    made = [[0] * size for _ in range(size)]
    x, y = 0.0, 0.0
    line = re.findall(r'stroke="#000" d="([^"]*)"', svg)[0]
    for act, first, second in re.findall(r"([Mmh])(-?[0-9.]+)(?: (-?[0-9.]+))?", line):
        if act == "h":
            for at in range(int(x), int(x + float(first))):
                made[int(y)][at] = 1
            x += float(first)
        else:
            x, y = (float(first), float(second)) if act == "M" else (x + float(first), y + float(second))
    return made


def test_the_picture_shows_the_address_with_a_white_border() -> None:
    found = squares(str(qr_code(URI, "Mã")))
    assert found == [list(row) for row in segno.make_qr(URI).matrix_iter(border=4)]
    assert not any(any(row) for row in (*found[:4], *found[-4:]))


def test_a_reader_of_others_reads_the_picture() -> None:
    cv2 = pytest.importorskip("cv2", reason="no OpenCV: pip install opencv-python-headless")
    numpy = pytest.importorskip("numpy")
    dots = numpy.array(squares(str(qr_code(URI, "Mã"))), dtype="uint8")
    picture = numpy.kron(255 * (1 - dots), numpy.ones((8, 8), dtype="uint8")).astype("uint8")
    assert cv2.QRCodeDetector().detectAndDecode(picture)[0] == URI


def test_the_secret_stands_beside_its_picture_and_in_no_other_address(place: Workplace) -> None:
    clock = with_samples(place)
    page = logged_in(place, clock, "operator").get("/account")
    tree = lxml_html.fromstring(page.text)
    (picture,) = tree.xpath('//*[local-name()="svg"][@role="img"]')
    assert picture.xpath('string(*[local-name()="title"])') == "Mã QR của khóa, để quét bằng ứng dụng tạo mã"
    assert not picture.xpath(".//@style"), "the page's policy forbids it"
    (uri,) = tree.xpath('//a[starts-with(@href, "otpauth:")]/@href')
    (secret,) = tree.xpath('//input[@name="secret"]/@value')
    assert parse_qs(urlsplit(uri).query)["secret"] == [secret]
    assert tree.xpath('string(//code[@class="secret"])') == secret
    drawn = squares(lxml_html.tostring(picture, encoding="unicode").replace("viewbox", "viewBox"))
    assert drawn == [list(row) for row in segno.make_qr(uri).matrix_iter(border=4)]
    assert browser(place, clock).get("/account", follow_redirects=False).status_code in (302, 303)
