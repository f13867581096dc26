// Pages inside a union.
import type { RouteRecordRaw } from 'vue-router'

export const routes: RouteRecordRaw[] = [
  { path: '', component: () => import('./pages/HomePage.vue') },
  { path: 'sign-in', component: () => import('./pages/SignIn.vue'), meta: { open: true } },
]
