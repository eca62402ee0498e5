import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { shownMessage } from '../../src/domain/privacy/error-message.ts'

const firstLine = (message: string): string => shownMessage(message, 'first-line') ?? ''

test('without the scope a message is its first line, without frames and without places in files', () => {
  const cases: Array<[message: string, shown: string]> = [
    [
      "Handler crashed: TypeError: Cannot read properties of null (reading 'address')\n    at handler (/srv/app/x.js:12:3)",
      "Handler crashed: TypeError: Cannot read properties of null (reading 'address')",
    ],
    ['\r\nError: late\r\n    at Object.<anonymous> (/srv/x.js:1:1)', 'Error: late'],
    [' spaces around, as they were ', ' spaces around, as they were '],
    ['at Object.<anonymous> (/srv/x.js:1:1)', '[path]'],
    ['    at a (/srv/x.js:1:1)\n    at b (/srv/x.js:2:1)\nError: boom', 'Error: boom'],
    ['{"_raw_string": "Error: boom\\n    at Object.<anonymous> (C:\\\\srv\\\\x.js:1:2)"}', 'Error: boom'],
    ['{"_raw_string": "Error: boom\\n    at Object.<anonymous> (C:\\\\srv\\', 'Error: boom'],
    ['{"_raw_string": "Error: it is \\"x\\" \\u', 'Error: it is "x" '],
    [
      'Error: boom at save (/srv/x.js:12:3) at Module._compile (node:internal/modules/cjs/loader:1105:14)',
      'Error: boom',
    ],
    ['Error: boom at async /srv/app/x.js:12:3', 'Error: boom'],
    ['error: {"stack":"Error: x\\n    at a (/srv/app/b.js:1:2)"}', 'error: {"stack":"Error: x'],
    [
      "ENOENT: no such file or directory, open '/srv/app/config.json'",
      "ENOENT: no such file or directory, open '[path]'",
    ],
    ["Cannot find module 'C:\\Program Files\\App\\x.js' from D:\\a", "Cannot find module '[path]' from [path]"],
    // Between quotes a path has as many spaces as it likes.
    ["open '/srv/our own app/the new one.json' failed", "open '[path]' failed"],
    ['open "/srv/o\'brien & co/new order.json"', 'open "[path]"'],
    ["open 'C:\\our own app\\the new one.json'", "open '[path]'"],
    ["rename './our own app/x' -> '../the new one.json'", "rename '[path]' -> '[path]'"],
    ["open '/srv/our own app, cut after so many char", "open '[path]"],
    ["Unexpected token '/', '/' is no name, it's a sign", "Unexpected token '/', '/' is no name, it's a sign"],
    ['\\\\server\\share\\x.js gone', '[path] gone'],
    ['Cannot find module /Users/Jo Doe/app/data of it', 'Cannot find module [path] of it'],
    ['file:///srv/app/x.js:12:3 broke', '[path] broke'],
    ['webpack://app/./src/x.ts?abcd:12:3 broke', '[path] broke'],
    ['webpack-internal:///(rsc)/./app/page.tsx:3:9 broke', '[path](rsc)[path] broke'],
    ['save@https://host/app.js:10:5', 'save@[path]'],
    ['File "/srv/app/x.py", line 12, in f', 'File "[path]", in f'],
    ['lib/orders.js:14 and src\\x.ts and ../x.js and orders.ts:3:1', '[path] and [path] and [path] and [path]'],
    ['SyntaxError at <anonymous>:3:4', 'SyntaxError'],
    // What is no place stays.
    [
      'GET https://api.example.com/v1/orders?x=1 answered 500',
      'GET https://api.example.com/v1/orders?x=1 answered 500',
    ],
    ['connect ECONNREFUSED db.internal:5432 at 12:30:15', 'connect ECONNREFUSED db.internal:5432 at 12:30:15'],
    [
      '1/2 of n/a and/or text/plain, application/vnd.api+json',
      '1/2 of n/a and/or text/plain, application/vnd.api+json',
    ],
    ['Unexpected token < at position 0: <html></html>', 'Unexpected token < at position 0: <html></html>'],
    ['failed at step (2) of 3', 'failed at step (2) of 3'],
    ['  ', ''],
  ]
  for (const [message, shown] of cases) assert.equal(firstLine(message), shown, message)
})

test('with the scope a message is as it was read, and no message stays none', () => {
  fc.assert(fc.property(fc.string(), (message) => shownMessage(message, 'whole') === message))
  assert.deepEqual([shownMessage(null, 'whole'), shownMessage(null, 'first-line')], [null, null])
})

