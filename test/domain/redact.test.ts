import assert from 'node:assert/strict'
import test from 'node:test'
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import { personalOf } from '../../src/domain/privacy/personal.ts'
import { personalFields, type Personal } from '../../src/domain/privacy/personal-field.ts'
import { MASK } from '../../src/domain/privacy/mask-json.ts'
import { redact } from '../../src/domain/privacy/redact.ts'
import { stringify, RawJson } from '../../src/domain/privacy/raw-json.ts'
import { redactionMistakes, redactionsOf, type Redaction } from '../../src/domain/privacy/redaction.ts'

/** The paths as the configuration reads them; fails for a malformed one. */
function paths(text: string): Redaction[] {
  const { redactions, wrong } = redactionsOf(text)
  assert.deepEqual(wrong, [])
  return redactions
}

/** Fields of plain values as the service holds them, and back. */
const held = (given: Record<string, unknown>): Personal =>
  Object.fromEntries(
    Object.entries(given).map(([field, value]) => [
      field,
      texts.has(field) || value === null ? value : new RawJson(JSON.stringify(value)),
    ]),
  )
const values = (personal: Personal): Record<string, unknown> =>
  JSON.parse(stringify(personal)) as Record<string, unknown>
const texts = new Set(['sourceUserEmail', 'errorStack'])

const masked = (given: Record<string, unknown>, text: string): Record<string, unknown> =>
  values(redact(held(given), paths(text)).personal)

test('a path masks its value: in objects, in arrays, through any key, and in JSON within a text', () => {
  const cases: Array<[text: string, given: Record<string, unknown>, expected: Record<string, unknown>]> = [
    ['payload', { payload: { a: 1 }, context: 1 }, { payload: MASK, context: 1 }],
    ['payload.a.b', { payload: { a: { b: 1, c: 2 } } }, { payload: { a: { b: MASK, c: 2 } } }],
    ['payload.a.b', { payload: { a: { b: { c: 2 } } } }, { payload: { a: { b: MASK } } }],
    ['payload.a.b', { context: { a: { b: 1 } } }, { context: { a: { b: 1 } } }],
    ['payload.*.b', { payload: [{ b: 1 }, { c: 1 }, 3] }, { payload: [{ b: MASK }, { c: 1 }, 3] }],
    ['payload.*.b', { payload: { x: { b: 1 }, y: { b: 2 } } }, { payload: { x: { b: MASK }, y: { b: MASK } } }],
    ['payload.1', { payload: ['a', 'b'] }, { payload: ['a', MASK] }],
    [
      'context.headers.authorization',
      { context: { headers: { Authorization: 's', AUTHORIZATION: 't', host: 'h' } } },
      { context: { headers: { Authorization: MASK, AUTHORIZATION: MASK, host: 'h' } } },
    ],
    ['payload.a,payload.b', { payload: { a: 1, b: 2, c: 3 } }, { payload: { a: MASK, b: MASK, c: 3 } }],
    ['result.ssn', { result: '{"ssn":"1","name":"x"}' }, { result: `{"ssn":"${MASK}","name":"x"}` }],
    ['result.a.ssn', { result: { a: ' [{"ssn":"1"}' } }, { result: { a: MASK } }],
    [
      'result.a.ssn',
      { result: { a: '{"ssn":"1","ssn":null,"ssn":2}' } },
      { result: { a: `{"ssn":"${MASK}","ssn":null,"ssn":"${MASK}"}` } },
    ],
    [
      'result.ssn',
      { result: '\t{ "\\u0073sn" : "1" , "x\\\\" : [ ] } ' },
      { result: `{ "\\u0073sn" : "${MASK}" , "x\\\\" : [ ] }` },
    ],
    [
      'result.*.*',
      { result: ' [ [ 1, -2.5e3 ,true,null ,"a]" ] , { } , [ ] ]' },
      { result: `[ [ "${MASK}", "${MASK}" ,"${MASK}",null ,"${MASK}" ] , { } , [ ] ]` },
    ],
    ['result.ssn', { result: JSON.stringify('{"ssn":"1"}') }, { result: JSON.stringify(`{"ssn":"${MASK}"}`) }],
    ['result.a.ssn', { result: { a: 'plain words' } }, { result: { a: 'plain words' } }],
    [
      'errorStack,sourceUserEmail',
      { errorStack: null, sourceUserEmail: 'a@b' },
      { errorStack: null, sourceUserEmail: MASK },
    ],
    [
      'payload.__proto__.x',
      { payload: JSON.parse('{"__proto__":{"x":1}}') as unknown },
      { payload: JSON.parse(`{"__proto__":{"x":"${MASK}"}}`) as unknown },
    ],
  ]
  for (const [text, given, expected] of cases) assert.deepEqual(masked(given, text), expected, text)
})

