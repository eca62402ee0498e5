import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { rmSync } from 'node:fs'
import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { temporaryFolder } from './cluster.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))
let building: Promise<string> | undefined

/**
 * The folder of the service as `npm run build` makes it, elsewhere: dist/cli.js starts with 0.7 s of a core, and with 1.9 s if it is compiled on the way.
 * test/run.ts builds once for all files (TEST_BUILD), which saves 4 s of a core for each of the fourteen that start the service as a process.
 */
export function built(): Promise<string> {
  const given = process.env['TEST_BUILD']
  building ??= given === undefined ? build() : Promise.resolve(given)
  return building
}

async function build(): Promise<string> {
  const folder = await temporaryFolder()
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  for (const name of ['node_modules', 'migrations', 'package.json'])
    await symlink(join(repository, name), join(folder, name))
  const run = (program: string, ...args: string[]) =>
    promisify(execFile)(process.execPath, [join(repository, program), ...args], {
      cwd: repository,
    }).catch(({ stdout, stderr }: { stdout: string; stderr: string }) =>
      assert.fail(`the build failed:\n${stdout}${stderr}`),
    )
  await Promise.all([
    // What npm test has just checked is not checked again: that takes 3 s of a core.
    run(
      'node_modules/typescript/bin/tsc',
      '-p',
      'tsconfig.build.json',
      '--noCheck',
      '--outDir',
      join(folder, 'dist'),
    ).then(() => run('bundle.mjs', join(folder, 'dist'))),
    run('node_modules/vite/bin/vite.js', 'build', '--logLevel', 'warn', '--outDir', join(folder, 'dist/dashboard')),
  ])
  return folder
}
