"""Words that name or reach a person: plates, e-mail addresses, accounts of WeChat and QQ."""

import re
from collections.abc import Iterator

from anlan.publishing.spans import BETWEEN, Finder, Kind, Span

_PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
_LETTER = "[A-HJ-NP-Za-hj-np-z]"
_SIGN = "[A-HJ-NP-Za-hj-np-z0-9]"
_NOT_COUNTED = r"(?!\d|\s?[元块万人次个件份户米])"

_PLATES = tuple(
    re.compile(pattern)
    for pattern in (
        # GA 36-2018: five signs, six of new-energy vehicles, the last one may say what it is for
        rf"[{_PROVINCES}]{BETWEEN}{_LETTER}(?:{BETWEEN}{_SIGN}){{4}}{BETWEEN}(?:[学警港澳挂领]|{_SIGN}(?:{BETWEEN}{_SIGN})?)",
        rf"[{_PROVINCES}]{BETWEEN}{_LETTER}(?:{BETWEEN}\d){{4}}{BETWEEN}[领使]",
        rf"[使领]{BETWEEN}\d{{3}}{BETWEEN}\d{{3}}{_NOT_COUNTED}",
        rf"(?<!\d)\d{{3}}{BETWEEN}\d{{3}}[使领](?![用取导到])",
        # GA 36-2018, armed police, and the military since 2012, which needs a word that it is a plate
        rf"[Ww]{BETWEEN}[Jj]{BETWEEN}(?:[{_PROVINCES}]|\d\d)(?:{BETWEEN}{_SIGN}){{5}}",
        rf"[军空]{BETWEEN}{_LETTER}{BETWEEN}\d{{5}}(?!\d)",
    )
)
_CALLED_PLATE = re.compile(
    r"(?:车牌|号牌|牌照|军牌|plate(?=\s?[:：]|\s(?:no\b|number|is\b)))(?:号码|号|no\.?|number|is|[\s:：是为尾]){0,4}"
    rf"({_SIGN}(?:[ ·・.\-]?{_SIGN}){{4,7}})",
    re.IGNORECASE,
)


def _plates(signs: str) -> Iterator[Span]:
    for pattern in _PLATES:
        for match in pattern.finditer(signs):
            if any(sign.isdigit() for sign in match[0][2:]):
                yield Span(*match.span(), Kind.PLATE)
    for match in _CALLED_PLATE.finditer(signs):
        if any(sign.isdigit() for sign in match[1]):
            yield Span(*match.span(1), Kind.PLATE)


_OPEN, _SHUT = r"\s{0,2}[(\[{<（【]\s{0,2}", r"\s{0,2}[)\]}>）】]\s{0,2}"
_AT = rf"(?:\s{{0,2}}@\s{{0,2}}|{_OPEN}(?:at|AT|艾特|@){_SHUT}|\s{{0,2}}艾特\s{{0,2}})"
_DOT = rf"(?:\s?[.。·]\s?|{_OPEN}(?:dot|DOT|点){_SHUT}|\s{{0,2}}点\s{{0,2}}|\s{{1,2}}(?:dot|DOT)\s{{1,2}})"
_WHO = r"(?:[A-Za-z0-9._%+\-]{1,64}|\w{1,16})"
_LABELS = rf"(?:[A-Za-z0-9\-]{{1,63}}{_DOT}){{1,8}}"
_END = r"[A-Za-z][A-Za-z0-9\-]{1,62}"
_CHINESE = (
    rf"(?:[\w\-]{{1,30}}?{_DOT}){{1,4}}"
    r"(?:中国|中國|公司|网络|網絡|在线|中文网|网址|政务|公益|香港|台湾|台灣|集团|商城|网店|手机|企业|信息|政府|世界|移动)"
)
_EMAILS = (
    re.compile(rf"{_WHO}{_AT}{_LABELS}{_END}"),
    re.compile(rf"{_WHO}{_AT}{_CHINESE}"),
    re.compile(
        r"[A-Za-z0-9._%+\-]{1,64}\s{1,2}at\s{1,2}[A-Za-z0-9\-]{1,63}(?:\s{1,2}dot\s{1,2}[A-Za-z0-9\-]{2,63}){1,4}",
        re.IGNORECASE,
    ),
)


def _emails(signs: str) -> Iterator[Span]:
    return (Span(*match.span(), Kind.EMAIL) for pattern in _EMAILS for match in pattern.finditer(signs))


_GLUE = (
    r"(?:号码|账号|帐号|号|是|为|叫|我|你|的|加|找|联系|请|或|也|同|群|名|就|\bid\b|\bis\b"
    r"|[\s:=\-_—,，、。.()（）「」“”\"'])"
)
_CHINESE_NAMES = "微信|威信|薇信|徽信|加微|加V|加v|扣扣|企鹅号|微号|V信|v信|薇号"
_LATIN_NAMES = r"(?:VX|WX|(?<![A-Za-z])V|weixin|WeChat|QQ)(?=[\d_\-]|[^A-Za-z])"
_MADE_UP = r"(?=[A-Za-z_\-]{0,19}[\d_\-])[A-Za-z0-9][A-Za-z0-9_\-]{4,29}"
_ACCOUNTS = (
    re.compile(rf"(?:{_CHINESE_NAMES}){_GLUE}{{0,12}}((?:{_MADE_UP})|[A-Za-z]{{6,20}})"),
    re.compile(rf"{_LATIN_NAMES}{_GLUE}{{0,12}}({_MADE_UP})", re.IGNORECASE),
    re.compile(rf"{_LATIN_NAMES}(?:{_GLUE}{{0,6}}(?:号|id)){_GLUE}{{0,4}}([A-Za-z]{{6,20}})", re.IGNORECASE),
    re.compile(rf"{_LATIN_NAMES}\s{{0,2}}[:：]\s{{0,2}}([A-Za-z]{{6,20}})", re.IGNORECASE),
)


def _accounts(signs: str) -> Iterator[Span]:
    return (Span(*match.span(1), Kind.ACCOUNT) for pattern in _ACCOUNTS for match in pattern.finditer(signs))


FINDERS: tuple[Finder, ...] = (_plates, _emails, _accounts)
