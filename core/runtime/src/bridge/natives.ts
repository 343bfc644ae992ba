// The browser functions that the base library itself needs, taken before any code of a program runs, so that a
// program that replaces `window.fetch` cannot read the session token.

/** The functions that the bridge uses. Tests give their own. */
export interface Natives {
  fetch(url: string, init?: RequestInit): Promise<Response>
  /** A new request object, for blocking calls: the only synchronous I/O that a browser has. */
  xhr(): XMLHttpRequest
  setTimeout(run: () => void, ms: number): unknown
  random(bytes: Uint8Array): Uint8Array
  /** wry's channel, if there is one. */
  ipc: { postMessage(text: string): void } | undefined
  /** WKWebView's channel, if there is one. */
  handler: { postMessage(text: string): Promise<unknown> } | undefined
}

interface HostWindow extends Window {
  ipc?: { postMessage(text: string): void }
  webkit?: { messageHandlers?: { lodger?: { postMessage(text: string): Promise<unknown> } } }
}

/** Takes the functions from the window, bound to it. */
export function takeNatives(window: Window): Natives {
  const host = window as HostWindow & typeof globalThis
  const { fetch, XMLHttpRequest, setTimeout, crypto } = host
  const ipc = host.ipc
  const handler = host.webkit?.messageHandlers?.lodger
  const postIpc = ipc?.postMessage
  return {
    fetch: fetch.bind(host),
    xhr: () => new XMLHttpRequest(),
    setTimeout: setTimeout.bind(host),
    random: (bytes) => crypto.getRandomValues(bytes as Uint8Array<ArrayBuffer>),
    ipc: ipc && postIpc ? { postMessage: (text) => postIpc.call(ipc, text) } : undefined,
    handler: handler ? { postMessage: handler.postMessage.bind(handler) } : undefined,
  }
}
