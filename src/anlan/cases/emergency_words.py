"""Words that sound as if somebody were in danger now: then the numbers to call come once more."""

import re

_CHINESE = re.compile(
    r"着火|起火|失火|火光|火苗|冒浓烟|冒黑烟|大火|"
    r"(?<!防)(?<!易)溺水|落水|掉(?:进|到|下)?(?:了)?(?:水|河|塘|池|江|海)|沉下去|"
    r"(?:煤气|燃气|天然气|液化气)(?:味|泄[漏露])|爆炸|触电|昏迷|昏倒|流血|被困|跳楼|轻生|"
    r"持刀|砍人|抢劫|正在打人|求救|救命"
)
_NO_FIRE = (
    "exits?|doors?|hydrants?|extinguishers?|engines?|lanes?|escapes?|stations?|alarms?|safety|hazards?|"
    "routes?|water"
)
_ENGLISH = re.compile(
    rf"\b(?:fire(?!\s+(?:{_NO_FIRE})\b)|on fire|flames?|burning|drown(?:s|ing|ed)?|"
    r"in the (?:water|river|pond|canal)|gas (?:leaks?|smell)|smell(?:s|ing)? (?:of )?gas|explosions?|"
    r"exploded|electrocuted|unconscious|bleeding|trapped|robbery|knife|stabbed|help me)\b",
    re.IGNORECASE,
)


def sounds_urgent(words: str) -> bool:
    """Does somebody seem to be in danger now? It asks back once too often rather than once too seldom."""
    return bool(_CHINESE.search(words) or _ENGLISH.search(words))
