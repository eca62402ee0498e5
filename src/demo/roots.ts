import type { Random } from './random.ts'
import { functions, shopFunction, type ShopFunction } from './shop.ts'
import type { Call, Cause, Tree, World } from './world.ts'

const names = [
  'ada',
  'bruno',
  'chiara',
  'dmitri',
  'elif',
  'femke',
  'goran',
  'hanna',
  'ines',
  'jonas',
  'kofi',
  'lena',
] as const
const families = [
  'abel',
  'bauer',
  'costa',
  'dubois',
  'eriksen',
  'fischer',
  'garcia',
  'horvat',
  'ito',
  'jansen',
] as const

const rootWeight = functions.reduce((sum, func) => sum + func.roots, 0)

/** The first invocation of an ordinary tree. */
export function ordinaryRoot(world: World, createdAt: number): Call {
  const func = drawFunction(world.random)
  return {
    func,
    createdAt,
    tree: createTree(world, 'ordinary', func),
    depth: 0,
    quota: 1,
    cause: staleCause(world, createdAt),
  }
}

/** The first invocation of a tree that grows to exactly `quota` invocations: a runaway loop (one path) or an import (a wide tree). */
export function specialRoot(world: World, kind: 'loop' | 'import', createdAt: number, quota: number): Call {
  const func = shopFunction(kind === 'loop' ? 'on-stock-updated' : 'import-price-list')
  return { func, createdAt, tree: createTree(world, kind, func), depth: 0, quota, cause: null }
}

function createTree(world: World, kind: Tree['kind'], func: ShopFunction): Tree {
  const { random } = world
  const correlationId = kind === 'ordinary' ? drawCorrelation(world) : world.ids.id()
  const byHand = func.operation === 'MANUAL' || !random.chance(0.2)
  return {
    kind,
    correlationId,
    user: byHand ? drawUser(random, func) : null,
    subject: random.int(10_000, 999_999),
    size: 1,
  }
}

/** Opaque text: mostly a UUID, sometimes a word of the caller's own, sometimes that of the tree before, sometimes none. */
function drawCorrelation(world: World): string | null {
  const { random } = world
  const f = random.fraction()
  if (f < 0.08) return null
  if (f < 0.14 && world.lastCorrelation !== null) return world.lastCorrelation
  world.lastCorrelation = f < 0.18 ? `checkout-${random.int(1, 999_999)}` : world.ids.id()
  return world.lastCorrelation
}

function drawUser(random: Random, func: ShopFunction): Tree['user'] {
  const email = `${random.pick(names)}.${random.pick(families)}${random.int(1, 99)}@example.com`
  return {
    email,
    role: func.operation === 'MANUAL' ? 'back-office' : random.pick(['customer', 'customer', 'customer', 'support']),
  }
}

/** Rarely, a record that was last written by a job is changed by a person, and still names that job. */
function staleCause(world: World, createdAt: number): Cause | null {
  if (!world.random.chance(0.006)) return null
  const old = world.oldJobs[world.random.int(0, world.oldJobs.length)]
  return old !== undefined && old.startedAt < createdAt - 60_000 ? { jobId: old.id, link: 'stale' } : null
}

function drawFunction(random: Random): ShopFunction {
  let left = random.int(0, rootWeight - 1)
  for (const func of functions) {
    left -= func.roots
    if (left < 0) return func
  }
  throw new Error('The weights of the roots do not add up')
}
