import type { Variables } from '../config.ts'

const MIB = 1024 * 1024
// What is left is for what is already being answered, and for the system.
const SHARE = 0.9

type Given = Pick<Variables, 'MAX_HEAVY' | 'MAX_CONCURRENT' | 'MAX_DELAY' | 'MAX_MEMORY' | 'ANSWER_TIMEOUT' | 'RATE_LIMIT' | 'POOL_SIZE'>

/** The limits that the environment asks for; what it leaves out follows from the size of the pool and the memory there is (bytes). */
export function limitsOf({ MAX_HEAVY, MAX_CONCURRENT, MAX_DELAY, MAX_MEMORY, ANSWER_TIMEOUT, RATE_LIMIT, POOL_SIZE }: Given, available: number) {
  return {
    heavy: MAX_HEAVY ?? Math.ceil(POOL_SIZE / 2),
    concurrent: MAX_CONCURRENT ?? 4 * POOL_SIZE,
    delay: MAX_DELAY,
    memory: MAX_MEMORY === undefined ? Math.floor(SHARE * available) : MAX_MEMORY * MIB,
    answer: ANSWER_TIMEOUT * 1000,
    rate: RATE_LIMIT,
  }
}

/** The origins in `https://a.example, http://b.example:8080`; `*` is one too. Undefined where one of them is none. */
export function originsOf(text = ''): string[] | undefined {
  const origins = text.split(',').map((each) => each.trim()).filter((each) => each !== '')
  return origins.every((each) => each === '*' || (/^https?:/.test(each) && URL.canParse(each) && new URL(each).origin === each)) ? origins : undefined
}
