/** `read`: lists, trees, error messages; `read:payload`: payloads, options, results, stacks, e-mail; `metrics`: figures of the service and of jobs, by the names of functions and jobs. */
export const scopes = ['read', 'read:payload', 'metrics'] as const

export type Scope = (typeof scopes)[number]

/** Who asks, and what they may see. */
export interface Access {
  /** Of the key, or `token:` and the subject of the token; null without one. */
  name: string | null
  scopes: ReadonlySet<Scope>
}

export function isScope(value: unknown): value is Scope {
  return scopes.some((scope) => scope === value)
}

/** `read,metrics` → its scopes; undefined where one of them is none. */
export function parseScopes(text: string): Scope[] | undefined {
  const names = text.split(',').map((name) => name.trim())
  return names.every(isScope) ? names : undefined
}
