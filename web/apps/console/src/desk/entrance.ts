// How units come in at this union: they register themselves or are entered by staff, and sign in by code or password.
import { tenant } from '@huzhu/shared'

interface Registration { units?: string; sign_in?: { handler?: string[] } }

const registration = () => (tenant.loaded?.registration ?? {}) as Registration

export const unitsRegister = (): boolean => registration().units !== 'staff'
export const handlersByPassword = (): boolean => { const ways = registration().sign_in?.handler ?? []; return ways.some((way) => way.startsWith('password')) && !ways.includes('sms') }
