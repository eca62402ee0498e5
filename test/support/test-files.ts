import { readdirSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'

const tests = join(import.meta.dirname, '..')

/** So many files at most share a process: loading the service again costs each process half a second of a core. */
const TOGETHER = 16

/** These watch the process that they run in (its memory, event loop, clock, environment), or ask most of a machine, such as a browser: each has a process of its own. */
const ALONE =
  /^(?:(?:serve|listen|planted|docs)[^/]*|(?:http\/(?:clock|fuzz|issuer_away|maxima|overload|pages|rate_store|security_headers|tree_stream|tree_wide)|db\/(?:clock|embedded.*|stopping)|queries\/explain|databases\/.*|faults\/.*|clients\/.*|dashboard\/(?:views|tree|on_call)))\.test\.ts$/

/** All tests, as files for `node --test`: those that need a process of their own, and files, made in `folder`, that import a few of one folder each. */
export async function groupedTestFiles(folder: string): Promise<string[]> {
  const names = testFiles()
  const alone = names.filter((name) => ALONE.test(name)).map((name) => join(tests, name))
  return [
    ...alone,
    ...(await groups(
      folder,
      names.filter((name) => !ALONE.test(name)),
    )),
  ]
}

/** Listed here, because Node 20's --test takes no globs. */
function testFiles(): string[] {
  return readdirSync(tests, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts') && !name.startsWith('bench') && !name.includes('node_modules'))
    .sort()
}

async function groups(folder: string, names: string[]): Promise<string[]> {
  const made: string[] = []
  for (const of of new Set(names.map((name) => dirname(name)))) {
    const members = names.filter((name) => dirname(name) === of)
    const count = Math.ceil(members.length / TOGETHER)
    for (let nth = 0; nth < count; nth++) {
      const file = join(folder, `${of.replaceAll('/', '-')}-${nth + 1}.test.mjs`)
      await writeFile(
        file,
        members
          .filter((_, at) => at % count === nth)
          .map(imported)
          .join(''),
      )
      made.push(file)
    }
  }
  return made
}

function imported(name: string): string {
  return `import ${JSON.stringify(join(tests, name))}\n`
}
