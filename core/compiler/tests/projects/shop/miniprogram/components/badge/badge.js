Component({ externalClasses: ["my-class"], properties: { count: Number } })
