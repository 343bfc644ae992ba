// The list of regions that `<picker mode="region">` loads: as short as text can be (src/components/regions.ts reads it).
import { areaList } from '@vant/area-data'

const within = (list, prefix) => Object.entries(list).filter(([code]) => code.startsWith(prefix))

/** Provinces, their cities and counties, each with the two digits of its own. */
export function regionsText() {
  const { province_list: provinces, city_list: cities, county_list: counties } = areaList
  return Object.entries(provinces)
    .flatMap(([code, name]) => [
      code.slice(0, 2) + name,
      ...within(cities, code.slice(0, 2)).map(([code, name]) =>
        [
          ` ${code.slice(2, 4)}${name}`,
          ...within(counties, code.slice(0, 4)).map(([code, name]) => code.slice(4) + name),
        ].join(','),
      ),
    ])
    .join('\n')
}
