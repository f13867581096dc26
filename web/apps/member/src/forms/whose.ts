// Programmes for women only are not offered to men: said where one chooses and where one begins, before anything is typed.
import { useI18n } from 'vue-i18n'

import { call, listed, useLoaded } from '@huzhu/shared'
import type { ClaimsKindRead, IdentityMemberMeRead } from '@huzhu/shared/api'

export function useWhoseKinds() {
  const { t } = useI18n()
  const { value: me } = useLoaded(() => call<IdentityMemberMeRead>('/api/identity/members/me'))

  /** Why this person cannot apply for a kind for themselves; empty: they can, or it is not known. */
  function notFor(kind: ClaimsKindRead): string {
    const sex = me.value?.sex
    if (!sex || kind.on_behalf || kind.sexes.includes(sex)) return ''
    return t('apply.notForMe', { who: listed(kind.sexes.map((one) => t(`apply.sex.${one}`))) })
  }
  return { notFor }
}
