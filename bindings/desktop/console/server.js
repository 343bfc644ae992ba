// Talks to the server that serves this page: what happened comes by long polling, wishes go by POST.

/**
 * @typedef {{ n: number, time: number, session: number, event: string, [field: string]: any }} Report
 * @typedef {{ n: number, lost: boolean, state: any, reports: Report[] }} News
 */

/**
 * Carries out a wish (`Act` in browser/acts.rs). Fails with the server's reason.
 * @param {string} what
 * @param {Record<string, unknown>} [fields]
 * @returns {Promise<any>}
 */
export async function act(what, fields = {}) {
  const answer = await fetch('/do', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ do: what, ...fields }),
  })
  const { result, error } = await answer.json()
  if (error !== undefined) throw new Error(error)
  return result
}

/**
 * Asks the page or the engine: a `dev` command of core/docs/bridge.md.
 * @param {string} cmd
 * @param {Record<string, unknown>} [fields]
 */
export async function dev(cmd, fields = {}) {
  const result = await act('dev', { command: { cmd, ...fields } })
  if (result && typeof result === 'object' && typeof result.error === 'string') throw new Error(result.error)
  return result
}

/**
 * Follows what happens for as long as this page is open.
 * @param {(news: News) => void} listen
 * @param {(gone: boolean) => void} lost the server went away, or is back
 */
export async function follow(listen, lost) {
  let after = 0
  let failures = 0
  for (;;) {
    /** @type {News} */
    let news
    try {
      const answer = await fetch(`/events?after=${after}`, { cache: 'no-store' })
      if (!answer.ok) throw new Error(`HTTP ${answer.status}`)
      news = await answer.json()
    } catch {
      failures += 1
      if (failures > 1) lost(true)
      await new Promise((resolve) => setTimeout(resolve, Math.min(4000, 250 * failures)))
      continue
    }
    if (failures > 0) lost(false)
    failures = 0
    after = news.n
    listen(news)
  }
}
