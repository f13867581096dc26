// Addresses begin with the union's code: #/wuxi/…; without one the union is chosen first.
import { createRouter, createWebHashHistory } from 'vue-router'

import { enterTenant, lastTenant, loadTenant, openDrafts, session, tenant } from '@huzhu/shared'

import { APP } from './app'
import { consentDue } from './consent'
import { fromWechat, handedOver } from './handed'
import ChooseUnion from './pages/ChooseUnion.vue'
import { routes } from './routes'

export const router = createRouter({
  history: createWebHashHistory(),
  routes: [
    { path: '/', component: ChooseUnion, meta: { open: true } },
    { path: '/:tenant', children: routes },
    { path: '/handover=:given(.*)', redirect: (to) => handedOver(String(to.params.given)) },
    { path: '/wechat=:given(.*)', redirect: (to) => fromWechat(String(to.params.given)) },
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
  if (to.meta.begins && await consentDue()) return { path: `/${code}/privacy`, query: { to: to.fullPath } }
  return true
})

// A part of the app that cannot be loaded: a new version was installed under the open page, or the network is away.
const AGAIN = 'huzhu.loaded.again'
router.onError((_error, to) => {
  if (!navigator.onLine || sessionStorage.getItem(AGAIN) === to.fullPath) return
  sessionStorage.setItem(AGAIN, to.fullPath)
  location.hash = `#${to.fullPath}`
  location.reload()
})
router.afterEach(() => sessionStorage.removeItem(AGAIN))
