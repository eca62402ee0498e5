const NAME = 'event-detector-key'

/** The key that was entered in this tab. It is kept for as long as the tab is open, and nowhere else. */
export function enteredKey(): string | null {
  return sessionStorage.getItem(NAME)
}

export function enterKey(key: string): void {
  sessionStorage.setItem(NAME, key)
}

export function forgetKey(): void {
  sessionStorage.removeItem(NAME)
}
