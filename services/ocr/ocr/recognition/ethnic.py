"""Names of the ethnic groups that an identity card prints (GB/T 3304). Pure."""

_LISTED = """
汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇
柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京
塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺
"""
NAMES = frozenset(_LISTED.split())
# Cards print simplified characters; a recogniser may answer with the traditional ones of the same shape.
_TRADITIONAL = "漢維爾壯鮮滿瑤薩東納頗錫烏別羅鄂溫龍倫門魯諾"
_SIMPLIFIED = str.maketrans(_TRADITIONAL, "汉维尔壮鲜满瑶萨东纳颇锡乌别罗鄂温龙伦门鲁诺")


def read_ethnic(text: str) -> str | None:
    """Return the group's name that a text begins with, in simplified characters; None where none stands there."""
    plain = text.strip(" :：").translate(_SIMPLIFIED)
    return max((name for name in NAMES if plain.startswith(name)), key=len, default=None)
