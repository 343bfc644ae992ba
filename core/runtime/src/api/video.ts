// wx.createVideoContext and wx.createAudioContext: a component of the page, by its id.
import type { GeneralComponent } from 'glass-easel'
import { hostOf } from '../components/host'
import { componentOf } from '../framework/dom'
import type { Implementations } from './wx'

type Methods = Record<string, (...args: unknown[]) => void>

// prettier-ignore
const VIDEO: (keyof WechatMiniprogram.VideoContext)[] = [
  'play', 'pause', 'stop', 'seek', 'playbackRate', 'sendDanmu', 'requestFullScreen', 'exitFullScreen',
  'showStatusBar', 'hideStatusBar', 'requestBackgroundPlayback', 'exitBackgroundPlayback', 'exitPictureInPicture',
  'startCasting', 'switchCasting', 'exitCasting', 'reconnectCasting',
]
const AUDIO: (keyof WechatMiniprogram.AudioContext)[] = ['setSrc', 'play', 'pause', 'seek']

/** Adds the functions. `top` is the component of the top page; `missing` is told what a webview cannot do. */
export function addMediaContexts(
  own: Implementations,
  top: () => GeneralComponent | undefined,
  missing: (name: string) => void,
): void {
  const context =
    <T extends object>(tag: string, methods: (keyof T & string)[]) =>
    (id: unknown, caller?: unknown): T => {
      const owner = componentOf(caller) ?? top()
      // Found at each call: the component may come later, or be made anew.
      const find = (): Methods | undefined => {
        const host = hostOf(owner?.getShadowRoot()?.getElementById(String(id)))
        return host?.definition.tag === tag ? (host.instance.node?.() as Methods) : undefined
      }
      const call = (name: string, args: unknown[]): void => {
        const node = find()
        if (!node) return
        const method = node[name]
        if (method) method(...args)
        else missing(`${tag === 'video' ? 'VideoContext' : 'AudioContext'}.${name}`)
      }
      return Object.fromEntries(
        methods.map((name) => [name, (...args: unknown[]) => call(name, args)] as const),
      ) as T
    }
  own.set({
    createVideoContext: context<WechatMiniprogram.VideoContext>('video', VIDEO),
    createAudioContext: context<WechatMiniprogram.AudioContext>('audio', AUDIO),
  })
}
