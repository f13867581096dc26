// Kinds and states of articles, and their pictures.
import { call } from '@huzhu/shared'
import type { NotifyContentRead, NotifyContentSummary, NotifyPictureRead } from '@huzhu/shared/api'

import { ask, textOf } from './asking'
import { type Choice, titled } from './listing'
import { say } from './wording'

export const KINDS: Choice[] = [
  { value: 'announcement', label: ['公告', 'Announcement'] }, { value: 'help', label: ['帮助', 'Help'] }, { value: 'faq', label: ['常见问题', 'Questions'] }, { value: 'introduction', label: ['项目介绍', 'Introduction'] },
  { value: 'health', label: ['健康资讯', 'Health'] }, { value: 'news', label: ['活动动态', 'News'] }, { value: 'sample', label: ['材料样例', 'Sample paper'] },
]
export const STATES: Choice[] = [{ value: 'draft', label: ['草稿', 'Draft'] }, { value: 'scheduled', label: ['定时发布', 'Scheduled'] }, { value: 'published', label: ['已发布', 'Published'] }, { value: 'withdrawn', label: ['已撤下', 'Withdrawn'] }]
export const stateTone = (state: string) => ({ draft: 'info', scheduled: 'primary', published: 'success', withdrawn: 'danger' } as const)[state as 'draft']
export const AUDIENCES: Choice[] = [{ value: 'public', label: ['所有人', 'Everybody'] }, { value: 'member', label: ['会员', 'Members'] }, { value: 'handler', label: ['经办人', 'Handlers'] }, { value: 'staff', label: ['工作人员', 'Staff'] }]

/** Upload a picture; the service redraws it without what cameras add. */
export const keepPicture = (once: string, file: File) => call<NotifyPictureRead>('/api/notify/pictures', { method: 'POST', once, body: file, headers: { 'Content-Type': file.type || 'application/octet-stream' } })

type Article = NotifyContentRead | NotifyContentSummary
/** Where it stands; of what is published also whether members see what was saved last. */
export const standing = (one: Article): string => titled(STATES, one.state) + (one.has_unpublished && one.state === 'published' ? say('（有未发布修改）', ' (unpublished changes)') : '')
export const publishable = (one: Article): boolean => one.state !== 'published' || one.has_unpublished
export const publish = (one: Article, finished: (answer: unknown) => void): void => ask({
  about: one.id, title: ['发布', 'Publish'], text: one.title_zh, fields: [{ name: 'at', label: ['定时发布（不填为立即）', 'From (empty: now)'], type: 'moment', optional: true }],
  work: (once, values) => call(`/api/notify/contents/${one.id}/publish`, { method: 'POST', once, match: `"${one.version}"`, json: { at: textOf(values.at) ? `${textOf(values.at)}:00+08:00` : null } }), done: ['已发布', 'Published'], finished,
})
