"""The page of a sandbox payment: what is to be paid, and two buttons. No script, no style of its own."""

from html import escape
from typing import Any

STATES = {
    "open": "待支付 to be paid",
    "paid": "已支付 paid",
    "failed": "支付失败 failed",
    "closed": "已关闭 closed",
}
BUTTONS = """<form method="post" action="{action}/paid"><button type="submit">支付 {amount} 元 Pay</button></form>
<form method="post" action="{action}/failed"><button type="submit">支付失败 Fail</button></form>"""
PAGE = """<!doctype html>
<html lang="zh-CN"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>支付沙箱 · Payment sandbox</title><link rel="stylesheet" href="/pages/plain.css"></head><body><main>
<h1>支付沙箱</h1>
<p>这是本机试运行的支付页面，不会扣款。<br><span lang="en">A payment page for local trials. No money moves.</span></p>
<dl><dt>事项 For</dt><dd>{title}</dd><dt>金额 Amount</dt><dd>{amount} 元</dd><dt>状态 State</dt><dd>{state}</dd></dl>
{buttons}
<p><a href="/">返回首页 Back</a></p></main></body></html>"""


def payment_page(kept: dict[str, Any], action: str) -> str:
    """Return the page of a payment; the buttons are there while it is open."""
    amount = escape(kept["amount"])
    buttons = (
        BUTTONS.format(action=escape(action, quote=True), amount=amount) if kept["state"] == "open" else ""
    )
    return PAGE.format(
        title=escape(kept["title"]), amount=amount, state=STATES[kept["state"]], buttons=buttons
    )