test('only the paths that masked something are told, and what they leave alone is the same object', () => {
  const given = held({ payload: { a: { b: 1 } }, context: { a: 1 } })
  const { personal, redacted } = redact(given, paths('payload.a.b,payload.a.c,context.b'))
  assert.deepEqual(redacted, ['payload.a.b'])
  assert.equal(personal.context, given.context)
})

const SECRET = 'S3CR3T'
const key = fc.constantFrom('a', 'B', 'c', '__proto__', 'constructor', 'é', '0')
const data = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.jsonValue(),
    fc.string(),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.array(fc.tuple(key, tie('value')), { maxLength: 4 }).map((entries) => Object.fromEntries(entries)),
}))
const wildStep = fc.oneof(key, fc.constant('*'))

test('whatever the data and the paths, nothing is thrown and the input stays as it was', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom(...personalFields), data.value),
      fc.array(fc.tuple(fc.constantFrom(...personalFields), fc.array(wildStep, { maxLength: 6 })), { maxLength: 5 }),
      (given, steps) => {
        const before = held(given)
        redact(before, paths(steps.map(([field, rest]) => [field, ...rest].join('.')).join(',') || 'none'))
        assert.deepEqual(before, held(given))
      },
    ),
    { numRuns: 2000 },
  )
})

test('a secret planted where a path leads is nowhere in the output, and its neighbours all are', () => {
  let planted = 0
  fc.assert(
    fc.property(
      fc.array(fc.tuple(key, fc.boolean(), fc.constantFrom('object', 'array', 'text')), { minLength: 1, maxLength: 8 }),
      data.object,
      fc.oneof(
        fc.constant(SECRET),
        data.value.map((value) => [SECRET, value]),
      ),
      (road, beside, secret) => {
        let value: unknown = secret
        const steps: string[] = []
        for (const [name, wild, kind] of road) {
          const step = kind === 'array' ? '1' : name
          const inside: unknown =
            kind === 'array'
              ? ['N3IGHBOUR', value, beside]
              : Object.fromEntries([
                  ['z', 'N3IGHBOUR'],
                  ...Object.entries(beside).filter(([other]) => other !== name),
                  [name, value],
                ])
          value = kind === 'text' ? JSON.stringify(inside) : inside
          steps.unshift(wild ? '*' : step.toUpperCase())
        }
        const text = stringify(redact(held({ payload: value }), paths(`payload.${steps.join('.')}`)).personal)
        assert.ok(!text.includes(SECRET), text)
        // A wild last step masks the neighbour of the secret too.
        assert.equal(text.split('N3IGHBOUR').length - 1, steps.at(-1) === '*' ? road.length - 1 : road.length, text)
        planted += 1
      },
    ),
    { numRuns: 2000 },
  )
  assert.equal(planted, 2000)
})

test('data of any depth is masked', () => {
  const deep = (inside: string) => `${'['.repeat(100_000)}${inside}${']'.repeat(100_000)}`
  const given = { payload: new RawJson(`{"deep":${deep(`"${SECRET}"`)},"ssn":"${SECRET}"}`) }
  assert.equal(redact(given, paths('payload.nothing')).personal.payload, given.payload)
  assert.equal(
    stringify(redact(given, paths('payload.deep.0.0,payload.ssn')).personal),
    `{"payload":{"deep":[["${MASK}"]],"ssn":"${MASK}"}}`,
  )
  assert.equal(
    stringify(redact(given, paths('payload.ssn')).personal),
    `{"payload":{"deep":${deep(`"${SECRET}"`)},"ssn":"${MASK}"}}`,
  )
})

test('beside what is masked every character stays as it was', () => {
  const numbers =
    '1.10, 0.0000001, 1e400, -1.5E-400, 12345678901234567890, 12345678.123456789, 123456789012345678901234567890.10'
  const given = {
    payload: new RawJson(
      `{"10": 1, "b": [${numbers}], "ssn": 1, "text": "{ \\"ssn\\": 2, \\"n\\": [${numbers}] }", "\\u00e9": null}`,
    ),
  }
  const { personal, redacted } = redact(given, paths('payload.ssn,payload.text.ssn,payload.b.*.value,payload.é'))
  assert.equal(
    stringify({ rows: [personal], text: 'x' }),
    `{"rows":[{"payload":{"10": 1, "b": [${numbers}], "ssn": "${MASK}", "text": "{ \\"ssn\\": \\"${MASK}\\", \\"n\\": [${numbers}] }", "\\u00e9": null}}],"text":"x"}`,
  )
  assert.deepEqual(redacted, ['payload.ssn', 'payload.text.ssn'])
})

