// Kinds and states of articles, and their pictures.
import { call } from '@huzhu/shared'
import type { NotifyPictureRead } from '@huzhu/shared/api'

import type { Choice } from './listing'

export const KINDS: Choice[] = [
  { value: 'announcement', label: ['公告', 'Announcement'] }, { value: 'help', label: ['帮助', 'Help'] }, { value: 'faq', label: ['常见问题', 'Questions'] }, { value: 'introduction', label: ['项目介绍', 'Introduction'] },
  { value: 'health', label: ['健康资讯', 'Health'] }, { value: 'news', label: ['活动动态', 'News'] }, { value: 'sample', label: ['材料样例', 'Sample paper'] },
]
export const STATES: Choice[] = [{ value: 'draft', label: ['草稿', 'Draft'] }, { value: 'scheduled', label: ['定时发布', 'Scheduled'] }, { value: 'published', label: ['已发布', 'Published'] }, { value: 'withdrawn', label: ['已撤下', 'Withdrawn'] }]
export const stateTone = (state: string) => ({ draft: 'info', scheduled: 'primary', published: 'success', withdrawn: 'danger' } as const)[state as 'draft']
export const AUDIENCES: Choice[] = [{ value: 'public', label: ['所有人', 'Everybody'] }, { value: 'member', label: ['会员', 'Members'] }, { value: 'handler', label: ['经办人', 'Handlers'] }, { value: 'staff', label: ['工作人员', 'Staff'] }]

/** Upload a picture; the service redraws it without what cameras add. */
export const keepPicture = (once: string, file: File) => call<NotifyPictureRead>('/api/notify/pictures', { method: 'POST', once, body: file, headers: { 'Content-Type': file.type || 'application/octet-stream' } })
