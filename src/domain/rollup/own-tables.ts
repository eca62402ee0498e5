/** Tables of the service's own in which its worker keeps what answers are made of, and what people are told of them. */
export interface OwnTables {
  /** The migration that makes them. */
  migration: string
  names: readonly string[]
  /** The columns that this build reads: `table.column type`, as Postgres spells the type. */
  columns: readonly string[]
  told: {
    /** Lines of the log begin with it. */
    name: string
    /** They are kept, and used. */
    kept: string
    /** Another process keeps them. */
    used: string
    /** They are not used. */
    unused: string
  }
}

/** Figures of hours. */
export const rollupTables: OwnTables = {
  migration: '010',
  names: ['observability_hours', 'observability_rollups'],
  columns: [
    ...columns('observability_hours', {
      hour: 'timestamp with time zone',
      version: 'integer',
      overlay: 'boolean',
      cut: 'boolean',
      running: 'uuid[]',
      took_ms: 'integer',
      counted_at: 'timestamp with time zone',
    }),
    ...columns('observability_rollups', {
      part: 'text',
      span: 'text',
      begins_at: 'timestamp with time zone',
      figures: 'json',
    }),
  ],
  told: {
    name: 'rollups',
    kept: 'each hour that has ended is counted once, and figures are made of hours',
    used: 'hours that another process counted are used',
    unused: 'figures are counted for each request',
  },
}

/** What is in each tree. */
export const summaryTables: OwnTables = {
  migration: '011',
  names: ['observability_tree_hours', 'observability_trees', 'observability_shapes'],
  columns: [
    ...columns('observability_tree_hours', {
      hour: 'timestamp with time zone',
      version: 'integer',
      overlay: 'boolean',
      took_ms: 'integer',
      checked_at: 'timestamp with time zone',
    }),
    ...columns('observability_trees', {
      root_id: 'uuid',
      created_at: 'timestamp with time zone',
      root_function: 'text',
      status: 'text',
      complete: 'boolean',
      invocations: 'integer',
      jobs: 'integer',
      failed_invocations: 'integer',
      failed_jobs: 'integer',
      crashes: 'integer',
      running_invocations: 'integer',
      running_jobs: 'integer',
      stale: 'integer',
      started_at: 'timestamp with time zone',
      ended_at: 'timestamp with time zone',
      duration_ms: 'double precision',
      functions: 'text[]',
      shape: 'text',
      path: 'json',
    }),
    ...columns('observability_shapes', { hash: 'text', line: 'json' }),
  ],
  told: {
    name: 'summaries',
    kept: 'each tree is summed up, and lists of trees are sorted by what is in them',
    used: 'trees that another process summed up are used',
    unused: 'trees are walked for each request, and not sorted by what is in them',
  },
}

function columns(table: string, types: Readonly<Record<string, string>>): string[] {
  return Object.entries(types).map(([name, type]) => `${table}.${name} ${type}`)
}
