export const APP = 'member'
