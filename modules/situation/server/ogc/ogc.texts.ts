import type { Sentence } from '#core/kernel/index.ts'
import type { CqlType } from '#core/geo/cqlBind.ts'

const both = (zh: string, en: string): Sentence => ({ zh, en })
const types: Record<CqlType, Sentence> = {
  text: both('文字', 'text'), number: both('数字', 'number'), boolean: both('真假值', 'true or false'), instant: both('时刻（RFC 3339）', 'moment (RFC 3339)'), geometry: both('几何', 'geometry'),
}

/** What the pages and documents of OGC API Features say. */
export const ogcTexts = {
  title: both('开放地理数据接口', 'Open geographic data'),
  description: both('按 OGC API Features 标准提供本平台的行政区划、突发事件和标绘，供 QGIS、GDAL 等软件读取。', 'Divisions, incidents and plots of this station by the OGC API Features standard, for QGIS, GDAL and their like.'),
  thisPage: both('本页', 'This document'),
  asHtml: both('网页', 'As a page'),
  asJson: both('数据', 'As data'),
  api: both('接口说明', 'The API'),
  apiText: both('全部请求和参数。机器可读：', 'All requests and their parameters. For machines:'),
  conformance: both('符合的标准条款', 'Conformance classes'),
  collections: both('要素集', 'Collections'),
  collection: both('要素集', 'Collection'),
  features: both('要素', 'Features'),
  feature: both('一个要素', 'One feature'),
  queryables: both('可查询的属性', 'Queryables'),
  extent: both('范围', 'Extent'),
  crs: both('坐标系', 'Reference systems'),
  property: both('属性', 'Property'),
  meaning: both('含义', 'Meaning'),
  type: both('类型', 'Type'),
  values: both('取值', 'Values'),
  geometry: both('位置', 'Geometry'),
  none: both('无', 'none'),
  noneFound: both('没有符合条件的要素', 'Nothing found'),
  previous: both('上一页', 'Previous page'),
  next: both('下一页', 'Next page'),
  open: both('查看', 'Open'),
  go: both('查询', 'Search'),
  about: both('说明', 'Description'),
  ask: {
    bbox: both('范围：西,南,东,北', 'Box: west,south,east,north'),
    datetime: both('时间：2024-01-23 或 2024-01-22T18:00:00Z/..', 'Time: 2024-01-23 or 2024-01-22T18:00:00Z/..'),
    filter: both('条件（CQL2）：', 'Filter (CQL2): '),
  },
  types,
  parameters: {
    f: both('格式：json 或 html；不写时由 Accept 决定', 'Format: json or html; Accept decides without it'),
    limit: both('每页至多多少个', 'How many on a page at most'),
    offset: both('跳过多少个；翻页请用 next 链接', 'How many to pass over; follow the next links for pages'),
    bbox: both('与此范围相交的要素；按 bbox-crs 的坐标轴次序；西大于东表示跨 180° 经线', 'Features that meet this box, in the order of axes of bbox-crs; west above east runs across the 180th meridian'),
    'bbox-crs': both('bbox 的坐标系', 'Reference system of bbox'),
    crs: both('结果的坐标系；EPSG:4490 和 4326 纬度在前', 'Reference system of the answer; EPSG:4490 and 4326 have latitude first'),
    datetime: both('时刻，或 起/止，一端可为 ..', 'A moment, or start/end where one end may be ..'),
    filter: both('CQL2 文本条件', 'A filter in CQL2 text'),
    'filter-lang': both('条件的语言', 'Language of the filter'),
    'filter-crs': both('条件中几何的坐标系', 'Reference system of geometries in the filter'),
  },
} as const
