// What is known of device, window and theme, and what WeChat's information functions answer from it.
import type { Theme } from './env'
import { withTheme, type AppConfig, type HostSystem, type Launch, type MenuButton } from './launch'

type Size = { width: number; height: number }

/** Bar height below the status bar where the host says nothing of its capsule. */
const CAPSULE = { width: 87, height: 32, gap: 6, right: 7 }

export class System {
  readonly #launch: Launch
  readonly #host: HostSystem
  #theme: Theme
  #config: AppConfig

  constructor(launch: Launch) {
    this.#launch = launch
    this.#host = { ...launch.system }
    this.networkType = launch.system.networkType ?? 'unknown'
    this.#theme = launch.system.theme === 'dark' ? 'dark' : 'light'
    this.#config = this.#themed()
    this.#mark()
  }

  /** The device has changed while the program runs: a tool of development turned it, or took another. */
  change(fields: Record<string, unknown>): void {
    Object.assign(this.#host, fields)
    this.#mark()
  }

  /** The theme pages are drawn in: light unless the program declares `darkmode`. */
  get theme(): Theme {
    return this.#launch.config.darkmode ? this.#theme : 'light'
  }

  set theme(theme: Theme) {
    this.#theme = theme
    this.#config = this.#themed()
    this.#mark()
  }

  /** `wifi`, `4g`, `none`…: what the host said last. */
  networkType: string

  /** app.json with "@name" values of the theme filled in. */
  get config(): AppConfig {
    return this.#config
  }

  #themed(): AppConfig {
    const { config } = this.#launch
    return withTheme(config, config.theme?.[this.theme] ?? config.theme?.light)
  }

  #mark(): void {
    const root = document.documentElement
    root.dataset['theme'] = this.theme
    // For hosts that only draw a home indicator: env(safe-area-inset-bottom) is nothing there.
    root.style.setProperty('--lodger-bottom', `${this.#host.safeAreaBottom ?? 0}px`)
    // `zh_CN` in WeChat's words, `zh-CN` for the browser and screen readers.
    root.lang = String(this.#launch.system['language'] ?? 'zh_CN').replace('_', '-')
  }

  get width(): number {
    return document.documentElement.clientWidth
  }

  get height(): number {
    return document.documentElement.clientHeight
  }

  get statusBarHeight(): number {
    return this.#host.statusBarHeight ?? 0
  }

  /** The host's capsule; it keeps its distance from the right edge when the window changes. */
  get menuButton(): MenuButton {
    const given = this.#host.menuButton
    const width = given?.width ?? CAPSULE.width
    const height = given?.height ?? CAPSULE.height
    const top = given?.top ?? this.statusBarHeight + CAPSULE.gap
    const hostWidth = Number(this.#host['screenWidth'] ?? 0)
    const distance = given && hostWidth > 0 ? Math.max(0, hostWidth - given.right) : CAPSULE.right
    const right = this.width - distance
    return { width, height, top, bottom: top + height, right, left: right - width }
  }

  /** `view` is the viewport of the top page, whose size WeChat calls that of the window. */
  windowInfo(view: Size | undefined): WechatMiniprogram.WindowInfo {
    const { width, height } = this
    const bottom = this.#host.safeAreaBottom ?? 0
    const screenTop = view ? height - view.height : 0
    return {
      pixelRatio: window.devicePixelRatio,
      screenWidth: Number(this.#host['screenWidth'] ?? width),
      screenHeight: Number(this.#host['screenHeight'] ?? height),
      windowWidth: view?.width ?? width,
      windowHeight: view?.height ?? height,
      statusBarHeight: this.statusBarHeight,
      safeArea: this.#host.safeArea ?? {
        left: 0,
        right: width,
        top: this.statusBarHeight,
        bottom: height - bottom,
        width,
        height: height - bottom - this.statusBarHeight,
      },
      screenTop,
    }
  }

  deviceInfo(): WechatMiniprogram.DeviceInfo {
    return pick(this.#host, {
      abi: 'unknown',
      deviceAbi: 'unknown',
      benchmarkLevel: -1,
      brand: 'unknown',
      model: 'unknown',
      platform: 'devtools',
      system: 'unknown',
      cpuType: 'unknown',
      memorySize: 'unknown',
    })
  }

  appBaseInfo(): WechatMiniprogram.AppBaseInfo {
    const info = pick<WechatMiniprogram.AppBaseInfo>(this.#host, {
      SDKVersion: String(this.#host['sdkVersion'] ?? '3.0.0'),
      enableDebug: false,
      language: 'zh_CN',
      version: '8.0.0',
      fontSizeScaleFactor: 1,
      fontSizeSetting: 16,
      // The host program; not WeChat's own app id, which libraries take for WeChat itself.
      host: { appId: '' },
      PCKernelVersion: '',
    })
    return this.#launch.config.darkmode ? { ...info, theme: this.#theme } : info
  }

  systemSetting(): WechatMiniprogram.SystemSetting {
    return pick(this.#host, {
      bluetoothEnabled: false,
      locationEnabled: false,
      wifiEnabled: true,
      deviceOrientation: this.width > this.height ? 'landscape' : 'portrait',
    })
  }

  /** What the device's user lets the host do; what the host does not tell is not determined. */
  authorizeSetting(): WechatMiniprogram.AppAuthorizeSetting {
    return pick(this.#host, {
      albumAuthorized: 'not determined',
      bluetoothAuthorized: 'not determined',
      cameraAuthorized: 'not determined',
      locationAuthorized: 'not determined',
      locationReducedAccuracy: false,
      microphoneAuthorized: 'not determined',
      notificationAlertAuthorized: 'not determined',
      notificationAuthorized: 'not determined',
      notificationBadgeAuthorized: 'not determined',
      notificationSoundAuthorized: 'not determined',
      phoneCalendarAuthorized: 'not determined',
    })
  }

  /** All of it, as the old functions give it: here authorizations are yes or no. */
  everything(view: Size | undefined): WechatMiniprogram.SystemInfo {
    const setting = this.authorizeSetting()
    const given = (name: keyof typeof setting): boolean => setting[name] === 'authorized'
    return {
      albumAuthorized: given('albumAuthorized'),
      cameraAuthorized: given('cameraAuthorized'),
      locationAuthorized: given('locationAuthorized'),
      locationReducedAccuracy: setting.locationReducedAccuracy,
      microphoneAuthorized: given('microphoneAuthorized'),
      notificationAuthorized: given('notificationAuthorized'),
      notificationAlertAuthorized: given('notificationAlertAuthorized'),
      notificationBadgeAuthorized: given('notificationBadgeAuthorized'),
      notificationSoundAuthorized: given('notificationSoundAuthorized'),
      phoneCalendarAuthorized: given('phoneCalendarAuthorized'),
      ...this.systemSetting(),
      ...this.deviceInfo(),
      ...this.appBaseInfo(),
      ...this.windowInfo(view),
    }
  }
}

/** The fields of `defaults`, with the host's values where it gives any. */
function pick<T extends object>(host: HostSystem, defaults: T): T {
  const out: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(defaults)) out[name] = host[name] ?? value
  return out as T
}
