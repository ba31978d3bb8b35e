"""How a name sounds: pinyin and initials, surnames with their own readings."""

import re
from functools import lru_cache

# Characters that sound otherwise as a surname than in a word.
_SURNAMES = {
    "万俟": "mo qi",
    "单于": "chan yu",
    "尉迟": "yu chi",
    "令狐": "ling hu",
    "长孙": "zhang sun",
    "澹台": "tan tai",
    "鲜于": "xian yu",
    "濮阳": "pu yang",
    "宰父": "zai fu",
    "亓官": "qi guan",
    "万": "wan",
    "乐": "yue",
    "乜": "nie",
    "仇": "qiu",
    "任": "ren",
    "六": "lu",
    "冼": "xian",
    "华": "hua",
    "单": "shan",
    "区": "ou",
    "卜": "bu",
    "员": "yun",
    "哈": "ha",
    "句": "gou",
    "召": "shao",
    "宁": "ning",
    "宓": "mi",
    "尉": "wei",
    "应": "ying",
    "折": "she",
    "都": "du",
    "曾": "zeng",
    "朴": "piao",
    "查": "zha",
    "柏": "bai",
    "洗": "xian",
    "燕": "yan",
    "盖": "ge",
    "祭": "zhai",
    "种": "chong",
    "秘": "bi",
    "繁": "po",
    "纪": "ji",
    "翟": "zhai",
    "葛": "ge",
    "覃": "qin",
    "解": "xie",
    "过": "guo",
    "逄": "pang",
    "那": "na",
    "郗": "xi",
    "长": "zhang",
    "隗": "wei",
    "黑": "he",
}
_PARTS = re.compile(r"[㐀-鿿\U00020000-\U0003ffff]+|[a-z0-9]+")
# Longer runs of characters are a shop nick or a sentence, not a surname with a given name.
_LONGEST_NAME = 4
_LONGEST_SURNAME = 2


@lru_cache(maxsize=100_000)
def sound(name: str) -> tuple[str, str]:
    """Pinyin and initials of a name, in small letters without blanks: zhouwenjing, zwj.

    Letters and digits stand for themselves, one initial for each run; everything else is left out.
    """
    parts = _PARTS.findall(name.lower())
    spoken = [syllable for part in parts for syllable in _syllables(part)]
    return "".join(spoken), "".join(syllable[0] for syllable in spoken)


def _syllables(part: str) -> list[str]:
    if part.isascii():
        return [part]
    surname = _surname(part)
    return [*_SURNAMES.get(surname, "").split(), *_plain(part[len(surname) :])]


def _surname(part: str) -> str:
    """The beginning of a name that has a reading of its own as a surname, or nothing."""
    if not 1 < len(part) <= _LONGEST_NAME:
        return ""
    tried = (part[:length] for length in range(_LONGEST_SURNAME, 0, -1))
    return next((surname for surname in tried if surname in _SURNAMES), "")


def _plain(words: str) -> list[str]:
    if not words:
        return []
    from pypinyin import lazy_pinyin  # a deferred door

    # Rare characters without a known reading come back as they are.
    return [syllable for syllable in lazy_pinyin(words) if syllable]
