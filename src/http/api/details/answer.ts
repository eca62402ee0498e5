import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Reader, Snapshot } from '../../../db/db.ts'
import type { RowRules } from '../../../domain/liveness.ts'
import type { MessageView } from '../../../domain/privacy/error-message.ts'
import type { PersonalField } from '../../../domain/privacy/personal-field.ts'
import { stringify } from '../../../domain/privacy/raw-json.ts'
import type { Redaction } from '../../../domain/privacy/redaction.ts'
import { included } from '../../identity/include.ts'
import { messagesFor } from '../../identity/messages.ts'
import { unchanged } from '../../negotiate/etag.ts'
import { Problem } from '../../problems/problem.ts'
import { whileWanted } from '../../protect/connection-shares.ts'

/** What every detail is made of: the database, what is masked of personal data even for those who may see it, and how rows are judged. */
export interface DetailOptions {
  db: Reader
  redactions: readonly Redaction[]
  rules: RowRules
}

/** One kind of thing that is shown by its id, with its personal data if that is asked for. */
export interface Detail<D, A extends Redacted> {
  /** Its name in a sentence: "job". */
  kind: string
  /** Which names of `include` give which field of its personal data. */
  personal: Readonly<Record<string, PersonalField>>
  /** It, and a text that is the same for as long as it is. Undefined if there is none of this id. */
  read: (
    snapshot: Snapshot,
    id: string,
    messages: MessageView,
    rules: RowRules,
  ) => Promise<{ detail: D; state: string } | undefined>
  /** How many rows it shows, for the log. */
  rowsOf: (detail: D) => number
  /** The answer: it with these fields of its personal data, and its URLs. `redacted` are the paths that masked something. */
  complete: (
    snapshot: Snapshot,
    detail: D,
    fields: readonly PersonalField[],
    redactions: readonly Redaction[],
  ) => Promise<A>
}

interface Redacted {
  redacted: string[]
}

/**
 * What answers a detail with it; 304 if the client holds it already. The route needs the hook `splitInclude`, and passes on what this throws:
 * `not-found`, and `forbidden` if personal data is asked for without the scope.
 */
export function detailAnswer<D, A extends Redacted>({ kind, personal, read, rowsOf, complete }: Detail<D, A>) {
  return async (request: FastifyRequest, reply: FastifyReply, { db, redactions, rules }: DetailOptions): Promise<A> => {
    const { id } = request.params as { id: string }
    const { include = [] } = request.query as { include?: string[] }
    const { fields, heldBack } = included(request, include, personal)
    const answer = await whileWanted(db, request).snapshot(async (snapshot) => {
      const found = await read(snapshot, id, messagesFor(request), rules)
      if (!found) throw new Problem('not-found', `No ${kind} ${id}`)
      request.rows = rowsOf(found.detail)
      // Asked before the personal data is read: a payload may be 700 KB.
      if (unchanged(request, reply, JSON.stringify([fields, heldBack, redactions]) + found.state)) return undefined
      const whole = await complete(snapshot, found.detail, fields, redactions)
      return { ...whole, redacted: [...heldBack, ...whole.redacted] }
    })
    // Not even the browser of those who may see it keeps personal data.
    if (fields.length > 0) void reply.header('cache-control', 'private, no-store')
    // Fastify takes the reply itself for an answer that was sent (304), which its types do not say.
    if (answer === undefined) return reply as never
    void reply.type('application/json; charset=utf-8').serializer(stringify)
    return answer
  }
}
