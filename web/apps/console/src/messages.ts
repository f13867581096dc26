// Sentences of the console.
export const zh = {
  console: {
    signIn: '登录',
    userName: '用户名',
    password: '密码',
    code: '短信验证码',
    codeSent: '验证码已发送到 {mobile}',
    welcome: '您好，请从上方选择要办理的业务。',
    unknownUnion: '没有代码为“{code}”的工会，请重新选择。',
  },
}
export const en = {
  console: {
    signIn: 'Sign in',
    userName: 'User name',
    password: 'Password',
    code: 'Code from the message',
    codeSent: 'A code was sent to {mobile}',
    welcome: 'Hello. Choose what to work on above.',
    unknownUnion: 'There is no union with the code “{code}”. Choose again.',
  },
}
