// wx.navigateTo and its kin: the engine keeps the stack and answers with it, the page stack follows.
import type { Bridge, Json } from '../bridge/client'
import type { BackCatcher } from '../framework/back'
import { channelPair } from '../framework/event-channel'
import type { PageStack, Route } from '../framework/page-stack'
import type { Implementations } from './wx'

type Listener = (...args: unknown[]) => void

/** Adds the functions. */
export function addNavigation(
  own: Implementations,
  bridge: Bridge,
  stack: () => PageStack,
  back: BackCatcher,
): void {
  const route = async (api: string, args: Json): Promise<Route> => {
    // A navigation that starts while another is shown must see the stack after it.
    await stack().settled
    const answer = await bridge.call(api, args).answer
    return answer['route'] as Route
  }
  own.async(
    'navigateTo',
    async ({ url, events }) => {
      const [mine, theirs] = channelPair()
      for (const [name, listener] of Object.entries<Listener>(events ?? {})) mine.on(name, listener)
      await stack().apply(await route('navigateTo', { url }), theirs)
      return { eventChannel: mine }
    },
    { url: 'String' },
  )
  for (const api of ['redirectTo', 'reLaunch', 'switchTab'] as const) {
    own.async(api, async ({ url }: { url: string }) => stack().apply(await route(api, { url })), {
      url: 'String',
    })
  }
  own.async('navigateBack', async ({ delta }) => {
    if (back.take()) return
    const steps = typeof delta === 'number' && delta >= 1 ? Math.floor(delta) : 1
    await stack().apply(await route('navigateBack', { delta: steps }))
  })
}
