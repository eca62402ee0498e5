import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cache } from './server.ts'
import type { Service } from './service.ts'

interface Profile {
  nodes: Array<{ id: number; callFrame: { functionName: string; url: string; lineNumber: number } }>
  samples: number[]
  timeDeltas: number[]
}

const SHOWN = 25

/** Runs work while the service is profiled; keeps the profile for the browser's tools and prints where the time went. */
export async function profiled<T>(service: Service, name: string, work: () => Promise<T>): Promise<T> {
  await service.ask({ what: 'startProfile' })
  try {
    return await work()
  } finally {
    const profile = await service.ask<Profile>({ what: 'stopProfile' })
    const folder = join(cache, 'profiles')
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, `${name}.cpuprofile`), JSON.stringify(profile))
    process.stdout.write(`\n${name}: where the service's CPU time went\n${hottest(profile).join('\n')}\n`)
  }
}

/** Functions by the time in themselves, as shares of what was not idle. */
function hottest({ nodes, samples, timeDeltas }: Profile): string[] {
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame)]))
  const times = new Map<string, number>()
  samples.forEach((id, at) => {
    const name = names.get(id) ?? ''
    times.set(name, (times.get(name) ?? 0) + (timeDeltas[at] ?? 0))
  })
  times.delete('(idle)')
  const busy = [...times.values()].reduce((sum, time) => sum + time, 0)
  return [...times]
    .sort(([, a], [, b]) => b - a)
    .slice(0, SHOWN)
    .map(([name, time]) => `  ${((100 * time) / busy).toFixed(1).padStart(5)} %  ${name}`)
}

function nameOf({ functionName, url, lineNumber }: Profile['nodes'][number]['callFrame']): string {
  const file = url.replace(/^.*\/(node_modules|dist)\//, '')
  return `${functionName || '(anonymous)'}${file === '' ? '' : ` ${file}:${lineNumber + 1}`}`
}
