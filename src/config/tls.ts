import { readFileSync } from 'node:fs'
import type { ConnectionOptions } from 'node:tls'
import type { Mistake } from '../domain/mistake.ts'

type Given = Readonly<Record<string, string | undefined>>

/** TLS options for the driver from the environment, with the files it names; undefined: no TLS. Adds what is wrong to `found`. */
export function tlsOf(given: Given, found: Mistake[]): ConnectionOptions | undefined {
  const { DATABASE_SSL: mode = 'disable' } = given
  const files = {
    ca: pem('DATABASE_SSL_CA', given, found),
    cert: pem('DATABASE_SSL_CERT', given, found),
    key: pem('DATABASE_SSL_KEY', given, found),
  }
  found.push(...mistakesBetween(given))
  if (mode === 'disable') return undefined
  const present = Object.fromEntries(Object.entries(files).filter(([, text]) => text !== undefined))
  if (mode === 'require') return { ...present, rejectUnauthorized: false }
  return {
    ...present,
    rejectUnauthorized: true,
    ...(mode === 'verify-ca' ? { checkServerIdentity: () => undefined } : {}),
  }
}

function pem(name: string, given: Given, found: Mistake[]): string | undefined {
  const path = given[name]
  if (path === undefined) return undefined
  try {
    return readFileSync(path, 'utf8')
  } catch {
    found.push({ parameter: name, given: path, allowed: 'the path of a file that can be read' })
    return undefined
  }
}

/** Half a pair, or files that nobody would look at. */
function mistakesBetween({ DATABASE_SSL: mode = 'disable', ...given }: Given): Mistake[] {
  const found: Mistake[] = []
  const { DATABASE_SSL_CERT: cert, DATABASE_SSL_KEY: key } = given
  if (cert !== undefined && key === undefined)
    found.push({ parameter: 'DATABASE_SSL_KEY', given: '', allowed: 'a file, where DATABASE_SSL_CERT is given' })
  if (key !== undefined && cert === undefined)
    found.push({ parameter: 'DATABASE_SSL_CERT', given: '', allowed: 'a file, where DATABASE_SSL_KEY is given' })
  const files = ['DATABASE_SSL_CA', 'DATABASE_SSL_CERT', 'DATABASE_SSL_KEY'].filter((name) => given[name] !== undefined)
  if (mode === 'disable' && files.length > 0)
    found.push({
      parameter: 'DATABASE_SSL',
      given: mode,
      allowed: `one of require, verify-ca, verify-full, where ${files.join(' and ')} is given`,
    })
  return found
}
