import assert from 'node:assert/strict'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { assertWhole, emptyFields } from './compare.ts'
import { folderInside, repository, run } from './run.ts'
import { operationOf, runningService, type Running } from './service.ts'

const here = join(import.meta.dirname, 'typescript')
/** With TypeScript 5, which the generator needs as a library. */
const packages = join(here, 'node_modules')

test('a client in TypeScript is generated, compiles, and reads every answer whole', async (t) => {
  const running = await runningService(t)
  // These need values beyond 8 MB, tokens whose keys are fetched, a worker that looks for links, counts hours and indexes records, a service that is not ready, a window that takes longer than 2 s to count, and more than 5,000 payloads.
  assert.deepEqual(
    // What did not follow is not told while most links are lost, as they are here so that every note is filled.
    emptyFields(running).filter((field) => !/^Missing(Edge|Run|Steps|\.data)|^Missed|[dD]idNotFollow/.test(field)),
    [
      'Checks.tokens',
      'Checks.links',
      'Checks.rollups',
      'Checks.summaries',
      'Checks.search',
      'Problem.checks',
      'TreeCover.checkedAt',
      'TreeCover.examinedFrom',
      'TreesPage.summaries',
      'EventDetail.omitted',
      'InvocationDetail.omitted',
      'JobDetail.omitted',
      'FiguresPage.examinedFrom',
      'FiguresPage.rollups',
      'RollupsUsed.countedAt',
      'TotalsWindow.examinedFrom',
      'TotalsWindow.rollups',
      'RecordHistory.since',
      'RecordTree.missing',
      'NotSearched.since',
    ],
    'every other field is filled in some answer, so that its loss would show: give a row of test/clients/service.ts what fills it',
  )
  const folder = folderInside(t)
  writeFileSync(join(folder, 'openapi.json'), running.document)
  for (const name of ['use.ts', 'tsconfig.json']) copyFileSync(join(here, name), join(folder, name))
  await run(
    process.execPath,
    [join(packages, 'openapi-typescript/bin/cli.js'), 'openapi.json', '--output', 'api.ts'],
    folder,
  )
  assert.equal(
    readFileSync(join(folder, 'api.ts'), 'utf8'),
    readFileSync(join(repository, 'src/client/api.ts'), 'utf8'),
    'src/client/api.ts is what the document gives: npm run openapi writes it anew',
  )
  writeFileSync(join(folder, 'answers.ts'), answersAsCode(running))
  await run(process.execPath, [join(packages, 'typescript/bin/tsc'), '--project', folder], folder)
  const printed = await run(
    process.execPath,
    ['--import', 'tsx', join(folder, 'use.ts'), JSON.stringify(running.told)],
    repository,
  )
  assertWhole(running.raw, JSON.parse(printed) as Record<string, unknown>)
})

/** The answers as literals of the types that were generated: the compiler refuses a field that they do not have, and the lack of one that they require. */
function answersAsCode({ told, raw }: Running): string {
  const lines = Object.entries(raw).map(([name, answer]) => {
    const { status } = answer as { status?: number | string }
    const responses = `paths['${operationOf(told, name)}']['get']['responses']`
    const type =
      typeof status === 'number'
        ? `${responses}[${status}]['content']['application/problem+json']`
        : `${responses}[200]['content']['application/json']`
    return `export const ${name}: ${type} = ${JSON.stringify(answer)}`
  })
  return `import type { paths } from './api.ts'\n${lines.join('\n')}\n`
}
