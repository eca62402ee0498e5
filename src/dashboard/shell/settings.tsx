import { wantKey } from '../ask/key-wanted.ts'
import { prefer, usePreferences, type Theme } from '../preferences/preferences.ts'

const themes: Record<Theme, string> = { system: 'As the system', light: 'Light', dark: 'Dark' }

/** What a person likes, behind a button: theme, zone, the key. */
export function Settings() {
  const { theme, zone } = usePreferences()
  return (
    <>
      <button type="button" className="button button-quiet" popoverTarget="settings">
        {zone === 'utc' ? 'UTC' : 'Local time'}
        <span aria-hidden="true" className="caret" />
        <span className="unseen">: settings</span>
      </button>
      <div id="settings" popover="auto" className="popover" role="group" aria-label="Settings">
        <fieldset>
          <legend>Times</legend>
          {(['local', 'utc'] as const).map((each) => (
            <label key={each} className="choice">
              <input type="radio" name="zone" checked={zone === each} onChange={() => prefer({ zone: each })} />
              {each === 'utc' ? 'UTC' : `Local (${Intl.DateTimeFormat().resolvedOptions().timeZone})`}
            </label>
          ))}
        </fieldset>
        <fieldset>
          <legend>Colours</legend>
          {(Object.keys(themes) as Theme[]).map((each) => (
            <label key={each} className="choice">
              <input type="radio" name="theme" checked={theme === each} onChange={() => prefer({ theme: each })} />
              {themes[each]}
            </label>
          ))}
        </fieldset>
        <button type="button" className="button" onClick={() => wantKey(true)}>
          Key…
        </button>
      </div>
    </>
  )
}
