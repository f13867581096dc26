// The audit log in words: what was done, to what, with which facts. What has no words here is shown as it is written.
import { listed, moment, strung } from '@huzhu/shared'

import { type Pair, said, say } from './wording'

/** What something was done to, and where the desk shows it. */
export const NOUNS: Record<string, { title: Pair; page?: string }> = {
  account: { title: ['账号', 'Account'] }, admission: { title: ['批量入会', 'Admission in bulk'] }, admission_batch: { title: ['批量入会', 'Admission in bulk'] }, appeal: { title: ['申诉', 'Appeal'] },
  application: { title: ['个人参保申请', 'Application'], page: 'applications' }, article: { title: ['内容', 'Content'], page: 'contents' }, articles: { title: ['内容', 'Content'] }, bank_line: { title: ['银行流水', 'Bank line'] },
  bank_statement: { title: ['银行流水', 'Bank statement'] }, binding: { title: ['绑定', 'Binding'] }, branch: { title: ['机构', 'Branch'] }, bulk_message: { title: ['群发消息', 'Bulk message'], page: 'bulk-messages' }, campaign: { title: ['活动', 'Campaign'], page: 'campaigns' },
  certificate: { title: ['参保凭证', 'Certificate'] }, claim: { title: ['理赔案件', 'Claim'], page: 'claims' }, consent: { title: ['超龄参保', 'Consent over age'] }, content: { title: ['内容', 'Content'] },
  name: { title: ['同步名称', 'Synchronised name'] }, data_request: { title: ['个人信息请求', 'Data request'] }, document: { title: ['材料', 'Paper'] }, feed: { title: ['医保结算数据', 'Settlement feed'] }, fund: { title: ['基金', 'Fund'] }, feed_file: { title: ['医保结算文件', 'Settlement file'], page: 'feed' }, import: { title: ['导入', 'Import'] },
  ledger_entry: { title: ['基金账分录', 'Ledger entry'] }, member: { title: ['会员', 'Member'] }, member_request: { title: ['变更与调动', 'Change or transfer'] }, member_requests: { title: ['变更与调动', 'Changes and transfers'] }, members: { title: ['会员', 'Members'] },
  names: { title: ['同步名称', 'Synchronised names'] }, order: { title: ['参保申请', 'Order'], page: 'orders' }, pack: { title: ['工会配置', 'Pack'] }, papers: { title: ['付款材料', 'Payment papers'] }, payment: { title: ['付款', 'Payment'] }, payout: { title: ['给付', 'Payout'] },
  payout_batch: { title: ['支付批次', 'Batch'], page: 'batches' }, people: { title: ['参保人员', 'People'] }, person: { title: ['会员', 'Member'], page: 'members' }, picture: { title: ['图片', 'Picture'] }, policies: { title: ['参保记录', 'Policies'] },
  policy: { title: ['保单', 'Policy'] }, proposal: { title: ['双人复核事项', 'Proposal'] }, reason: { title: ['原因说明', 'Reason'] }, receipt: { title: ['收据', 'Receipt'] }, refund: { title: ['退费', 'Refund'] }, renewals: { title: ['续保名单', 'Renewals'] },
  report: { title: ['报表', 'Report'] }, reporting: { title: ['数据接口', 'Reporting'] }, reporting_key: { title: ['接口密钥', 'Reporting key'] }, reward: { title: ['活动奖励', 'Reward'] }, roster: { title: ['花名册', 'Roster'] },
  sample: { title: ['抽检', 'Sample'] }, search: { title: ['查询结果', 'Search'] }, snapshot: { title: ['数据重发', 'Snapshot'] }, source: { title: ['来源', 'Source'] }, staff: { title: ['工作人员', 'Staff'] }, statistics: { title: ['统计', 'Statistics'] },
  synced_name: { title: ['同步名称', 'Synchronised name'] }, task: { title: ['后台任务', 'Long work'] }, tenant: { title: ['工会', 'Union'] }, termination: { title: ['提前终止', 'Termination'], page: 'terminations' }, unit: { title: ['单位', 'Unit'], page: 'units' },
  webhook: { title: ['事件推送', 'Webhook'] }, work_number: { title: ['工号', 'Work number'] }, work_numbers: { title: ['工号', 'Work numbers'] },
}
export const VERBS: Record<string, Pair> = {
  account_named: ['登记退费账户', 'account named'], added: ['新增', 'added'], agreed: ['同意', 'agreed'], amended: ['修改', 'amended'], answered: ['答复', 'answered'], approved: ['同意', 'approved'], asked: ['提出申请', 'asked'], assigned: ['改派', 'assigned'],
  bind: ['绑定', 'bound'], cancelled: ['作废', 'cancelled'], card_changed: ['更换收款卡', 'card changed'], card_taken: ['登记收款卡', 'card taken'], carried_over: ['转入', 'carried over'], changed: ['修改', 'changed'], closed: ['停用', 'closed'],
  code_file_imported: ['导入电子码文件', 'code file imported'], code_replaced: ['换发', 'code replaced'], codes_imported: ['导入电子码', 'codes imported'], codes_made: ['生成电子码', 'codes made'], collected: ['核销', 'collected'], confirmed: ['确认', 'confirmed'],
  consented: ['同意', 'consented'], created: ['新建', 'created'], deleted: ['删除', 'deleted'], dismissed: ['维持原决定或忽略', 'dismissed'], documents_erased: ['删除材料', 'papers erased'], documents_opened: ['查看材料', 'papers opened'],
  double_collection: ['重复核销', 'collected twice'], downloaded: ['下载', 'downloaded'], drafted: ['新建', 'drafted'], edited: ['修改', 'edited'], ended: ['结束', 'ended'], entered: ['录入', 'entered'], erased: ['删除个人信息', 'erased'], expired: ['过期', 'expired'],
  explained: ['填写说明', 'explained'], exported: ['导出', 'exported'], failed: ['失败', 'failed'], forgotten: ['删除个人信息', 'forgotten'], granted: ['同意', 'granted'], handed_in: ['上报', 'handed in'], imported: ['导入', 'imported'], installed: ['生效', 'installed'],
  invited: ['邀请', 'invited'], issued: ['开具', 'issued'], key_added: ['新增密钥', 'key added'], key_made: ['新建密钥', 'key made'], key_revoked: ['停用密钥', 'key revoked'], left: ['办理离会', 'left'], linked: ['关联', 'linked'], looked_up: ['查询', 'looked up'],
  matched: ['勾对', 'matched'], mobile: ['更换手机号', 'mobile changed'], mobile_changed: ['更换手机号', 'mobile changed'], moved: ['调整上级', 'moved'], named: ['设为登记经办人', 'named'], opened: ['查看', 'opened'], opened_by_link: ['查看', 'opened by link'], ordered: ['排序', 'ordered'],
  over_age_decided: ['超龄审批', 'over-age decision'], paid: ['支付', 'paid'], passed: ['同意', 'passed on'], erasure_approved: ['同意删除', 'erasure approved'], refund_refused: ['退款未成功', 'refund refused'], refund_retried: ['重新退款', 'refund tried again'], refused_by_bank: ['银行整批退回', 'returned whole by the bank'], password_set: ['设置密码', 'password set'], paused: ['暂停', 'paused'], pinned: ['置顶', 'pinned'], prepared: ['制单', 'prepared'], printed: ['打印', 'printed'],
  processed: ['办理', 'processed'], profile_changed: ['修改资料', 'profile changed'], proposed: ['提出', 'proposed'], published: ['发布', 'published'], quiz_written: ['编写答题', 'quiz written'], read: ['查看', 'read'], rebuilt: ['重算', 'rebuilt'],
  received: ['接收', 'received'], recover: ['找回账号', 'recovered'], refund: ['退款', 'refunded'], refused: ['退回', 'refused'], rejected: ['拒绝', 'rejected'], released: ['放行', 'released'], removed: ['删除', 'removed'], renamed: ['改名', 'renamed'],
  reopened: ['恢复', 'reopened'], replayed: ['重发', 'replayed'], reported: ['上报', 'reported'], requested: ['提出', 'requested'], result_downloaded: ['下载结果', 'result downloaded'], result_imported: ['导入回盘', 'result imported'], resumed: ['恢复', 'resumed'],
  retried: ['重新支付', 'retried'], returned: ['退回', 'returned'], revealed: ['查看完整信息', 'full values shown'], revised: ['修改', 'revised'], revoked: ['收回', 'revoked'], searched: ['查询', 'searched'],
  second_factor_off: ['停用动态口令', 'second factor off'], second_factor_on: ['启用动态口令', 'second factor on'], second_factor_reset: ['重置动态口令', 'second factor reset'], secret_replaced: ['更换密钥', 'secret replaced'],
  session_ended: ['结束登录', 'session ended'], sessions_ended: ['结束全部登录', 'sessions ended'], set: ['登记', 'set'], slots_added: ['新增时段', 'times added'], snapshot_requested: ['申请重发', 'snapshot asked'], stopped: ['停止', 'stopped'],
  submitted: ['提交', 'submitted'], subscribed: ['订阅', 'subscribed'], synced: ['同步', 'synchronised'], taken_in: ['受理', 'taken in'], unbound: ['解除绑定', 'unbound'], unpinned: ['取消置顶', 'unpinned'], unsubscribed: ['取消订阅', 'unsubscribed'],
  uploaded: ['上传', 'uploaded'], withdrawn: ['撤回', 'withdrawn'], applied: ['生效', 'applied'], put_in_force: ['复核同意并生效', 'agreed, in force'], erasure_asked: ['申请删除', 'erasure asked'], export_asked: ['申请导出', 'export asked'], handler_added: ['增加经办人', 'handler added'], handler_closed: ['停用经办人', 'handler closed'], handler_named: ['设为登记经办人', 'handler named'], invitation_accepted: ['接受邀请', 'invitation accepted'], password_changed: ['修改密码', 'password changed'], password_reset: ['重置密码', 'password reset'],
  wrong: ['判定有误', 'found wrong'], accepted: ['接收', 'accepted'], agree: ['同意', 'agreed'], return: ['退回', 'returned'], reject: ['拒绝', 'rejected'],
}
const FACTS: Record<string, Pair> = {
  about: ['对象', 'about'], people: ['人数', 'people'], node: ['环节', 'node'], path: ['机构', 'branch'], bytes: ['字节', 'bytes'], rows: ['行数', 'rows'], kind: ['类型', 'kind'], reason: ['原因', 'reason'], unit: ['单位', 'unit'], version: ['版本', 'version'], policies: ['保单数', 'policies'],
  product: ['项目', 'product'], amount: ['金额', 'amount'], cause: ['起因', 'cause'], payouts: ['笔数', 'payouts'], format: ['格式', 'format'], codes: ['码数', 'codes'], command: ['事项', 'command'], fields: ['字段', 'fields'], roles: ['角色', 'roles'], requests: ['申请数', 'requests'],
  consents: ['同意', 'consents'], status: ['状态', 'state'], items: ['条数', 'items'], changed: ['变化', 'changed'], articles: ['篇数', 'articles'], filters: ['条件', 'filters'], year: ['年份', 'year'], source: ['来源', 'source'], starts_on: ['生效日', 'starts'], month: ['月份', 'month'],
  prints: ['打印次数', 'prints'], accepted: ['接收', 'accepted'], rejected: ['拒绝', 'rejected'], expected: ['预计', 'expected'], papers: ['材料数', 'papers'], insurable: ['可参保', 'insurable'], scope: ['范围', 'scope'], days: ['天数', 'days'], round: ['第几次', 'round'], lines: ['行数', 'lines'],
  repeated: ['重复', 'repeated'], matched: ['勾对', 'matched'], total: ['合计', 'total'], taken_at: ['受理时间', 'taken at'], questions: ['题数', 'questions'], slots: ['时段数', 'slots'], documents: ['材料数', 'papers'], units: ['单位数', 'units'], unmatched: ['未匹配', 'unmatched'], to: ['改为', 'to'],
  paid: ['成功', 'paid'], failed: ['失败', 'failed'], reversed: ['冲回', 'reversed'], revision: ['第几稿', 'revision'], handler_id: ['交给', 'to'], account: ['账号', 'account'], by: ['办理人', 'by'], origin: ['来路', 'origin'], fact: ['内容', 'facts'],
}
/** Codes in facts that are the same in every union, by the name of the fact. */
const CODES: Record<string, Record<string, Pair>> = {
  command: { 'bulk_message.send': ['群发消息', 'Bulk message'], 'ledger.post': ['记账', 'Posting'], 'fund.account': ['基金账户', 'Account of a fund'], 'payout.reverse': ['撤销支付', 'Reversal of a payout'], 'refund.settle': ['结清退费', 'Settlement of a refund'], 'payout.batch_refused': ['银行整批退回', 'Batch returned by the bank'], 'payout.change_card': ['柜面更换收款卡', 'Card changed at the counter'], 'payout.resume': ['恢复支付', 'Payout let go on'], 'payout.withdraw': ['撤回给付，重新审核', 'Decision taken back'] },
  status: { proposed: ['待另一位管理员复核', 'waits for a second administrator'], published: ['已生效', 'in force'], superseded: ['已放弃', 'given up'] },
  kind: { announcement: ['公告', 'announcement'], help: ['帮助', 'help'], faq: ['常见问题', 'question'], introduction: ['项目介绍', 'introduction'], story: ['故事', 'story'], 'records.export': ['导出参保记录', 'export of records'], 'people.export': ['导出参保人员', 'export of people'], 'orders.submit': ['提交参保申请', 'submission of an order'] },
  fields: { name: ['姓名', 'name'], mobile: ['手机号码', 'mobile'], roles: ['角色', 'roles'], branch: ['所属机构', 'branch'] },
  origin: { upload: ['上传', 'uploaded'], drop: ['自动接收', 'taken from the folder'], bus: ['接口', 'interface'] },
}
/** The union's own words for codes: of which fact they are. */
export interface UnionCodes { roles: Record<string, string>; nodes: Record<string, string>; products: Record<string, string>; branches: Record<string, string> }
const OF_UNION: Record<string, keyof UnionCodes> = { roles: 'roles', node: 'nodes', product: 'products', path: 'branches' }
const NAMED = ['handler_id', 'account', 'by']
/** Whom and what the log speaks of, as far as it could be asked. */
export interface Spoken { who: (id: string) => string | undefined; codes: UnionCodes | undefined }
const NOBODY: Spoken = { who: () => undefined, codes: undefined }
const DIGEST = /^[0-9a-f]{32,}$/i
const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** "claim.assigned" → "理赔案件 · 改派". A pack that waited for a second person was once written as applied: it had only been proposed. */
export function actionOf(action: string, detail: Record<string, unknown> = {}): string {
  const [noun = '', written = ''] = action.split('.')
  const verb = action === 'pack.applied' && detail.status === 'proposed' ? 'proposed' : action === 'pack.consented' ? 'put_in_force' : written
  return NOUNS[noun] && VERBS[verb] ? `${said(NOUNS[noun].title)} · ${said(VERBS[verb])}` : action
}

