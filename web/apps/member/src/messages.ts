// Sentences of the member app.
export const zh = {
  member: {
    signIn: '登录',
    mobile: '手机号码',
    code: '短信验证码',
    sendCode: '获取验证码',
    sent: '验证码已发送到该手机，{seconds} 秒后可重新获取',
    welcome: '您好',
    unknownUnion: '没有代码为“{code}”的工会，请重新选择。',
    unionCode: '工会代码，例如 wuxi',
    enter: '进入',
  },
}
export const en = {
  member: {
    signIn: 'Sign in',
    mobile: 'Mobile number',
    code: 'Code from the message',
    sendCode: 'Send code',
    sent: 'A code was sent. Ask again in {seconds} seconds.',
    welcome: 'Hello',
    unknownUnion: 'There is no union with the code “{code}”. Choose again.',
    unionCode: 'Code of the union, such as wuxi',
    enter: 'Enter',
  },
}
