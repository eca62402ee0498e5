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

test('docs/links.md shows what scan, mend and undo print of the demo data', async (t) => {
  const { url } = await database(t)
  await loadDemo(url, { invocations: 1000, seed: 7, now: new Date('2026-11-27T12:00:00Z') })
  const blocks = [...page.matchAll(/^```\n(database: [^`]*?)^```$/gms)].map(([, block = '']) => shown(block))
  for (const [nth, name] of ['scan', 'mend', 'undo'].entries()) {
    const command = await run(t, ['links', name], { DATABASE_URL: url })
    assert.equal(await command.ended(), 0, command.text())
    assert.deepEqual(blocks[nth], shown(command.text()), name)
  }
})
