// WeChat's typings turned into the types that functions of `wx` are written in: what each takes, answers and checks.
import type { ParameterRule } from './call'

/** Functions that WeChat's typings do not have: Lodger's own, and what they forgot. */
interface LodgerWx {
  /** Calls a function that the host registered. */
  invokeHost(option: InvokeHostOption): Promise<{ result: unknown; errMsg: string }> | void
  /** No longer typed, still documented and much used. */
  saveFile(option: WechatMiniprogram.SaveFileOption): void
  getSavedFileList(option?: WechatMiniprogram.GetSavedFileListOption): void
  getSavedFileInfo(option: GetSavedFileInfoOption): void
  removeSavedFile(option: WechatMiniprogram.RemoveSavedFileOption): void
  getFileInfo(option: WechatMiniprogram.GetFileInfoOption): void
  /** Documented, but only typed as a method of components. */
  createMediaQueryObserver(): WechatMiniprogram.MediaQueryObserver
}

interface GetSavedFileInfoOption {
  filePath: string
  success?: (result: { size: number; createTime: number; errMsg: string }) => void
  fail?: (error: { errMsg: string }) => void
  complete?: (result: { errMsg: string }) => void
}

interface InvokeHostOption {
  name: string
  args?: unknown
  success?: (result: { result: unknown; errMsg: string }) => void
  fail?: (error: { errMsg: string }) => void
  complete?: (result: { errMsg: string }) => void
}

/** Where the typings say less or more than WeChat does. */
interface Corrected {
  /** All options have defaults. */
  createAnimation(option?: WechatMiniprogram.StepOption): WechatMiniprogram.Animation
  /** The component may be left out: then the page is searched. */
  createIntersectionObserver(
    component?: object,
    option?: WechatMiniprogram.CreateIntersectionObserverOption,
  ): WechatMiniprogram.IntersectionObserver
  /** The browser's: the typings describe an older listener. */
  createWebAudioContext(): AudioContext
  /** The form with options and the older one in one; the canvas is the browser's, with WeChat's methods. */
  createOffscreenCanvas(
    option?: WechatMiniprogram.CreateOffscreenCanvasOption | number,
    height?: number,
    component?: object,
  ): HTMLCanvasElement
  /** Only plugins have `plugin`. */
  getAccountInfoSync(): Pick<WechatMiniprogram.AccountInfo, 'miniProgram'>
  getExtConfigSync(): Record<string, unknown>
  getLaunchOptionsSync(): EnterInfo
  getEnterOptionsSync(): EnterInfo
}

/** The fields that are there in every scene. */
type EnterInfo = Pick<WechatMiniprogram.LaunchOptionsApp, 'path' | 'query' | 'scene' | 'apiCategory'> & {
  referrerInfo: object
  shareTicket?: string
}

/** Everything that `wx` may hold. */
export type WxType = Omit<WechatMiniprogram.Wx, keyof Corrected> & Corrected & LodgerWx

/** A name on `wx`. */
export type Name = keyof WxType

type FirstOf<F> = F extends (...args: infer P) => unknown ? NonNullable<P[0]> : never

/** Whether a function takes one object with callbacks. */
type TakesCallbacks<O> = [O] extends [never] ? false : 'success' extends keyof O ? true : false

/** Names of functions that take one object with callbacks. */
export type AsyncName = {
  [N in Name]: TakesCallbacks<FirstOf<WxType[N]>> extends true ? N : never
}[Name]

/** The object that the function takes. */
export type Option<N extends AsyncName> = FirstOf<WxType[N]>

type ResultOf<O> = O extends { success?: infer S }
  ? NonNullable<S> extends (result: infer R) => unknown
    ? R
    : object
  : object

/** What the function answers, without `errMsg`; nothing where WeChat documents nothing. */
export type Answer<N extends AsyncName> =
  Omit<ResultOf<Option<N>>, 'errMsg'> extends infer A ? ({} extends A ? A | void : A) : never

/**
 * Does the work of a function. Only what the rules name is sure to have the type that the typings say; anything else
 * is whatever the program passed.
 */
export type Work<N extends AsyncName> = (options: Option<N>) => Promise<Answer<N>> | Answer<N>

type RequiredKey<O> = { [K in keyof O]-?: {} extends Pick<O, K> ? never : K }[keyof O]

/** One rule for each parameter; required ones must have theirs. */
export type Rules<N extends AsyncName> = {
  readonly [K in RequiredKey<Option<N>>]: ParameterRule
} & { readonly [K in keyof Option<N>]?: ParameterRule }

/** The rules as the last argument: may be left out where nothing is required. */
export type RuleArguments<N extends AsyncName> = [RequiredKey<Option<N>>] extends [never]
  ? [rules?: Rules<N>]
  : [rules: Rules<N>]

/** Functions none of whose parameters is required. */
export type FreeName = { [N in AsyncName]: [RequiredKey<Option<N>>] extends [never] ? N : never }[AsyncName]
