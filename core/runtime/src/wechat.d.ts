// WeChat's own types of `wx` and of the globals (`miniprogram-api-typings`), which the base library is checked against.
// Not by the package's entry: that declares `wx`, `console`, `require` and timers as globals of every file, and here they
// are the browser's, or what we make. What the entry itself holds of the types stands below.

/// <reference path="../node_modules/miniprogram-api-typings/types/wx/lib.wx.api.d.ts" />
/// <reference path="../node_modules/miniprogram-api-typings/types/wx/lib.wx.app.d.ts" />
/// <reference path="../node_modules/miniprogram-api-typings/types/wx/lib.wx.behavior.d.ts" />
/// <reference path="../node_modules/miniprogram-api-typings/types/wx/lib.wx.canvas.d.ts" />
/// <reference path="../node_modules/miniprogram-api-typings/types/wx/lib.wx.cloud.d.ts" />
/// <reference path="../node_modules/miniprogram-api-typings/types/wx/lib.wx.component.d.ts" />
/// <reference path="../node_modules/miniprogram-api-typings/types/wx/lib.wx.event.d.ts" />
/// <reference path="../node_modules/miniprogram-api-typings/types/wx/lib.wx.glass-easel.d.ts" />
/// <reference path="../node_modules/miniprogram-api-typings/types/wx/lib.wx.page.d.ts" />
/// <reference path="../node_modules/miniprogram-api-typings/types/wx/lib.wx.skyline.d.ts" />

declare namespace WechatMiniprogram {
  type IAnyObject = Record<string, any>
  type Optional<F> = F extends (arg: infer P) => infer R ? (arg?: P) => R : F
  type OptionalInterface<T> = { [K in keyof T]: Optional<T[K]> }
  interface AsyncMethodOptionLike {
    success?: (...args: any[]) => void
  }
  type PromisifySuccessResult<P, T extends AsyncMethodOptionLike> = P extends
    { success: any } | { fail: any } | { complete: any }
    ? void
    : Promise<Parameters<Exclude<T['success'], undefined>>[0]>
}
