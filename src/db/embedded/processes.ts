import { readFile, readlink } from 'node:fs/promises'
import { run } from './command.ts'

/** A running process. */
export interface Process {
  /** Its command line, words joined by spaces. */
  command: string
  parent: number
  /** Its working directory, where the system tells. */
  folder?: string
}

/** What runs under a process id; undefined when nothing does (a zombie is nothing). */
export async function processWith(pid: number): Promise<Process | undefined> {
  return process.platform === 'linux' ? fromProc(pid) : fromPs(pid)
}

async function fromProc(pid: number): Promise<Process | undefined> {
  try {
    const command = (await readFile(`/proc/${pid}/cmdline`, 'utf8')).split('\0').join(' ').trim()
    if (command === '') return undefined
    const status = await readFile(`/proc/${pid}/status`, 'utf8')
    const folder = await readlink(`/proc/${pid}/cwd`).catch(() => undefined)
    return {
      command,
      parent: Number(/^PPid:\s+(\d+)/m.exec(status)?.[1] ?? 0),
      ...(folder !== undefined && { folder }),
    }
  } catch {
    return undefined
  }
}

async function fromPs(pid: number): Promise<Process | undefined> {
  const line = await run('/bin/ps', ['-o', 'ppid=,command=', '-p', String(pid)]).catch(() => '')
  const [, parent, command] = /^\s*(\d+)\s+(.*)$/m.exec(line) ?? []
  return parent === undefined || command === undefined ? undefined : { command, parent: Number(parent) }
}
