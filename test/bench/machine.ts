import { cpus, totalmem } from 'node:os'

export interface Machine {
  cpu: string
  cores: number
  memoryGiB: number
  node: string
  postgres: string
  /** Of the last minute when the run began: more than a little, and others were at work. */
  load: number
}

export function describeMachine(postgres: string, load: number): Machine {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    node: process.version,
    postgres,
    load,
  }
}
