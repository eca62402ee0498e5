import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { loadDemo } from '../src/demo/load.ts'
import { database } from './support/database.ts'
import { run } from './support/serve.ts'

const page = readFileSync(new URL('../docs/links.md', import.meta.url), 'utf8')

/** The lines of the block that begins with what a command says it examined; times of this machine and the database's name aside. */
function shown(text: string): string[] {
  return text
    .split('\n')
    .map((line) => line.replace(/ in \d+\.\d s$/, ' in 0.0 s').replace(/^database: .*/, 'database: …'))
    .filter((line) => line !== '')
}

test('docs/links.md shows what a scan of the demo data prints', async (t) => {
  const { url } = await database(t)
  await loadDemo(url, { invocations: 1000, seed: 7, now: new Date('2026-11-27T12:00:00Z') })
  const scan = await run(t, ['links', 'scan'], { DATABASE_URL: url })
  assert.equal(await scan.ended(), 0, scan.text())
  const blocks = [...page.matchAll(/^```\n(database: [^`]*?)^```$/gms)].map(([, block = '']) => shown(block))
  assert.deepEqual(blocks[0], shown(scan.text()))
})
