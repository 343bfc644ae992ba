// wx.getLogManager and wx.getRealtimeLogManager: lines go to the console, which the host gets.
type LogManager = WechatMiniprogram.LogManager
type RealtimeLogManager = WechatMiniprogram.RealtimeLogManager

/** WeChat keeps 200 lines and 5 KB of real-time log for each page. */
const STATE = { size: 0, maxSize: 5 << 10, logCount: 0, maxLogCount: 200 }

/** `level` 1 leaves out what WeChat itself logs of a page's life; there is none of that here. */
export function createLogManager(): LogManager {
  return {
    debug: (...args) => console.debug(...args),
    info: (...args) => console.info(...args),
    log: (...args) => console.log(...args),
    warn: (...args) => console.warn(...args),
  }
}

/** The manager whose lines an operator can look for by the filter messages. */
export function createRealtimeLogManager(): RealtimeLogManager {
  const logger = (prefix: unknown[], filter: { text: string }) => {
    const write =
      (level: 'info' | 'warn' | 'error') =>
      (...args: unknown[]): void =>
        console[level](...prefix, ...args, ...(filter.text ? [filter.text] : []))
    return {
      info: write('info'),
      warn: write('warn'),
      error: write('error'),
      setFilterMsg: (text: string) => void (filter.text = String(text)),
      addFilterMsg: (text: string) => void (filter.text = [filter.text, text].filter(Boolean).join(',')),
    }
  }
  return {
    ...logger([], { text: '' }),
    in: () => undefined,
    getCurrentState: () => ({ ...STATE }),
    tag: (name) => logger([`[${name}]`], { text: '' }),
  }
}
