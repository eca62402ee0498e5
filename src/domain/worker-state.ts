/** What a task of the worker is at. `ok` null: it has not begun. */
export interface WorkerState {
  ok: boolean | null
  detail: string
}

/** What the worker of this process has done since the process started. */
export interface WorkerFigures {
  /** It holds the lease: of all processes on one database one does the work. */
  holdsLease: boolean
  tasks: TaskFigures[]
}

export interface TaskFigures {
  name: string
  /** How often it could not be done. */
  failures: number
  /** Since it was done last, ms; undefined: it was not done here yet. */
  age: number | undefined
}