test('masking JSON text is masking its values, whatever they are and however it is spaced', () => {
  fc.assert(
    fc.property(
      data.value,
      fc.array(wildStep, { maxLength: 4 }),
      fc.constantFrom(undefined, 1, '\t'),
      (value, steps, space) => {
        const given = { payload: new RawJson(JSON.stringify(value, null, space)) }
        const { payload } = redact(given, paths(['payload', ...steps].join('.'))).personal
        assert.deepEqual(
          JSON.parse(payload?.json ?? ''),
          maskValue(
            JSON.parse(given.payload.json),
            steps.map((step) => step.toLowerCase()),
          ),
        )
      },
    ),
    { numRuns: 2000 },
  )
})

function maskInText(text: string, steps: string[]): string {
  try {
    const value: unknown = JSON.parse(text)
    const masked = maskValue(value, steps)
    return isDeepStrictEqual(masked, value) ? text : JSON.stringify(masked)
  } catch {
    return MASK
  }
}

/** The same of values. */
function maskValue(value: unknown, [step, ...rest]: string[]): unknown {
  if (step === undefined) return value === null ? null : MASK
  if (typeof value === 'string') return /^\s*[[{"]/.test(value) ? maskInText(value, [step, ...rest]) : value
  if (typeof value !== 'object' || value === null) return value
  const inside = Object.entries(value).map(([key, each]): [string, unknown] => [
    key,
    step === '*' || key.toLowerCase() === step ? maskValue(each, rest) : each,
  ])
  return Array.isArray(value) ? inside.map(([, each]) => each) : Object.fromEntries(inside)
}

test('a malformed path is a mistake that names it and says what is allowed', () => {
  const wrong = [
    '',
    ',',
    'payload.',
    '.payload',
    'payload..a',
    'payload.a*',
    'payload.**',
    '*.ssn',
    'ssn',
    '$.payload',
    'payload[0].a',
    'Payload.a',
    'payload.a b',
    `payload${'.a'.repeat(32)}`,
    'payload.a,',
    'none,payload',
  ]
  for (const text of wrong) {
    const [mistake, ...others] = redactionMistakes(text)
    assert.equal(mistake?.parameter, 'REDACT', text)
    assert.match(
      mistake.allowed,
      /paths with commas between, such as payload\.event\.data\.new\.ssn .* begin with one of sourceUserEmail, payload/,
    )
    assert.deepEqual(others, [])
  }
  assert.equal(redactionMistakes('payload.ok,nope.a, payload..b')[0]?.given, 'nope.a,payload..b')
  for (const text of [
    'none',
    ' none ',
    'payload',
    'payload.*',
    'payload.$x.é-1',
    'context.a, options.b',
    `payload${'.a'.repeat(31)}`,
  ])
    assert.deepEqual(redactionMistakes(text), [], text)
  assert.deepEqual(redactionsOf('none').redactions, [])
})

test('a wrapped stack is unwrapped, any other text stays', () => {
  const cases = [
    ['{"_raw_string":"Error: x\\n at y"}', 'Error: x\n at y'],
    ['Error: x', 'Error: x'],
    ['{"_raw_string":5}', '{"_raw_string":5}'],
    ['{broken', '{broken'],
    ['{"a":"b"}', '{"a":"b"}'],
    ['', ''],
  ] as const
  for (const [given, expected] of cases) {
    const { of } = personalOf([{ id: '1', omitted: [], errorStack: given }], [])
    assert.deepEqual(of('1'), { errorStack: expected })
  }
})

test('what is too large is absent and named; what was not read is absent', () => {
  const { of, redacted } = personalOf(
    [{ id: '1', omitted: ['payload'], payload: null, context: '{"a": 1}', errorStack: null }],
    paths('payload,context.a'),
  )
  assert.deepEqual(of('1'), { context: new RawJson(`{"a": "${MASK}"}`), errorStack: null, omitted: ['payload'] })
  assert.deepEqual(of('2'), {})
  assert.deepEqual(redacted, ['context.a'])
})
