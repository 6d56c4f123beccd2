"""A mail in words, whatever mail programs made of it."""

from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.cases.mail.reading import parsed, read, report_words
from anlan.cases.mail.terms import LONGEST, Left, Mail


def mail_of(raw: bytes) -> Mail:
    return read(parsed(raw), most_photos=2)


def composed(**parts: object) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = "anna@home.example", "Hazards <hazards@city.example>"
    message["Subject"], message["Message-ID"] = "护栏断了", "<1@home.example>"
    message.set_content(str(parts.get("text", "村口水塘的护栏断了")))
    return message


def test_a_plain_mail_is_read_with_all_its_facts() -> None:
    message = composed()
    message["References"], message["In-Reply-To"] = "<a@x> <b@x>", "<b@x>"

    assert mail_of(message.as_bytes()) == Mail(
        message_id="<1@home.example>",
        answers=("<a@x>", "<b@x>"),
        sender="anna@home.example",
        to=("hazards@city.example",),
        subject="护栏断了",
        words="村口水塘的护栏断了",
        text="村口水塘的护栏断了",
        language="zh-hans",
    )


@pytest.mark.parametrize("charset", ["utf-8", "gb2312", "gbk", "gb18030", "big5"])
def test_words_are_read_in_the_ways_in_which_chinese_is_written(charset: str) -> None:
    words = "水塘欄杆" if charset == "big5" else "水塘栏杆"
    raw = f"Subject: x\nContent-Type: text/plain; charset={charset}\n\n".encode() + words.encode(charset)

    assert mail_of(raw).words == words


def test_gb2312_that_is_more_than_that_is_read_too() -> None:
    raw = b"Subject: x\nContent-Type: text/plain; charset=gb2312\n\n" + "喆镕路".encode("gb18030")

    assert mail_of(raw).words == "喆镕路"


@pytest.mark.parametrize("raw", ["=?gb2312?B?u6TArg==?=", "=?utf-8?q?=E6=8A=A4=E6=A0=8F?=", "护栏"])
def test_a_subject_is_read_encoded_or_not(raw: str) -> None:
    assert mail_of(f"Subject: {raw}\n\nx".encode()).subject in ("护栏", "护拦", "护喇")


def test_a_subject_in_gbk_that_nobody_encoded_is_read() -> None:
    assert mail_of(b"Subject: " + "护栏".encode("gbk") + b"\n\nx").subject == "护栏"


def test_an_unknown_charset_is_read_as_far_as_it_goes() -> None:
    assert mail_of(b"Subject: x\nContent-Type: text/plain; charset=klingon\n\nrail").words == "rail"


def test_plain_text_comes_before_html_unless_it_is_empty() -> None:
    both, only = composed(text="plain"), composed(text=" ")
    for each in (both, only):
        each.add_alternative("<p>The <b>rail</b><br>is<script>x()</script> gone</p>", subtype="html")

    assert mail_of(both.as_bytes()).words == "plain"
    assert mail_of(only.as_bytes()).words == "The rail\nis gone"


def test_a_quotation_in_html_is_left_out() -> None:
    raw = b"Subject: x\nContent-Type: text/html\n\n<div>Deep.</div><blockquote><p>old</p>older</blockquote>"

    assert mail_of(raw).words == "Deep."


def test_lines_that_a_mail_program_broke_are_put_together() -> None:
    raw = b"Subject: x\nContent-Type: text/plain; format=flowed\n\nThe rail \nis gone.\nSince May"

    assert mail_of(raw).words == "The rail is gone.\nSince May"


def test_photos_are_taken_up_to_the_most_and_everything_else_is_named() -> None:
    message = composed()
    for name in ("a.jpg", "b.PNG", "c.jpg"):
        message.add_attachment(b"picture", maintype="image", subtype="jpeg", filename=name)
    message.add_attachment(b"%PDF", maintype="application", subtype="pdf", filename="合同.pdf")
    message.add_attachment(b"bytes", maintype="application", subtype="octet-stream", filename="../d.heic")

    mail = mail_of(message.as_bytes())

    assert [photo.name for photo in mail.photos] == ["a.jpg", "b.PNG"]
    assert mail.left == (("c.jpg", Left.TOO_MANY), ("合同.pdf", Left.NO_PHOTO), (".._d.heic", Left.TOO_MANY))


def test_the_logo_of_a_signature_is_no_photo_and_no_loss() -> None:
    message = composed()
    message.add_related(b"small", maintype="image", subtype="png", cid="<logo>")

    mail = mail_of(message.as_bytes())

    assert (mail.words, mail.photos, mail.left) == ("村口水塘的护栏断了", (), ())


def test_a_mail_in_a_mail_is_not_opened() -> None:
    message = composed()
    message.add_attachment(composed(text="of another"))

    mail = mail_of(message.as_bytes())

    assert (mail.words, mail.left) == ("村口水塘的护栏断了", (("message/rfc822", Left.NO_PHOTO),))


def test_long_words_are_cut_and_that_is_said() -> None:
    mail = mail_of(composed(text="断" * (LONGEST + 1)).as_bytes())

    assert (len(mail.words), mail.left) == (LONGEST, (("", Left.CUT),))


@pytest.mark.parametrize(
    ("sender", "read_as"),
    [
        ("Anna <Anna@Home.Example>", "anna@home.example"),
        ("=?utf-8?b?5a6J5aic?= <a@b.cn>", "a@b.cn"),
        ("undisclosed", ""),
        ("a@b", ""),
        ("<script>@b.cn", ""),
        ("a@b.cn, c@d.cn", "a@b.cn"),
    ],
)
def test_the_sender_is_an_address_to_write_to_or_none(sender: str, read_as: str) -> None:
    assert mail_of(f"From: {sender}\n\nx".encode()).sender == read_as


@pytest.mark.parametrize(
    ("subject", "words", "report"),
    [
        ("护栏断了", "在村口", "护栏断了\n在村口"),
        ("护栏", "村口护栏断了", "村口护栏断了"),
        ("护栏断了", "", "护栏断了"),
        ("", "断了", "断了"),
    ],
)
def test_a_report_says_the_subject_once(subject: str, words: str, report: str) -> None:
    assert report_words(mail_of(f"Subject: {subject}\n\n{words}".encode())) == report


def test_a_mail_that_is_quoted_as_a_whole_is_a_report_all_the_same() -> None:
    assert report_words(mail_of(b"Subject: \n\n> The rail is gone")) == "> The rail is gone"


@settings(max_examples=150)
@given(st.binary(max_size=400), st.sampled_from([b"", b"Content-Type: multipart/mixed; boundary=x\n\n--x\n"]))
def test_any_bytes_are_a_mail_without_signs_that_cannot_be_stored(rest: bytes, before: bytes) -> None:
    mail = mail_of(b"Subject: x\n" + before + rest)

    for text in (mail.subject, mail.words, mail.text, mail.sender, mail.message_id):
        assert "\0" not in text and text.encode().decode() == text


def test_bytes_without_a_field_are_no_mail() -> None:
    with pytest.raises(ValueError, match="no fields"):
        parsed(b"\x89PNG\r\n\x1a\n")
