import { locale } from './money'

export const symbol = locale === 'zh-CN' ? '¥' : '$'
