import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import { addExample } from '../support/endpoints.ts'
import { built } from '../support/built.ts'
import { service } from '../support/service.ts'
import { folderInside, repository, run } from './run.ts'

/** TypeScript 5, which is the oldest that a user of the package may have. */
const TSC = join(repository, 'test/clients/typescript/node_modules/typescript/bin/tsc')

const samples = [...readFileSync(join(repository, 'docs/client.md'), 'utf8').matchAll(/^```ts\n(.*?)^```$/gms)].map(
  ([, code = '']) => code,
)

const compilerOptions = {
  strict: true,
  exactOptionalPropertyTypes: true,
  noUncheckedIndexedAccess: true,
  module: 'nodenext',
  target: 'es2022',
  lib: ['es2022', 'dom'],
  types: [],
}

/** A folder in which the package is installed, with these files, compiled by a user's strict compiler: for a browser, without the types of Node. */
async function compiled(t: TestContext, files: Record<string, string>): Promise<string> {
  const folder = folderInside(t)
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(await built(), join(folder, 'node_modules/event-detector-observability'))
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }')
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }))
  for (const [name, code] of Object.entries(files)) writeFileSync(join(folder, name), code)
  await run(process.execPath, [TSC, '--project', folder], folder)
  return folder
}

test('the samples of docs/client.md compile as they stand against the package, and print what the service holds', async (t) => {
  const { pool, listen } = await service(t)
  const { root } = await addExample(pool)
  await pool.query("update public.invocations set status = 'failed', error_message = 'Declined' where id = $1", [root])
  const base = await listen()
  const files = Object.fromEntries(samples.map((code, nth) => [`sample${nth}.ts`, code]))
  const folder = await compiled(t, files)
  const printed: string[] = []
  for (const name of Object.keys(files)) {
    const program = join(folder, name.replace('.ts', '.js'))
    const code = readFileSync(program, 'utf8')
    assert.ok(code.includes("'http://127.0.0.1:3000'"), `${name} asks the service at its usual address`)
    const own = code.replace('http://127.0.0.1:3000', base).replace(/'[\da-f]{8}-[-\da-f]{27}'/, `'${root}'`)
    writeFileSync(program, own)
    printed.push(await run(process.execPath, [program], folder))
  }
  const [asked, listed, lines, ...others] = printed
  assert.deepEqual(others, [])
  assert.equal(asked, 'on-order-created Declined\n')
  assert.match(listed ?? '', /^capture-payment 50\ncapture-payment 50\n1 \S+Z \S+Z\n$/)
  assert.equal(lines, 'on-order-created failed\n  on-order-created completed\n2 null\n')
})

test('npm pack puts the client with its types into the package, and no test or source', async () => {
  const printed = await run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], await built())
  const [{ files } = { files: [] }] = JSON.parse(printed) as Array<{ files: Array<{ path: string }> }>
  const paths = files.map(({ path }) => path)
  for (const path of ['dist/client/client.js', 'dist/client/client.d.ts', 'dist/client/api.d.ts', 'dist/cli.js'])
    assert.ok(paths.includes(path), path)
  assert.deepEqual(
    paths.filter((path) => !/^(dist|migrations)\/|^(package\.json|README\.md|LICENSE)$/.test(path)),
    [],
  )
})