const word = fc.stringMatching(/^[A-Za-z]{2,8}$/).filter((text) => !['at', 'async', 'line', 'on'].includes(text))
const sentence = fc.array(word, { minLength: 1, maxLength: 6 }).map((words) => words.join(' '))

const SECRET = 'Secret'
const line = fc.nat(99_999).map((number) => number + 1)
/** Places as the runtimes of the writers name them; every folder and file holds the secret. */
const place = fc
  .tuple(
    fc.constantFrom(
      `/${SECRET}/${SECRET}.js`,
      `/home/${SECRET} ${SECRET}/${SECRET}/app.js`,
      `C:\\${SECRET}\\${SECRET} ${SECRET}\\${SECRET}.ts`,
      `c:/${SECRET}/${SECRET}.ts`,
      `\\\\${SECRET}\\${SECRET}\\${SECRET}.mjs`,
      `file:///${SECRET}/${SECRET}.js`,
      `file:///C:/${SECRET}/${SECRET}.js`,
      `node:internal/${SECRET}/${SECRET}`,
      `webpack://${SECRET}/./${SECRET}/${SECRET}.tsx?${SECRET}`,
      `webpack-internal:///./${SECRET}/[${SECRET}].tsx`,
      `https://${SECRET}.example/${SECRET}.js`,
      `${SECRET}/@${SECRET}/${SECRET}.cjs`,
      `./${SECRET}/${SECRET}`,
      `~/${SECRET}`,
      `${SECRET}.js`,
    ),
    line,
    line,
  )
  .map(([path, row, column]) => `${path}:${row}:${column}`)
const frame = fc
  .tuple(fc.constantFrom('Object.<anonymous>', 'async save', 'new Order', 'a.b [as c]', ''), place)
  .map(([name, where]) => (name === '' ? `at ${where}` : `at ${name} (${where})`))
const lineEnd = fc.constantFrom('\n    ', '\r\n    ', '\r', '\u2028', '\\n    ', '\n\n')

test('whatever stack stands behind a message: the message alone is shown', () => {
  fc.assert(
    fc.property(sentence, lineEnd, fc.array(frame, { minLength: 1, maxLength: 6 }), (message, end, frames) => {
      assert.equal(firstLine([message, ...frames].join(end)), message)
    }),
  )
})

test('a stack on one line, or wrapped in JSON and cut off anywhere, is not shown either', () => {
  fc.assert(
    fc.property(sentence, fc.array(frame, { minLength: 1, maxLength: 6 }), fc.nat(500), (message, frames, length) => {
      assert.equal(firstLine([message, ...frames].join(' ')), message)
      const wrapped = JSON.stringify({ _raw_string: [message, ...frames].join('\n    ') }).slice(0, length)
      assert.ok(!firstLine(wrapped).includes(SECRET), wrapped)
    }),
  )
})

test('no place and no line number of one is left of a message, wherever it stands and wherever the text is cut', () => {
  const around = fc.constantFrom(
    ['', ''],
    ["'", "'"],
    ['"', '"'],
    ['(', ')'],
    ['[', ']'],
    ['<', '>'],
    ['', ', '],
    [': ', ''],
  )
  fc.assert(
    fc.property(
      sentence,
      place,
      around,
      sentence,
      fc.nat(200),
      (before, where, [open = '', close = ''], after, length) => {
        const whole = `${before} ${open}${where}${close} ${after}`
        assert.doesNotMatch(firstLine(whole), /Secret|:\d/, whole)
        // An address without its line is no place in a file, and words with a slash between are none without their end.
        if (/^(https|Secret)/.test(where)) return
        const cut = whole.slice(0, before.length + 1 + Math.min(length, where.length))
        assert.doesNotMatch(firstLine(cut), /Secret[/\\]|[/\\]Secret/, cut)
      },
    ),
    { numRuns: 1000 },
  )
})

test('what is shown is shown the same again, and is one line', () => {
  const anything = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(fc.oneof(word, place, frame, lineEnd)).map((parts) => parts.join(' ')),
  )
  fc.assert(
    fc.property(anything, (message) => {
      const shown = firstLine(message)
      assert.doesNotMatch(shown, /[\n\v\f\r\u0085\u2028\u2029]/)
      assert.equal(firstLine(shown), shown)
    }),
    { numRuns: 1000 },
  )
})
