export const zh = {
  'title': '一张图',
}
