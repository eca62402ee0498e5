import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { preferredType } from '../../src/http/negotiate/accept.ts'
import { addExample, documentation, filled, samples } from '../support/endpoints.ts'
import { assertProblem } from '../support/problem.ts'
import { addInvocation } from '../support/rows.ts'
import { service } from '../support/service.ts'

const JSON_TYPE = 'application/json'
const LINES = 'application/x-ndjson'
const TEXT = 'text/plain'
const MERMAID = 'text/vnd.mermaid'
const DOT = 'text/vnd.graphviz'
const tree = [JSON_TYPE, LINES, TEXT, MERMAID, DOT]

/** What an Accept header gets of a tree. */
const examples: Array<[accept: string | undefined, type: string | undefined]> = [
  [undefined, JSON_TYPE],
  ['', JSON_TYPE],
  ['*/*', JSON_TYPE],
  ['*/*;q=0.1', JSON_TYPE],
  ['application/*', JSON_TYPE],
  ['text/html, image/gif, */*; q=.2', JSON_TYPE],
  ['application/json; charset=utf-8', JSON_TYPE],
  ['application/json;charset=UTF-8;version=2', JSON_TYPE],
  ['Application/JSON', JSON_TYPE],
  ['application/json ; Q=0.5 ; x="a,b;q=0"', JSON_TYPE],
  ['text/plain; charset=utf-8', TEXT],
  ['text/plain;format=flowed', TEXT],
  ['application/x-ndjson; charset=utf-8', LINES],
  ['application/json;q=0.9,text/plain', JSON_TYPE],
  ['text/plain, application/json', JSON_TYPE],
  ['text/plain, application/json;q=0.001', JSON_TYPE],
  ['application/json, text/plain, */*', JSON_TYPE],
  ['text/*, application/json;q=0.2', JSON_TYPE],
  ['application/json;q=0.9, application/x-ndjson', LINES],
  ['application/x-ndjson, application/json', JSON_TYPE],
  ['application/x-ndjson, text/plain', LINES],
  ['application/x-ndjson;q=0.5, text/plain', TEXT],
  ['text/plain, application/json;q=0', TEXT],
  ['application/json;q=0, */*', LINES],
  ['application/*;q=0, */*', TEXT],
  ['application/*;q=0, application/json', JSON_TYPE],
  ['text/plain, */*;q=0.1', TEXT],
  ['text/plain;q=0.1, */*', JSON_TYPE],
  ['text/*', TEXT],
  ['text/vnd.mermaid', MERMAID],
  ['text/vnd.graphviz; charset=utf-8, text/plain;q=0.5', DOT],
  ['text/vnd.mermaid, application/json', JSON_TYPE],
  ['text/vnd.*', undefined],
  ['text/plain;q=0, text/*', undefined],
  ['application/json;q=high', JSON_TYPE],
  ['application/json;q="0"', JSON_TYPE],
  ['application/json;q=0', undefined],
  ['application/json;q=0.000', undefined],
  ['*/*;q=0', undefined],
  ['image/png', undefined],
  [';;;', undefined],
  ['json', undefined],
  ['"application/json', undefined],
  ['application/jsonp', undefined],
]

test('an Accept header gets the form that it asks for', () => {
  for (const [accept, type] of examples) assert.equal(preferredType(accept, tree), type, String(accept))
  assert.equal(
    preferredType('text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8', [JSON_TYPE, 'text/html']),
    'text/html',
  )
  assert.equal(preferredType('text/plain', [JSON_TYPE]), undefined)
})

const weight = fc.integer({ min: 0, max: 1000 }).map((thousandths) => thousandths / 1000)
const parameter = fc.constantFrom('charset=utf-8', 'version=2', 'profile="a, b;q=0;\\" c"', 'CHARSET=ascii')
const element = fc.record({
  type: fc.constantFrom(...tree, 'image/png', 'text/html'),
  q: weight,
  before: fc.array(parameter, { maxLength: 2 }),
  after: fc.array(parameter, { maxLength: 2 }),
})
const header = fc.uniqueArray(element, { selector: ({ type }) => type, minLength: 1 })
const written = ({ type, q, before, after }: { type: string; q: number; before: string[]; after: string[] }): string =>
  [type, ...before, `q=${q}`, ...after].join(';')

