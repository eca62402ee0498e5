/** What stands for the sign of an e-mail address, also as URLs, HTML, JSON and mail write it. NFKC makes one of its full-width and small forms. */
const SIGN = String.raw`(?:@|%(?:25)*40|&#0*64;|&#x0*40;|&commat;|\\u0040|=40)`
const sign = new RegExp(SIGN, 'i')
const address = new RegExp(String.raw`(?:"[^"]*"|[^\s"'<>()[\]{},;]+)?${SIGN}[^\s"'<>()[\]{},;]*`, 'gi')

/** A text that may be an e-mail address, or a part of one: it holds its sign in one of its spellings. */
export function isEmailLike(text: string): boolean {
  return sign.test(text.normalize('NFKC'))
}

/** A text with `[address]` for each e-mail address. One without any stays as it is. */
export function withoutEmails(text: string): string {
  return isEmailLike(text) ? text.normalize('NFKC').replace(address, '[address]') : text
}
