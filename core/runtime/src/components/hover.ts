// `hover-class`: a class while the finger rests on the component. The framework's gesture layer sets and removes it
// for every component that has these properties.
import type { Property } from './host'

/** The hover properties with a component's defaults: WeChat's class, start and stay time (milliseconds). */
export function hoverProperties(hoverClass: string, start: number, stay: number): Record<string, Property> {
  return {
    hoverClass: [String, hoverClass],
    hoverStartTime: [Number, start],
    hoverStayTime: [Number, stay],
    hoverStopPropagation: [Boolean],
  }
}
