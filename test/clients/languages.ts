import { spawnSync } from 'node:child_process'
import { copyFileSync, cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import test, { after } from 'node:test'
import { assertWhole } from './compare.ts'
import { folderInside, repository, run } from './run.ts'
import { runningService, type Running } from './service.ts'

/** `npm run test:clients`: what the generators of other languages make of the document. They are downloaded, pinned; a language without its tools is skipped. */
interface Language {
  name: string
  /** Each must be there: the program, and what asks it for its version. */
  tools: Array<[program: string, argument: string]>
  /** Generates a client into the folder, where openapi.json lies, and asks with it; resolves to what it printed. */
  ask: (folder: string, told: string) => Promise<string>
}

const GENERATOR = 'org.openapitools:openapi-generator-cli:7.25.0'
const sources = (name: string): string => join(import.meta.dirname, name)

const languages: Language[] = [
  {
    name: 'Python (openapi-python-client)',
    tools: [['python3', '--version']],
    async ask(folder, told) {
      // Kept, like what the other languages' tools keep in their own places.
      const bin = join(repository, '.cache/client-python/bin')
      if (spawnSync(join(bin, 'openapi-python-client'), ['--version']).status !== 0)
        await run('python3', ['-m', 'venv', join(bin, '..')], folder)
      await run(
        join(bin, 'pip'),
        ['install', '--quiet', '--requirement', join(sources('python'), 'requirements.txt')],
        folder,
      )
      await run(
        join(bin, 'openapi-python-client'),
        [
          'generate',
          '--path',
          'openapi.json',
          '--config',
          join(sources('python'), 'config.yaml'),
          '--meta',
          'none',
          '--output-path',
          'client',
          '--fail-on-warning',
        ],
        folder,
        { PATH: `${bin}${delimiter}${process.env['PATH']}` },
      )
      copyFileSync(join(sources('python'), 'use.py'), join(folder, 'use.py'))
      return run(join(bin, 'python'), ['use.py', told], folder)
    },
  },
  {
    name: 'Go (oapi-codegen)',
    tools: [['go', 'version']],
    async ask(folder, told) {
      cpSync(sources('go'), folder, { recursive: true })
      await run('go', ['mod', 'tidy'], folder)
      await run(
        'go',
        ['tool', 'oapi-codegen', '-generate', 'types,client', '-package', 'main', '-o', 'api.go', 'openapi.json'],
        folder,
      )
      await run('go', ['mod', 'tidy'], folder)
      await run('go', ['build', '-o', 'use', '.'], folder)
      return run(join(folder, 'use'), [told], folder)
    },
  },
  {
    name: 'Java (openapi-generator, native)',
    tools: [
      ['java', '--version'],
      ['mvn', '--version'],
    ],
    async ask(folder, told) {
      await run('mvn', ['--quiet', 'dependency:copy', `-Dartifact=${GENERATOR}`, `-DoutputDirectory=${folder}`], folder)
      const [, name, version] = GENERATOR.split(':')
      const parts = 'apiTests=false,modelTests=false,apiDocs=false,modelDocs=false'
      await run(
        'java',
        [
          '-jar',
          `${name}-${version}.jar`,
          'generate',
          '-g',
          'java',
          '--library',
          'native',
          '-i',
          'openapi.json',
          '-o',
          'made',
          `--global-property=${parts}`,
        ],
        folder,
      )
      const made = join(folder, 'made')
      copyFileSync(join(sources('java'), 'Use.java'), join(made, 'src/main/java/org/openapitools/client/Use.java'))
      await run('mvn', ['--quiet', 'compile', 'dependency:build-classpath', '-Dmdep.outputFile=classpath'], made)
      return run(
        'java',
        [
          '-cp',
          ['target/classes', readFileSync(join(made, 'classpath'), 'utf8')].join(delimiter),
          'org.openapitools.client.Use',
          told,
        ],
        made,
      )
    },
  },
]

const skipped: string[] = []
after(() => {
  for (const each of skipped) process.stderr.write(`\nSKIPPED: ${each}\n`)
})

for (const { name, tools, ask } of languages) {
  const missing = tools
    .filter(([program, argument]) => spawnSync(program, [argument]).status !== 0)
    .map(([program]) => program)
  if (missing.length > 0)
    skipped.push(`a client in ${name} was not tested: ${missing.join(' and ')} cannot be started here`)
  test(
    `a client in ${name} is generated, compiles, and reads every answer whole`,
    { skip: missing.length > 0 && `no ${missing.join(', no ')}` },
    async (t) => {
      const running: Running = await runningService(t)
      const folder = join(folderInside(t), 'work')
      mkdirSync(folder)
      writeFileSync(join(folder, 'openapi.json'), running.document)
      assertWhole(running.raw, JSON.parse(await ask(folder, JSON.stringify(running.told))) as Record<string, unknown>)
    },
  )
}
