// What somebody finds on the desk: by permission, in the order of the day's work.
import { session, tenant } from '@huzhu/shared'

import type { Pair } from './wording'

export interface Entry { to: string; title: Pair; hint: Pair; may: string[]; only?: 'handler' | 'staff'; offer?: 'terminations' | 'orders' | 'consents' | 'individual' | 'dues' | 'online_payments' }
export interface Group { title: Pair; entries: Entry[] }

const GROUPS: Group[] = [
  {
    title: ['单位', 'Unit'],
    entries: [
      { to: 'unit', title: ['单位资料', 'Profile'], hint: ['填写资料、承诺书、查看审核进度', 'Profile, commitment, progress of the review'], may: ['identity.unit.own'], only: 'handler' },
      { to: 'guides', title: ['办理指南', 'Guides'], hint: ['操作指南和常见问题', 'How to, and frequent questions'], may: ['identity.unit.own'], only: 'handler' },
      { to: 'units', title: ['单位审核', 'Units'], hint: ['待审核的单位和全部单位', 'Units to review, and all units'], may: ['identity.unit.read'], only: 'staff' },
    ],
  },
  {
    title: ['参保', 'Cover'],
    entries: [
      { to: 'orders', title: ['参保申请', 'Orders'], hint: ['新建、上传花名册、提交、付款', 'New orders, rosters, submission, payment'], may: ['enrollment.order.read'], offer: 'orders' },
      { to: 'payments', title: ['付款复核', 'Payments'], hint: ['核对凭证和金额', 'Check vouchers and amounts'], may: ['enrollment.payment.confirm'], only: 'staff', offer: 'orders' },
      { to: 'records', title: ['参保记录', 'Records'], hint: ['查询、导出参保人员', 'Search and export covered people'], may: ['enrollment.policy.read'] },
      { to: 'renewals', title: ['续保提醒', 'Renewals'], hint: ['即将到期的人员', 'People whose cover ends soon'], may: ['enrollment.policy.read'], offer: 'orders' },
      { to: 'expiring', title: ['即将到期保单', 'Expiring policies'], hint: ['按月份查询、导出到期保单', 'By month, with an export'], may: ['enrollment.policy.read'] },
      { to: 'terminations', title: ['提前终止', 'Terminations'], hint: ['申请、审批提前终止', 'Request and decide early ends'], may: ['enrollment.order.read'], offer: 'terminations' },
      { to: 'applications', title: ['个人参保审核', 'Individual applications'], hint: ['会员个人提交的参保申请', 'Applications of single members'], may: ['enrollment.application.read'], only: 'staff', offer: 'individual' },
      { to: 'consents', title: ['超龄参保审批', 'Consents over age'], hint: ['超龄人员的参保同意', 'People above the age limit'], may: ['enrollment.order.read'], offer: 'consents' },
      { to: 'receipts', title: ['收据', 'Receipts'], hint: ['查询、打印收据', 'Find and print receipts'], may: ['enrollment.receipt.issue', 'enrollment.order.read'] },
      { to: 'online-payments', title: ['在线支付', 'Online payments'], hint: ['会员在线支付与退款', "Members' payments and refunds"], may: ['enrollment.payment.confirm', 'enrollment.application.read'], only: 'staff', offer: 'online_payments' },
      { to: 'dues', title: ['会费', 'Dues'], hint: ['会费账单', 'Bills of dues'], may: ['enrollment.payment.confirm'], only: 'staff', offer: 'dues' },
    ],
  },
  {
    title: ['理赔', 'Claims'],
    entries: [
      { to: 'counter', title: ['柜面受理', 'Counter'], hint: ['代会员受理，断网也能办理', 'Take applications in, also offline'], may: ['claims.claim.counter'] },
      { to: 'queue', title: ['理赔待办', 'Claims to do'], hint: ['领取并审核案件', 'Take and decide claims'], may: ['claims.claim.check', 'claims.claim.review', 'claims.claim.report_review', 'claims.claim.approve'], only: 'staff' },
      { to: 'claims', title: ['理赔案件', 'All claims'], hint: ['按状态、编号查询', 'Find by state or number'], may: ['claims.claim.read'], only: 'staff' },
      { to: 'deadlines', title: ['给付期限', 'Deadlines'], hint: ['临近期限的案件', 'Claims that are due soon'], may: ['claims.claim.read'], only: 'staff' },
      { to: 'appeals', title: ['申诉与投诉', 'Appeals'], hint: ['答复会员的申诉和投诉', 'Answer appeals and complaints'], may: ['claims.claim.read'], only: 'staff' },
      { to: 'samples', title: ['自动审核抽检', 'Samples'], hint: ['抽检自动审核的案件', 'Look at automatic decisions'], may: ['claims.claim.sample'], only: 'staff' },
      { to: 'feedback', title: ['回访与满意度', 'Feedback'], hint: ['会员的评分和意见', 'Scores and words of members'], may: ['claims.claim.read'], only: 'staff' },
      { to: 'feed', title: ['医保结算数据', 'Settlement feed'], hint: ['上传结算文件、处理未找到人员', 'Files, and people not found'], may: ['claims.feed.import'], only: 'staff' },
      { to: 'dashboard', title: ['运行看板', 'Dashboard'], hint: ['参保率、基金、赔付率、到账时间、积压', 'Participation, funds, loss ratio, backlog'], may: ['claims.statistics.read', 'enrollment.statistics.read'] },
      { to: 'statistics', title: ['理赔分析', 'Statistics'], hint: ['参保与理赔统计图表', 'Figures and charts'], may: ['claims.statistics.read'] },
      { to: 'reports', title: ['统计报表', 'Reports'], hint: ['订阅、下载定期报表', 'Subscribe to and download reports'], may: ['claims.statistics.read'], only: 'staff' },
    ],
  },
  {
    title: ['资金', 'Money'],
    entries: [
      { to: 'batches', title: ['支付批次', 'Payment batches'], hint: ['制单、复核放行、银行回盘', 'Prepare, release, results'], may: ['claims.payout.prepare', 'claims.payout.release', 'claims.payout.import_result'], only: 'staff' },
      { to: 'payouts', title: ['给付明细', 'Payouts'], hint: ['每笔给付的状态', 'The state of each payout'], may: ['claims.payout.prepare', 'claims.payout.release', 'claims.payout.import_result'], only: 'staff' },
      { to: 'reconciliation', title: ['银行对账', 'Reconciliation'], hint: ['导入流水，逐笔核对', 'Statements matched line by line'], may: ['claims.ledger.reconcile'], only: 'staff' },
      { to: 'proposals', title: ['待复核事项', 'Proposals'], hint: ['手工凭证、账户变更、退汇、换卡的双人复核', 'What takes two people'], may: ['claims.ledger.read', 'claims.ledger.post', 'claims.ledger.approve', 'claims.payout.release', 'claims.claim.counter'], only: 'staff' },
      { to: 'ledger', title: ['基金账', 'Ledger'], hint: ['余额与分录', 'Balances and entries'], may: ['claims.ledger.read'], only: 'staff' },
    ],
  },
  {
    title: ['会员', 'Members'],
    entries: [
      { to: 'admissions', title: ['入会办理', 'Admission'], hint: ['逐个或批量入会、上报', 'One by one or in bulk, report'], may: ['identity.member.write'] },
      { to: 'members', title: ['会员查询', 'Members'], hint: ['资料、参保、理赔、历史', 'Data, cover, claims, history'], may: ['identity.member.read'] },
      { to: 'bindings', title: ['待核实绑定', 'Bindings'], hint: ['人工核实身份并绑定', 'Confirm who a member is'], may: ['identity.binding.confirm'], only: 'staff' },
      { to: 'names', title: ['同步名称关联', 'Synchronised names'], hint: ['对不上的单位和人员名称', 'Names that match nothing'], may: ['identity.names.link'], only: 'staff' },
      { to: 'data-requests', title: ['个人信息请求', 'Data requests'], hint: ['导出、删除个人信息', 'Export and erasure'], may: ['identity.privacy.manage'], only: 'staff' },
      { to: 'requests', title: ['变更与调动', 'Changes and transfers'], hint: ['申请、审批', 'Requests and decisions'], may: ['identity.member.read'] },
    ],
  },
  {
    title: ['内容与活动', 'Content and activities'],
    entries: [
      { to: 'contents', title: ['内容', 'Content'], hint: ['公告、帮助、资讯的编写和发布', 'Announcements, help, articles'], may: ['notify.content.manage'], only: 'staff' },
      { to: 'bulk-messages', title: ['群发消息', 'Bulk messages'], hint: ['估算、提出、复核、进度', 'Estimate, propose, approve, progress'], may: ['notify.bulk.propose', 'notify.bulk.approve'], only: 'staff' },
      { to: 'templates', title: ['消息模板', 'Templates'], hint: ['查看和预览各类消息', 'What messages say, with preview'], may: ['notify.template.manage'], only: 'staff' },
      { to: 'campaigns', title: ['活动', 'Campaigns'], hint: ['活动、答题、电子码、预约', 'Campaigns, quizzes, codes, bookings'], may: ['activities.campaign.manage'], only: 'staff' },
      { to: 'scan', title: ['扫码核销', 'Collection by scan'], hint: ['柜台扫码领取，断网可记录', 'Scans at the counter, also offline'], may: ['activities.code.collect'], only: 'staff' },
    ],
  },
  {
    title: ['管理', 'Administration'],
    entries: [
      { to: 'staff', title: ['工作人员', 'Staff'], hint: ['账号、角色、邀请', 'Accounts, roles, invitations'], may: ['identity.staff.manage'], only: 'staff' },
      { to: 'branches', title: ['机构', 'Branches'], hint: ['区局、办事处、代办处', 'Districts and agencies'], may: ['identity.organisation.manage'], only: 'staff' },
      { to: 'pack', title: ['工会配置', 'Pack'], hint: ['提出、同意新版本', 'Propose and let live'], may: ['identity.tenant.manage'], only: 'staff' },
      { to: 'webhooks', title: ['事件推送', 'Webhooks'], hint: ['向单位和市级平台推送事件', 'Events to units and city platforms'], may: ['notify.webhook.manage'] },
      { to: 'interfaces', title: ['数据接口', 'Interfaces'], hint: ['报表取数密钥、标准交换接口', 'Keys of the reporting interface, FHIR'], may: ['claims.reporting.manage'], only: 'staff' },
      { to: 'deliveries', title: ['消息发送', 'Messages sent'], hint: ['短信和消息的发送情况', 'What was sent, what failed'], may: ['notify.message.read'], only: 'staff' },
      { to: 'audit', title: ['审计日志', 'Audit log'], hint: ['谁在何时看了、改了什么', 'Who saw or changed what, when'], may: ['audit.read'], only: 'staff' },
      { to: 'inbox', title: ['我的消息', 'My messages'], hint: ['系统发给我的通知', 'What I was told'], may: ['notify.message.read_own'] },
      { to: 'tasks', title: ['后台任务', 'Long work'], hint: ['导出和批量办理的进度', 'Progress of exports and bulk work'], may: ['enrollment.export', 'claims.statistics.export', 'claims.statistics.read', 'identity.member.write', 'identity.privacy.manage', 'tasks.read'] },
      { to: 'security', title: ['我的账号', 'My account'], hint: ['密码、动态口令、登录设备', 'Password, one-time codes, devices'], may: ['identity.session.own'] },
    ],
  },
]

