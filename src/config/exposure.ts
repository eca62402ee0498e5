import { isIP } from 'node:net'
import type { Credentials } from '../access/credentials.ts'
import { isLoopback } from '../access/loopback.ts'
import type { Mistake } from '../domain/mistake.ts'
import { originsOf } from './limits.ts'
import type { Variables } from './variables.ts'

const LABEL = /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?$/i
const UNLESS =
  'unless keys say who may ask: API_KEYS_FILE or API_KEYS (npm run key -- --name NAME makes one), JWT_… for tokens, or AUTH=none to let everybody in'

/** Whether a server may be told to listen there: an IP address, or a name that could be that of a host. Whether it is one is known only then. */
export function isHost(text: string): boolean {
  if (isIP(text) !== 0) return true
  const labels = text.split('.')
  // A name whose last part is a number is an address that is none, such as 127.0.0.256.
  return labels.every((label) => LABEL.test(label)) && !/^\d+$/.test(labels.at(-1) ?? '')
}

type Given = Pick<Variables, 'HOST' | 'AUTH' | 'TRUSTED_PROXIES' | 'CORS_ORIGINS'>

/** Where strangers could come in without that anybody wanted it: what reaches beyond this machine although nobody needs a key. */
export function exposureMistakes(
  { HOST: host, AUTH, TRUSTED_PROXIES: proxies, CORS_ORIGINS: origins }: Given,
  credentials: Credentials | undefined,
): Mistake[] {
  if (credentials || AUTH === 'none') return []
  return [
    ...(isLoopback(host)
      ? []
      : [
          { parameter: 'HOST', given: host, allowed: `an address of this machine alone, such as 127.0.0.1, ${UNLESS}` },
        ]),
    ...(proxies === undefined
      ? []
      : [
          {
            parameter: 'TRUSTED_PROXIES',
            given: proxies,
            allowed: `nothing, for others come through a proxy, ${UNLESS}`,
          },
        ]),
    ...(originsOf(origins)?.includes('*')
      ? [
          {
            parameter: 'CORS_ORIGINS',
            given: '*',
            allowed: `a list without *, which lets every page in a browser of this machine ask, ${UNLESS}`,
          },
        ]
      : []),
  ]
}
