// The built-in components.
//
// How they are made: host.ts (external components of glass-easel: plain DOM inside, one DOM element as the slot).
// What the framework gives: env.ts (`style` of app.json among it), and `data-theme` on <html> and in each page. What the framework may ask: `hostOf(component)` for `SelectorQuery` (`instance.node()`,
// `instance.scroller`).
import type { ComponentSpace } from 'glass-easel'
import type { RuntimeEnv } from '../framework/env'
import { useEnv } from '../ui/layer'
import { button } from './button'
import { canvas } from './canvas'
import { choices, switchBox } from './choice'
import { matchMedia, pageContainer, rootPortal } from './containers'
import { form, label } from './form'
import type { Definition } from './host'
import { icon } from './icon'
import { coverImage, image } from './image'
import { input, textarea } from './input'
import { audio, video } from './media'
import { movableArea, movableView } from './movable'
import { navigator } from './navigator'
import { navigationBar, pageMeta } from './page-meta'
import { picker } from './picker'
import { pickerView, pickerViewColumn } from './picker-view'
import { progress } from './progress'
import { registerComponent } from './register'
import { richText } from './rich-text'
import { scrollView } from './scroll-view'
import { slider } from './slider'
import { gridView, listView, span, stickyHeader, stickySection } from './sticky'
import { swiper, swiperItem } from './swiper'
import { text } from './text'
import { registerUnsupported } from './unsupported'
import { boxes } from './view'
import { webView } from './web-view'

export { hostOf, type Host } from './host'

/** Every built-in component that works. */
export const components: readonly Definition[] = [
  ...boxes,
  text,
  image,
  coverImage,
  scrollView,
  swiper,
  swiperItem,
  icon,
  progress,
  richText,
  button,
  input,
  textarea,
  label,
  form,
  ...choices,
  switchBox,
  slider,
  picker,
  pickerView,
  pickerViewColumn,
  navigator,
  stickySection,
  stickyHeader,
  listView,
  gridView,
  span,
  movableArea,
  movableView,
  canvas,
  video,
  audio,
  webView,
  rootPortal,
  pageContainer,
  matchMedia,
  pageMeta,
  navigationBar,
]

/** Registers WeChat's built-in components on `space`. Once a document. */
export function registerComponents(space: ComponentSpace, env: RuntimeEnv): void {
  useEnv(env)
  for (const definition of components) registerComponent(space, env, definition)
  registerUnsupported(space, env, components)
}
