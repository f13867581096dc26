"""What the patterns of a pack's texts ask for, in words and with an example: nobody is quoted a regular expression."""

FORMS: dict[str, tuple[str, str]] = {
    r"^[a-z][a-z0-9]*(?:[-_][a-z0-9]+)*$": (
        "须以小写字母开头，只含小写字母、数字、- 和 _，如 three-in-one",
        "must begin with a small letter and hold small letters, digits, - and _ only, such as three-in-one",
    ),
    r"^\S(?:[^\r\n]*\S)?$": (
        "须为一行文字，首尾没有空格，如 某市总工会",
        "must be one line without blanks at its ends, such as City Trade Union",
    ),
    r"^#[0-9A-Fa-f]{6}$": (
        "须为 # 加六位颜色值，如 #1A73E8",
        "must be # and six hex digits, such as #1A73E8",
    ),
    r"^[0-9]+$": (
        '只能是数字，并加引号，如 "839010188900024409"',
        'must be digits only, in quotes, such as "839010188900024409"',
    ),
    r"^[a-z][a-z0-9_]*$": (
        "须以小写字母开头，只含小写字母、数字和 _，如 order_number",
        "must begin with a small letter and hold small letters, digits and _ only, such as order_number",
    ),
    r"^([01][0-9]|2[0-3]):[0-5][0-9]$": (
        '须为24小时制的时间，如 "17:30"',
        'must be a time of 24 hours, such as "17:30"',
    ),
    r"^(?:[01][0-9]|2[0-3]):[0-5][0-9]$": (
        '须为24小时制的时间，如 "17:30"',
        'must be a time of 24 hours, such as "17:30"',
    ),
    r"^[A-Za-z0-9_-]{20,64}$": (
        "须为微信公众平台给出的模板编号（20至64位字母、数字、下划线或连字符），如 8qmLkT2vRz0Xn5Jd7sPwYb3FhGc1AeUo",
        "must be the template id given by WeChat (20 to 64 letters, digits, _ or -), "
        "such as 8qmLkT2vRz0Xn5Jd7sPwYb3FhGc1AeUo",
    ),
    r"^[A-Z][0-9]{2}(\.[0-9A-Za-z]{1,4})?$": (
        "须为 ICD-10 编码，如 C34 或 C34.1",
        "must be an ICD-10 code, such as C34 or C34.1",
    ),
    r"^[a-z][a-z0-9._-]{2,31}$": (
        "用户名须为3至32个字符，以小写字母开头，只含小写字母、数字、. _ -，如 reviewer1",
        "must be a user name of 3 to 32 characters: a small letter, then small letters, digits, . _ -",
    ),
    r"^1[3-9][0-9]{9}$": (
        '须为11位手机号并加引号，如 "13800000001"',
        'must be a mobile number of 11 digits in quotes, such as "13800000001"',
    ),
    r"^[0-9A-HJ-NPQRTUWXY]{18}$": (
        "须为18位统一社会信用代码（没有 I、O、S、V、Z），如 91320211MA1W00012X",
        "must be a unified social credit code of 18 characters (no I, O, S, V, Z), such as 91320211MA1W00012X",
    ),
    r"^[0-9]{17}[0-9X]$": (
        '须为18位身份证号并加引号，末位可为大写 X，如 "320211198506120431"',
        'must be an ID number of 18 characters in quotes, such as "320211198506120431"',
    ),
    r"^[A-Za-z0-9-]{2,40}$": (
        '须为2至40位字母、数字或 -，并加引号，如 "20080101"',
        'must be 2 to 40 letters, digits or -, in quotes, such as "20080101"',
    ),
    r"^[a-z0-9.-]+(?::[0-9]{1,5})?$": (
        "须为小写的主机名，可带端口，如 portal.example.edu.cn 或 127.0.0.1:8443",
        "must be a host name in small letters, with a port or without, such as portal.example.edu.cn",
    ),
    r"^HUZHU_PORTAL_[A-Z0-9_]{1,60}$": (
        "须为以 HUZHU_PORTAL_ 开头的环境变量名，如 HUZHU_PORTAL_CAMPUS",
        "must be the name of a setting that begins with HUZHU_PORTAL_, such as HUZHU_PORTAL_CAMPUS",
    ),
    r"^HUZHU_HANDOVER_[A-Z0-9_]{1,60}$": (
        "须为以 HUZHU_HANDOVER_ 开头的环境变量名，如 HUZHU_HANDOVER_LINGXI",
        "must be the name of a setting that begins with HUZHU_HANDOVER_, such as HUZHU_HANDOVER_LINGXI",
    ),
    r"^HUZHU_WECHAT_[A-Z0-9_]{1,60}$": (
        "须为以 HUZHU_WECHAT_ 开头的环境变量名，如 HUZHU_WECHAT_CITY",
        "must be the name of a setting that begins with HUZHU_WECHAT_, such as HUZHU_WECHAT_CITY",
    ),
    r"^wx[0-9a-f]{16}$": (
        "须为微信 AppID：wx 加16位小写十六进制，如 wx0123456789abcdef",
        "must be a WeChat app id: wx and 16 hex digits, such as wx0123456789abcdef",
    ),
    r"^[A-Za-z0-9_]{1,40}$": (
        "须为1至40个字母、数字或 _，如 SMS_123456789",
        "must be 1 to 40 letters, digits or _, such as SMS_123456789",
    ),
    r"^[a-z]+\.[a-z_]+$": (
        "须为“服务.事件”，如 claims.payout_completed",
        "must be service.event, such as claims.payout_completed",
    ),
}


def form_in_words(pattern: str) -> tuple[str, str]:
    """Return what a pattern asks for, in Chinese and English."""
    return FORMS.get(pattern, ("格式不正确", "does not have the form expected here"))
