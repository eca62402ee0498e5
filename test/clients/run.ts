import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { promisify } from 'node:util'
import { onTeardown } from '../support/teardown.ts'

export const repository = join(import.meta.dirname, '../..')

/** Runs a program to its end; its output. Throws with all that it said if it fails. Not synchronously, for the service answers from this process. */
export async function run(
  program: string,
  args: readonly string[],
  cwd: string,
  env: Record<string, string> = {},
): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)(program, args, {
      cwd,
      maxBuffer: 64 * 1024 * 1024,
      env: { ...process.env, ...env },
    })
    return stdout
  } catch (error) {
    const { message, stdout, stderr } = error as Error & { stdout: string; stderr: string }
    throw new Error(`${message.slice(0, 500)}\n${stdout.slice(-5000)}\n${stderr.slice(-5000)}`, { cause: error })
  }
}

/** A folder inside the repository, so that packages are found from there; removed after the test. */
export function folderInside(t: TestContext): string {
  const cache = join(repository, '.cache')
  mkdirSync(cache, { recursive: true })
  const folder = mkdtempSync(join(cache, 'client-'))
  onTeardown(t, () => rmSync(folder, { recursive: true }))
  return folder
}
