import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { TestContext } from 'node:test'
import { built } from './built.ts'
import { onTeardown } from './teardown.ts'
import { until } from './until.ts'

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
  const command = [process.execPath, join(await built(), 'dist/cli.js'), ...args]
  if (before !== undefined) command.unshift('/bin/sh', '-c', `${before}; exec "$@"`, 'sh')
  const [first = '', ...rest] = command
  return watched(t, first, rest, env)
}

/** `npm start`, without building again what is built. */
export async function npmStart(t: TestContext, env: Record<string, string>): Promise<Run> {
  const folder = await built()
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
