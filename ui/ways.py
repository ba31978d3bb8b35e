"""Ways of reaching a customer, and what for, in words. Knows no Qt."""

from collections.abc import Iterable, Mapping

from lumi_desk.consents.rules import Purpose, Way
from ui.words import N_, Language, language, tr

WAYS: Mapping[Way, str] = {
    Way.PHONE: N_("phone"),
    Way.SMS: N_("SMS"),
    Way.WECHAT: N_("WeChat"),
    Way.WANGWANG: N_("Wangwang"),
    Way.POST: N_("post"),
}
PURPOSES: Mapping[Purpose, str] = {
    Purpose.SERVICE: N_("orders and service"),
    Purpose.MARKETING: N_("offers"),
    Purpose.HEALTH: N_("notes about her health"),
}


def listed(ways: Iterable[Way]) -> str:
    """Several ways in a row."""
    comma = "、" if language() is Language.CHINESE else ", "
    return comma.join(tr(WAYS[way]) for way in ways)
