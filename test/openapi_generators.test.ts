import assert from 'node:assert/strict'
import test from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { builtDocument, schemasIn, type Schema } from './support/document.ts'

test('the one recursion is that of a node and its jobs, and every reference leads somewhere', async (t) => {
  const { document } = await builtDocument(t)
  const { schemas } = document.components
  const refs = new Map(
    Object.entries(schemas).map(([name, schema]) => [
      name,
      [...JSON.stringify(schema).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, to = '']) => to),
    ]),
  )
  const reaches = (from: string, to: string, seen = new Set<string>()): boolean =>
    (refs.get(from) ?? []).some((next) => next === to || (!seen.has(next) && reaches(next, to, seen.add(next))))
  assert.deepEqual([...refs.keys()].filter((name) => reaches(name, name)).toSorted(), ['NodeJob', 'TreeNode'])
  for (const name of refs.keys()) assert.match(name, /^[A-Z][A-Za-z]+$/)
  for (const targets of refs.values()) for (const to of targets) assert.ok(schemas[to], `nothing is named ${to}`)
})

/** The one parameter besides ids that has no sense if it is left out. */
const SOUGHT = '/search q'

test('a parameter with a default may be left out, and its default is one that it allows', async (t) => {
  const { operations } = await builtDocument(t)
  const withDefault = operations.flatMap(({ path, operation: { parameters = [] } }) =>
    parameters
      .filter(({ schema }) => 'default' in schema)
      .map(({ name, required, schema }) => ({ path, name, required, schema })),
  )
  assert.ok(withDefault.length >= 8)
  const ajv = new Ajv2020({ strict: false })
  addFormats.default(ajv)
  for (const { path, name, required, schema } of withDefault) {
    assert.notEqual(required, true, `${path} ${name}`)
    assert.ok(ajv.validate(schema, (schema as { default: unknown }).default), `${path} ${name}`)
  }
  for (const {
    path,
    operation: { parameters = [] },
  } of operations) {
    for (const { name, in: place, required } of parameters)
      assert.equal(required === true, place === 'path' || `${path} ${name}` === SOUGHT, `${path} ${name}`)
  }
})

test('every text that a client may send has a form: a format, a pattern or a list of words', async (t) => {
  const { operations } = await builtDocument(t)
  const texts = operations
    .flatMap(({ path, operation: { parameters = [] } }) =>
      parameters.map(({ name, schema }) => ({
        name: `${path} ${name}`,
        schema: (schema as Schema).items ?? (schema as Schema),
      })),
    )
    .filter(({ schema }) => schema.type === 'string')
  assert.ok(texts.length > 40)
  for (const { name, schema } of texts) assert.ok(schema.format ?? schema.pattern ?? schema.enum, name)
  for (const name of ['from', 'to', 'window', 'cursor'])
    assert.ok(texts.filter((each) => each.name.endsWith(` ${name}`) && !each.schema.enum).length >= 5, name)
})

test('every number has a format', async (t) => {
  const numbers = schemasIn((await builtDocument(t)).document).filter(({ schema: { type } }) =>
    [type].flat().includes('number'),
  )
  assert.ok(numbers.length > 15)
  for (const { at, schema } of numbers) assert.equal(schema.format, 'double', at)
})

test('no word of a list alone becomes, in Go, a constant with the name of a type', async (t) => {
  const { document } = await builtDocument(t)
  const lists = new Map<string, Set<string>>()
  for (const { schema } of schemasIn(document))
    for (const word of schema.enum ?? []) {
      const list = JSON.stringify(schema.enum)
      lists.set(String(word), (lists.get(String(word)) ?? new Set()).add(list))
    }
  // A word of several lists has the name of its list before it.
  const alone = [...lists].filter(([, of]) => of.size === 1).map(([word]) => word)
  const names = new Set(Object.keys(document.components.schemas).map((name) => name.toLowerCase()))
  assert.ok(alone.length > 20)
  assert.deepEqual(
    alone.filter((word) => names.has(word.replaceAll(/[^A-Za-z0-9]/g, '').toLowerCase())),
    [],
  )
})

test('every object has a name of its own, so that no generator makes one up, and what it makes up of lists of words is no such name', async (t) => {
  const { document } = await builtDocument(t)
  const names = Object.keys(document.components.schemas)
  const capital = (text: string): string =>
    text.replace(/(?:^|[^A-Za-z0-9])([a-z])/g, (_, letter: string) => letter.toUpperCase())
  assert.ok(names.length > 30)
  for (const { at, parts, schema } of schemasIn(document)) {
    const isComponent = parts.length === 3 && parts[0] === 'components'
    if ([schema.type].flat().includes('object') || schema.properties)
      assert.ok(isComponent, `${at} is an object without a name`)
    if (isComponent) assert.equal(schema.title, parts[2], at)
    else assert.equal(schema.title, undefined, `${at} has the name of a component`)
    // Generators join a component and its field, with or without a word for the items of a list.
    if (schema.enum && !isComponent && parts[0] === 'components') {
      const own = parts
        .slice(2)
        .filter((part) => part !== 'properties' && part !== 'items')
        .map(capital)
        .join('')
      for (const made of [own, `${own}Item`, `${own}Enum`, `${own}Inner`])
        assert.ok(!names.includes(made), `${at} would be named ${made}`)
    }
  }
})
