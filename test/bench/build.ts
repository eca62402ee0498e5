import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Ending } from './ending.ts'
import { cache } from './server.ts'

const project = resolve(import.meta.dirname, '../..')

/** A commit: its short hash, with a `+` when files that the service is made of differ from it. */
export function currentCommit(): string {
  const changed =
    git('status', '--porcelain', '--', 'src', 'migrations', 'package-lock.json', 'tsconfig.build.json') !== ''
  return `${git('rev-parse', '--short', 'HEAD')}${changed ? '+' : ''}`
}

export function shortHash(ref: string): string {
  return git('rev-parse', '--short', `${ref}^{commit}`)
}

/** Builds the service as it stands into a folder of the benchmark's own, so that neither `npm start` nor an edit disturbs a run. */
export function buildHere(ending: Ending): string {
  const folder = fresh(`here-${process.pid}`, ending)
  for (const name of ['migrations', 'package.json']) symlinkSync(join(project, name), join(folder, name))
  compile(project, join(folder, 'dist'))
  return folder
}

/** Builds another commit. Its packages are this checkout's, which Node finds further up, unless its lock file differs. */
export function buildCommit(ref: string, ending: Ending): string {
  const folder = fresh(`commit-${shortHash(ref)}-${process.pid}`, ending)
  execFileSync('sh', ['-c', 'git -C "$1" archive "$2" | tar -x -C "$3"', 'sh', project, ref, folder])
  const lock = (of: string) => readFileSync(join(of, 'package-lock.json'), 'utf8')
  if (lock(folder) !== lock(project))
    execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    })
  compile(folder, join(folder, 'dist'))
  return folder
}

function fresh(name: string, ending: Ending): string {
  const builds = join(cache, 'builds')
  const folder = join(builds, name)
  mkdirSync(folder, { recursive: true })
  // What runs that were killed left behind: a build's name ends in the id of its process.
  for (const left of readdirSync(builds))
    if (!runs(Number(left.split('-').at(-1)))) rmSync(join(builds, left), { recursive: true })
  ending.add(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

function compile(folder: string, into: string): void {
  execFileSync(join(project, 'node_modules/.bin/tsc'), ['-p', join(folder, 'tsconfig.build.json'), '--outDir', into], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
}

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: project, encoding: 'utf8' }).trim()
}
