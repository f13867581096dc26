"""What can be wrong with payouts."""

from common.errors import Conflict, DomainError
from common.text import Text

STATES = {
    "awaiting_card": Text("缺少收款卡", "without a card"),
    "waiting": Text("待制单", "waiting for a batch"),
    "batched": Text("已制单待放行", "in a batch that is not released"),
    "released": Text("已放行待银行回盘", "with the bank"),
    "paid": Text("已支付", "paid"),
    "failed": Text("支付失败", "failed"),
    "withdrawn": Text("已撤回，案件重新审核", "withdrawn, its claim is looked at again"),
}
"""What the states of a payout are called."""


class NothingWaiting(DomainError):
    """No payout of the fund waits for a batch."""

    code = "payout.nothing_waiting"
    text = Text(
        "该基金没有待给付的款项，无需制单。",
        "No payout of this fund is waiting; there is nothing to prepare.",
    )


class WaitingChanged(Conflict):
    """What waits is no longer what the maker saw."""

    code = "payout.waiting_changed"
    text = Text(
        "待制单的款项有变化：现在 {payouts} 笔 {total} 元，您看到的是 {shown} 笔 {shown_total} 元，请重新核对。",
        "What waits has changed: now {payouts} payouts of {total} yuan, you saw {shown} of {shown_total}. Look again.",
    )


class PayoutsNotWaiting(Conflict):
    """Some of the chosen payouts do not wait in the fund any more."""

    code = "payout.not_waiting"
    text = Text(
        "所选 {chosen} 笔中有 {gone} 笔已不是该基金的待制单款项（可能已被他人制单），请刷新后重新选择。",
        "{gone} of the {chosen} chosen payouts do not wait in this fund any more. Refresh and choose again.",
    )


class NothingCovered(Conflict):
    """The money covers none of the payouts that wait."""

    code = "payout.nothing_covered"
    text = Text(
        "该基金还可支付 {left} 元，不够支付任何一笔待制单的款项，请先补足资金。",
        "The fund can still pay {left} yuan, which covers none of the payouts that wait. Add funds.",
    )


class BatchTooLong(Conflict):
    """More payouts were chosen than the bank takes in one batch."""

    code = "payout.batch_too_long"
    text = Text(
        "银行每批最多 {most} 笔，您选了 {chosen} 笔，请分批制单。",
        "The bank takes {most} payouts in a batch; you chose {chosen}. Make several batches.",
    )


class FundUnknown(DomainError):
    """The pack has no such fund."""

    code = "payout.fund_unknown"
    text = Text(
        "没有代码为“{fund}”的基金，请从列表中选择。", "There is no fund “{fund}”. Choose one of the list."
    )


class SamePerson(DomainError):
    """Whoever prepared a batch cannot release it."""

    status = 403
    code = "payout.same_person"
    text = Text(
        "制单人不能放行自己制作的批次（同一人的其他账号也不行），请由另一位复核人放行。",
        "Whoever prepared a batch cannot release it, under no account. Ask another person to check and release it.",
    )


class AccountNamedByReleaser(DomainError):
    """Whoever named the account of a payout cannot release the batch that it lies in."""

    status = 403
    code = "refund.account_named_by_releaser"
    text = Text(
        "本批次中 {number} 的收款账户由您登记，请由另一位复核人放行。",
        "You named the account of {number} in this batch. Ask another person to release it.",
    )


class NotOfAClaim(Conflict):
    """This is done with payouts of claims alone."""

    code = "payout.not_of_a_claim"
    text = Text(
        "{number} 是退费，请由制单人在“给付明细”登记退费账户。",
        "{number} is a refund: its account is named under Payouts by whoever prepares batches.",
    )


class PayoutOfSomebodyElse(DomainError):
    """The ID card that was shown is not that of the person whose claim is paid."""

    code = "payout.of_somebody_else"
    text = Text(
        "证件号码与这笔给付的参保人不一致，请核对出示的身份证。",
        "The ID number is not that of the person whose claim is paid. Check the ID card that was shown.",
    )


class CardOfSomebodyElse(DomainError):
    """The card's holder is not who is paid."""

    code = "payout.card_of_somebody_else"
    text = Text(
        "户名与收款人姓名不一致：只能换成收款人本人的银行卡或存折。",
        "The holder is not the payee: only a card or bank book of the payee can be named.",
    )


class EvidenceMissing(DomainError):
    """The claim's form asks for a picture of the card."""

    code = "payout.evidence_missing"
    text = Text(
        "请上传银行卡或存折的照片：复核人要据此核对户名和卡号。",
        "Add a picture of the card or bank book: the checker compares holder and number with it.",
    )


class NotARefund(Conflict):
    """This is done with refunds alone."""

    code = "payout.not_a_refund"
    text = Text(
        "给付 {number} 属于理赔案件：由会员本人在手机上更换收款卡，或持证件和银行卡到柜面办理。",
        "The payout {number} belongs to a claim: its member names another card in the app or at the counter.",
    )


class SettledInFuture(DomainError):
    """The day of a payment has not come."""

    code = "refund.settled_in_future"
    text = Text("付款日期不能晚于今天。", "A refund cannot have been paid on a day to come.")


