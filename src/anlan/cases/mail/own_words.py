"""What of a mail's text its sender wrote just now: not what was quoted, not the signature.

Line by line, each with a bound on its length: time grows with the length of the text, whatever is in it.
"""

import re

LONGEST_LINE = 400
"""Signs of a line that is looked at as the head of a quotation."""

_QUOTED = re.compile(r"\s{0,3}>")
_SAYS = r"(?:wrote|写道|寫道|schrieb|écrit|escribió)\s*[:：]\s*"
_WROTE = re.compile(rf"(?:(?:On|At|Am|Le|El)\b|在|于|\d{{4}}\s?[年/-]).*{_SAYS}", re.IGNORECASE)
_SOMEBODY_WROTE = re.compile(rf".{{0,80}}<[^<>]{{3,80}}>.*{_SAYS}", re.IGNORECASE)
_RULE = re.compile(
    r"[-_\s]{2,}(?:original message|original appointment|forwarded message|"
    r"原始邮件|原始郵件|原邮件|转发的邮件|转发邮件|轉寄郵件|回复的原邮件)[-_\s]{2,}",
    re.IGNORECASE,
)
_LINE = re.compile(r"[_-]{10,}\s*")
_FIRST_FIELD = re.compile(r"\W{0,3}(?:from|发件人|發件人|寄件者|寄件人)\W{0,3}[:：]", re.IGNORECASE)
_FIELD = re.compile(
    r"\W{0,3}(?:sent|date|to|cc|subject|发送时间|时间|日期|收件人|抄送|主题|寄件日期|收件者|主旨)\W{0,3}[:：]",
    re.IGNORECASE,
)
_DEVICE = re.compile(
    r"(?:sent from my\b.{0,60}|get outlook for\b.{0,60}|(?:发自|来自|發自)我?的?\s?.{0,40}|"
    r"从我的.{0,30}发送|.{0,20}邮箱大师.{0,20})",
    re.IGNORECASE,
)


def own_words(text: str) -> str:
    """What the sender wrote; "" when all of it was quoted."""
    lines = text.split("\n")
    kept = _without_quotes(lines[: _end(lines)])
    while kept and (not kept[-1].strip() or _DEVICE.fullmatch(kept[-1].strip())):
        kept.pop()
    return "\n".join(kept).strip()


def _end(lines: list[str]) -> int:
    """The line at which the signature, or a mail that was quoted as a whole, begins."""
    for at, line in enumerate(lines):
        if line.rstrip("\r") in ("-- ", "--") or _begins_old_mail(lines, at):
            return at
    return len(lines)


def _begins_old_mail(lines: list[str], at: int) -> bool:
    line = lines[at][:LONGEST_LINE]
    if _RULE.fullmatch(line.strip() or "x"):
        return True
    following = next((each for each in lines[at + 1 : at + 4] if each.strip()), "")
    if _LINE.fullmatch(line):
        return bool(_FIRST_FIELD.match(following[:LONGEST_LINE]))
    if _FIRST_FIELD.match(line):
        return sum(bool(_FIELD.match(each[:LONGEST_LINE])) for each in lines[at + 1 : at + 8]) >= 2
    lasting = _wrote(lines, at)
    if not lasting:
        return False
    below = next((each for each in lines[at + lasting :] if each.strip()), "")
    return not _QUOTED.match(below)  # with marks, the sender may have written below or between them


def _wrote(lines: list[str], at: int) -> int:
    """Of how many lines, from this one on, a head such as "On Monday, X wrote:" is made; 0 for none."""
    head = ""
    for number, line in enumerate(lines[at : at + 3], start=1):
        head = f"{head} {line.strip()}".strip()
        if not line.strip() or len(head) > LONGEST_LINE:
            return 0
        if _WROTE.fullmatch(head) or (number == 1 and _SOMEBODY_WROTE.fullmatch(head)):
            return number
    return 0


def _without_quotes(lines: list[str]) -> list[str]:
    """The lines without those that are marked as quoted, and without the heads of these."""
    kept, at = [], 0
    while at < len(lines):
        of_head = _wrote(lines, at)
        if not of_head and not _QUOTED.match(lines[at]):
            kept.append(lines[at])
        at += of_head or 1
    return kept
