import { unwrapped } from './wrapped-text.ts'

/** How much of an error message a caller sees: all that was read of it, or what happened without where in the code. */
export type MessageView = 'whole' | 'first-line'

/** Stands for the place in a file, with its line, that a message named. */
const PLACE = '[path]'

/** What ends a line, also as JSON writes it, before the first frame of a stack. */
const LINE_END = /[\n\v\f\r\u0085\u2028\u2029]|(?:\\+r)?\\+n\s*(?=at\b|File\b)/

/** `:12:3` */
const LINE_NUMBER = String.raw`(?::\d+){0,2}`
/** As Python and PHP write it: `File "[path]", line 12`. */
const LINE_IN_WORDS = /(\[path\]['"]?),? (?:on )?line \d+/g
/** What a path is made of, up to a space, a quote or a bracket; a bracket is part of names such as `[id].js`. */
const PART = '[^\\s\'"`()<>|,;]'

/**
 * The places that messages name. Spaces may stand in the folders of Windows (`C:\Program Files\…`) and in a word before the next slash
 * (`/Users/Jo Doe/…`), so a little more than the path may go with it: what stays must hold none.
 */
const places = [
  // '/srv/our own app/x.js', "C:\our own app\x.js": up to the quote that began it, or to where the message was cut.
  String.raw`(?<=(["'\`]))(?:[A-Za-z]:|~|\.{1,2})?[\\/](?:(?!\1)[^\n])+(?=\1|$)`,
  // file:///srv/x.js, node:internal/x, webpack://app/./x.ts; pages of a browser only with a line.
  String.raw`\b(?:file|webpack(?:-internal)?|bun|deno|ext|app|rsc|vm|jar|classpath):\/*${PART}+`,
  String.raw`\bnode:[a-z_]${PART}*`,
  String.raw`\bhttps?:\/\/${PART}+?:\d+:\d+\b`,
  // C:\srv\x.js, \\server\share\x.js
  String.raw`(?:\b[A-Za-z]:[\\/]+|\\\\)(?:[^\\/:*?"'<>|\n()]+[\\/]+)*${PART}*`,
  // /srv/x.js, ~/x.js, ./x.js; but no URL, and no </tag>.
  String.raw`(?<![\w.~/\\]|\bhttps?:)(?!(?<=<)\/[\w:-]*>)(?:~|\.{1,2})?\/${PART}+(?: [^\s/]+\/${PART}*)*`,
  String.raw`(?<![\w.])\.{1,2}\\${PART}+`,
  // lib/x.js, lib\x.js, x.js:12
  String.raw`(?<![\w/\\:.@])(?:[\w@.$+[\]-]+[\\/]+)+[\w@.$+[\]-]*(?:\.[A-Za-z]\w{0,9}(?![\w+])|(?=:\d))`,
  String.raw`(?<![\w/\\:.@])[\w@.$[\]-]+\.(?:[cm]?[jt]sx?|map|vue|svelte|py|rb|java|kt|go|rs|php|cs|cpp|sql)(?=:\d|['"]?, line \d)`,
  String.raw`(?:evalmachine\.)?<anonymous>(?=:\d)`,
].map((place) => new RegExp(place + LINE_NUMBER, 'g'))

/** A frame of a stack on the same line: `at save ([path])`, `at [path]`, and all behind it. */
const FRAME =
  /(?:^|\s+)at (?:[^()[\]]{0,200}(?:\[as [^\]]*\] )?\((?:\[path\]|native|<anonymous>|eval at)|(?:async )?\[path\]).*$/

/**
 * A message as a caller sees it. One line that names no place stays as it is. The first line is the first that says anything, with `[path]` where it named a place in a file, and without
 * the frames of a stack: the writer's message for a crash is a stack, with the folders of the machine that it runs on. Null stays null.
 */
export function shownMessage(message: string | null, view: MessageView): string | null {
  if (message === null || view === 'whole') return message
  const lines = unwrapped(message).split(LINE_END)
  for (const line of lines) {
    const shown = withoutPlaces(line)
    if (shown.trim() !== '') return shown
  }
  return message.trim() === '' ? '' : PLACE
}

function withoutPlaces(line: string): string {
  return places
    .reduce((text, place) => text.replace(place, PLACE), line)
    .replace(LINE_IN_WORDS, '$1')
    .replace(FRAME, '')
}
