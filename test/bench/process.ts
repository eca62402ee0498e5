import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, openSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cache } from './server.ts'

/** A process that answers, and what it costs. */
export interface Measured {
  child: ChildProcess
  /** CPU time so far, ms; undefined where the system does not tell. */
  cpu: () => Promise<number | undefined>
  /** Resident memory in MiB, now and at its highest since `forgetPeak`; undefined where the system does not tell. */
  memory: () => Promise<{ now: number; peak: number } | undefined>
  forgetPeak: () => Promise<void>
  /** Sends a message to the process and waits for its answer. */
  ask: <T>(message: object) => Promise<T>
  stop: () => Promise<void>
}

const TICK = 10 // ms, USER_HZ of every Linux that Node runs on

/** Starts a Node process; what it prints goes to .cache/bench/logs. */
export function startProcess(name: string, args: string[], env: Record<string, string> = {}): Measured {
  mkdirSync(join(cache, 'logs'), { recursive: true })
  const output = openSync(join(cache, 'logs', `${name}.log`), 'w')
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', output, output, 'ipc'],
    env: { PATH: process.env['PATH'] ?? '', ...env },
  })
  const exited = once(child, 'exit')
  const file = (name: string) => `/proc/${child.pid}/${name}`
  return {
    child,
    async cpu() {
      const text = await readFile(file('stat'), 'utf8').catch(() => undefined)
      const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ')
      return fields && (Number(fields[11]) + Number(fields[12])) * TICK
    },
    async memory() {
      const text = await readFile(file('status'), 'utf8').catch(() => undefined)
      const mib = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(text ?? '')?.[1]) / 1024
      return text === undefined ? undefined : { now: mib('VmRSS'), peak: mib('VmHWM') }
    },
    forgetPeak: () => writeFile(file('clear_refs'), '5').catch(() => undefined),
    async ask<T>(message: object) {
      child.send(message)
      const [answer] = (await Promise.race([
        once(child, 'message'),
        exited.then(() => Promise.reject(new Error(`${name} has ended, see .cache/bench/logs/${name}.log`))),
      ])) as [T]
      return answer
    },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM')
      await exited
    },
  }
}
