// A device as people know it.
import { preferences } from './preferences'

const BROWSERS: [RegExp, string, string][] = [[/MicroMessenger/, '微信', 'WeChat'], [/AliApp/, '支付宝', 'Alipay'], [/Edg\//, 'Edge', 'Edge'], [/Firefox\//, 'Firefox', 'Firefox'], [/Chrome\//, 'Chrome', 'Chrome'], [/Safari\//, 'Safari', 'Safari']]
const SYSTEMS: [RegExp, string, string][] = [[/iPhone|iPad/, 'iPhone', 'iPhone'], [/HarmonyOS/, 'HarmonyOS', 'HarmonyOS'], [/Android/, 'Android', 'Android'], [/Windows/, 'Windows', 'Windows'], [/Mac OS/, 'Mac', 'Mac'], [/Linux/, 'Linux', 'Linux']]

/** Name a device by what its browser said of itself. */
export function deviceName(agent: string | null | undefined): string {
  if (!agent) return preferences.language === 'en' ? 'Unknown device' : '未知设备'
  const found = [BROWSERS, SYSTEMS].map((kinds) => kinds.find(([mark]) => mark.test(agent))).filter((one) => one !== undefined)
  return found.map(([, zh, en]) => (preferences.language === 'en' ? en : zh)).join(' · ') || agent.slice(0, 40)
}
