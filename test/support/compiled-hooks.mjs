// The hooks of compiled-loader.mjs, which Node runs in a thread of their own.
import { readFile } from 'node:fs/promises'

const repository = new URL('../../', import.meta.url).href
let given

export function initialize(data) {
  given = data
}

export async function load(url, context, next) {
  const compiled = compiledFile(url)
  if (compiled === undefined) return next(url, context)
  return { format: 'module', source: await readFile(new URL(compiled)), shortCircuit: true }
}

function compiledFile(url) {
  if (url === given.typebox) return `${given.folder}/typebox.js`
  if (!url.startsWith(repository) || !url.endsWith('.ts') || url.includes('/node_modules/')) return undefined
  return `${given.folder}/${url.slice(repository.length, -'.ts'.length)}.js`
}
