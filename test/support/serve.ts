import assert from 'node:assert/strict'
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { rmSync } from 'node:fs'
import { symlink } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { temporaryFolder } from './cluster.ts'
import { onTeardown } from './teardown.ts'
import { until } from './until.ts'

const repository = fileURLToPath(new URL('../..', import.meta.url))
let building: Promise<string> | undefined

/** The command line as `npm run build` makes it, elsewhere: it starts in 0.9 s, and in 1.9 s where it is compiled on the way. */
function built(): Promise<string> {
  building ??= build()
  return building
}

async function build(): Promise<string> {
  const folder = await temporaryFolder()
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }))
  for (const name of ['node_modules', 'migrations', 'package.json'])
    await symlink(join(repository, name), join(folder, name))
  const tsc = [
    join(repository, 'node_modules/typescript/bin/tsc'),
    '-p',
    join(repository, 'tsconfig.build.json'),
    '--outDir',
    join(folder, 'dist'),
  ]
  await promisify(execFile)(process.execPath, tsc).catch(({ stdout }: { stdout: string }) =>
    assert.fail(`the build failed:\n${stdout}`),
  )
  return join(folder, 'dist/cli.js')
}

/** A process of the command line, with nothing of this environment but what is needed to run. */
export interface Run {
  /** The messages of its log so far. */
  messages: () => string[]
  /** All that it wrote so far, to either stream. */
  text: () => string
  /** Waits for a message of its log; gives what the pattern caught. */
  said: (pattern: RegExp) => Promise<RegExpExecArray>
  kill: (signal: NodeJS.Signals) => void
  /** Waits for its end: the exit code, or the name of the signal. */
  ended: () => Promise<number | string>
}

/** Starts `node dist/cli.js <args>`; it is killed after the test where it still runs. `before`: what the shell does before it becomes that process, e.g. `ulimit -n 200`. */
export async function run(t: TestContext, args: string[], env: Record<string, string>, before?: string): Promise<Run> {
  const command = [process.execPath, await built(), ...args]
  if (before !== undefined) command.unshift('/bin/sh', '-c', `${before}; exec "$@"`, 'sh')
  const [first = '', ...rest] = command
  return watched(t, first, rest, env)
}

/** `npm start`, without building again what is built. */
export async function npmStart(t: TestContext, env: Record<string, string>): Promise<Run> {
  const folder = dirname(dirname(await built()))
  return watched(t, 'npm', ['start', '--silent', '--ignore-scripts', '--prefix', folder], { HOME: folder, ...env })
}

function watched(t: TestContext, command: string, args: string[], env: Record<string, string>): Run {
  const child = spawn(command, args, {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: string[] = []
  const errors: string[] = []
  const end = once(child, 'close') as Promise<[number | null, string | null]>
  createInterface(child.stdout).on('line', (line) => lines.push(line))
  child.stderr.on('data', (chunk: Buffer) => errors.push(chunk.toString()))
  onTeardown(t, async () => {
    child.kill('SIGKILL')
    await end
  })
  const text = (): string => [...lines, ...errors].join('\n')
  const messages = (): string[] =>
    lines.map((line) => (line.startsWith('{') ? (JSON.parse(line) as { msg: string }).msg : line))
  return {
    messages,
    text,
    said: (pattern) =>
      until(
        `the log says ${String(pattern)}`,
        () => {
          const found = messages()
            .map((message) => pattern.exec(message))
            .find((match) => match !== null)
          assert.ok(
            found || (child.exitCode === null && child.signalCode === null),
            `it ended before it said ${String(pattern)}:\n${text()}`,
          )
          return found
        },
        60_000,
      ),
    kill: (signal) => child.kill(signal),
    async ended() {
      await until('the process ends', () => child.exitCode !== null || child.signalCode !== null, 60_000).catch(
        (failure: Error) => assert.fail(`${failure.message}\n${text()}`),
      )
      const [code, signal] = await end
      return code ?? signal ?? 'lost'
    },
  }
}

/** `serve` on a free port. */
export async function serve(
  t: TestContext,
  env: Record<string, string>,
  before?: string,
): Promise<Run & { ready: () => Promise<string>; address: () => Promise<string> }> {
  const service = await run(t, ['serve'], { PORT: '0', ...env }, before)
  const at = async (pattern: RegExp): Promise<string> => (await service.said(pattern))[1] ?? ''
  return {
    ...service,
    address: () => at(/^listening at (\S+), not ready yet$/),
    ready: () => at(/^ready: open (\S+)\/ \(or /),
  }
}
