// Pages inside a union.
import type { RouteRecordRaw } from 'vue-router'

const open = { open: true }
const tabs = { tabs: true }
/** Something of the member's own is written down there: the privacy statement comes first. */
const begins = { begins: true }

export const routes: RouteRecordRaw[] = [
  { path: '', component: () => import('./pages/HomePage.vue'), meta: { ...open, ...tabs } },
  { path: 'sign-in', component: () => import('./pages/SignIn.vue'), meta: open },
  { path: 'portal/:code', component: () => import('./pages/PortalReturn.vue'), meta: open },
  { path: 'handover/:code', component: () => import('./pages/HandOver.vue'), meta: open },
  { path: 'wechat', component: () => import('./pages/HandOver.vue'), meta: open, props: { wechat: true } },
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
  { path: 'products/:code/illnesses', component: () => import('./pages/IllnessesPage.vue') },
  { path: 'join', component: () => import('./pages/JoinPage.vue'), meta: begins },
  { path: 'join/:id', component: () => import('./pages/JoinForm.vue'), meta: begins },
  { path: 'payments/:id', component: () => import('./pages/PaymentPage.vue') },
  { path: 'dues', component: () => import('./pages/DuesPage.vue') },
  { path: 'apply', component: () => import('./pages/ApplyKinds.vue'), meta: begins },
  { path: 'apply/:kind', component: () => import('./pages/ApplyBegin.vue'), meta: begins },
  { path: 'claims', component: () => import('./pages/ClaimsPage.vue') },
  { path: 'claims/:id', component: () => import('./pages/ClaimPage.vue') },
  { path: 'claims/:id/fill', component: () => import('./pages/ClaimFill.vue'), meta: begins },
  { path: 'claims/:id/preview', component: () => import('./pages/ClaimPreview.vue'), meta: begins },
  { path: 'activities', component: () => import('./pages/ActivitiesPage.vue') },
  { path: 'activities/:id', component: () => import('./pages/CampaignPage.vue') },
  { path: 'activities/:id/quiz', component: () => import('./pages/QuizPage.vue') },
  { path: 'rewards/:id', component: () => import('./pages/RewardPage.vue') },
  { path: 'services', component: () => import('./pages/ServicesPage.vue') },
  { path: 'articles/list/:kind', component: () => import('./pages/ArticlesPage.vue'), meta: open },
  { path: 'articles/:id', component: () => import('./pages/ArticlePage.vue'), meta: open },
  { path: 'rewards', component: () => import('./pages/RewardsPage.vue') },
  { path: 'me/profile', component: () => import('./pages/ProfilePage.vue') },
  { path: 'me/cards', component: () => import('./pages/CardsPage.vue') },
  { path: 'me/addresses', component: () => import('./pages/AddressesPage.vue') },
  { path: 'me/documents', component: () => import('./pages/DocumentsPage.vue') },
  { path: 'me/applicants', component: () => import('./pages/ApplicantsPage.vue') },
  { path: 'me/settings', component: () => import('./pages/SettingsPage.vue') },
  { path: 'me/security', component: () => import('./pages/SecurityPage.vue') },
]
