// Addresses begin with the union's code: #/wuxi/…; without one the union is chosen first.
import { createRouter, createWebHashHistory } from 'vue-router'

import { enterTenant, lastTenant, loadTenant, openDrafts, session, tenant } from '@huzhu/shared'

import { APP } from './app'
import ChooseUnion from './pages/ChooseUnion.vue'
import { routes } from './routes'

export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: '/', component: ChooseUnion, meta: { open: true } },
    // The address in messages names no union: the one that was seen last on this device.
    { path: '/reports/:id', redirect: (to) => (lastTenant(APP) ? `/${lastTenant(APP)}/reports/${String(to.params.id)}` : '/') },
    { path: '/:tenant', children: routes },
    { path: '/:rest(.*)*', redirect: '/' },
  ],
})

router.beforeEach(async (to) => {
  const code = String(to.params.tenant ?? '')
  if (!code) {
    const last = lastTenant(APP)
    return last && to.path === '/' && !('choose' in to.query) ? `/${last}` : true
  }
  if (session.state.tenant !== code || !tenant.loaded) {
    enterTenant(APP, code)
    try {
      await loadTenant()
    } catch {
      return { path: '/', query: { choose: '', unknown: code } }
    }
  }
  await openDrafts()
  if (!to.meta.open && !session.state.tokens) return { path: `/${code}/sign-in`, query: { to: to.fullPath } }
  // Until a password set by somebody else is changed, the account may do nothing else.
  if (!to.meta.open && session.account.value?.password_due && to.path !== `/${code}/security`) return `/${code}/security`
  return true
})