const offered = (entry: Entry) => !entry.offer || tenant.loaded?.offers?.[entry.offer] !== false
const permitted = (entry: Entry) => (!entry.only || entry.only === session.account.value?.kind) && entry.may.some(session.may)

/** Where an entry leads: whoever reviews orders comes to what waits for them; the list shows all of them on demand. */
export const leadsTo = (entry: Entry): string => (entry.to === 'orders' && session.account.value?.kind === 'staff' && session.may('enrollment.order.review') ? 'orders?status=to_review' : entry.to)

/** Why a page that was asked for by its address is not shown; single records are refused by their service. */
export function refusalOf(path: string): 'not_offered' | 'not_permitted' | undefined {
  const [first = '', ...further] = path.split('/').slice(2)
  const entry = GROUPS.flatMap((group) => group.entries).find((one) => one.to === first)
  if (!entry || entry.to === 'security') return undefined
  if (!offered(entry)) return 'not_offered'
  return further.length || permitted(entry) ? undefined : 'not_permitted'
}

/** The groups of the person who is signed in. */
export function menu(): Group[] {
  const shown = (entry: Entry) => offered(entry) && permitted(entry)
  return GROUPS.map((group) => ({ ...group, entries: group.entries.filter(shown) })).filter((group) => group.entries.length)
}
