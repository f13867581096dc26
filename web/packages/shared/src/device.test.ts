import { afterEach, expect, it } from 'vitest'

import { deviceName } from './device'
import { preferences } from './preferences'

const PHONE = 'Mozilla/5.0 (Linux; Android 13) AppleWebKit/537.36 Chrome/110 Mobile Safari/537.36 MicroMessenger/8.0'
afterEach(() => { preferences.language = 'zh' })

it.each([['zh', PHONE, '微信 · Android'], ['en', PHONE, 'WeChat · Android'], ['zh', null, '未知设备'], ['zh', 'curl/8', 'curl/8']] as const)('names a device (%s, %s)', (language, agent, name) => {
  preferences.language = language
  expect(deviceName(agent)).toBe(name)
})
