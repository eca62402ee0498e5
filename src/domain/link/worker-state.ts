/** What the worker that recovers lost links is at. `ok` null: it has not looked yet. */
export interface WorkerState {
  ok: boolean | null
  detail: string
}