class BatchNotPrepared(Conflict):
    """The batch was released or cancelled before, by somebody else."""

    code = "payout.batch_already_released"
    text = Text(
        "批次 {number} {done}（{by}，{at}），请刷新列表。",
        "The batch {number} is {status} already ({by}, {at}). Refresh the list.",
    )


class BatchNotConfirmed(Conflict):
    """The schedule made the batch and nobody has checked it yet."""

    code = "payout.batch_not_confirmed"
    text = Text(
        "该批次由系统按计划生成，请先由制单人核对确认，再由另一人放行。",
        "The schedule made this batch. Let one person check and confirm it first, then another one release it.",
    )


class BatchAlreadyConfirmed(Conflict):
    """The batch has its maker."""

    code = "payout.batch_already_confirmed"
    text = Text(
        "批次 {number} 已核对确认（{by}，{at}），无需再次确认。",
        "The batch {number} has been confirmed already ({by}, {at}).",
    )


class PayoutStateWrong(Conflict):
    """The payout is not in a state in which this can be done."""

    code = "payout.state_wrong"
    text = Text(
        "给付 {number} 当前状态（{status}）不能进行此操作，请刷新后再试。",
        "The payout {number} is {status}; this cannot be done now. Refresh and look again.",
    )

    def __init__(self, *, number: str, status: str) -> None:
        words = STATES.get(status, Text(status, status))
        super().__init__(number=number, status=words.in_language())


class BatchAnswered(Conflict):
    """The bank has answered lines of the batch: it cannot have been refused as a whole."""

    code = "payout.batch_answered"
    text = Text(
        "批次 {number} 已有 {answered} 笔银行结果，不能登记整批退回；未支付的请等银行回盘，逐笔失败的会员可换卡。",
        "The bank has answered {answered} lines of the batch {number}: it was not refused as a whole. "
        "Wait for its result file; whose line failed names another card.",
    )


class BatchNotReleased(Conflict):
    """The batch has no file or result: nobody released it, or it was given up."""

    code = "payout.batch_not_released"
    text = Text(
        "该批次尚未放行或已作废，没有银行文件和回盘：未放行的请先由复核人放行；作废后银行又付了款的，请在银行对账中核实。",
        "The batch has not been released, or was given up: it has no file and no result. Let a checker release it; "
        "where the bank paid a batch that was given up, the reconciliation shows it.",
    )


class BalanceTooLow(Conflict):
    """The fund has less than the batch asks for."""

    code = "payout.balance_too_low"
    text = Text(
        "基金可用余额 {available} 元，扣除最低余额 {floor} 元后不足以支付本批次 {total} 元，请先补足资金。",
        "The fund has {available} yuan available; less the floor of {floor} this does not cover {total}. Add funds.",
    )


class ResultRefused(DomainError):
    """The bank's result file does not fit the batch; nothing of it was applied. All faults stand in `errors`."""

    code = "payout.result_refused"
    text = Text(
        "银行回盘文件与批次不符，未做任何入账，请按所列行核对后重新导入。",
        "The bank's result file does not fit the batch. Nothing was booked. Check the lines listed, then import again.",
    )


class ResultUnreadable(DomainError):
    """The result file is not in the pack's layout."""

    code = "payout.result_unreadable"
    text = Text(
        "无法读取银行回盘文件：{detail}。请使用银行导出的原文件。",
        "The bank's result file cannot be read: {detail}. Use the file as the bank exported it.",
    )


class ResultTooLarge(DomainError):
    """The file is larger than any bank's result of one batch."""

    status = 413
    code = "payout.result_too_large"
    text = Text(
        "回盘文件超过 {most} 字节，请核对是否选错文件。",
        "The file has more than {most} bytes. Is it the right one?",
    )


class PayeeChangedMeanwhile(Conflict):
    """Something was done with the payout since the card was proposed: perhaps the member named one."""

    code = "payout.changed_meanwhile"
    text = Text(
        "提出后这笔给付已有变化（例如会员本人已更换收款卡、银行又退回一次），不能按当时的卡办理。请驳回，由柜面核对后重新提出。",
        "Something was done with this payout since: the member may have named a card. Refuse it; it is proposed anew.",
    )


class PayoutStopped(Conflict):
    """A sample found the claim wrongly decided."""

    code = "payout.stopped"
    text = Text(
        "给付 {number} 经抽检判定有误，已暂缓支付。请先作废本批次重新制单，或由两人复核恢复该笔支付。",
        "Payout {number} is stopped: a sample found its claim wrongly decided. Give the batch up and make another, or"
        " have two people let the payout go on.",
    )


class PayoutNotStopped(Conflict):
    """It is not stopped, or not any more."""

    code = "payout.not_stopped"
    text = Text("给付 {number} 没有暂缓支付，无需恢复。", "Payout {number} is not stopped.")


class PayeeFixed(Conflict):
    """The card can be changed only after the bank refused it, or where none is known."""

    code = "payout.payee_fixed"
    text = Text(
        "目前不能更换收款卡：只有转账失败或缺少收款卡时才可更换。",
        "The card can be changed only after a failed transfer, or while none is known.",
    )
