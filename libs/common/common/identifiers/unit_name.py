"""When two written names of a unit mean the same: by everything but what people write differently."""

import re
import unicodedata

_NOISE = re.compile(r"[\s\-—_.,，。·、()（）【】\[\]<>《》\"'“”‘’:：;；]+")


def unit_name_key(name: str) -> str:
    """Return a unit's name without what people write differently: widths, blanks, brackets, punctuation, case."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", name)).casefold()
