import { readFileSync } from 'node:fs'
import { readFile, symlink } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build, transform, type Plugin } from 'esbuild'

const repository = fileURLToPath(new URL('../..', import.meta.url))

/** Load files that stand beside them, or are started as threads; and all that only tests need. */
const external = [
  '@fastify/static',
  '@fastify/swagger-ui',
  'pino',
  'pino-pretty',
  'pg-native',
  ...Object.keys(
    (JSON.parse(readFileSync(join(repository, 'package.json'), 'utf8')) as { devDependencies: object }).devDependencies,
  ),
]

/** What a module finds by its own address stands beside its source. */
const ownAddress: Plugin = {
  name: 'own address',
  setup(given) {
    given.onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      if (path.includes('/node_modules/')) return undefined
      const define = {
        'import.meta.url': JSON.stringify(pathToFileURL(path).href),
        'import.meta.dirname': JSON.stringify(dirname(path)),
        'import.meta.filename': JSON.stringify(path),
      }
      const source = await readFile(path, 'utf8')
      const { code } = await transform(source, { loader: 'ts', sourcefile: path, sourcemap: 'inline', define })
      return { contents: code }
    })
  },
}

/**
 * Bundles test files, with all that they load, into `folder`, and gives what `node --test` runs instead. To load the service takes a process 0.5 s of a
 * core so, and 1.7 s from its 600 modules and packages. What a test starts by the address of a module is loaded from that module, as compiled.ts has it.
 */
export async function bundled(folder: string, files: string[]): Promise<string[]> {
  await symlink(join(repository, 'node_modules'), join(folder, 'node_modules'))
  const outdir = join(folder, 'bundled')
  const names = files.map((file) =>
    file.startsWith(repository) ? file.slice(repository.length).replaceAll('/', '-') : basename(file),
  )
  await build({
    absWorkingDir: repository,
    entryPoints: Object.fromEntries(files.map((file, nth) => [names[nth] ?? '', file])),
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: true,
    sourcesContent: false,
    external,
    plugins: [ownAddress],
    // CommonJS packages among them ask for modules of Node.
    banner: {
      js: `import { createRequire as bundledRequire } from 'node:module'; const require = bundledRequire(import.meta.url);`,
    },
  })
  return names.map((name) => join(outdir, `${name}.mjs`))
}
