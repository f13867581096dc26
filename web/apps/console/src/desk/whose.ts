// Who was last signed in on this page, also after the session has ended.
import { ref, watch } from 'vue'

import { type Account, session } from '@huzhu/shared'

export const lastAccount = ref<Account>()
watch(session.account, (now) => { if (now) lastAccount.value = now }, { immediate: true })
