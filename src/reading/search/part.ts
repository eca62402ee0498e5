import type { MessageView } from '../../domain/privacy/error-message.ts'
import type { Question } from '../../domain/search/question.ts'
import type { SearchSettings } from '../../domain/search/settings.ts'
import type { Attempts } from './attempt.ts'
import type { NotSearched, SearchGroup } from './hit.ts'

/** What each part of a search works with. */
export interface Asking {
  attempts: Attempts
  question: Question
  messages: MessageView
  settings: SearchSettings
}

/** What a part found, and what it did not look at. */
export interface Part {
  data: SearchGroup[]
  notSearched: NotSearched[]
}
