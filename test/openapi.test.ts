import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import test from 'node:test'
import { fileURLToPath } from 'node:url'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { builtDocument } from './support/document.ts'

const file = fileURLToPath(new URL('../openapi/openapi.json', import.meta.url))

test('openapi/openapi.json is what the routes say', async (t) => {
  const { document } = await builtDocument(t)
  const committed = readFileSync(file, 'utf8')
  const same = committed === `${JSON.stringify(document, null, 2)}\n`
  if (!same)
    assert.deepEqual(
      JSON.parse(committed),
      JSON.parse(JSON.stringify(document)),
      'openapi/openapi.json is out of date: npm run openapi',
    )
  assert.ok(same, 'openapi/openapi.json is formatted otherwise: npm run openapi')
})

test('the service gives the same document at /openapi.json', async (t) => {
  const { app, document } = await builtDocument(t)
  const response = await app.inject('/openapi.json')
  assert.match(String(response.headers['content-type']), /^application\/json/)
  assert.deepEqual(response.json(), JSON.parse(JSON.stringify(document)))
})

test('the document is OpenAPI 3.1 without a fault that the linter knows', async (t) => {
  const { document } = await builtDocument(t)
  const config = await createConfig({ extends: ['recommended-strict'] })
  const faults = await lintFromString({ source: JSON.stringify(document), absoluteRef: file, config })
  assert.deepEqual(
    faults.map(({ ruleId, message, location }) => `${ruleId}: ${message} at ${location[0]?.pointer}`),
    [],
  )
  assert.equal(document.openapi, '3.1.0')
})

test('every route of our own API is documented, under an operationId of its own', async (t) => {
  const { app, operations } = await builtDocument(t)
  const answered = routesIn(app.printRoutes({ commonPrefix: false, method: 'GET' })).filter(
    // What Jaeger and Prometheus define stands in no document of ours; `/*` is what the tree of routes makes of its unknown paths.
    (path) => !/^\/(docs|openapi\.json|jaeger|metrics|\*)/.test(path),
  )
  assert.deepEqual(
    operations.map(({ path }) => path).toSorted(),
    answered.map((path) => path.replace(/:(\w+)/g, '{$1}')).toSorted(),
  )
  assert.ok(answered.length >= 10)
  const ids = operations.map(({ operation }) => operation.operationId)
  assert.equal(new Set(ids).size, ids.length, ids.join(', '))
  for (const { path, method, operation } of operations) {
    assert.equal(method, 'get', path)
    assert.ok(operation.operationId && operation.summary && operation.tags?.length === 1, path)
    for (const { name, description } of operation.parameters ?? [])
      assert.ok(description, `${path} does not describe ${name}`)
  }
})

test('every operation documents its problems, 503 with Retry-After, and 404 where it takes an id', async (t) => {
  const { operations } = await builtDocument(t)
  for (const {
    path,
    operation: { responses },
  } of operations) {
    const statuses = ['400', '405', '406', '414', '431', '500', '503', '504', ...(path.endsWith('{id}') ? ['404'] : [])]
    for (const status of statuses) {
      assert.deepEqual(Object.keys(responses[status]?.content ?? {}), ['application/problem+json'], `${path} ${status}`)
      assert.deepEqual(
        responses[status]?.content?.['application/problem+json']?.schema,
        { $ref: '#/components/schemas/Problem' },
        `${path} ${status}`,
      )
    }
    for (const status of ['503', '504'])
      assert.ok('retry-after' in (responses[status]?.headers ?? {}), `${path} ${status}`)
  }
})

test('every JSON answer has an example, and it validates', async (t) => {
  const { document, operations } = await builtDocument(t)
  const ajv = new Ajv2020({ strict: false, allErrors: true })
  addFormats.default(ajv)
  ajv.addSchema({ $id: 'openapi', components: document.components })
  let examples = 0
  for (const {
    path,
    operation: { responses },
  } of operations) {
    const { 'application/json': json, ...others } = responses['200']?.content ?? {}
    // Lines of JSON are no document, and have no example.
    if (!json && others['application/x-ndjson']) continue
    const { schema, example } = json ?? {}
    assert.ok(schema && example !== undefined, `${path} has no example`)
    const validate = ajv.compile(
      JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"openapi#/components')) as object,
    )
    assert.ok(validate(example), `${path}: ${ajv.errorsText(validate.errors)}`)
    examples += 1
  }
  assert.ok(examples >= 10)
})

test('/docs needs nothing from elsewhere', async (t) => {
  const { app } = await builtDocument(t)
  const pending = ['/docs', '/docs/']
  const seen = new Set(pending)
  for (let path = pending.shift(); path !== undefined; path = pending.shift()) {
    const response = await app.inject(path)
    assert.equal(response.statusCode, 200, path)
    if (!String(response.headers['content-type']).startsWith('text/html')) continue
    for (const [, to = ''] of response.body.matchAll(/(?:src|href)="([^"]+)"/g)) {
      assert.doesNotMatch(to, /^(https?:)?\/\//, `${path} loads ${to}`)
      const next = new URL(to, `http://here${path}`).pathname
      if (!seen.has(next)) pending.push(next)
      seen.add(next)
    }
  }
  assert.ok(seen.size > 6, [...seen].join(', '))
  assert.match(
    (await app.inject('/docs/static/swagger-initializer.js')).body,
    /validatorUrl: null/,
    'no validator of somebody else is asked',
  )
})

/** The paths in a tree of routes as Fastify prints it: four characters a level, each with the rest of its path. */
function routesIn(printed: string): string[] {
  const above: string[] = []
  return printed.split('\n').flatMap((line) => {
    const [, lead = '', part = ''] = /^(.*?)── (\S+) \(/.exec(line) ?? []
    if (part === '') return []
    const depth = lead.length >> 2
    const path = `${(above[depth - 1] ?? '').replace(/\/$/, '')}/${part.replace(/^\//, '')}`
    above.length = depth
    above.push(path)
    return [path]
  })
}
