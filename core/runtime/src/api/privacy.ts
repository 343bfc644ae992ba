// The privacy contract: functions that touch what is the user's wait until the user has agreed to it. A program says by
// `__usePrivacyCheck__` in app.json that it has one; the engine keeps the agreement (WeChat: guide on user privacy).
import type { Bridge } from '../bridge/client'
import type { Reporter } from '../framework/reporter'
import { asyncFunction, failure } from './call'
import type { Implementations, Wx } from './wx'

/** What waits for the agreement, of WeChat's list: those that exist here. */
// prettier-ignore
export const GUARDED = [
  'chooseImage', 'chooseMedia', 'chooseMessageFile', 'chooseVideo', 'getClipboardData', 'getFuzzyLocation', 'getLocation',
  'getUserInfo', 'getUserProfile', 'saveImageToPhotosAlbum', 'saveVideoToPhotosAlbum', 'setClipboardData',
]

/** What a program's own sheet answers. */
type Resolve = (answer?: { event?: unknown; buttonId?: unknown }) => void
type Listener = (resolve: Resolve, info: { referrer: string }) => void

export class Privacy {
  readonly #bridge: Bridge
  readonly #reporter: Reporter
  /** False once the user has agreed, and for programs without a contract. */
  #needed: boolean
  #listener: Listener | undefined
  /** The host's sheet, while it is open. */
  #sheet: Promise<unknown> | undefined
  /** Ids of buttons by which the user has agreed. */
  readonly #tapped = new Set<string>()

  constructor(bridge: Bridge, reporter: Reporter, needed: boolean) {
    this.#bridge = bridge
    this.#reporter = reporter
    this.#needed = needed
  }

  /** Whether a call has to wait for the user's agreement, as far as is known. */
  get needed(): boolean {
    return this.#needed
  }

  /** Resolves once the user has agreed: by the program's own sheet if it has one, otherwise by the host's. */
  async require(referrer: string): Promise<void> {
    if (!this.#needed) return
    const { needAuthorization } = await this.#bridge.call('getPrivacySetting').answer
    if (needAuthorization === true) await (this.#listener ? this.#ownSheet(referrer) : this.#hostSheet())
    this.#needed = false
  }

  /** The user has tapped the program's `<button open-type="agreePrivacyAuthorization">`. */
  async agree(buttonId: string): Promise<void> {
    this.#tapped.add(buttonId)
    await this.#bridge.call('agreePrivacy').answer
    this.#needed = false
  }

  /** Makes guarded functions wait. Other programs keep their functions as they are. */
  guard(wx: Wx): void {
    if (!this.#needed) return
    const functions = wx as Record<string, unknown>
    for (const name of GUARDED) {
      const work = name in functions ? functions[name] : undefined
      if (typeof work !== 'function') continue
      const later = asyncFunction(
        name,
        async (options: object) => {
          await this.require(name)
          return new Promise((success, fail) => (work as (o: object) => void)({ ...options, success, fail }))
        },
        this.#reporter,
      )
      functions[name] = (given?: unknown) => (this.#needed ? later : (work as typeof later))(given)
    }
  }

  /** Adds the functions. */
  add(own: Implementations): void {
    const call = (api: string): Promise<never> => this.#bridge.call(api).answer as Promise<never>
    own.asyncAll({
      requirePrivacyAuthorize: () => this.require('requirePrivacyAuthorize'),
      getPrivacySetting: () => call('getPrivacySetting'),
      openPrivacyContract: () => call('openPrivacyContract'),
    })
    // One listener, as in WeChat: a later one takes its place.
    own.event('onNeedPrivacyAuthorization', (listener) => {
      this.#listener = typeof listener === 'function' ? (listener as Listener) : undefined
    })
  }

  /** One sheet for all that wait. */
  async #hostSheet(): Promise<void> {
    this.#sheet ??= this.#bridge
      .call('requirePrivacyAuthorize')
      .answer.finally(() => (this.#sheet = undefined))
    await this.#sheet
  }

  #ownSheet(referrer: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const answer: Resolve = ({ event, buttonId } = {}) => {
        if (event === 'agree' && this.#tapped.has(String(buttonId))) resolve()
        // WeChat's word for a sheet that is seen, but not answered.
        else if (event !== 'exposureAuthorization')
          reject(failure(referrer, 'privacy permission is not authorized', 104))
      }
      this.#reporter.guard('onNeedPrivacyAuthorization', () => this.#listener?.(answer, { referrer }))
    })
  }
}
