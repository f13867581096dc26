// Sentences of the console that are not said in one place only.
export const zh = { console: { unknownUnion: '没有代码为“{code}”的工会，请重新选择。' } }
export const en = { console: { unknownUnion: 'There is no union with the code “{code}”. Choose again.' } }
