"""Refusals around members."""

from common.errors import Conflict, DomainError
from common.text import Text


class AlreadyBound(Conflict):
    """The person has an app account already; one account per person."""

    code = "member.already_bound"
    text = Text(
        "该会员已绑定其他账号（微信号或手机号）。一个会员只能绑定一个账号：请在原账号中解绑，或找回原账号，也可联系工会。",
        "This member is bound to another account and can have one only: unbind there, recover it, or ask your union.",
    )


class NameMismatch(DomainError):
    """The name is not the one registered for the document number; which one is is not told."""

    code = "member.name_mismatch"
    text = Text(
        "姓名与工会登记的信息不一致，请核对姓名和身份证号；如确认无误，请联系本单位经办人或工会更正。",
        "The name is not the one registered with this number. Check both; if they are right, ask your unit or union.",
    )


class MemberUnknown(DomainError):
    """This union registers members first, and knows nobody of this number."""

    code = "member.unknown"
    text = Text(
        "没有查到您的会员信息，请先由本单位办理入会，再注册。",
        "You are not in the register of members yet. Ask your unit to admit you first.",
    )


class MemberNotConfirmed(DomainError):
    """The person is in the register, but no member: not confirmed yet, returned, or gone."""

    code = "member.not_confirmed"
    text = Text(
        "您的入会手续尚未办结或会员关系已终止，请联系本单位工会。",
        "Your admission is not completed, or your membership has ended. Ask your unit's union.",
    )


class ConsentOutdated(DomainError):
    """Consent was given to another version of the privacy statement than the one in force."""

    code = "consent.outdated"
    text = Text(
        "隐私协议已更新为第 {version} 版，请重新阅读并同意。",
        "The privacy statement is now version {version}. Please read it and consent again.",
    )


class SearchNeedsValue(DomainError):
    """A search without a value."""

    code = "member.search_empty"
    text = Text(
        "请填写身份证号、手机号或选择单位后再查询。", "Enter an ID number, a mobile or a unit to search by."
    )


class NotEditable(Conflict):
    """Only new and returned persons are edited or deleted; afterwards it takes a change of data."""

    code = "admission.not_editable"
    text = Text(
        "只有“新建”和“打回”状态的会员可以修改或删除；已上报或确认的，请办理会员信息变更。",
        "Only new and returned members can be edited or deleted; for others ask for a change of data.",
    )


class NotConfirmed(Conflict):
    """Only a confirmed member leaves."""

    code = "member.not_confirmed"
    text = Text(
        "只有已确认的会员可以办理退会；新建、打回状态的请直接删除。",
        "Only confirmed members leave; delete new and returned entries instead.",
    )


class OverAgeUndecided(Conflict):
    """There is no request for consent to decide."""

    code = "admission.no_consent_asked"
    text = Text(
        "该会员没有待同意的超龄入会申请，请刷新后再处理。",
        "No consent to an admission over age is asked for this member. Refresh and look again.",
    )
