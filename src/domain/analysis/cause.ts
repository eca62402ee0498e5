import { shownMessage } from '../privacy/error-message.ts'

/** How many characters of a message tell its cause. */
const LONGEST = 200

/** What a quote may follow, and what may follow one: an apostrophe stands between letters. */
const BEFORE = String.raw`(?<![\p{L}\p{N}_])`
const AFTER = String.raw`(?![\p{L}\p{N}_])`

/** What tells two failures of one cause apart, in this order: a quoted value may hold anything, and an address holds numbers. */
const masks: ReadonlyArray<[RegExp, string]> = [
  [new RegExp(`${BEFORE}(?:'[^']*'|"[^"]*"|\`[^\`]*\`|“[^”]*”|‘[^’]*’|«[^»]*»)${AFTER}`, 'gu'), '[value]'],
  // Up to the next space: a comma or a bracket may belong to it, and is the same in both messages if not.
  [/\b[a-z][a-z0-9+.-]*:\/\/\S+/gi, '[address]'],
  [/[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g, '[address]'],
  [/(?<![\w.])(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?(?![\w.]*\w)/g, '[address]'],
  [/\[?(?<![\w:])(?:[0-9a-f]{0,4}:){2,7}[0-9a-f]{1,4}(?![\w:])\]?(?::\d+)?/gi, '[address]'],
  [/(?<![\w.-])(?:localhost|[a-z0-9-]+(?:\.[a-z0-9-]+)+):\d{1,5}(?!\w)/gi, '[address]'],
  [/(?<![0-9a-z])[0-9a-f]{8}(?:-?[0-9a-f]{4}){3}-?[0-9a-f]{12}(?![0-9a-z])/gi, '[id]'],
  // Hex, ULID, base64url and the like: eight characters or more that are letters and digits mixed.
  [/(?<![\p{L}\p{N}_])(?=[a-z]*\d)(?=\d*[a-z])[0-9a-f]{8,}(?![\p{L}\p{N}_])/giu, '[id]'],
  [/(?<![\p{L}\p{N}_-])(?=(?:[A-Za-z_-]*\d){3})(?=[\w-]*[A-Za-z])[A-Za-z0-9_-]{16,}(?![\p{L}\p{N}_-])/gu, '[id]'],
  [/(?<![\p{L}\p{N}_])[+-]?\p{Nd}(?:[\p{Nd}.,_:]*\p{Nd})?/gu, '[number]'],
  // Within a word a single digit may be its name (S3, v2); three are a number.
  [/\p{Nd}{3,}/gu, '[number]'],
]

/**
 * The cause that a message tells of: its first line, without what differs from one failure to the next. Quoted values, addresses (URLs, e-mail, IP, host:port),
 * ids and numbers are masked, and places in files are `[path]` already. Two messages that differ in these alone have one cause. Empty: there is no message.
 */
export function causeOf(message: string | null): string {
  const line = (shownMessage(message, 'first-line') ?? '').replace(/\s+/gu, ' ').trim()
  const masked = masks.reduce((text, [pattern, mask]) => text.replace(pattern, mask), line)
  return Array.from(masked).slice(0, LONGEST).join('').trim()
}
