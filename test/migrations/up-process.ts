import { once } from 'node:events'
import { migrateUp } from '../../src/db/migrate/migrate.ts'
import { runner } from './setup.ts'

// One replica that starts: says that it is ready, migrates on the first line that it reads, and prints what it did.
const { options } = runner(process.argv[2] ?? '')
process.stdout.write('ready\n')
await once(process.stdin, 'data')
process.stdout.write(`${JSON.stringify(await migrateUp(options))}\n`)
process.stdin.destroy()
