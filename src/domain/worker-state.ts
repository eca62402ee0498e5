/** What a task of the worker is at. `ok` null: it has not begun. */
export interface WorkerState {
  ok: boolean | null
  detail: string
}
