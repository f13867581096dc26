/** A device as people know it, from what its browser said of itself. */
export function deviceName(agent: string | null | undefined): string {
  if (!agent) return '—'
  const systems: [RegExp, string][] = [[/iPhone|iPad/, 'iPhone'], [/HarmonyOS/, 'HarmonyOS'], [/Android/, 'Android'], [/Windows/, 'Windows'], [/Mac OS/, 'Mac'], [/Linux/, 'Linux']]
  const browsers: [RegExp, string][] = [[/MicroMessenger/, '微信'], [/AliApp/, '支付宝'], [/Edg\//, 'Edge'], [/Firefox\//, 'Firefox'], [/Chrome\//, 'Chrome'], [/Safari\//, 'Safari']]
  const named = [browsers, systems].map((kinds) => kinds.find(([mark]) => mark.test(agent))?.[1]).filter(Boolean)
  return named.join(' · ') || agent.slice(0, 40)
}
