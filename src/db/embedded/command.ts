import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

/** The system user that Postgres runs as, where it is not the user of this process. */
export interface SystemUser {
  uid: number
  gid: number
}

/** What Postgres's programs see: nothing of ours (a stray PGDATA or LD_LIBRARY_PATH would change what they do), messages in English. */
export const environment = { PATH: '/usr/bin:/bin:/usr/sbin:/sbin', LC_ALL: 'C', TZ: 'UTC' }

const execute = promisify(execFile)

/** Runs a program to its end and gives its standard output; a failure carries what it printed. */
export async function run(program: string, args: string[], user?: SystemUser): Promise<string> {
  try {
    const { stdout } = await execute(program, args, { ...user, env: environment, cwd: '/' })
    return stdout
  } catch (cause) {
    const { stderr, message } = cause as { stderr?: string; message: string }
    throw new Error(stderr?.trim() || message, { cause })
  }
}

/** True when the program ends with success. */
export async function succeeds(program: string, args: string[], user?: SystemUser): Promise<boolean> {
  return run(program, args, user).then(
    () => true,
    () => false,
  )
}

/** The error code of a failed system call (`ENOENT`, …). */
export function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined
}
