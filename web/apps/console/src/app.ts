export const APP = 'console'
