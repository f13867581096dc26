// Pages inside a union.
import type { RouteRecordRaw } from 'vue-router'

const open = { open: true }
const tabs = { tabs: true }

export const routes: RouteRecordRaw[] = [
  { path: '', component: () => import('./pages/HomePage.vue'), meta: { ...open, ...tabs } },
  { path: 'sign-in', component: () => import('./pages/SignIn.vue'), meta: open },
  { path: 'portal/:code', component: () => import('./pages/PortalReturn.vue'), meta: open },
  { path: 'handover/:code', component: () => import('./pages/HandOver.vue'), meta: open },
  { path: 'register', component: () => import('./pages/RegisterPage.vue'), meta: open },
  { path: 'bind', component: () => import('./pages/BindPage.vue'), meta: open },
  { path: 'recover', component: () => import('./pages/BindPage.vue'), meta: open, props: { recover: true } },
  { path: 'privacy', component: () => import('./pages/PrivacyPage.vue'), meta: open },
  { path: 'contact', component: () => import('./pages/ContactPage.vue'), meta: open },
  { path: 'messages', component: () => import('./pages/MessagesPage.vue'), meta: tabs },
  { path: 'me', component: () => import('./pages/MePage.vue'), meta: tabs },
  { path: 'cover', component: () => import('./pages/CoverPage.vue') },
  { path: 'payouts', component: () => import('./pages/PayoutsPage.vue') },
  { path: 'products', component: () => import('./pages/ProductsPage.vue') },
  { path: 'products/:code', component: () => import('./pages/ProductPage.vue') },
  { path: 'join', component: () => import('./pages/JoinPage.vue') },
  { path: 'join/:id', component: () => import('./pages/JoinForm.vue') },
  { path: 'payments/:id', component: () => import('./pages/PaymentPage.vue') },
  { path: 'dues', component: () => import('./pages/DuesPage.vue') },
  { path: 'apply', component: () => import('./pages/ApplyKinds.vue') },
  { path: 'apply/:kind', component: () => import('./pages/ApplyBegin.vue') },
  { path: 'claims', component: () => import('./pages/ClaimsPage.vue') },
  { path: 'claims/:id', component: () => import('./pages/ClaimPage.vue') },
  { path: 'claims/:id/fill', component: () => import('./pages/ClaimFill.vue') },
  { path: 'claims/:id/preview', component: () => import('./pages/ClaimPreview.vue') },
  { path: 'activities', component: () => import('./pages/ActivitiesPage.vue') },
  { path: 'rewards', component: () => import('./pages/RewardsPage.vue') },
  { path: 'me/profile', component: () => import('./pages/ProfilePage.vue') },
  { path: 'me/cards', component: () => import('./pages/CardsPage.vue') },
  { path: 'me/addresses', component: () => import('./pages/AddressesPage.vue') },
  { path: 'me/documents', component: () => import('./pages/DocumentsPage.vue') },
  { path: 'me/applicants', component: () => import('./pages/ApplicantsPage.vue') },
  { path: 'me/settings', component: () => import('./pages/SettingsPage.vue') },
  { path: 'me/security', component: () => import('./pages/SecurityPage.vue') },
]
