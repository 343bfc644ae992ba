const text = (data) => [{ type: 'text', data }]

Page({
  data: {
    question: text('今天天气怎么样？'),
    answer: [{ type: 'markdown', data: '**晴**，适合出门。' }],
    content: { type: 'markdown', data: '- 一\n- 二' },
    markdown: '# 标题\n\n一段 `代码` 和[链接](https://example.com)。\n\n| 名称 | 价格 |\n| --- | --- |\n| 拿铁 | 28 |\n',
    thinking: { title: '已完成思考', text: '先看天气，再回答。' },
    files: [{ fileType: 'pdf', name: '报告.pdf', url: '', size: 1024, status: 'success' }],
    messages: [
      { role: 'user', content: text('你好') },
      { role: 'assistant', content: text('你好，有什么可以帮你？') },
    ],
    draft: '',
  },
})
