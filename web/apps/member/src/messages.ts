// Sentences of the member app, both languages from one place.
import { activity } from './words/activity'
import { apply } from './words/apply'
import { entry } from './words/entry'
import { home } from './words/home'
import { mine } from './words/mine'
import { apart, type Pairs } from './words/pairs'

const all: Pairs = {
  member: { ...entry, ...home },
  activity,
  apply,
  mine,
  step: { done: ['已完成', 'done'], now: ['进行中', 'now'], later: ['待办理', 'to come'], by: ['处理人', 'by'] },
  photo: {
    take: ['拍照', 'Take a photo'],
    choose: ['选择文件', 'Choose files'],
    remove: ['移除', 'Remove'],
    over: ['份数已满，多选的 {n} 份没有上传。要换，先删除一份再选。', 'There is no room for {n} of what you chose: not uploaded. To replace one, remove it first.'],
    progress: ['{name} 的上传进度', 'Progress of {name}'],
  },
}
export const zh = apart(all, 0)
export const en = apart(all, 1)
