import { setTimeout as pause } from 'node:timers/promises'
import type { Proxy } from '../support/proxy.ts'
import { ask } from '../support/embedded.ts'
import type { Victim } from './postgres.ts'

interface Scene {
  postgres: Victim
  proxy: Proxy
  /** How long the trouble lasts, ms. */
  lasts: number
}

/** Resolves when the trouble is over, and the database can answer again. */
export interface Fault {
  name: string
  happen: (scene: Scene) => Promise<void>
}

const throughProxy = (name: string, begin: (proxy: Proxy) => unknown, end: (proxy: Proxy) => unknown): Fault => ({
  name,
  async happen({ proxy, lasts }) {
    await begin(proxy)
    await pause(lasts)
    await end(proxy)
  },
})

const pass = (proxy: Proxy) => proxy.become('pass')
const refusing = (sqlstate: string) => async (proxy: Proxy) => {
  await proxy.become({ sqlstate })
  proxy.reset()
}

export const faults: Fault[] = [
  {
    name: 'stopped, and started again later',
    async happen({ postgres, lasts }) {
      await postgres.stop()
      await pause(lasts)
      await postgres.start()
    },
  },
  {
    name: 'restarted',
    async happen({ postgres }) {
      await postgres.stop()
      await postgres.start()
    },
  },
  {
    name: 'killed -9, and started again',
    async happen({ postgres }) {
      await postgres.kill()
      await postgres.start()
    },
  },
  {
    name: 'one backend killed -9',
    async happen({ postgres }) {
      await postgres.killBackend()
      await pause(50)
      await postgres.answers()
    },
  },
  {
    name: 'all connections terminated (57P01)',
    async happen({ postgres }) {
      await ask(
        postgres.url,
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()',
      )
    },
  },
  {
    name: 'paused (SIGSTOP)',
    async happen({ postgres, lasts }) {
      await postgres.signal('SIGSTOP')
      await pause(lasts)
      await postgres.signal('SIGCONT')
    },
  },
  {
    name: 'only the postmaster paused',
    async happen({ postgres, proxy, lasts }) {
      await postgres.signal('SIGSTOP', true)
      proxy.reset()
      await pause(lasts)
      await postgres.signal('SIGCONT', true)
    },
  },
  {
    name: 'restarted read-only, as a replica, and back',
    async happen({ postgres, lasts }) {
      for (const on of [true, false]) {
        await postgres.readOnly(on)
        await postgres.stop()
        await postgres.start()
        if (on) await pause(lasts)
      }
    },
  },
  throughProxy(
    'refuses connections',
    async (proxy) => {
      await proxy.become('refuse')
      proxy.reset()
    },
    pass,
  ),
  throughProxy('starting up (57P03)', refusing('57P03'), pass),
  throughProxy('too many connections (53300)', refusing('53300'), pass),
  throughProxy('failing over (08006)', refusing('08006'), pass),
  throughProxy('connections reset', (proxy) => proxy.reset(), pass),
  throughProxy('network swallows packets', (proxy) => proxy.become('swallow'), pass),
  throughProxy(
    'network forgets the connections',
    (proxy) => proxy.forget(),
    () => undefined,
  ),
  throughProxy(
    'network delays packets by 200 ms',
    (proxy) => proxy.delay(200),
    (proxy) => proxy.delay(0),
  ),
]
