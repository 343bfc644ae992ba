const html =
  '<h3>Title</h3><p style="color: #e64340">Plain  and <b>bold</b>, <i>slanted</i></p>' +
  '<table width="100%"><tr><td colspan="2">cell</td></tr></table><ol start="3"><li>three</li></ol>' +
  '<script>throw 1</script><img src="/.lodger/hello" onerror="throw 1">'
const nodes = [
  {
    name: 'div',
    attrs: { class: 'box', style: 'height: 32px; padding: 16px; background: #eee;' },
    children: [{ type: 'text', text: 'In a box &amp;' }],
  },
]
require('../../utils/page')({ data: { html, nodes } })
