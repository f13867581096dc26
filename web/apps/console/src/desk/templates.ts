// To whom and on which channel a template speaks, and what it is about.
import type { Choice } from './listing'
import { said } from './wording'

export const AUDIENCES: Choice[] = [{ value: 'member', label: ['会员', 'Member'] }, { value: 'handler', label: ['经办人', 'Handler'] }, { value: 'staff', label: ['工作人员', 'Staff'] }, { value: 'applicant', label: ['申请人', 'Applicant'] }]
export const CHANNELS: Choice[] = [{ value: 'sms', label: ['短信', 'SMS'] }, { value: 'inapp', label: ['站内消息', 'In the app'] }, { value: 'wechat', label: ['微信', 'WeChat'] }]
export const ABOUT: Choice[] = [
  { value: 'identity.sms_code', label: ['短信验证码', 'Verification code'] }, { value: 'identity.unit_approved', label: ['单位资料审核通过', 'Unit approved'] }, { value: 'identity.unit_returned', label: ['单位资料被退回', 'Unit returned'] },
  { value: 'identity.member_admitted', label: ['入会成功', 'Member admitted'] }, { value: 'identity.member_transferred', label: ['会员调动', 'Member transferred'] }, { value: 'identity.member_bound', label: ['绑定成功', 'Member bound'] }, { value: 'identity.binding_confirmed', label: ['身份已核实', 'Identity confirmed'] }, { value: 'identity.binding_refused', label: ['身份核实未通过', 'Identity not confirmed'] },
  { value: 'identity.member_unbound', label: ['已解除绑定', 'Member unbound'] }, { value: 'identity.mobile_replaced', label: ['手机号已更换', 'Mobile replaced'] }, { value: 'identity.bank_card_changed', label: ['收款卡已变更', 'Payout card changed'] },
  { value: 'enrollment.order_returned', label: ['参保申请被退回', 'Order returned'] }, { value: 'enrollment.order_approved', label: ['参保申请通过，待付款', 'Order approved'] }, { value: 'enrollment.payment_held', label: ['付款金额不符', 'Payment held'] },
  { value: 'enrollment.policies_issued', label: ['保单生效', 'Policies issued'] }, { value: 'enrollment.member_covered', label: ['参保成功', 'Member covered'] }, { value: 'enrollment.policies_expiring', label: ['续保提醒', 'Cover ends soon'] },
  { value: 'enrollment.policy_terminated', label: ['保单提前终止', 'Policy ended early'] }, { value: 'enrollment.refund_due', label: ['应退费用', 'Refund due'] }, { value: 'enrollment.dues_paid', label: ['会费已缴', 'Dues paid'] }, { value: 'enrollment.late_payment_received', label: ['迟到款项退回', 'Late payment goes back'] },
  { value: 'enrollment.application_approved', label: ['个人参保申请通过', 'Application approved'] }, { value: 'enrollment.application_returned', label: ['个人参保申请被退回', 'Application returned'] }, { value: 'enrollment.application_rejected', label: ['个人参保申请未通过', 'Application rejected'] },
  { value: 'claims.claim_invited', label: ['请会员上传材料', 'Member invited to claim'] }, { value: 'claims.papers_due', label: ['待上传材料提醒', 'Papers due'] }, { value: 'claims.claim_submitted', label: ['理赔已提交', 'Claim submitted'] },
  { value: 'claims.claim_returned', label: ['理赔退回补正', 'Claim returned'] }, { value: 'claims.claim_approved', label: ['理赔审核通过', 'Claim approved'] }, { value: 'claims.claim_rejected', label: ['理赔未通过', 'Claim rejected'] },
  { value: 'claims.appeal_decided', label: ['申诉答复', 'Appeal answered'] }, { value: 'claims.payout_completed', label: ['给付到账', 'Payout arrived'] }, { value: 'claims.payout_to_other', label: ['代办的给付到账', 'Paid to another'] }, { value: 'claims.payout_failed', label: ['给付失败', 'Payout failed'] }, { value: 'claims.refund_failed', label: ['退费失败', 'Refund failed'] },
  { value: 'claims.claim_assigned', label: ['案件改派给您', 'Claim assigned to you'] }, { value: 'claims.payout_deadline_near', label: ['给付期限临近', 'Payout due soon'] }, { value: 'claims.payout_deadline_over', label: ['给付期限已过', 'Payout overdue'] }, { value: 'claims.deadline_near', label: ['办理期限临近', 'Deadline near'] }, { value: 'claims.deadline_over', label: ['办理期限已过', 'Deadline over'] },
  { value: 'claims.report_ready', label: ['报表已生成', 'Report ready'] }, { value: 'activities.reward_issued', label: ['活动奖励已发放', 'Reward issued'] }, { value: 'activities.reward_collected', label: ['活动奖励已领取', 'Reward collected'] },
  { value: 'activities.reward_revoked', label: ['活动奖励已收回', 'Reward revoked'] }, { value: 'activities.booking_confirmed', label: ['预约成功', 'Booking confirmed'] }, { value: 'activities.codes_running_low', label: ['电子码库存不足', 'Codes running low'] },
  { value: 'notify.bulk_message', label: ['群发消息', 'Bulk message'] }, { value: 'notify.webhook_disabled', label: ['事件推送已停用', 'Webhook switched off'] },
]

/** What a template is about: a template's name is its event, perhaps with more behind it. */
export function aboutOf(template: string): string {
  const found = ABOUT.find((one) => template === one.value || template.startsWith(`${one.value}.`) || template.startsWith(`${one.value}:`) || template.startsWith(`${one.value} `))
  return found ? said(found.label) : template
}
