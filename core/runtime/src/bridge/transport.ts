// How messages leave the page and arrive in it. One small object for each way (core/docs/bridge.md, DESIGN 4).
import type { Natives } from './natives'

/** The header that proves a request was made by the base library and not by content of a page. */
export const SESSION_HEADER = 'X-Lodger-Session'

/** Page to engine. */
export interface Inbound {
  /** Sends one message; `onError` is called if it surely did not arrive. */
  post(text: string, onError: (error: Error) => void): void
  /** Sends one message before returning, where `post` alone could wait for the event loop. */
  postSync?(text: string): void
}

/** wry: strings over its own channel. */
export function ipcInbound(natives: Natives): Inbound {
  const ipc = natives.ipc
  if (!ipc) throw new Error('The host announced the ipc channel but the window has none: update the host.')
  return { post: (text) => ipc.postMessage(text) }
}

/** iOS: a script message handler with reply; the reply only acknowledges. */
export function handlerInbound(natives: Natives): Inbound {
  const handler = natives.handler
  if (!handler)
    throw new Error('The host announced the handler channel but the window has none: update the host.')
  return {
    post(text, onError) {
      Promise.resolve(handler.postMessage(text)).catch((error: unknown) => onError(asError(error)))
    },
  }
}

/** Browser mode and tests: one POST a message. */
export function httpInbound(natives: Natives, token: string): Inbound {
  const url = '/.lodger/message'
  return {
    post(text, onError) {
      const headers = { [SESSION_HEADER]: token, 'Content-Type': 'application/json' }
      natives.fetch(url, { method: 'POST', headers, body: text, credentials: 'same-origin' }).then(
        (answer) => {
          if (!answer.ok) onError(new Error(`the engine refused the message (HTTP ${answer.status})`))
        },
        (error: unknown) => onError(asError(error)),
      )
    },
    postSync(text) {
      const request = natives.xhr()
      request.open('POST', url, false)
      request.setRequestHeader(SESSION_HEADER, token)
      request.setRequestHeader('Content-Type', 'application/json')
      request.send(text)
      if (request.status < 200 || request.status > 299)
        throw new Error(`the engine refused the message (HTTP ${request.status})`)
    },
  }
}

/** Android: a `WebMessagePort` that the host hands to the main frame. Carries both directions. */
export function portInbound(port: MessagePort, receive: (text: string) => void): Inbound {
  port.onmessage = (event) => {
    if (typeof event.data === 'string') receive(event.data)
  }
  return { post: (text) => port.postMessage(text) }
}

/**
 * Waits for the host's port: a `message` event of this very window with the data `lodger-port` and one port.
 * Must be called before code of a program runs, since a program could post the same event.
 */
export function awaitPort(window: Window): Promise<MessagePort> {
  return new Promise((resolve) => {
    const listen = (event: MessageEvent): void => {
      const port = event.ports[0]
      // The host's message has no source window; one from a frame or from the page itself has.
      if (event.data !== 'lodger-port' || !port || event.source !== null) return
      window.removeEventListener('message', listen, true)
      event.stopImmediatePropagation()
      resolve(port)
    }
    window.addEventListener('message', listen, true)
  })
}

/**
 * Engine to page by long polling: asks for messages for ever, one request at a time. After a failed request it
 * waits, longer each time up to five seconds; `stopped` ends the loop.
 */
export async function poll(
  natives: Natives,
  token: string,
  receive: (text: unknown) => void,
  stopped: () => boolean,
): Promise<void> {
  let failures = 0
  while (!stopped()) {
    try {
      const answer = await natives.fetch('/.lodger/events', {
        headers: { [SESSION_HEADER]: token },
        cache: 'no-store',
      })
      // A newer document has taken the session over: nothing will ever come here again.
      if (answer.status === 403 || answer.status === 410) return
      if (!answer.ok) throw new Error(`HTTP ${answer.status}`)
      const messages: unknown = await answer.json()
      failures = 0
      if (Array.isArray(messages)) for (const message of messages) receive(message)
    } catch {
      failures += 1
      const wait = Math.min(5000, 100 * 2 ** Math.min(failures, 6))
      await new Promise<void>((resolve) => natives.setTimeout(resolve, wait))
    }
  }
}

/** Makes an `Error` of whatever was thrown. */
export function asError(value: unknown): Error {
  return value instanceof Error ? value : new Error(String(value))
}