test('among types that are named the higher q wins, at the same q JSON; text never beats JSON; q=0 is never given; parameters and order change nothing', () => {
  fc.assert(
    fc.property(header, fc.boolean(), (elements, reversed) => {
      const given = (type: string): number => elements.find((each) => each.type === type)?.q ?? 0
      const got = preferredType((reversed ? elements.toReversed() : elements).map(written).join(', '), tree)
      const ofJson = given(JSON_TYPE)
      const best = Math.max(...tree.filter((type) => type !== TEXT || ofJson === 0).map(given))
      if (best === 0) assert.equal(got, undefined)
      else
        assert.equal(
          got,
          tree.find((type) => (type !== TEXT || ofJson === 0) && given(type) === best),
        )
    }),
  )
})

test('whatever an Accept header holds, it gets one of the forms or none, and at once', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom(...'",;/\\*=q01. ajsontexpli'.split('')), maxLength: 200 }),
      (accept) => {
        const got = preferredType(accept, tree)
        assert.ok(got === undefined || tree.includes(got))
      },
    ),
  )
  // As long as headers may be; a reading in quadratic time takes seconds for each.
  for (const part of ['"\\', '"', ',', ';', 'a/b;q=0.1,', '";', '\\', 'q='])
    assert.equal(preferredType(part.repeat(32_000 / part.length), tree), undefined)
})

test('a tree comes as its Accept header asks, errors come as problems, and format stands above it', async (t) => {
  const { get, pool } = await service(t)
  const path = `/trees/${await addInvocation(pool)}`
  for (const [accept, type] of examples) {
    const answer = await get(path, accept === undefined ? {} : { accept })
    if (type === undefined)
      assert.match(
        assertProblem('not-acceptable', answer).detail,
        /allows none of application\/json, application\/x-ndjson, text\/plain, text\/vnd\.mermaid, text\/vnd\.graphviz, application\/vnd\.otlp\+json$/,
      )
    else
      assert.deepEqual(
        [answer.status, String(answer.headers['content-type']).split(';')[0]],
        [200, type],
        String(accept),
      )
  }
  for (const accept of ['application/json', 'image/png', 'application/json;q=0', 'text/plain']) {
    assert.equal(
      (await get(`${path}?format=text`, { accept })).headers['content-type'],
      'text/plain; charset=utf-8',
      accept,
    )
    assertProblem('invalid-request', await get(`${path}?maxNodes=0`, { accept }))
  }
  assertProblem('not-found', await get(filled('/trees/{nobody}'), { accept: 'text/plain;charset=utf-8' }))
})

test('an endpoint without a form that is asked for gives the next one, or 406 if there is none', async (t) => {
  const { get, pool } = await service(t)
  const ids = await addExample(pool)
  const formless = samples.filter(
    ({ endpoint, path }) => endpoint.responses['200']?.content?.[TEXT] === undefined && !path.includes('format='),
  )
  assert.ok(formless.length >= 12)
  for (const { endpoint, path } of formless) {
    const [own = ''] = Object.keys(endpoint.responses['200']?.content ?? {})
    assert.equal((await get(filled(path, ids), { accept: `text/plain, ${own};charset=utf-8;q=0.5` })).status, 200, path)
    assertProblem('not-acceptable', await get(filled(path, ids), { accept: 'text/plain' }))
  }
})

test('vary names each header once, whatever adds to it', async (t) => {
  const { app, pool } = await service(t, { origins: ['https://dashboards.example', 'https://another.example'] })
  for (let row = 0; row < 20; row++) await addInvocation(pool)
  const ids = await addExample(pool)
  const paths = [...samples.map(({ path }) => filled(path, ids)), ...documentation, '/nowhere', '/jobs?limit=0']
  for (const url of paths) {
    for (const encoding of ['gzip', 'br', 'identity', 'gzip;q=0, identity;q=0']) {
      for (const accept of ['*/*', 'image/png']) {
        for (const origin of [{}, { origin: 'https://dashboards.example' }]) {
          const { headers } = await app.inject({ url, headers: { accept, 'accept-encoding': encoding, ...origin } })
          const names = String(headers.vary)
            .split(', ')
            .map((name) => name.toLowerCase())
          assert.deepEqual(
            names.toSorted(),
            ['accept', 'accept-encoding', 'authorization', 'origin'],
            `${url} ${encoding} ${accept}`,
          )
        }
      }
    }
  }
})
