"""One way for each fault of a roster row to be made, with the reason code that a check has to find."""

from collections.abc import Callable
from datetime import timedelta
from random import Random

from common import clock
from common.identifiers import id_check_digit

Values = dict[str, str]


def _other_digit(digit: str) -> str:
    return "0" if digit == "X" else str((int(digit) + 1) % 10)


def _with_check_digit(first17: str) -> str:
    return first17 + id_check_digit(first17)


def _unborn(values: Values, _: Random) -> None:
    day = clock.today() + timedelta(days=400)
    values["id_number"] = _with_check_digit(
        f"{values['id_number'][:6]}{day:%Y%m%d}{values['id_number'][14:17]}"
    )


def _no_date(values: Values, _: Random) -> None:
    number = values["id_number"]
    values["id_number"] = _with_check_digit(f"{number[:10]}0230{number[14:17]}")


def _small_x(values: Values, _: Random) -> None:
    first16 = values["id_number"][:16]
    numbers = (_with_check_digit(f"{values['id_number'][:14]}{serial:03d}") for serial in range(1000))
    values["id_number"] = next((n for n in numbers if n.endswith("X")), first16 + "0X").lower()


def _put(field: str, change: Callable[[str], str]) -> Callable[[Values, Random], None]:
    def apply(values: Values, _: Random) -> None:
        values[field] = change(values[field])

    return apply


# Each makes exactly the one fault of its key in the values of a person that are right.
FAULTS: dict[str, tuple[Callable[[Values, Random], None], ...]] = {
    "name.missing": (_put("name", lambda _: ""),),
    "name.space": (
        _put("name", lambda name: f"{name[0]} {name[1:]}"),
        _put("name", lambda name: f"{name[0]}\u3000{name[1:]}"),
    ),
    "name.characters": (_put("name", lambda name: name + "2"), _put("name", lambda name: f"{name}(新)")),
    "id.missing": (_put("id_number", lambda _: ""),),
    "id.length": (
        _put("id_number", lambda number: number[:-2] + "1"),
        _put("id_number", lambda number: f"1{number[:17]}1"),
    ),
    "id.lowercase_x": (_small_x,),
    "id.characters": (_put("id_number", lambda number: f"{number[:16]}O{number[17]}"),),
    "id.region": (_put("id_number", lambda number: _with_check_digit("329999" + number[6:17])),),
    "id.birthdate": (_no_date, _unborn),
    "id.checksum": (_put("id_number", lambda number: number[:17] + _other_digit(number[17])),),
    "card.missing": (_put("social_card", lambda _: ""),),
    "card.format": (_put("social_card", lambda card: card[:11]), _put("social_card", lambda card: card[:-1] + "A")),
    "card.luhn": (_put("social_card", lambda card: card[:-1] + _other_digit(card[-1])),),
    "bank.missing": (_put("bank_name", lambda _: ""),),
    "bank.format": (_put("bank_name", lambda _: "12345"),),
    "mobile.missing": (_put("mobile", lambda _: ""),),
    "mobile.format": (_put("mobile", lambda mobile: "2" + mobile[1:]), _put("mobile", lambda mobile: mobile[:10])),
}  # fmt: skip


def spoil(values: Values, code: str, random: Random) -> None:
    """Put the fault of this code into a person's values. Raises KeyError for codes that need a register or a sheet."""
    random.choice(FAULTS[code])(values, random)
