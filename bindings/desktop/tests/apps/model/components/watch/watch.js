Component({
  options: { pureDataPattern: /^_/ },
  properties: {
    a: { type: Number, value: 1, observer: 'changedA' },
    any: { type: String, optionalTypes: [Number, Object], value: '' },
  },
  data: { b: 2, total: 0, o: { deep: { x: 1 } }, list: [1, 2], _secret: 0 },
  observers: {
    'a, b'(a, b) {
      this.log.push(`a,b ${a} ${b}`)
      this.setData({ total: a + b })
    },
    'o.**'(o) {
      this.log.push(`o ${JSON.stringify(o)}`)
    },
    'list[1]'(value) {
      this.log.push(`list ${value}`)
    },
    _secret(value) {
      this.log.push(`secret ${value}`)
    },
  },
  lifetimes: {
    created() {
      this.log = []
    },
  },
  methods: {
    changedA(value, old) {
      this.log.push(`a ${old}->${value}`)
    },
  },
})
