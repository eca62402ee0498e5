// For `node --import`: modules of TypeScript, and typebox, come from the folder where compiled.ts put them.
import { register } from 'node:module'

process.setSourceMapsEnabled(true)
const folder = new URL(import.meta.url).searchParams.get('folder')
register('./compiled-hooks.mjs', import.meta.url, { data: { folder, typebox: import.meta.resolve('typebox') } })
