"""What a cross-check of a paper that did not pass means; its codes are those of the ocr service. Pure."""

from common.text import Text

CHECK_TEXTS = {
    "amount.words_match": Text("大写金额与小写金额不一致", "the amount in words differs from the figures"),
    "amount.items_sum": Text("收费项目相加与合计不一致", "the items do not add up to the total"),
    "amount.parts_sum": Text("各项支付相加与合计不一致", "what was paid does not add up to the total"),
    "amount.own_share_sum": Text(
        "个人自付、自费与个人支付不一致", "own shares and what the person paid differ"
    ),
    "amount.tax_sum": Text("金额加税额与价税合计不一致", "net amount and tax do not add up to the total"),
    "qr.code_matches": Text("票据代码与二维码不一致", "the receipt's code differs from its QR code"),
    "qr.number_matches": Text("票据号码与二维码不一致", "the receipt's number differs from its QR code"),
    "qr.check_code_matches": Text("校验码与二维码不一致", "the check code differs from the QR code"),
    "qr.date_matches": Text("开票日期与二维码不一致", "the date differs from the QR code"),
    "qr.amount_matches": Text("合计金额与二维码不一致", "the total differs from the QR code"),
    "qr.net_amount_matches": Text("不含税金额与二维码不一致", "the net amount differs from the QR code"),
    "date.order": Text("入院、出院、开票日期的先后不对", "the days are not in order"),
    "date.not_future": Text("日期在今天之后", "a day lies in the future"),
    "date.days_match": Text("住院天数与入出院日期不符", "the days of the stay differ from its dates"),
    "id.checksum": Text("身份证号码的校验位不对", "the check digit of the ID number is wrong"),
    "id.birthdate_matches": Text("出生日期与身份证号码不符", "the birth date differs from the ID number"),
    "id.sex_matches": Text("性别与身份证号码不符", "the sex differs from the ID number"),
    "card.luhn": Text("银行卡号的校验位不对", "the check digit of the bank card is wrong"),
    "document.one_paper": Text(
        "一个文件里有不止一份材料，请分开核对", "the file holds more than one paper: look at each"
    ),
}
OTHER = Text("材料内容互相矛盾", "what stands on the paper disagrees")


def check_text(code: str) -> Text:
    """Return the sentence for a failed check; of one that is not known here, that the paper disagrees."""
    return CHECK_TEXTS.get(code, OTHER)