/** "account:<id>" → "账号 方晓（fangx）", "claim:<id>" → "理赔案件 SQ2026…", with the page that shows it. */
export function subjectOf(subject: string, about?: string | null, { who, codes }: Spoken = NOBODY): { title: string; page?: string | undefined } {
  const [noun = '', id = ''] = subject.split(':')
  const known = NOUNS[noun]
  if (!known) return { title: subject }
  const branch = noun === 'branch' ? Object.entries(codes?.branches ?? {}).find(([path]) => path.endsWith(`/${id}/`))?.[1] : undefined
  const name = who(id) ?? about ?? branch ?? (ID.test(id) ? '' : id)
  const title = noun === 'person' && who(id) ? name : `${said(known.title)} ${name}`.trim()
  return { title, page: known.page && ID.test(id) ? `${known.page}/${id}` : undefined }
}

function wordOf(key: string, value: unknown, { who, codes }: Spoken): string {
  const text = String(value ?? '')
  if (key === 'about' && text.includes(':')) return subjectOf(text, null, { who, codes }).title
  const own = OF_UNION[key] && codes?.[OF_UNION[key]][text]
  const common = CODES[key]?.[text]
  return (NAMED.includes(key) ? who(text) : undefined) ?? own ?? (common ? said(common) : text)
}

/** Facts in one line; ids of other records are left to the file that is exported. */
export function detailOf(detail: Record<string, unknown>, spoken: Spoken = NOBODY): string {
  return strung(Object.entries(detail).flatMap(([key, value]) => {
    if (value === '/') return []
    const text = Array.isArray(value) ? listed(value.filter((one) => !ID.test(String(one))).map((one) => wordOf(key, one, spoken))) : typeof value === 'object' && value !== null ? detailOf(value as Record<string, unknown>, spoken) : typeof value === 'boolean' ? (value ? say('是', 'yes') : say('否', 'no')) : wordOf(key, value, spoken)
    if (!text || ID.test(text) || DIGEST.test(text)) return []
    return [`${FACTS[key] ? said(FACTS[key]) : key} ${/^\d{4}-\d\d-\d\dT/.test(text) ? moment(text) : text}`]
  }))
}
