// wx storage. The engine holds it; the launch object brings the keys used last, so that reading at the start costs no
// trip over the bridge. Every write goes to the engine and to the copy here.
import { INLINE_TEXT, type Bridge, type Json } from '../bridge/client'
import type { Launch } from '../framework/launch'
import { failure, typeName } from './call'
import type { Work } from './typed'
import type { Implementations } from './wx'
import { decodeValue, encodeValue } from './storage-value'

type StorageInfo = WechatMiniprogram.GetStorageInfoSyncOption

/** Adds the functions. */
export function addStorage(own: Implementations, storage: Storage): void {
  const { getStorage, setStorage, removeStorage, clearStorage, getStorageInfo } = storage
  // `encrypt` asks for what the engine does with every value anyway: it seals them.
  own.async('getStorage', getStorage, { key: 'String', encrypt: 'Boolean?' })
  own.async('setStorage', setStorage, { key: 'String', data: 'Any', encrypt: 'Boolean?' })
  own.async('removeStorage', removeStorage, { key: 'String' })
  own.async('batchGetStorage', storage.batchGetStorage, { keyList: 'Array' })
  own.async('batchSetStorage', storage.batchSetStorage, { kvList: 'Array' })
  own.asyncAll({ clearStorage, getStorageInfo })
  const { getStorageSync, setStorageSync, removeStorageSync, clearStorageSync, getStorageInfoSync } = storage
  const { batchGetStorageSync, batchSetStorageSync } = storage
  own.set({ getStorageSync, setStorageSync, removeStorageSync, clearStorageSync, getStorageInfoSync })
  own.set({ batchGetStorageSync, batchSetStorageSync })
}

export class Storage {
  readonly #bridge: Bridge
  readonly #items: Map<string, string>
  /** Whether `#items` has every key: then a key that is not in it does not exist. */
  #complete: boolean

  constructor(bridge: Bridge, launch: Launch) {
    this.#bridge = bridge
    this.#items = new Map(Object.entries(launch.storage.items))
    this.#complete = launch.storage.complete
    // Development tools have written: what was kept here is old.
    bridge.on('storageChange', () => {
      this.#items.clear()
      this.#complete = false
    })
  }

  readonly getStorage: Work<'getStorage'> = async ({ key }) => {
    const name = checked('getStorage', key)
    const known = this.#items.get(name)
    if (known !== undefined) return { data: decodeValue(known) }
    if (this.#complete) throw failure('getStorage', 'data not found')
    const answer = await this.#bridge.call('getStorage', { key: name }).answer
    return { data: this.#take(name, answer) }
  }

  readonly getStorageSync = (key: unknown): any => {
    const name = checked('getStorageSync', key)
    const known = this.#items.get(name)
    if (known !== undefined) return decodeValue(known)
    // WeChat's answer for a key that does not exist.
    if (this.#complete) return ''
    try {
      return this.#take(name, this.#bridge.callSync('getStorageSync', { key: name }))
    } catch (error) {
      if (isAbsent(error)) return ''
      throw error
    }
  }

  readonly setStorage: Work<'setStorage'> = async ({ key, data }) => {
    const name = checked('setStorage', key)
    const text = encodeValue(data)
    // At once, so that a read right after sees it; undone if the engine refuses.
    const before = this.#items.get(name)
    this.#items.set(name, text)
    try {
      await this.#bridge.call('setStorage', this.#entry(name, text)).answer
    } catch (error) {
      if (this.#items.get(name) === text) this.#restore(name, before)
      throw error
    }
  }

  readonly setStorageSync = (key: unknown, data: unknown): void => {
    const name = checked('setStorageSync', key)
    const text = encodeValue(data)
    this.#bridge.callSync('setStorageSync', this.#entry(name, text))
    this.#items.set(name, text)
  }

  readonly removeStorage: Work<'removeStorage'> = async ({ key }) => {
    const name = checked('removeStorage', key)
    await this.#bridge.call('removeStorage', { key: name }).answer
    this.#items.delete(name)
  }

  readonly removeStorageSync = (key: unknown): void => {
    const name = checked('removeStorageSync', key)
    this.#bridge.callSync('removeStorageSync', { key: name })
    this.#items.delete(name)
  }

  readonly clearStorage: Work<'clearStorage'> = async () => {
    await this.#bridge.call('clearStorage').answer
    this.#cleared()
  }

  readonly clearStorageSync = (): void => {
    this.#bridge.callSync('clearStorageSync')
    this.#cleared()
  }

  readonly batchSetStorage: Work<'batchSetStorage'> = async ({ kvList }) => {
    const entries = entriesOf('batchSetStorage', kvList)
    await Promise.all(entries.map(({ key, value }) => this.setStorage({ key, data: value })))
  }

  readonly batchSetStorageSync = (kvList: unknown): void => {
    for (const { key, value } of entriesOf('batchSetStorageSync', kvList)) this.setStorageSync(key, value)
  }

  /** The values in the order of the keys; an empty text where there is none, as from `getStorageSync`. */
  readonly batchGetStorage = async ({ keyList }: { keyList: unknown }): Promise<{ dataList: unknown[] }> => {
    const keys = keysOf('batchGetStorage', keyList)
    const found = keys.map(async (key) => {
      try {
        return (await this.getStorage({ key })).data
      } catch (error) {
        if (isAbsent(error)) return ''
        throw error
      }
    })
    return { dataList: await Promise.all(found) }
  }

  readonly batchGetStorageSync = (keyList: unknown): any[] =>
    keysOf('batchGetStorageSync', keyList).map(this.getStorageSync)

  readonly getStorageInfo: Work<'getStorageInfo'> = async () =>
    storageInfo(await this.#bridge.call('getStorageInfo').answer)

  readonly getStorageInfoSync = (): StorageInfo => storageInfo(this.#bridge.callSync('getStorageInfoSync'))

  #entry(key: string, text: string): Json {
    if (text.length <= INLINE_TEXT) return { key, data: text }
    return { key, blob: this.#bridge.putBlob(new TextEncoder().encode(text)) }
  }

  #take(key: string, answer: Json): any {
    const text = String(answer['data'])
    this.#items.set(key, text)
    return decodeValue(text)
  }

  #restore(key: string, before: string | undefined): void {
    if (before === undefined) this.#items.delete(key)
    else this.#items.set(key, before)
  }

  #cleared(): void {
    this.#items.clear()
    this.#complete = true
  }
}

/** Whether a call failed because the key does not exist. */
function isAbsent(error: unknown): boolean {
  return /data not found/.test(String((error as Json | null)?.['errMsg']))
}

function keysOf(api: string, list: unknown): string[] {
  return listOf(api, 'keyList', list).map((key) => checked(api, key))
}

function entriesOf(api: string, list: unknown): { key: string; value: unknown }[] {
  return listOf(api, 'kvList', list).map((entry) => {
    const { key, value } = (entry ?? {}) as Json
    return { key: checked(api, key), value }
  })
}

function listOf(api: string, name: string, list: unknown): unknown[] {
  if (Array.isArray(list)) return list
  throw failure(api, `parameter error: parameter.${name} should be Array instead of ${typeName(list)};`, 1001)
}

/** What the engine tells of the storage; sizes in KB. */
function storageInfo({ keys, currentSize, limitSize }: Json): StorageInfo {
  return {
    keys: Array.isArray(keys) ? keys.map(String) : [],
    currentSize: Number(currentSize),
    limitSize: Number(limitSize),
  }
}

function checked(api: string, key: unknown): string {
  if (typeof key === 'string') return key
  throw failure(api, `parameter error: parameter.key should be String instead of ${typeName(key)};`, 1001)
}
