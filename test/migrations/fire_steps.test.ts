import assert from 'node:assert/strict'
import { Socket } from 'node:net'
import { test } from 'node:test'
import type pg from 'pg'
import { migrationStatus } from '../../src/db/migrate/check.ts'
import { migrateUp } from '../../src/db/migrate/migrate.ts'
import { database } from '../support/database.ts'
import { patience } from '../support/patience.ts'
import { runner, schemaOf } from './setup.ts'

/** What leaves the database as it is: a process that dies after it, dies after the statement before. */
const HARMLESS = /^(?:\s|--.*)*(?:select|set|reset|begin|do \$\$\s+declare\s+missing)\b/

/** A connection that breaks off right after it has sent its nth statement that does something, as that of a killed process does. */
function cutAfter(nth: number): { socket: Socket; sent: string[] } {
  const socket = new Socket()
  const sent: string[] = []
  // Not in a subclass: connecting puts Node's own `write` back.
  socket.once('connect', () => {
    const write = socket.write.bind(socket)
    let parsed = ''
    socket.write = (bytes: Buffer) => {
      const type = String.fromCharCode(bytes[0] ?? 0)
      if (type === 'P') parsed = bytes.toString('utf8', 6)
      const statement = type === 'Q' ? bytes.toString('utf8', 5) : type === 'S' ? parsed : 'select'
      if (HARMLESS.test(statement)) return write(bytes)
      return sent.push(statement) === nth ? write(bytes, () => socket.destroy()) : write(bytes)
    }
  })
  return { socket, sent }
}

const isBuild = (statement = '') => /^\s*create (?:unique )?index concurrently/.test(statement)

test(
  'a process that dies after any one of its statements: the next start ends in the same schema',
  { timeout: patience(120_000) },
  async (t) => {
    const { url, pool } = await database(t, { migrated: false })
    const { options } = runner(url)
    const through = (socket: Socket) => ({ ...options, connection: { connectionString: url, stream: () => socket } })
    const { socket, sent } = cutAfter(Infinity)
    await migrateUp(through(socket))
    const right = await uncommented(pool)
    // Of many index builds in a row the first and the last: they are alike, and each death costs a fifth of a second.
    const deaths = [...sent.keys()]
      .filter((at) => ![at - 1, at, at + 1].every((near) => isBuild(sent[near])))
      .map((at) => at + 1)
    assert.ok(deaths.length > 30)
    for (const nth of deaths) {
      await pool.query('drop schema public cascade; create schema public')
      const cut = cutAfter(nth)
      await assert.rejects(migrateUp(through(cut.socket)), `nobody noticed that statement ${nth} was the last`)
      assert.equal(cut.sent.length, nth)
      await migrateUp(options)
      assert.deepEqual(await uncommented(pool), right, `after statement ${nth}: ${sent[nth - 1]}`)
      assert.deepEqual(
        (await migrationStatus(options)).filter(
          ({ state, missing }) => !['recorded', 'adopted'].includes(state) || missing.length > 0,
        ),
        [],
        `after statement ${nth}`,
      )
    }
  },
)

/** 001 comments on its column last, so that who died just before finds the column in place, and never adds the comment. */
async function uncommented(pool: pg.Pool): Promise<string[]> {
  return (await schemaOf(pool)).map((line) => (line.startsWith('column ') ? line.replace(/ comment .*/, '') : line))
}
