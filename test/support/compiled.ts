import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const repository = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Compiles all of src and test into `folder`, in a quarter of a second, and gives what `node --import` takes to run any of them from there.
 * Each module keeps its address and its line numbers. With tsx every process compiles for itself: 0.6 s of a core more, in 90 processes.
 */
export async function compile(folder: string): Promise<string> {
  await build({
    absWorkingDir: repository,
    entryPoints: ['src', 'test'].flatMap(modulesIn),
    outdir: folder,
    outbase: repository,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    sourcemap: 'inline',
  })
  // Its 373 files, as one: loading them takes each process a quarter of its start.
  await build({
    absWorkingDir: repository,
    entryPoints: { typebox: 'typebox' },
    outdir: folder,
    bundle: true,
    format: 'esm',
    target: 'node20',
  })
  const loader = new URL('compiled-loader.mjs', import.meta.url)
  loader.searchParams.set('folder', pathToFileURL(folder).href)
  return loader.href
}

function modulesIn(folder: string): string[] {
  return readdirSync(join(repository, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && !name.includes('node_modules'))
    .map((name) => join(folder, name))
}
